/** The page of one question. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import { choose, DONT_KNOW, type Entry, entryOf, LONGEST_TEXT, mistakeIn, NONE, NOT_APPLICABLE } from "../answers.js";
import type { Session } from "../session.js";
import type { RubricQuestion } from "../types.js";
import { button, foreign, handle, heading, mistake, resumed, status, submit } from "./parts.js";

export function renderQuestion(session: Session): TemplateResult {
  const { words, question, index, questions } = session;
  const entry = entryOf(session.entries, question.id);
  const onward = session.returning ? words.review : entry.chosen.length || entry.note ? words.next : words.skip;
  const dimension = session.rubric.dimensions.find((each) => each.id === question.dimension);
  return html`<form novalidate @submit=${handle(() => session.next())}>
    ${resumed(session)}
    <div class="progress">
      <p id="progress">
        <span>${words.progress(index + 1, questions.length)}</span>
        <span lang=${foreign(session)}>${dimension?.title}</span>
      </p>
      <progress part="progress" max=${questions.length} .value=${index + 1} aria-labelledby="progress"></progress>
    </div>
    ${renderFields(session, question, entry)}
    <div class="buttons">${button(words.back, () => session.back())} ${submit(onward)}</div>
    <p class="hint">${entry.chosen.length ? nothing : words.open}</p>
    ${status(session)}
  </form>`;
}

function renderFields(session: Session, question: RubricQuestion, entry: Entry): TemplateResult {
  const { words } = session;
  const lang = foreign(session);
  const refused = session.refused[question.id];
  const wrong = session.checked ? mistakeIn(entry) : null;
  const others = session.role && !question.audience.includes(session.role);
  const told = `help${wrong === "choice" ? " choice-error" : ""}${refused ? " refused" : ""}`;
  return html`<fieldset part="question" aria-describedby=${told}>
    <legend>${heading(question.title, lang)}</legend>
    <div id="help" class="help">
      <p lang=${lang}>${question.help}</p>
      ${question.kind === "multiple" ? html`<p>${words.several}</p>` : nothing}
      ${others ? html`<p>${words.forOthers}</p>` : nothing}
    </div>
    ${refused ? mistake(session, "refused", `${words.refused} ${refused}`) : nothing}
    ${wrong === "choice" ? mistake(session, "choice-error", words.mistakes.choice) : nothing}
    <div class="choices">
      ${question.options.map((option) => renderChoice(session, question, entry, option.id, option.title, lang))}
    </div>
    <div class="choices others">
      ${question.kind === "multiple" ? renderChoice(session, question, entry, NONE, words.none) : nothing}
      ${renderChoice(session, question, entry, DONT_KNOW, words.dontKnow)}
      ${renderChoice(session, question, entry, NOT_APPLICABLE, words.notApplicable)}
    </div>
    ${renderNote(session, question, entry, wrong === "reason" ? words.mistakes.reason : null)}
  </fieldset>`;
}

function renderChoice(
  session: Session,
  question: RubricQuestion,
  entry: Entry,
  id: string,
  title: string,
  lang?: string | typeof nothing,
): TemplateResult {
  const pick = (event: Event): void => {
    const on = (event.target as HTMLInputElement).checked;
    session.answer(question, choose(question, entryOf(session.entries, question.id), id, on));
  };
  // One name for every question: a radio button that is still checked takes the check from those whose name it gets.
  return html`<label class="choice" part="option">
    <input
      type=${question.kind === "multiple" ? "checkbox" : "radio"}
      name="choice"
      value=${id}
      .checked=${entry.chosen.includes(id)}
      @change=${pick}
    />
    <span lang=${lang ?? nothing}>${title}</span>
  </label>`;
}

function renderNote(session: Session, question: RubricQuestion, entry: Entry, wrong: string | null): TemplateResult {
  const { words } = session;
  const needed = entry.chosen[0] === NOT_APPLICABLE;
  if (!needed && !entry.note && !session.noting) {
    return html`<button type="button" class="link" @click=${() => session.takeNote()}>${words.note} (${words.optional})</button>`;
  }
  const write = (event: Event): void => {
    session.noting = true;
    const note = (event.target as HTMLTextAreaElement).value;
    session.answer(question, { ...entryOf(session.entries, question.id), note });
  };
  return html`<div class="field">
    <label for="note">${needed ? words.reason : `${words.note} (${words.optional})`}</label>
    ${wrong ? mistake(session, "note-error", wrong) : nothing}
    <textarea
      id="note"
      part="input"
      rows="3"
      maxlength=${LONGEST_TEXT}
      ?required=${needed}
      aria-invalid=${wrong ? "true" : nothing}
      aria-describedby=${wrong ? "note-error" : nothing}
      .value=${entry.note}
      ?data-wanted=${session.noting && !entry.note}
      @input=${write}
    ></textarea>
  </div>`;
}
