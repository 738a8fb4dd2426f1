/** Chooses the page of the step. */

import { html, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";
import { renderFailure, renderThanks } from "./ending.js";
import { renderIntro } from "./intro.js";
import { renderQuestion } from "./question.js";
import { renderResult } from "./result.js";
import { renderReview } from "./review.js";
import { renderLoading, renderSending } from "./sending.js";

const PAGES = {
  loading: renderLoading,
  intro: renderIntro,
  question: renderQuestion,
  review: renderReview,
  sending: renderSending,
  result: renderResult,
  thanks: renderThanks,
  failure: renderFailure,
};

export function renderFlow(session: Session): TemplateResult {
  return html`<div part="base" class="base" lang=${session.words.locale}><div class="page">${PAGES[session.state](session)}</div></div>`;
}
