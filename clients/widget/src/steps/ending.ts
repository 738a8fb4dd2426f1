/** The pages that end without a result. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";
import { button, heading } from "./parts.js";

export function renderThanks({ words }: Session): TemplateResult {
  return html`${heading(words.thanks)}
    <p>${words.thanksText}</p>`;
}

export function renderFailure(session: Session): TemplateResult {
  const { words, failure } = session;
  const again = failure === "unreachable" || failure === "failed";
  const text = again ? words.failedText : failure === "invalid" ? words.invalidText : "";
  return html`${heading(words[failure])}
    ${text ? html`<p>${text}</p>` : nothing}
    ${again ? html`<div class="buttons">${button(words.again, () => session.retry())}</div>` : nothing}`;
}
