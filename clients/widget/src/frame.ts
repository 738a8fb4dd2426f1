/** The widget in a frame of the service, as the page around it sees it: shown, sized, heard and told. */

import { html, type TemplateResult } from "lit/html.js";
import { describe } from "./api.js";
import { CARRIED, type METHODS, readToPage, type ToFrame, type ToPage } from "./messages.js";
import type { Phase } from "./phase.js";
import { wordsFor } from "./strings/index.js";
import type { Host, Setup, Surface } from "./surface.js";
import type { Answers } from "./types.js";

/** How long the frame may take to answer. A browser does not say that it was not allowed to show one. */
const PATIENCE = 15_000;
const TALLEST = 30_000;
const MARGIN = 16;
const LOOK =
  "accent on-accent background surface text text-quiet border error radius spacing padding font font-size".split(" ");

export class Framed implements Surface {
  state: Phase = "loading";

  #answers: Answers = {};
  #frame: HTMLIFrameElement | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #ends = new AbortController();
  readonly #origin: string;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");

  constructor(
    readonly host: Host & HTMLElement,
    readonly setup: Setup,
  ) {
    this.#origin = new URL(setup.api || location.href).origin;
  }

  open(): void {
    const { signal } = this.#ends;
    addEventListener("message", (event) => this.#hear(event), { signal });
    const retheme = (): void => this.#post({ alignment: 1, type: "theme", theme: this.#theme(), look: this.#look() });
    this.#dark.addEventListener("change", retheme, { signal });
    new MutationObserver(retheme).observe(this.host, { attributeFilter: ["theme"] });
  }

  close(): void {
    this.#ends.abort();
    clearTimeout(this.#timer);
  }

  render(): TemplateResult {
    const words = wordsFor(this.setup.languages);
    if (this.state === "failure" && !this.#frame) {
      return html`<div part="base" class="base" lang=${words.locale}><p>${words.unavailable}</p></div>`;
    }
    const asked = new URLSearchParams({
      key: this.setup.key,
      rubric: this.setup.rubric,
      locale: words.locale,
      theme: this.#theme(),
    });
    return html`<iframe
      part="frame"
      title="Alignment Assessment"
      sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox"
      allow=""
      referrerpolicy="no-referrer"
      src=${`${this.setup.api}/widget/v1/frame?${asked}`}
      @load=${this.#greet}
    ></iframe>`;
  }

  start(): void {
    this.#call("start");
  }

  restart(): void {
    this.#call("restart");
  }

  submit(): void {
    this.#call("submit");
  }

  getAnswers(): Answers {
    return this.#answers;
  }

  #call(method: (typeof METHODS)[number]): void {
    this.#post({ alignment: 1, type: "method", method });
  }

  #greet = (event: Event): void => {
    this.#frame = event.target as HTMLIFrameElement;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE);
    const given = CARRIED.flatMap((name) => {
      const value = this.host.getAttribute(name);
      return value ? [[name, value] as const] : [];
    });
    this.#post({ alignment: 1, type: "hello", attributes: Object.fromEntries(given), look: this.#look() });
  };

  /** The page's own colours and the like; an empty one is none. */
  #look(): Record<string, string> {
    const style = getComputedStyle(this.host);
    const read = (name: string): string => style.getPropertyValue(`--alignment-${name}`);
    const look = Object.fromEntries(LOOK.map((name) => [`--alignment-${name}`, read(name)]));
    return { ...look, "--alignment-font": read("font") || style.fontFamily };
  }

  #post(message: ToFrame): void {
    // The browser delivers it only if the frame still shows a document of the service.
    this.#frame?.contentWindow?.postMessage(message, this.#origin);
  }

  #hear(event: MessageEvent): void {
    const frame = this.#frame;
    if (!frame) return;
    if (event.source !== frame.contentWindow || event.origin !== this.#origin) return;
    const message = readToPage(event.data);
    if (message) this.#take(message, frame);
  }

  #take(message: ToPage, frame: HTMLIFrameElement): void {
    switch (message.type) {
      case "ready":
        clearTimeout(this.#timer);
        break;
      case "height":
        frame.style.setProperty("block-size", `${Math.min(Math.max(message.height, 0), TALLEST)}px`);
        break;
      case "state":
        this.state = message.state;
        this.#answers = message.answers;
        break;
      case "view":
        this.#scroll(frame.getBoundingClientRect().top, message);
        break;
      case "event":
        this.host.emit(message.event, message.detail as never);
    }
  }

  /** Brings what has the focus inside the frame into view, which is this page's to do. */
  #scroll(top: number, { top: from, bottom: to }: { top: number; bottom: number }): void {
    if (top + from >= 0 && top + Math.min(to, from + innerHeight) <= innerHeight) return;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    scrollBy({ top: top + from - MARGIN, behavior });
  }

  #giveUp(): void {
    this.#frame = null;
    this.state = "failure";
    const detail = `No frame: the key has to list ${location.origin}, and frame-src of this page ${this.#origin}.`;
    console.error(detail);
    this.host.emit("assessment-error", { problem: describe(0, "misconfigured", detail) });
    this.host.redraw();
  }

  /** Light or dark, as the element would be on the page itself. */
  #theme(): "light" | "dark" {
    const schemes = getComputedStyle(this.host).colorScheme.split(" ");
    if (!schemes.includes("dark")) return "light";
    return schemes.includes("light") && !this.#dark.matches ? "light" : "dark";
  }
}
