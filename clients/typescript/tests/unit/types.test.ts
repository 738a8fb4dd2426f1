/** What the compiler knows; `npm run check` is what tests it. */

import { expectTypeOf, test } from "vitest";
import type {
  Answer,
  ApiKey,
  Assessment,
  BatchItem,
  Call,
  Client,
  CohortBenchmark,
  KeyRequest,
  List,
  Problem,
  Question,
  QuestionResult,
  Result,
} from "../../src/index.js";
import type { WebhookEvent } from "../../src/webhooks.js";

test("a question narrows by its kind", () => {
  expectTypeOf<Extract<Question, { kind: "single" }>["options"][number]["points"]>().toEqualTypeOf<null>();
  expectTypeOf<Extract<Question, { kind: "multiple" }>["options"][number]["level"]>().toEqualTypeOf<null>();
  expectTypeOf<Question["kind"]>().toEqualTypeOf<"single" | "multiple">();
});

test("a question's result narrows by its state", () => {
  expectTypeOf<Extract<QuestionResult, { state: "answered" }>["level"]>().toEqualTypeOf<number | null>();
  const level = (question: QuestionResult): number | null => {
    if (question.state === "answered") return question.level;
    expectTypeOf(question.level).toEqualTypeOf<null>();
    expectTypeOf(question.state).toEqualTypeOf<"dont_know" | "not_applicable" | "unanswered">();
    return null;
  };
  expectTypeOf(level).returns.toEqualTypeOf<number | null>();
});

test("an answer narrows by its state", () => {
  expectTypeOf<Extract<Answer, { state: "not_applicable" }>["reason"]>().toEqualTypeOf<string>();
  expectTypeOf<{ state: "not_applicable" }>().not.toExtend<Answer>();
  expectTypeOf<{ state: "dont_know" }>().toExtend<Answer>();
});

test("an assessment narrows by its status", () => {
  expectTypeOf<Extract<Assessment, { status: "completed" }>["completed_at"]>().toEqualTypeOf<string>();
  expectTypeOf<Extract<Assessment, { status: "open" }>["result"]>().toEqualTypeOf<null>();
});

test("a cohort narrows by whether it is suppressed", () => {
  expectTypeOf<Extract<CohortBenchmark, { suppressed: false }>["n"]>().toEqualTypeOf<number>();
});

test("keys narrow by their kind, and a request has only what its kind takes", () => {
  expectTypeOf<Extract<ApiKey, { kind: "restricted" }>["scopes"]>().toEqualTypeOf<string[]>();
  expectTypeOf<{ kind: "restricted" }>().not.toExtend<KeyRequest>();
  expectTypeOf<{ kind: "secret" }>().toExtend<KeyRequest>();
});

test("an item of a batch is a result or a problem", () => {
  const read = (item: BatchItem): number | null | string =>
    "result" in item ? item.result.score : item.problem.detail;
  expectTypeOf(read).returns.toEqualTypeOf<number | null | string>();
});

test("an event narrows by its type", () => {
  expectTypeOf<Extract<WebhookEvent, { type: "benchmark.released" }>["data"]["rubric"]>().toEqualTypeOf<string>();
});

test("calls and lists say what comes", () => {
  expectTypeOf<Client["scores"]["create"]>().returns.toEqualTypeOf<Call<Result>>();
  expectTypeOf<Client["assessments"]["list"]>().returns.toEqualTypeOf<List<Assessment>>();
  const report = (client: Client) => [
    client.assessments.report("1"),
    client.assessments.report("1", { format: "html" }),
  ];
  expectTypeOf(report).returns.items.toEqualTypeOf<Call<Uint8Array<ArrayBuffer>> | Call<string>>();
});

test("a bound that is a pair is a pair, and what may be left out is not undefined", () => {
  expectTypeOf<Problem["pointer"]>().toEqualTypeOf<string>();
  type Benchmark = QuestionResult["benchmarks"][number];
  expectTypeOf<Benchmark["interval"]>().toEqualTypeOf<[number, number] | null>();
});
