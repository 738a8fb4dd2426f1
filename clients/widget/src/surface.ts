/** What the element needs of whatever it shows, and what that needs of the element. */

import type { TemplateResult } from "lit/html.js";
import type { AssessmentEvents } from "./events.js";
import type { Phase } from "./phase.js";
import type { Answers } from "./types.js";

/** The attributes of the element, with what was left out filled in. */
export interface Setup {
  api: string;
  key: string;
  rubric: string;
  invitation: string;
  assessment: string;
  clientToken: string;
  organisation: string;
  industry: string;
  size: string;
  functions: readonly string[];
  targetLevel: number | null;
  /** Language tags, the most wanted first. */
  languages: readonly string[];
}

/** The element, as what it shows sees it. */
export interface Host {
  /** Draws anew. After a step of the person the focus goes to what is marked with `data-focus`. */
  redraw(moved?: boolean): void;
  /** Has a screen reader say it. */
  announce(text: string): void;
  emit<Name extends keyof AssessmentEvents>(name: Name, detail: AssessmentEvents[Name]): void;
}

/** What the element shows: the flow itself, or a frame that has it inside. */
export interface Surface {
  readonly state: Phase;
  open(): void;
  close(): void;
  render(): TemplateResult;
  start(): void;
  restart(): void;
  submit(): void;
  getAnswers(): Answers;
}
