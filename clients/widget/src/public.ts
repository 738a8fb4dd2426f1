/** What a page may rely on of the element and its events. */

import type { AssessmentEvents } from "./events.js";
import type { Phase } from "./phase.js";
import type { Answers } from "./types.js";

export interface AlignmentAssessmentElement extends HTMLElement {
  publishableKey: string;
  /** `id` for the latest version, or `id@version`. */
  rubric: string;
  api: string;
  locale: string;
  theme: string;
  isolation: string;
  /** Ids of functions, separated by spaces, among which the person chooses. */
  functions: string;
  organisation: string;
  industry: string;
  size: string;
  invitation: string;
  assessment: string;
  clientToken: string;
  targetLevel: string;
  readonly state: Phase;
  /** Goes from the first page to the first question. */
  start(): void;
  /** Forgets everything on this device and begins anew. */
  restart(): void;
  /** Sends the answers, as the button of the review does. */
  submit(): void;
  /** The answers so far, by question. */
  getAnswers(): Answers;
}

declare global {
  interface HTMLElementTagNameMap {
    "alignment-assessment": AlignmentAssessmentElement;
  }

  interface GlobalEventHandlersEventMap {
    "assessment-started": CustomEvent<AssessmentEvents["assessment-started"]>;
    "assessment-answered": CustomEvent<AssessmentEvents["assessment-answered"]>;
    "assessment-completed": CustomEvent<AssessmentEvents["assessment-completed"]>;
    "assessment-error": CustomEvent<AssessmentEvents["assessment-error"]>;
  }
}
