import { expect, test } from "vitest";
import type { QuestionResult, Rubric } from "../../src/index.js";
import * as errors from "../../src/errors.js";
import { answersOf, clientOf, completed } from "./service.js";

/** The types say more than the contract does; the service has to keep it. */

const client = clientOf();

async function rubrics(): Promise<Rubric[]> {
  const found: Rubric[] = [];
  for await (const { id, version } of client.rubrics.list()) found.push(await client.rubrics.get(id, version));
  return found;
}

test("options have a level where one is chosen, and points where any number are", async () => {
  const read = await rubrics();
  expect(read.length).toBeGreaterThan(2);
  for (const { questions } of read) {
    for (const { kind, options } of questions) {
      for (const option of options) expect(kind === "single" ? option.points : option.level).toBeNull();
    }
  }
});

test("only an answered question has a level", async () => {
  const states = new Set<string>();
  for (const rubric of await rubrics()) {
    const given = Object.entries(answersOf(rubric)).map(([id, answer], place) => {
      const others = [{ state: "dont_know" as const }, { state: "not_applicable" as const, reason: "No such team." }];
      return [id, others[place % 5] ?? answer] as const;
    });
    given.pop();
    const answers = Object.fromEntries(given);
    const { questions } = await client.scores.create({ rubric: `${rubric.id}@${rubric.version}`, answers });
    const unanswered = questions.filter(({ state }: QuestionResult) => state !== "answered");
    for (const { state, level, value } of unanswered) {
      states.add(state);
      expect([level, value]).toEqual([null, null]);
    }
  }
  expect([...states].sort()).toEqual(["dont_know", "not_applicable", "unanswered"]);
});

test("an assessment has a time of completion and a result once it is completed, and lists have no results", async () => {
  const open = await client.assessments.create({ rubric: "alignment-quick", organisation: { name: "Open" } });
  const done = await client.assessments.create(await completed(client, "Done"));
  expect([open.status, open.completed_at, open.result]).toEqual(["open", null, null]);
  expect(done.status).toBe("completed");
  expect(done.result?.score).toBe(100);
  for await (const { status, completed_at: completedAt, result } of client.assessments.list()) {
    if (status === "completed") expect(completedAt).toMatch(/Z$/);
    else expect(completedAt).toBeNull();
    expect(result).toBeNull();
  }
});

test("every code of a problem has the class of its status at least", async () => {
  const { data } = await client.service.errorCodes();
  const names = data.map(({ code, status }) => {
    const problem = { type: "", title: "", status, detail: "", instance: "", code, request_id: "", errors: [] };
    const headers = new Headers({ "Content-Type": "application/problem+json" });
    const bytes = new TextEncoder().encode(JSON.stringify(problem));
    return errors.errorOf({ status, headers, attempts: 1 }, bytes).name;
  });
  expect(data.length).toBeGreaterThan(40);
  expect(names).not.toContain("APIError");
});

test("a study and an error code are read by name", async () => {
  const { data } = await client.studies.list({ limit: 1 });
  const [study] = data;
  expect((await client.studies.get(study?.id ?? "")).id).toBe(study?.id);
  expect((await client.service.errorCode("rate_limited")).status).toBe(429);
});
