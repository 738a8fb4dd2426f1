import { beforeEach, describe, expect, it, vi } from "vitest";
import { Session } from "../src/session.js";
import type { Host, Setup } from "../src/surface.js";
import { BASE, json, problem, RUBRIC, Service } from "./service.js";

const SETUP: Setup = {
  api: BASE,
  key: "alm_pk_live_x",
  rubric: "alignment-quick",
  invitation: "",
  assessment: "",
  clientToken: "",
  organisation: "",
  industry: "",
  size: "",
  functions: [],
  targetLevel: null,
  languages: ["en"],
};
const USED = { id: "alignment-quick", version: "2026.2", digest: "sha256:0" };
const RESULT = { score: 50, rating: null, recommendations: [], questions: [], dimensions: [] };
const COMPLETED = { id: "asmt_1", rubric: USED, status: "completed", result: RESULT, client_token: "token_1" };
const OPEN = { ...COMPLETED, status: "open", functions: ["sales", "marketing"], result: null, client_token: null };
const INVITATION = {
  organisation: "Harbour & Vine",
  rubric: USED,
  function: "sales",
  confidentiality: "grouped",
  meaning: "",
  status: "open",
  expires_at: "2026-12-06T00:00:00Z",
  response: null,
};

class Page implements Host {
  readonly events: [string, unknown][] = [];
  drawn = 0;
  said: string[] = [];
  redraw(): void {
    this.drawn++;
  }
  announce(text: string): void {
    this.said.push(text);
  }
  emit(name: string, detail: unknown): void {
    this.events.push([name, detail]);
  }
}

/** A session that has loaded. */
async function open(service: Service, more: Partial<Setup> = {}): Promise<{ session: Session; page: Page }> {
  const page = new Page();
  const session = new Session(page, { ...SETUP, ...more }, service);
  session.open();
  await vi.waitFor(() => expect(session.state).not.toBe("loading"));
  return { session, page };
}

/** Answers the question that is shown, and goes on. */
function answer(session: Session, ...chosen: string[]): void {
  session.answer(session.question, { chosen, note: "" });
  session.next();
}

async function reach(session: Session, state: string): Promise<void> {
  await vi.waitFor(() => expect(session.state).toBe(state));
}

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

