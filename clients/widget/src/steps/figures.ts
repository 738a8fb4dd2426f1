/** Each answer among those of a study's respondents, with who was asked, when, and how many. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";
import type { QuestionBenchmark, QuestionResult, Result } from "../types.js";
import { english, foreign, place } from "./parts.js";
import { titleOf } from "./standing.js";

export function renderFigures(session: Session, result: Result): TemplateResult | typeof nothing {
  const { words, rubric } = session;
  const questions = result.questions.filter((question) => question.benchmarks.length);
  if (!questions.length) return nothing;
  return html`<section>
    <h3>${words.position}</h3>
    ${rubric.levels.length ? html`<p>${words.positionMeans}</p>` : nothing}
    <ul class="figures">
      ${questions.map(
        (question) =>
          html`<li part="figure">
            <h4 lang=${foreign(session)}>${titleOf(rubric.questions, question.id)}</h4>
            ${question.benchmarks.map((benchmark) => renderBenchmark(session, question, benchmark))}
          </li>`,
      )}
    </ul>
  </section>`;
}

function renderBenchmark(session: Session, question: QuestionResult, benchmark: QuestionBenchmark): TemplateResult {
  const chart = benchmark.levels.length
    ? renderDistribution(question, benchmark)
    : renderShares(session, question, benchmark);
  return html`${chart} ${renderWords(session, benchmark)} ${renderSource(session, benchmark)}`;
}

/** The study's answers from worst to best, the own one marked. */
function renderDistribution({ level }: QuestionResult, { shares, levels, ridit }: QuestionBenchmark): TemplateResult {
  const own = (group: number[] | undefined): boolean => group?.includes(Math.round(level ?? -1)) ?? false;
  return html`<div class="shares" aria-hidden="true">
    ${shares.map((share, at) => html`<span class=${own(levels[at]) ? "own" : ""} .style=${place(share)}></span>`)}
    ${ridit === null ? nothing : html`<span class="mark" .style=${place(ridit)}></span>`}
  </div>`;
}

/** The study's answers one by one, of a rubric that rates nothing. */
function renderShares(
  session: Session,
  question: QuestionResult,
  { shares, titles, options }: QuestionBenchmark,
): TemplateResult {
  const { words } = session;
  const chosen = question.chosen.map((each) => each.option);
  return html`<ul class="bars">
    ${shares.map((share, at) => {
      const own = options[at]?.some((option) => chosen.includes(option));
      return html`<li>
        <p class="name" lang=${english(session)}>${titles[at]}</p>
        <p class="value">${words.share(share)} ${own ? html`<small>${words.own}</small>` : nothing}</p>
        <div class="bar ${own ? "own" : ""}" aria-hidden="true"><span .style=${place(share)}></span></div>
      </li>`;
    })}
  </ul>`;
}

function renderWords({ words }: Session, { ridit, interval }: QuestionBenchmark): TemplateResult {
  const hundred = (value: number): string => words.number(value * 100);
  const said: string[] = [];
  if (ridit !== null) said.push(words.place(hundred(ridit)));
  if (interval) said.push(words.interval(hundred(interval[0]), hundred(interval[1])));
  return html`<p><strong>${said.join(", ")}</strong></p>`;
}

function renderSource(session: Session, benchmark: QuestionBenchmark): TemplateResult {
  const { words, rubric } = session;
  const { publisher, year, n, population, approximate } = benchmark;
  const asked = benchmark.function ? ` (${titleOf(rubric.functions, benchmark.function)})` : "";
  const size = n === null ? words.nMissing : `n = ${words.number(n)}`;
  return html`<p class="hint">
    <span lang=${english(session)}>${publisher}</span>, ${year ?? words.yearMissing}, ${size}.
    <span lang=${english(session)}>${population}</span>${asked}.${approximate ? html` (${words.roughly})` : nothing}
  </p>`;
}
