/** The first moves to make, each with what it rests on. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";
import type { RecommendationResult, Result, Study } from "../types.js";
import { foreign } from "./parts.js";

const SHOWN = 3;

export function renderMoves(session: Session, result: Result): TemplateResult | typeof nothing {
  const { words } = session;
  const moves = result.recommendations.slice(0, SHOWN);
  if (!moves.length) return nothing;
  return html`<section>
    <h3>${words.moves}</h3>
    <ol class="moves">
      ${moves.map((move) => renderMove(session, move, result.score !== null))}
    </ol>
    ${result.score === null ? nothing : html`<p class="hint">${words.gainMeans}</p>`}
  </section>`;
}

function renderMove(session: Session, move: RecommendationResult, scored: boolean): TemplateResult {
  const { words, rubric } = session;
  const text = rubric.recommendations.find((each) => each.id === move.id) ?? move;
  const lang = foreign(session);
  return html`<li class="card" part="card move">
    <h4 lang=${lang}>${text.title}</h4>
    <p lang=${lang}>${text.action}</p>
    <dl class="facts">
      <div>
        <dt>${words.owner}</dt>
        <dd lang=${lang}>${text.owner}</dd>
      </div>
      <div>
        <dt>${words.effort}</dt>
        <dd>${words.efforts[move.effort]}</dd>
      </div>
      ${
        scored
          ? html`<div>
            <dt>${words.gain}</dt>
            <dd>${words.number(move.gain, 1)}</dd>
          </div>`
          : nothing
      }
    </dl>
    <p class="hint" lang=${lang}>${text.expected}</p>
    ${renderEvidence(session, move)}
  </li>`;
}

function renderEvidence(
  session: Session,
  { evidence, judgement }: RecommendationResult,
): TemplateResult | typeof nothing {
  const { words } = session;
  const holds = (study: Study): boolean =>
    [...study.findings, ...study.practices].some((each) => evidence.includes(each.id));
  const studies = session.studies.filter(holds);
  const sources = studies.length
    ? html`<p>
        <small>${words.evidence}</small> ${studies.map((study, at) => html`${at ? html`<br />` : nothing}${renderStudy(session, study)}`)}
      </p>`
    : nothing;
  return judgement ? html`<p class="hint">${words.judgement}</p>${sources}` : sources;
}

function renderStudy({ words }: Session, { publisher, year, n, sources }: Study): TemplateResult {
  const size = n === null ? words.nMissing : `n = ${words.number(n)}`;
  const text = `${publisher}, ${year ?? words.yearMissing}, ${size}`;
  const address = sources[0]?.address;
  if (!address?.startsWith("https://")) return html`${text}`;
  return html`<a part="link" href=${address} target="_blank" rel="noopener noreferrer">${text} ${words.newTab}</a>`;
}
