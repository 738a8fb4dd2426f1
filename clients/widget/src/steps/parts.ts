/** Pieces that several steps are made of. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Session } from "../session.js";

/** Properties that place an element. Set as `.style` they are no `style` attribute, which a strict policy would refuse. */
export function place(at: number, to = at): string {
  return `--at:${at};--to:${to}`;
}

export function heading(text: string, lang?: string | typeof nothing): TemplateResult {
  return html`<h2 part="heading" tabindex="-1" data-focus lang=${lang ?? nothing}>${text}</h2>`;
}

/** The language of the rubric's texts, where it is not that of the widget's own words. */
export function foreign(session: Session): string | typeof nothing {
  const { locale } = session.rubric;
  return locale === session.words.locale ? nothing : locale;
}

/** The language of the studies' texts, where it is not that of the widget's own words. */
export function english(session: Session): string | typeof nothing {
  return session.words.locale === "en" ? nothing : "en";
}

export function button(text: unknown, onclick: () => void): TemplateResult {
  return html`<button type="button" class="quiet" part="button" @click=${onclick}>${text}</button>`;
}

export function submit(text: string): TemplateResult {
  return html`<button type="submit" part="button button-primary">${text}</button>`;
}

/** Handles a form here; nothing is sent by the browser itself. */
export function handle(work: () => void): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    work();
  };
}

export function mistake(session: Session, id: string, text: string, lang?: string | typeof nothing): TemplateResult {
  return html`<p class="error" id=${id}><strong>${session.words.error}</strong> <span lang=${lang ?? nothing}>${text}</span></p>`;
}

/** What was found of an earlier visit, and the way to get rid of it. */
export function resumed(session: Session): TemplateResult | typeof nothing {
  if (!session.resumed) return nothing;
  const again = session.invitation ? nothing : button(session.words.restart, () => session.restart());
  return html`<div class="notice" part="notice"><p>${session.words.resumed}</p>${again}</div>`;
}

/** Where the answers are at the moment. */
export function status(session: Session): TemplateResult {
  const { words, kept } = session;
  const said = {
    nothing: "",
    device: words.saved,
    saving: "",
    service: words.savedThere,
    blocked: words.unsaved,
  };
  const text = session.offline ? words.offline : said[kept];
  return html`<p class="status" part="status">${text}</p>`;
}
