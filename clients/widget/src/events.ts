/** What the element tells the page; every event bubbles and leaves the shadow tree. */

import type { Answer, Problem, Result } from "./types.js";

export interface AssessmentEvents {
  /** The first question is shown. */
  "assessment-started": { rubric: string };
  /** An answer was given or changed; null where it was taken back. */
  "assessment-answered": { question: string; answer: Answer | null };
  /** The answers are stored. Of an invited or further response neither is known here. */
  "assessment-completed": { assessment: string | null; result: Result | null };
  /** Something keeps the person from going on. */
  "assessment-error": { problem: Problem };
}
