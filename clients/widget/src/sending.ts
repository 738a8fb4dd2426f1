/** What is sent, and where the problems of an answer belong. */

import { answersOf, type Entries } from "./answers.js";
import type { About, Submission } from "./draft.js";
import type { Setup } from "./surface.js";
import type { Problem, Rubric } from "./types.js";

/** A key of its own for each submission; `crypto.randomUUID` is missing on pages without TLS. */
export function makeKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The whole of a new assessment in one request. */
export function newAssessment(setup: Setup, rubric: Rubric, about: About, entries: Entries): Submission {
  const { industry, size } = setup;
  const body = {
    rubric: `${rubric.id}@${rubric.version}`,
    organisation: { name: about.organisation.trim(), ...(industry && { industry }), ...(size && { size }) },
    responses: [newResponse(rubric, about, entries)],
    complete: true,
    contribute_to_benchmark: about.contribute,
    ...(setup.targetLevel && { target_level: setup.targetLevel }),
  };
  return { key: makeKey(), body: JSON.stringify(body) };
}

/** A further response to an assessment that is open. */
export function furtherResponse(rubric: Rubric, about: About, entries: Entries): Submission {
  return { key: makeKey(), body: JSON.stringify(newResponse(rubric, about, entries)) };
}

function newResponse(rubric: Rubric, about: About, entries: Entries): object {
  return { answers: answersOf(rubric, entries), ...(about.function && { function: about.function }), submit: true };
}

/** What is wrong by question, and under "" what is wrong with the rest. */
export function placed(problem: Problem): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { pointer, detail } of problem.errors) {
    const [, question = ""] = /^(?:\/responses\/0)?\/answers\/([^/]+)/.exec(pointer) ?? [];
    found[question.replaceAll("~1", "/").replaceAll("~0", "~")] = detail;
  }
  return found;
}
