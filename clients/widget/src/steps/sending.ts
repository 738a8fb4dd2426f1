/** The pages while something is under way. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";
import { button, heading, status } from "./parts.js";

export function renderLoading({ words }: Session): TemplateResult {
  return html`<p class="loading" tabindex="-1" data-focus>${words.loading}</p>`;
}

export function renderSending(session: Session): TemplateResult {
  const { words } = session;
  const unsent = session.failedTries
    ? html`<p>${words.unsent}</p>
        <div class="buttons">${button(words.again, () => session.hurry())}</div>`
    : nothing;
  return html`${heading(words.sending)}<progress part="progress" aria-label=${words.sending}></progress>
    <div role="status">${unsent}</div>
    ${session.offline ? status(session) : nothing}`;
}
