import { inspect } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { Client, NotConfigured } from "../../src/index.js";
import type { ClientOptions, LogEntry } from "../../src/index.js";
import { clientOf, json, KEY, problem, serve } from "./scripted.js";

const BASE = "https://assessment.example.com";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

function make(options: ClientOptions): string {
  try {
    new Client(options);
  } catch (error) {
    expect(error).toBeInstanceOf(NotConfigured);
    return (error as Error).message;
  }
  return "";
}

test("the key and the address come from the environment where they are not given", async () => {
  const service = await serve(json({}));
  vi.stubEnv("ASSESSMENT_BASE_URL", service.url);
  vi.stubEnv("ASSESSMENT_API_KEY", KEY);
  await new Client().service.health();
  expect(service.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
});

test("what is missing is named", () => {
  vi.stubEnv("ASSESSMENT_API_KEY", undefined);
  expect(make({ baseUrl: BASE })).toBe("There is no key: give `apiKey`, or null to ask without one.");
  expect(make({ apiKey: KEY })).toBe("There is no address of the service: give `baseUrl`.");
});

test("an address that is none is refused", () => {
  for (const baseUrl of ["assessment", "ftp://x", "https://x?y=1", "https://x#y", "https://user@x"]) {
    expect(make({ baseUrl, apiKey: KEY })).toBe("`baseUrl` is no address such as https://assessment.example.com.");
  }
});

test("a number that is none is refused", () => {
  expect(make({ baseUrl: BASE, apiKey: KEY, timeout: 0 })).toBe("`timeout` is 0; it has to be a number from 1 on.");
  expect(make({ baseUrl: BASE, apiKey: KEY, maxRetries: NaN })).toBe(
    "`maxRetries` is NaN; it has to be a number from 0 on.",
  );
});

test("a key that no header can hold is refused without being repeated", () => {
  const said = make({ baseUrl: BASE, apiKey: "alm_sk_live_secret\n" });
  expect(said).toContain("`apiKey` is empty, or has a space, a line break");
  expect(said).not.toContain("secret");
});

test("an idempotency key that no header can hold is refused", async () => {
  const score = { rubric: "alignment", answers: {} };
  for (const idempotencyKey of ["", "caf\u00e9", "a\nb", "x".repeat(256)]) {
    const call = clientOf({ url: BASE }).scores.create(score, { idempotencyKey });
    await expect(call).rejects.toThrow("`idempotencyKey` has to be 1 to 255 printable ASCII characters.");
  }
});

test("null sends no key", async () => {
  const service = await serve(json({}));
  await clientOf(service, { apiKey: null }).service.health();
  expect(service.asked[0]?.headers).not.toHaveProperty("authorization");
});

test("a path in front of the service's own is kept", async () => {
  const service = await serve(json({}));
  await clientOf({ url: `${service.url}/inner/` }).service.health();
  expect(service.asked[0]?.path).toBe("/inner/health");
});

test.each(["alm_sk_live_1", "alm_rk_live_1"])("a page may not hold %s, unless it says so", (apiKey) => {
  vi.stubGlobal("document", {});
  expect(make({ baseUrl: BASE, apiKey })).toContain("has no place in a page");
  expect(make({ baseUrl: BASE, apiKey, allowSecretKeyInBrowser: true })).toBe("");
});

test.each(["alm_pk_live_1", "alm_inv_1", null])("a page may hold %s", (apiKey) => {
  vi.stubGlobal("document", {});
  expect(make({ baseUrl: BASE, apiKey })).toBe("");
});

test("a page has no environment, and does not say who it is", async () => {
  const sent: RequestInit[] = [];
  vi.stubEnv("ASSESSMENT_API_KEY", KEY);
  vi.stubGlobal("document", {});
  expect(make({ baseUrl: BASE })).toContain("There is no key");
  const fetch = (_: string, init: RequestInit): Promise<Response> => {
    sent.push(init);
    return Promise.resolve(new Response("{}"));
  };
  await new Client({ baseUrl: BASE, apiKey: "alm_pk_live_1", fetch }).service.health();
  expect(sent[0]?.credentials).toBe("omit");
  expect(new Headers(sent[0]?.headers).has("User-Agent")).toBe(false);
});

test("a client of other options keeps the rest", async () => {
  const service = await serve(json({}), json({}));
  const client = clientOf(service);
  await client.withOptions({ clientToken: "alm_ct_1" }).service.health();
  await client.service.health({ requestId: "mine" });
  expect(service.asked[0]?.headers).toMatchObject({
    authorization: `Bearer ${KEY}`,
    "alignment-client-token": "alm_ct_1",
  });
  expect(service.asked[1]?.headers).not.toHaveProperty("alignment-client-token");
  expect(service.asked[1]?.headers["x-request-id"]).toBe("mine");
});

test("a fetch of one's own sends the requests", async () => {
  const asked: string[] = [];
  const fetch = (address: string): Promise<Response> => {
    asked.push(address);
    return Promise.resolve(new Response('{"status":"ok"}'));
  };
  await expect(new Client({ baseUrl: BASE, apiKey: KEY, fetch }).service.health()).resolves.toEqual({ status: "ok" });
  expect(asked).toEqual([`${BASE}/health`]);
});

test("neither printing, nor JSON, nor an error, nor the log shows a key, a token or a body", async () => {
  const entries: LogEntry[] = [];
  const service = await serve(null, problem(503, "overloaded"), problem(422, "invalid_request"));
  const token = "alm_ct_0123456789";
  const client = clientOf(service, { log: (entry) => entries.push(entry), clientToken: token });
  const body = { rubric: "alignment-quick", organisation: { name: "Northwind Traders" } };
  const error: unknown = await client.assessments.create(body).catch((reason: unknown) => reason);
  const shown = [client, client.assessments, error, entries]
    .flatMap((each) => [inspect(each, { depth: 9, showHidden: true }), JSON.stringify(each)])
    .join();
  for (const hidden of [KEY, token, "Northwind"]) expect(shown).not.toContain(hidden);
  expect(entries.map(({ event, operation, attempt }) => [event, operation, attempt])).toEqual([
    ["request", "POST /v1/assessments", 1],
    ["failure", "POST /v1/assessments", 1],
    ["retry", "POST /v1/assessments", 1],
    ["request", "POST /v1/assessments", 2],
    ["answer", "POST /v1/assessments", 2],
    ["retry", "POST /v1/assessments", 2],
    ["request", "POST /v1/assessments", 3],
    ["answer", "POST /v1/assessments", 3],
  ]);
});

test("what is deprecated is said once of each operation", async () => {
  const old = {
    Deprecation: "@1767225600",
    Sunset: "Thu, 31 Dec 2026 23:59:59 GMT",
    Link: '</docs#/Service>; rel="deprecation"; type="text/html"',
  };
  const service = await serve(json({}, 200, old), json({}, 200, old), json({}, 200, old), json({}, 200, old));
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const client = clientOf(service);
  await client.service.health();
  await client.service.health();
  await client.withOptions({ timeout: 1000 }).service.health();
  await client.service.readiness();
  expect(warn.mock.calls).toEqual(
    ["GET /health", "GET /ready"].map((operation) => [
      `${operation} is deprecated since 2026-01-01 and stops working on 2026-12-31. See ${service.url}/docs#/Service`,
    ]),
  );
});

test("lists are read item by item, page by page, or for the first page alone", async () => {
  const pages = [
    json({ data: [1, 2], has_more: true, next_cursor: "two" }),
    json({ data: [3], has_more: false, next_cursor: null }),
  ];
  const service = await serve(...pages, ...pages, ...pages);
  const client = clientOf(service);
  const items: unknown[] = [];
  for await (const item of client.assessments.list({ status: "open", limit: 2 })) items.push(item);
  expect(items).toEqual([1, 2, 3]);
  const sizes: number[] = [];
  for await (const page of client.assessments.list().pages()) sizes.push(page.data.length);
  expect(sizes).toEqual([2, 1]);
  const first = client.assessments.list();
  expect((await first).next_cursor).toBe("two");
  expect((await first.withResponse()).data.data).toEqual([1, 2]);
  expect(service.asked.map((each) => each.path)).toEqual([
    "/v1/assessments?status=open&limit=2",
    "/v1/assessments?status=open&limit=2&cursor=two",
    "/v1/assessments",
    "/v1/assessments?cursor=two",
    "/v1/assessments",
  ]);
});
