/** The result as the API returned it: the rating first, then why, what to do, and the studies beside it. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";
import type { Result } from "../types.js";
import { renderFigures } from "./figures.js";
import { renderMoves } from "./moves.js";
import { button, foreign, heading, place } from "./parts.js";
import { renderCaps, renderDimensions, renderNext } from "./standing.js";

export function renderResult(session: Session): TemplateResult {
  const { words } = session;
  const result = session.result!;
  return html`${heading(words.result)} ${session.rubric.levels.length ? renderRating(session, result) : nothing}
    ${renderDimensions(session, result)} ${renderCaps(session, result)} ${renderMoves(session, result)}
    ${renderNext(session, result)} ${renderContradictions(session, result)} ${renderFigures(session, result)}
    ${renderReport(session)}
    <section class="card" part="card">
      <p>${words.kept}</p>
      <div class="buttons">${button(words.restart, () => session.restart())}</div>
    </section>`;
}

function renderRating(session: Session, result: Result): TemplateResult {
  const { words, rubric } = session;
  const { rating, bounds, score } = result;
  const level = rubric.levels.find((each) => each.number === rating?.level);
  const lang = foreign(session);
  return html`<section class="rating" part="rating">
    <h3 class="level" lang=${lang}>
      ${rating ? words.rating(rating.level, rubric.levels.length, level?.name ?? rating.name) : words.unrated}
    </h3>
    ${rating ? renderLadder(rubric.levels.length, rating.level) : nothing} ${level ? html`<p lang=${lang}>${level.summary}</p>` : nothing}
    ${score === null ? nothing : html`<p class="score" part="score">${words.score(words.number(score, 1))}</p>`}
    ${
      bounds
        ? html`<div class="track" aria-hidden="true">
            <span class="band" .style=${place(bounds.lower / 100, bounds.upper / 100)}></span>
            ${score === null ? nothing : html`<span class="mark" .style=${place(score / 100)}></span>`}
          </div>
          <p>${sayBounds(session, bounds)}</p>`
        : nothing
    }
    ${result.single_perspective ? html`<p>${words.oneView}</p>` : nothing}
  </section>`;
}

function renderLadder(levels: number, reached: number): TemplateResult {
  const steps = Array.from({ length: levels }, (_, step) => html`<span class=${step < reached ? "on" : ""}></span>`);
  return html`<div class="ladder" aria-hidden="true">${steps}</div>`;
}

/** What missing answers leave open, in words. */
function sayBounds({ words }: Session, { lower, upper, levels, firm }: NonNullable<Result["bounds"]>): string {
  if (lower === upper) return words.firm;
  const range = words.range(words.number(lower, 1), words.number(upper, 1));
  return `${range} ${firm ? words.sameLevel : words.otherLevels(words.list(levels))}`;
}

function renderContradictions(session: Session, result: Result): TemplateResult | typeof nothing {
  const { words, rubric } = session;
  if (!result.inconsistencies.length) return nothing;
  const lang = foreign(session);
  return html`<section>
    <h3>${words.contradictions}</h3>
    <ul lang=${lang}>
      ${result.inconsistencies.map((found) => {
        const check = rubric.consistency_checks.find((each) => each.id === found.id) ?? found;
        return html`<li><strong>${check.title}.</strong> ${check.explanation}</li>`;
      })}
    </ul>
  </section>`;
}

function renderReport(session: Session): TemplateResult {
  const { words, link } = session;
  return html`<section class="card" part="card">
    ${link === "missing" ? html`<p data-wanted tabindex="-1">${words.failed}</p>` : nothing}
    ${
      link && typeof link === "object"
        ? html`<p>${words.reportUntil(words.date(link.expires_at))}</p>
          <p>
            <a part="link" href=${link.url} target="_blank" rel="noopener noreferrer" data-wanted>
              ${words.reportOpen} ${words.newTab}
            </a>
          </p>`
        : html`<div class="buttons">
          <button type="button" part="button button-primary" ?disabled=${link === "making"} @click=${() => void session.makeLink()}>
            ${words.reportMake}
          </button>
        </div>`
    }
  </section>`;
}
