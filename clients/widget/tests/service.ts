/** A service of a few lines for tests of the flow: what it answers is scripted, what it is sent is kept. */

import type { Surroundings } from "../src/api.js";
import type { Rubric } from "../src/types.js";

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

export type Answering = (asked: Asked) => Response | Promise<Response>;

export const BASE = "https://service.example";

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

export function problem(
  status: number,
  code: string,
  errors: object[] = [],
  headers: Record<string, string> = {},
): Response {
  return json(
    { type: "", title: code, status, detail: `It is ${code}.`, code, request_id: "req_1", errors },
    status,
    headers,
  );
}

/** Answers one request after the other, and waits for nothing. */
export class Service implements Surroundings {
  readonly asked: Asked[] = [];
  readonly waited: number[] = [];
  readonly #answers: (Response | Answering | Error)[];

  constructor(...answers: (Response | Answering | Error)[]) {
    this.#answers = answers;
  }

  async fetch(address: string, init: RequestInit): Promise<Response> {
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : null;
    const asked = {
      method: init.method ?? "GET",
      path: address.replace(BASE, ""),
      headers: init.headers as Record<string, string>,
      body,
    };
    this.asked.push(asked);
    const answer = this.#answers.shift();
    if (answer === undefined) return new Promise(() => undefined);
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer(asked) : answer;
  }

  wait(milliseconds: number): Promise<void> {
    this.waited.push(milliseconds);
    return Promise.resolve();
  }

  random(): number {
    return 1;
  }
}

const LEVELS = ["Undefined", "Defined", "Aligned", "Integrated"];

export const RUBRIC: Rubric = {
  id: "alignment-quick",
  version: "2026.2",
  title: "Sales and marketing alignment, quick",
  summary: "Three questions of it.",
  locale: "en",
  locales: ["en"],
  minutes: 1,
  functions: [
    { id: "sales", title: "Sales" },
    { id: "marketing", title: "Marketing" },
  ],
  levels: LEVELS.map((name, at) => ({ number: at + 1, name, summary: `${name}.`, from: at / 4 })),
  dimensions: [{ id: "slas", title: "Service-level agreements", summary: "Promises." }],
  questions: [
    question("sla-agreement", "single", ["sales", "marketing"], ["none", "habit", "agreed"]),
    question("campaign-involvement", "single", ["marketing"], ["not-told", "in-planning"]),
    question("sla-clauses", "multiple", ["sales", "marketing"], ["follow-up-time", "escalation"]),
  ],
  gates: [{ id: "defined", title: "Shared ground rules" }],
  consistency_checks: [],
  recommendations: [],
};

function question(
  id: string,
  kind: "single" | "multiple",
  audience: string[],
  options: string[],
): Rubric["questions"][number] {
  const levels = options.map((option, at) => ({
    id: option,
    title: `Option ${option}`,
    level: kind === "single" ? at : null,
    points: kind === "multiple" ? 1 : null,
  }));
  return { id, dimension: "slas", title: `Question ${id}?`, help: "", kind, audience, options: levels };
}