describe("an assessment of one's own", () => {
  it("goes from the first page over every question and the review to the result", async () => {
    const service = new Service(json(RUBRIC), json(COMPLETED, 201));
    const { session, page } = await open(service, { industry: "software", targetLevel: 4 });
    expect(session.state).toBe("intro");
    session.tell({ organisation: " Harbour & Vine ", contribute: true });
    session.start();
    answer(session, "habit");
    answer(session);
    answer(session, "_none");
    expect(session.state).toBe("review");
    expect(session.missing.map((each) => each.id)).toEqual(["campaign-involvement"]);
    session.submit();
    await reach(session, "result");
    expect(service.asked[1]?.body).toEqual({
      rubric: "alignment-quick@2026.2",
      organisation: { name: "Harbour & Vine", industry: "software" },
      responses: [{ answers: { "sla-agreement": "habit", "sla-clauses": [] }, submit: true }],
      complete: true,
      contribute_to_benchmark: true,
      target_level: 4,
    });
    expect(page.events.map(([name, detail]) => [name, (detail as { answer?: unknown }).answer])).toEqual([
      ["assessment-started", undefined],
      ["assessment-answered", "habit"],
      ["assessment-answered", null],
      ["assessment-answered", []],
      ["assessment-completed", undefined],
    ]);
    expect(page.events.at(-1)?.[1]).toEqual({ assessment: "asmt_1", result: RESULT });
  });

  it("does not start without an organisation, nor without a function where one is wanted", async () => {
    const { session } = await open(new Service(json(RUBRIC)), { functions: ["sales", "marketing"] });
    session.start();
    expect([session.state, session.missingName, session.missingRole]).toEqual(["intro", true, true]);
    session.tell({ organisation: "Harbour & Vine", function: "sales" });
    session.start();
    expect(session.state).toBe("question");
    expect(session.questions.at(-1)?.id).toBe("campaign-involvement");
  });

  it("does not leave a question that does not apply without the reason", async () => {
    const { session } = await open(new Service(json(RUBRIC)), { organisation: "Harbour & Vine" });
    session.start();
    answer(session, "_not_applicable");
    expect([session.index, session.checked]).toEqual([0, true]);
    session.answer(session.question, { chosen: ["_not_applicable"], note: "No leads." });
    session.next();
    expect(session.index).toBe(1);
  });

  it("goes back to the review from a question that was opened there", async () => {
    const { session } = await open(new Service(json(RUBRIC)), { organisation: "Harbour & Vine" });
    session.start();
    answer(session, "none");
    session.back();
    expect(session.index).toBe(0);
    session.show(2, true);
    answer(session, "escalation");
    expect(session.state).toBe("review");
    session.introduce();
    session.start();
    expect(session.state).toBe("review");
  });

  it("goes on where it was left after a reload", async () => {
    const before = await open(new Service(json(RUBRIC)), { organisation: "Harbour & Vine" });
    before.session.start();
    answer(before.session, "habit");
    before.session.close();
    const { session } = await open(new Service(json(RUBRIC)));
    expect([session.state, session.index, session.resumed]).toEqual(["question", 1, true]);
    expect(session.about.organisation).toBe("Harbour & Vine");
    expect(session.getAnswers()).toEqual({ "sla-agreement": "habit" });
    session.restart();
    expect([session.state, session.getAnswers()]).toEqual(["intro", {}]);
    expect(localStorage.length).toBe(0);
  });

  it("is sent again, word for word, after a reload while it was being sent", async () => {
    const first = new Service(json(RUBRIC));
    const before = await open(first, { organisation: "Harbour & Vine" });
    before.session.start();
    answer(before.session, "habit");
    before.session.submit();
    await vi.waitFor(() => expect(first.asked.length).toBe(2));
    before.session.close();
    const second = new Service(json(RUBRIC), json(COMPLETED, 201));
    const { session } = await open(second);
    await reach(session, "result");
    expect(second.asked[1]).toEqual(first.asked[1]);
  });

  it("is sent until there is an answer, always with the same key", async () => {
    const service = new Service(json(RUBRIC), new TypeError("off"), problem(503, "overloaded"), json(COMPLETED, 201));
    const { session } = await open(service, { organisation: "Harbour & Vine" });
    session.start();
    session.submit();
    await reach(session, "result");
    expect(new Set(service.asked.slice(1, 4).map((asked) => asked.headers["Idempotency-Key"])).size).toBe(1);
  });

  it("shows at its question what the service did not take, and is sent with a new key then", async () => {
    const wrong = {
      pointer: "/responses/0/answers/sla-agreement/option",
      code: "unknown_option",
      detail: "Not allowed.",
    };
    const service = new Service(json(RUBRIC), problem(422, "invalid_answers", [wrong]), json(COMPLETED, 201));
    const { session, page } = await open(service, { organisation: "Harbour & Vine" });
    session.start();
    answer(session, "habit");
    session.submit();
    await reach(session, "review");
    expect(session.refused).toEqual({ "sla-agreement": "Not allowed." });
    expect(page.events.at(-1)?.[0]).toBe("assessment-error");
    session.submit();
    await reach(session, "result");
    expect(service.asked[1]?.headers["Idempotency-Key"]).not.toBe(service.asked[2]?.headers["Idempotency-Key"]);
  });

  it("shows its result again for a day, and nothing of it once it is cleared", async () => {
    const before = await open(new Service(json(RUBRIC), json(COMPLETED, 201)), { organisation: "Harbour & Vine" });
    before.session.start();
    answer(before.session, "habit");
    before.session.submit();
    await reach(before.session, "result");
    expect(JSON.stringify(Object.entries(localStorage))).not.toContain("habit");
    const service = new Service(json(RUBRIC), json({ ...COMPLETED, client_token: null }));
    const { session } = await open(service);
    await reach(session, "result");
    expect(service.asked[1]?.headers["Alignment-Client-Token"]).toBe("token_1");
    session.restart();
    expect(localStorage.length).toBe(0);
  });

  it("begins anew where the result is gone", async () => {
    const before = await open(new Service(json(RUBRIC), json(COMPLETED, 201)), { organisation: "Harbour & Vine" });
    before.session.start();
    before.session.submit();
    await reach(before.session, "result");
    const { session } = await open(new Service(json(RUBRIC), problem(404, "resource_not_found")));
    await reach(session, "intro");
    expect(localStorage.length).toBe(0);
  });
});

