/** The page before sending: every answer, the missing ones first. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import { DONT_KNOW, entryOf, NONE, NOT_APPLICABLE } from "../answers.js";
import type { Session } from "../session.js";
import type { RubricQuestion } from "../types.js";
import { button, english, foreign, handle, heading, resumed, status, submit } from "./parts.js";

export function renderReview(session: Session): TemplateResult {
  const { words, missing, questions } = session;
  const given = questions.filter((question) => !missing.includes(question));
  return html`<form novalidate @submit=${handle(() => session.submit())}>
    ${resumed(session)} ${heading(words.review)} ${renderRefused(session)}
    ${
      missing.length
        ? html`<section>
          <h3>${words.missing(missing.length)}</h3>
          <p>${words.open}</p>
          ${renderRows(session, missing)}
        </section>`
        : nothing
    }
    ${
      given.length
        ? html`<section>
          <h3>${words.answered}</h3>
          ${renderRows(session, given)}
        </section>`
        : nothing
    }
    ${renderAbout(session)}
    <p>${words.final}</p>
    <div class="buttons">
      ${button(words.back, () => session.back())} ${submit(words.send)}
    </div>
    ${status(session)}
  </form>`;
}

function renderRefused(session: Session): TemplateResult | typeof nothing {
  const { words, refused, questions } = session;
  const ids = Object.keys(refused);
  if (!ids.length) return nothing;
  const named = questions.filter((question) => ids.includes(question.id));
  return html`<div class="problems" role="alert">
    <h3>${words.refused}</h3>
    ${refused[""] ? html`<p lang=${english(session)}>${refused[""]}</p>` : nothing}
    ${renderRows(session, named)}
  </div>`;
}

function renderRows(session: Session, questions: RubricQuestion[]): TemplateResult {
  const { words } = session;
  return html`<ul class="rows">
    ${questions.map((question) => {
      const answer = sayAnswer(session, question);
      const { note } = entryOf(session.entries, question.id);
      const edit = (): void => session.show(session.questions.indexOf(question), true);
      return html`<li>
        <div>
          <p lang=${foreign(session)}><strong>${question.title}</strong></p>
          ${answer} ${note ? html`<p class="said">${note}</p>` : nothing}
        </div>
        <button type="button" class="link" @click=${edit}>
          ${words.change}<span class="hidden">: ${question.title}</span>
        </button>
      </li>`;
    })}
  </ul>`;
}

/** What was answered, in words. */
function sayAnswer(session: Session, question: RubricQuestion): TemplateResult | typeof nothing {
  const { words } = session;
  const { chosen } = entryOf(session.entries, question.id);
  const special: Record<string, string> = {
    [NONE]: words.none,
    [DONT_KNOW]: words.dontKnow,
    [NOT_APPLICABLE]: words.notApplicable,
  };
  const said = special[chosen[0] ?? ""];
  if (said) return html`<p>${said}</p>`;
  const titles = question.options.filter((option) => chosen.includes(option.id)).map((option) => option.title);
  return titles.length ? html`<p lang=${foreign(session)}>${titles.join("; ")}</p>` : nothing;
}

function renderAbout(session: Session): TemplateResult | typeof nothing {
  const { words, about, alone } = session;
  const role = session.roles.find((each) => each.id === about.function);
  if (!alone && session.roles.length < 2) return nothing;
  const change = alone ? words.organisation : words.role;
  return html`<section>
    <ul class="rows">
      <li>
        <div>
          ${
            alone
              ? html`<p><strong>${words.organisation}</strong></p>
                <p>${about.organisation}</p>`
              : nothing
          }
          ${role ? html`<p lang=${foreign(session)}>${role.title}</p>` : nothing}
        </div>
        <button type="button" class="link" @click=${() => session.introduce()}>
          ${words.change}<span class="hidden">: ${change}</span>
        </button>
      </li>
    </ul>
  </section>`;
}
