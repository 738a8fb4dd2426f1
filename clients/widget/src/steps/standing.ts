/** How each dimension stands, what keeps the level down, and what would lift it. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";
import type { Cap, Result, Titled, Unmet } from "../types.js";
import { foreign, place } from "./parts.js";

/** The title in the chosen language; the id where the rubric does not know it. */
export function titleOf(things: readonly Titled[], id: string): string {
  return things.find((each) => each.id === id)?.title ?? id;
}

/** An answer by the level it stands for: the option's text, or where several add up to it the level. */
function sayLevel({ rubric, words }: Session, question: string, level: number): TemplateResult | string {
  const options = rubric.questions.find((each) => each.id === question)?.options ?? [];
  const title = options.find((option) => option.level === level)?.title;
  return title ? html`<q>${title}</q>` : words.level(words.number(level, 1));
}

export function renderDimensions(session: Session, result: Result): TemplateResult | typeof nothing {
  const { words, rubric } = session;
  if (!rubric.levels.length) return nothing;
  return html`<section>
    <h3>${words.dimensions}</h3>
    <ul class="bars">
      ${result.dimensions.map(({ id, score, level }) => {
        const value = score === null ? words.unrated : words.number(score, 1);
        return html`<li part="dimension">
          <p class="name" lang=${foreign(session)}>${titleOf(rubric.dimensions, id)}</p>
          <p class="value">${value}${level === null ? nothing : html` <small>${words.level(level)}</small>`}</p>
          <div class="bar" aria-hidden="true"><span .style=${place((score ?? 0) / 100)}></span></div>
        </li>`;
      })}
    </ul>
  </section>`;
}

/** Only what keeps this rating down; conditions of levels that are out of reach by the score come later. */
export function renderCaps(session: Session, { rating }: Result): TemplateResult | typeof nothing {
  const caps = rating?.caps.filter((cap) => cap.limit <= rating.level) ?? [];
  if (!caps.length) return nothing;
  return html`<section>
    <h3>${session.words.holds}</h3>
    ${caps.map((cap) => renderCap(session, cap))}
  </section>`;
}

function renderCap(session: Session, cap: Cap): TemplateResult {
  const { words, rubric } = session;
  const core = cap.gate === "core-rule";
  return html`<div class="cap" part="cap">
    <h4>
      ${words.level(cap.limit + 1)} –
      ${core ? words.core : html`<span lang=${foreign(session)}>${titleOf(rubric.gates, cap.gate)}</span>`}
    </h4>
    ${
      cap.unmet.length
        ? html`<ul>
          ${cap.unmet.map((unmet) => renderUnmet(session, unmet))}
        </ul>`
        : html`<p>${words.unverified}</p>`
    }
  </div>`;
}

function renderUnmet(session: Session, { question, dimension, needs_level, has_level }: Unmet): TemplateResult {
  const { words, rubric } = session;
  const title = question === null ? titleOf(rubric.dimensions, dimension ?? "") : titleOf(rubric.questions, question);
  const say = (level: number): TemplateResult | string =>
    question === null ? words.level(level) : sayLevel(session, question, level);
  return html`<li>
    <span lang=${foreign(session)}>${title}</span>
    <small>${has_level === null ? words.unverified : words.answered}</small>
    ${has_level === null ? nothing : say(has_level)}
    <small>${words.needed}</small> ${say(needs_level)}
  </li>`;
}

export function renderNext(session: Session, { next_level }: Result): TemplateResult | typeof nothing {
  const { words, rubric } = session;
  if (!next_level) return nothing;
  // Of several steps on a question with one answer the last one says it all.
  const changes = next_level.changes.filter(
    ({ question }, at, all) =>
      rubric.questions.find((each) => each.id === question)?.kind !== "single" ||
      all.findLastIndex((each) => each.question === question) === at,
  );
  const name = rubric.levels.find((each) => each.number === next_level.level)?.name ?? "";
  return html`<section>
    <h3>${words.upTo(next_level.level, name)}</h3>
    <ol>
      ${changes.map((change) => {
        const options = rubric.questions.find((each) => each.id === change.question)?.options ?? [];
        return html`<li lang=${foreign(session)}>
          ${titleOf(rubric.questions, change.question)}<br />
          <strong><q>${titleOf(options, change.option)}</q></strong>
        </li>`;
      })}
    </ol>
    <p>${words.score(words.number(next_level.score_after, 1))}</p>
  </section>`;
}
