/** The module that a page loads: it defines the element. */

import { AlignmentAssessment } from "./element.js";

export { AlignmentAssessment };

if (!customElements.get("alignment-assessment")) customElements.define("alignment-assessment", AlignmentAssessment);