describe("what cannot be opened", () => {
  it.each([
    [401, "unauthenticated", "unavailable"],
    [403, "origin_not_allowed", "unavailable"],
    [404, "rubric_not_found", "unavailable"],
    [401, "invitation_invalid", "invalid"],
  ])("with %i %s is %s", async (status, code, failure) => {
    const { session, page } = await open(new Service(problem(status, code)));
    expect([session.state, session.failure]).toEqual(["failure", failure]);
    expect(page.events).toEqual([["assessment-error", { problem: expect.objectContaining({ code }) as unknown }]]);
  });

  it.each([
    ["", "publishable-key"],
    ["alm_sk_live_x", "publishable-key"],
  ])("with the key %j names the attribute and sends nothing", async (key, named) => {
    const service = new Service();
    const { page } = await open(service, { key });
    expect(service.asked).toEqual([]);
    expect(JSON.stringify(page.events)).toContain(named);
  });

  it("is tried again when it is asked for", async () => {
    const off = Array.from({ length: 4 }, () => new TypeError("off"));
    const { session } = await open(new Service(...off, json(RUBRIC)));
    expect([session.state, session.failure]).toEqual(["failure", "unreachable"]);
    session.retry();
    await reach(session, "intro");
  });
});

it("a rubric that lacks the language is asked for in its own", async () => {
  const service = new Service(problem(422, "invalid_query"), json(RUBRIC));
  await open(service, { languages: ["de-AT"] });
  expect(service.asked.map((asked) => asked.path)).toEqual([
    "/v1/rubrics/alignment-quick?locale=de",
    "/v1/rubrics/alignment-quick",
  ]);
});

