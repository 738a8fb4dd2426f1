/** The custom element: its attributes and methods, and what it draws, says and gives the focus to. */

import { html, nothing, render } from "lit/html.js";
import type { AssessmentEvents } from "./events.js";
import { Framed } from "./frame.js";
import type { Phase } from "./phase.js";
import type { AlignmentAssessmentElement } from "./public.js";
import { Session } from "./session.js";
import { styles } from "./styles.js";
import type { Host, Setup, Surface } from "./surface.js";
import type { Answers } from "./types.js";

/** Two folders above the module; a proxy may have put a path before the service's own. */
const HERE = import.meta.url;
const SERVICE = /^https?:/.test(HERE) ? new URL("../..", HERE).href : "";

/** Properties that are attributes, in the words of HTML. A change of one of them begins anew, but for the last. */
const PROPERTIES =
  "publishableKey rubric api locale isolation functions organisation industry size invitation assessment clientToken targetLevel theme".split(
    " ",
  );

function attributeOf(property: string): string {
  return property.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- its properties are defined below, one for each attribute
export interface AlignmentAssessment extends AlignmentAssessmentElement {}

/** LitElement would take a tenth of what the module may weigh; only the templates of Lit are used. */
export class AlignmentAssessment extends HTMLElement implements AlignmentAssessmentElement, Host {
  static readonly observedAttributes: readonly string[] = PROPERTIES.slice(0, -1).map(attributeOf);

  readonly #root = this.attachShadow({ mode: "open" });
  #surface: Surface | null = null;
  #drawing = false;
  #moved = false;
  #said = "";

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [styles];
  }

  get state(): Phase {
    return this.#surface?.state ?? "loading";
  }

  /** Goes from the first page to the first question. */
  start(): void {
    this.#surface?.start();
  }

  /** Forgets everything on this device and begins anew. */
  restart(): void {
    this.#surface?.restart();
  }

  /** Sends the answers, as the button of the review does. */
  submit(): void {
    this.#surface?.submit();
  }

  /** The answers so far, by question. */
  getAnswers(): Answers {
    return this.#surface?.getAnswers() ?? {};
  }

  connectedCallback(): void {
    // A framework may have set properties before the module was there.
    for (const [name, value] of Object.entries(this)) {
      if (!(name in AlignmentAssessment.prototype)) continue;
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.redraw();
  }

  disconnectedCallback(): void {
    this.#end();
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    this.#end();
    this.redraw();
  }

  redraw(moved = false): void {
    this.#moved ||= moved;
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      if (this.isConnected) this.#draw();
    });
  }

  announce(text: string): void {
    // The same words once more are said only where the text differs.
    this.#said = text === this.#said ? `${text}\u00a0` : text;
    this.redraw();
  }

  emit<Name extends keyof AssessmentEvents>(name: Name, detail: AssessmentEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #draw(): void {
    if (!this.#surface) {
      this.#surface = new (this.isolation === "frame" ? Framed : Session)(this, this.#setup());
      this.#surface.open();
    }
    render(html`${this.#surface.render()}<p class="hidden" role="status">${this.#said || nothing}</p>`, this.#root);
    if (!this.#moved) return;
    this.#moved = false;
    const find = (selector: string): HTMLElement | null => this.#root.querySelector(selector);
    (find("[aria-invalid=true]") ?? find("[data-wanted]") ?? find("[data-focus]"))?.focus();
  }

  #end(): void {
    this.#surface?.close();
    this.#surface = null;
  }

  #setup(): Setup {
    return {
      api: (this.api ? new URL(this.api, document.baseURI).href : SERVICE).replace(/\/+$/, ""),
      key: this.publishableKey,
      rubric: this.rubric || "alignment-quick",
      invitation: this.invitation,
      assessment: this.assessment,
      clientToken: this.clientToken,
      organisation: this.organisation,
      industry: this.industry,
      size: this.size,
      functions: this.functions.split(/[\s,]+/).filter(Boolean),
      targetLevel: Number(this.targetLevel) || null,
      languages: [this.locale, languageAround(this), ...navigator.languages].filter(Boolean),
    };
  }
}

for (const name of PROPERTIES) {
  const attribute = attributeOf(name);
  Object.defineProperty(AlignmentAssessment.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: HTMLElement) {
      return this.getAttribute(attribute) ?? "";
    },
    set(this: HTMLElement, value: string | number | null | undefined) {
      if (value === null || value === undefined) this.removeAttribute(attribute);
      else this.setAttribute(attribute, String(value));
    },
  });
}

/** The language that the page gives to where the element stands. */
function languageAround(element: Element): string {
  for (let at: Element | null = element; at;) {
    const around: Element | null = at.closest("[lang]");
    if (around) return around.getAttribute("lang") ?? "";
    const root = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return "";
}
