/** The service that the tests of the repository have started for this suite, and answers to its questions. */

import { Client } from "../../src/index.js";
import type { Answer, AssessmentRequest, ClientOptions, Rubric } from "../../src/index.js";

export const BASE = setting("ASSESSMENT_BASE_URL");
export const KEY = setting("ASSESSMENT_API_KEY");
/** The same service, behind what loses the reply to each first request that holds one of the texts `lost-<number>`. */
export const LOSING = setting("TEST_LOSING_URL");

export function clientOf(options: ClientOptions = {}): Client {
  return new Client({ baseUrl: BASE, apiKey: KEY, ...options });
}

/** The best answer to every question. */
export function answersOf(rubric: Rubric): Record<string, Answer> {
  return Object.fromEntries(
    rubric.questions.map((question): [string, Answer] => {
      if (question.kind === "multiple") return [question.id, question.options.map((option) => option.id)];
      const [best] = question.options.toSorted((a, b) => (b.level ?? 0) - (a.level ?? 0));
      return [question.id, best?.id ?? ""];
    }),
  );
}

/** An assessment that is completed at once. */
export async function completed(client: Client, name: string): Promise<AssessmentRequest> {
  const answers = answersOf(await client.rubrics.latest("alignment-quick"));
  const responses = ["sales", "marketing"].map((side) => ({ function: side, answers, submit: true }));
  return { rubric: "alignment-quick", organisation: { name }, responses, complete: true };
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this suite is started by tests/clients/typescript.`);
  return value;
}