describe("an invitation", () => {
  const invited = { invitation: "alm_inv_x", key: "" };

  it("keeps its draft with the service, and ends without a result", async () => {
    const saved = json({ answers: {}, seniority: null }, 200, { ETag: '"1"' });
    const service = new Service(json(INVITATION), json(RUBRIC), saved, json({ ...INVITATION, status: "submitted" }));
    const { session, page } = await open(service, invited);
    session.start();
    answer(session, "habit");
    session.submit();
    await reach(session, "thanks");
    expect(service.asked.slice(2).map(({ method, path, body }) => [method, path, body])).toEqual([
      ["PATCH", "/v1/invitation/response", { answers: { "sla-agreement": "habit" }, seniority: null }],
      ["POST", "/v1/invitation/response/submit", {}],
    ]);
    expect(service.asked[2]?.headers["If-None-Match"]).toBe("*");
    expect(page.events.at(-1)).toEqual(["assessment-completed", { assessment: null, result: null }]);
    expect(localStorage.length).toBe(0);
  });

  it("merges what was saved elsewhere in the meantime", async () => {
    const theirs = { answers: { "sla-agreement": "none", "sla-clauses": ["escalation"] }, seniority: "manager" };
    const service = new Service(
      json(INVITATION),
      json(RUBRIC),
      problem(412, "precondition_failed"),
      json(theirs, 200, { ETag: '"2"' }),
      json(theirs, 200, { ETag: '"3"' }),
      json({ ...INVITATION, status: "submitted" }),
    );
    const { session } = await open(service, invited);
    session.start();
    answer(session, "habit");
    session.submit();
    await reach(session, "thanks");
    expect(service.asked[4]).toMatchObject({
      method: "PATCH",
      headers: { "If-Match": '"2"' },
      body: { answers: { "sla-agreement": "habit" }, seniority: "manager" },
    });
    expect(service.asked[5]?.path).toBe("/v1/invitation/response/submit");
  });

  it("goes on with the draft of the service at the first open question", async () => {
    const response = { answers: { "sla-agreement": "habit" }, seniority: "manager" };
    const service = new Service(
      json({ ...INVITATION, status: "started", response }),
      json(RUBRIC),
      json(response, 200, { ETag: '"1"' }),
    );
    const { session } = await open(service, invited);
    await reach(session, "question");
    expect([session.question.id, session.about.seniority]).toEqual(["sla-clauses", "manager"]);
  });

  it("that was answered whole elsewhere goes on at the review", async () => {
    const answers = { "sla-agreement": "habit", "sla-clauses": [], "campaign-involvement": "in-planning" };
    const response = { answers, seniority: null };
    const begun = json({ ...INVITATION, status: "started", response });
    const { session } = await open(new Service(begun, json(RUBRIC), json(response, 200, { ETag: '"1"' })), invited);
    await reach(session, "review");
  });

  it("saves after a reload what was not saved before it", async () => {
    const before = await open(new Service(json(INVITATION), json(RUBRIC)), invited);
    before.session.start();
    before.session.answer(before.session.question, { chosen: ["habit"], note: "" });
    before.session.close();
    const saved = json({ answers: {}, seniority: null }, 200, { ETag: '"1"' });
    const service = new Service(json(INVITATION), json(RUBRIC), saved);
    const { session } = await open(service, invited);
    await vi.waitFor(() => expect(session.kept).toBe("service"), 3000);
    expect(service.asked[2]?.body).toEqual({ answers: { "sla-agreement": "habit" }, seniority: null });
  });

  it("that is used up while it is open elsewhere ends there too", async () => {
    const service = new Service(json(INVITATION), json(RUBRIC), problem(409, "response_submitted"));
    const { session } = await open(service, invited);
    session.start();
    session.answer(session.question, { chosen: ["habit"], note: "" });
    await vi.waitFor(() => expect(session.state).toBe("thanks"), 3000);
  });

  it.each([
    ["submitted", "thanks"],
    ["closed", "failure"],
  ])("that is %s shows the page of %s", async (status, state) => {
    const { session } = await open(new Service(json({ ...INVITATION, status }), json(RUBRIC)), invited);
    expect(session.state).toBe(state);
  });

  it("whose answers arrived before says so instead of failing", async () => {
    const saved = json({ answers: {}, seniority: null }, 200, { ETag: '"1"' });
    const service = new Service(json(INVITATION), json(RUBRIC), saved, problem(409, "response_submitted"));
    const { session } = await open(service, invited);
    session.start();
    session.submit();
    await reach(session, "thanks");
  });
});

describe("an open assessment", () => {
  const joined = { assessment: "asmt_1", clientToken: "token_1" };

  it("takes a further response of one of its functions", async () => {
    const service = new Service(json(OPEN), json(RUBRIC), json({ id: "resp_1" }, 201));
    const { session, page } = await open(service, joined);
    expect(session.roles.map((each) => each.id)).toEqual(["sales", "marketing"]);
    session.tell({ function: "marketing" });
    session.start();
    answer(session, "habit");
    session.submit();
    await reach(session, "thanks");
    expect(service.asked[2]).toMatchObject({
      path: "/v1/assessments/asmt_1/responses",
      headers: { "Alignment-Client-Token": "token_1" },
      body: { answers: { "sla-agreement": "habit" }, function: "marketing", submit: true },
    });
    expect(page.events.at(-1)?.[1]).toEqual({ assessment: "asmt_1", result: null });
  });

  it("that is completed shows its result", async () => {
    const { session } = await open(new Service(json(COMPLETED), json(RUBRIC)), joined);
    expect(session.state).toBe("result");
  });
});
