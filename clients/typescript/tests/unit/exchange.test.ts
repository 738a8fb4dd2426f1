import { expect, test } from "vitest";
import {
  AlignmentError,
  APIError,
  ConnectionFailed,
  InvalidAnswers,
  NotFound,
  NotModified,
  Unavailable,
  RateLimited,
  RequestInFlight,
  ServerError,
  TimedOut,
  UnexpectedAnswer,
} from "../../src/index.js";
import type { LogEntry } from "../../src/index.js";
import { clientOf, json, problem, serve } from "./scripted.js";

const HEALTH = { status: "ok", version: "1", engine: "1" };
const SCORE = { rubric: "alignment-quick", answers: {} };

function fail(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.unreachable("It succeeded."),
    (error: unknown) => error,
  );
}

test.each([408, 429, 502, 503, 504])("an answer %i is tried again", async (status) => {
  const service = await serve(problem(status, "for_now"), json(HEALTH));
  await expect(clientOf(service).service.health()).resolves.toEqual(HEALTH);
  expect(service.asked).toHaveLength(2);
});

test.each([400, 401, 403, 404, 409, 412, 422, 500])("an answer %i is not tried again", async (status) => {
  const service = await serve(problem(status, "for_good"), json(HEALTH));
  await expect(clientOf(service).service.health()).rejects.toBeInstanceOf(APIError);
  expect(service.asked).toHaveLength(1);
});

test("a request that is being worked on is asked for again", async () => {
  const service = await serve(problem(409, "request_in_flight"), json({ score: 1 }));
  await expect(clientOf(service).scores.create(SCORE)).resolves.toEqual({ score: 1 });
});

test("a broken connection is tried again, with the same key and body", async () => {
  const service = await serve(null, null, json({ score: 1 }));
  const answer = await clientOf(service).scores.create(SCORE).withResponse();
  expect(answer.attempts).toBe(3);
  expect(new Set(service.asked.map((each) => each.headers["idempotency-key"])).size).toBe(1);
  expect(new Set(service.asked.map((each) => each.body))).toEqual(new Set([JSON.stringify(SCORE)]));
  expect(service.asked[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);
});

test("two calls have two keys, and a key of one's own is sent as it is", async () => {
  const service = await serve(json({}), json({}), json({}));
  const client = clientOf(service);
  await client.scores.create(SCORE);
  await client.scores.create(SCORE);
  await client.scores.create(SCORE, { idempotencyKey: "order-4711" });
  const [first, second, third] = service.asked.map((each) => each.headers["idempotency-key"]);
  expect(first).not.toBe(second);
  expect(third).toBe("order-4711");
});

test("only a POST has a key", async () => {
  const service = await serve(json(HEALTH));
  await clientOf(service).service.health();
  expect(service.asked[0]?.headers).not.toHaveProperty("idempotency-key");
});

test("an answer that breaks off is tried again", async () => {
  const service = await serve((response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" }).write("{");
    response.socket?.end();
  }, json(HEALTH));
  await expect(clientOf(service).service.health()).resolves.toEqual(HEALTH);
});

test("what fails for longer than is tried is thrown, with how often it was tried", async () => {
  const service = await serve(...Array.from({ length: 9 }, () => problem(503, "overloaded")));
  const error = await fail(clientOf(service).service.health());
  expect(error).toBeInstanceOf(Unavailable);
  expect(error).toMatchObject({ status: 503, code: "overloaded", attempts: 3, requestId: "req_1" });
  const other = await fail(clientOf(service, { maxRetries: 0 }).service.health());
  expect(other).toMatchObject({ attempts: 1 });
  await fail(clientOf(service).service.health({ maxRetries: 1 }));
  expect(service.asked).toHaveLength(6);
});

test("it waits for as long as the service asks", async () => {
  const service = await serve(problem(429, "rate_limited", { "Retry-After": "1" }), json(HEALTH));
  const waits: (number | undefined)[] = [];
  const log = ({ event, wait }: { event: string; wait?: number }): void => {
    if (event === "retry") waits.push(wait);
  };
  await clientOf(service, { log, retryDelay: 0 }).service.health();
  expect(waits).toEqual([1000]);
});

test("what the service wants more than a minute for is left to the caller", async () => {
  const service = await serve(problem(429, "rate_limited", { "Retry-After": "61" }), json(HEALTH));
  const error = await fail(clientOf(service).service.health());
  expect(error).toBeInstanceOf(RateLimited);
  expect((error as RateLimited).headers.get("Retry-After")).toBe("61");
});

test("a try that takes too long is given up, and tried again", async () => {
  const service = await serve(() => undefined, json(HEALTH));
  await expect(clientOf(service, { timeout: 500 }).service.health()).resolves.toEqual(HEALTH);
  const error = await fail(clientOf(service, { timeout: 50, maxRetries: 1 }).service.health());
  expect(error).toBeInstanceOf(TimedOut);
  expect(error).toBeInstanceOf(ConnectionFailed);
  expect((error as Error).message).toBe(`${service.url} did not answer GET /health within 50 ms.`);
});

test("a limit beyond what timers can count does not end a try at once", async () => {
  const service = await serve(json(HEALTH));
  await expect(clientOf(service, { timeout: 1e15, maxRetries: 0 }).service.health()).resolves.toEqual(HEALTH);
});

test("a body that does not come to its end is given up as well", async () => {
  const service = await serve((response) => {
    response.writeHead(200, { "Content-Type": "application/json" }).write("{");
  });
  await expect(clientOf(service, { timeout: 100, maxRetries: 0 }).service.health()).rejects.toBeInstanceOf(TimedOut);
});

test("a service that is not there is named", async () => {
  const error = await fail(clientOf({ url: "http://127.0.0.1:9" }, { maxRetries: 0 }).service.health());
  expect(error).toBeInstanceOf(ConnectionFailed);
  expect((error as Error).message).toBe("http://127.0.0.1:9 gave no answer to GET /health.");
});

test("a signal ends a call with its reason, while it is under way and while it waits", async () => {
  const reason = new Error("No longer wanted.");
  const service = await serve(() => undefined, problem(503, "overloaded", { "Retry-After": "60" }));
  for (const moment of ["request", "retry"]) {
    const abort = new AbortController();
    const log = ({ event }: LogEntry): void => {
      if (event === moment) setImmediate(() => abort.abort(reason));
    };
    expect(await fail(clientOf(service, { log }).service.health({ signal: abort.signal }))).toBe(reason);
  }
  const before = await fail(clientOf(service).service.health({ signal: AbortSignal.abort(reason) }));
  expect(before).toBe(reason);
});

test("an error is of the class of its code, and says what is wrong with what", async () => {
  const errors = [{ pointer: "/answers/kpi-set", code: "unknown_option", detail: "Choose one of a, b." }];
  const service = await serve(problem(422, "invalid_answers", {}, errors), problem(404, "not_found"));
  const error = await fail(clientOf(service).scores.create(SCORE));
  expect(error).toBeInstanceOf(InvalidAnswers);
  expect((error as InvalidAnswers).problems).toEqual(errors);
  expect((error as Error).message).toBe(
    "It is invalid_answers. (422 invalid_answers, request id req_1)\n  /answers/kpi-set: Choose one of a, b.",
  );
  expect(await fail(clientOf(service).service.errorCode("no"))).toBeInstanceOf(NotFound);
});

test("an error of a code that is newer than the client is of the class of its status", async () => {
  const service = await serve(problem(409, "something_new"), problem(418, "teapot"));
  const error = await fail(clientOf(service).service.health());
  expect((error as Error).constructor.name).toBe("Conflict");
  expect(error).not.toBeInstanceOf(RequestInFlight);
  expect(((await fail(clientOf(service).service.health())) as Error).constructor.name).toBe("APIError");
});

test("what is no answer of the API is an error, a success as well", async () => {
  const page = (status: number) => (response: import("node:http").ServerResponse) =>
    response.writeHead(status, { "Content-Type": "text/html" }).end("<h1>Welcome</h1>");
  const service = await serve(page(200), page(404));
  const success = await fail(clientOf(service).service.health());
  expect(success).toBeInstanceOf(UnexpectedAnswer);
  expect((success as Error).message).toBe("The answer is none of the API (200, text/html). Does `baseUrl` lead there?");
  expect(await fail(clientOf(service).service.health())).toMatchObject({ name: "UnexpectedAnswer", status: 404 });
});

test("a redirect is not followed, so that no key gets elsewhere", async () => {
  const elsewhere = await serve(json(HEALTH));
  const service = await serve((response) => response.writeHead(301, { Location: elsewhere.url }).end());
  const error = await fail(clientOf(service).service.health());
  expect(error).toBeInstanceOf(AlignmentError);
  expect((error as Error).message).toContain(`redirects to ${elsewhere.url}, which is not followed`);
  expect(elsewhere.asked).toEqual([]);
});

test("what is current is not sent again", async () => {
  const service = await serve((response) => response.writeHead(304, { ETag: '"1"' }).end());
  const error = await fail(clientOf(service).studies.get("a-study", { ifNoneMatch: '"1"' }));
  expect(error).toBeInstanceOf(NotModified);
  expect((error as NotModified).etag).toBe('"1"');
  expect(service.asked[0]?.headers["if-none-match"]).toBe('"1"');
});

test("a change or a deletion that may have had its effect is not repeated", async () => {
  const service = await serve(null, problem(504, "no_code"), null, problem(503, "overloaded"), json({}));
  const client = clientOf(service);
  await expect(client.assessments.delete("asmt_1", { ifMatch: "*" })).rejects.toBeInstanceOf(ConnectionFailed);
  await expect(client.assessments.update("asmt_1", {}, { ifMatch: "*" })).rejects.toBeInstanceOf(ServerError);
  await expect(client.assessments.update("asmt_1", {}, { ifMatch: "*" })).rejects.toBeInstanceOf(ConnectionFailed);
  expect(service.asked).toHaveLength(3);
  await expect(client.assessments.update("asmt_1", {}, { ifMatch: "*" })).resolves.toEqual({});
});

test("an edit is made anew where somebody else was faster", async () => {
  const state = (note: string, etag: string) => json({ metadata: { note } }, 200, { ETag: etag });
  const service = await serve(
    state("a", '"1"'),
    problem(412, "precondition_failed"),
    state("b", '"2"'),
    state("bc", '"3"'),
  );
  const edited = await clientOf(service).assessments.edit("asmt_1", ({ metadata }) => ({
    metadata: { note: `${String(metadata.note)}c` },
  }));
  expect(edited.metadata.note).toBe("bc");
  expect(service.asked.map((each) => [each.method, each.headers["if-match"], each.body])).toEqual([
    ["GET", undefined, ""],
    ["PATCH", '"1"', '{"metadata":{"note":"ac"}}'],
    ["GET", undefined, ""],
    ["PATCH", '"2"', '{"metadata":{"note":"bc"}}'],
  ]);
});

test("an answer tells how it came", async () => {
  const service = await serve(json(HEALTH, 200, { ETag: '"1"', "X-Request-Id": "req_9" }));
  const { data, status, etag, requestId, bytes, headers } = await clientOf(service).service.health().withResponse();
  expect({ data, status, etag, requestId }).toEqual({ data: HEALTH, status: 200, etag: '"1"', requestId: "req_9" });
  expect(new TextDecoder().decode(bytes)).toBe(JSON.stringify(HEALTH));
  expect(headers.get("Content-Type")).toBe("application/json");
  expect(service.asked).toHaveLength(1);
});

test("a failure is heard of once, where it is asked for", async () => {
  const service = await serve(problem(404, "not_found"), problem(404, "not_found"), problem(404, "not_found"));
  const unheard: unknown[] = [];
  const hear = (reason: unknown): number => unheard.push(reason);
  process.on("unhandledRejection", hear);
  const client = clientOf(service);
  expect(await fail(client.service.health().withResponse())).toBeInstanceOf(NotFound);
  expect(await fail(client.assessments.list().withResponse())).toBeInstanceOf(NotFound);
  await expect(client.assessments.list()).rejects.toBeInstanceOf(NotFound);
  await new Promise(setImmediate);
  process.off("unhandledRejection", hear);
  expect(unheard).toEqual([]);
});

test("ids are escaped, so that none reaches another address", async () => {
  const service = await serve(json({}));
  await clientOf(service).assessments.get("../keys?x=1#y");
  expect(service.asked[0]?.path).toBe("/v1/assessments/..%2Fkeys%3Fx%3D1%23y");
});
