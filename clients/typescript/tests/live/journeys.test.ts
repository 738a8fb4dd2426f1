import { expect, test } from "vitest";
import {
  AssessmentCompleted,
  InvalidAnswers,
  NotFound,
  NotModified,
  OriginNotAllowed,
  PreconditionFailed,
  RateLimited,
  ScopeMissing,
  Unauthenticated,
} from "../../src/index.js";
import { answersOf, BASE, clientOf, completed, KEY } from "./service.js";

const client = clientOf();

test("an assessment is created and completed in one call, and read with its report", async () => {
  const created = await client.assessments.create(await completed(client, "Main job"));
  expect(created.status).toBe("completed");
  expect(created.result?.rating?.level).toBe(4);
  expect((await client.assessments.result(created.id)).score).toBe(100);
  const pdf = await client.assessments.report(created.id);
  expect(new TextDecoder("latin1").decode(pdf.slice(0, 5))).toBe("%PDF-");
  expect(await client.assessments.report(created.id, { format: "html", locale: "de" })).toContain('<html lang="de"');
  expect((await client.assessments.benchmark(created.id)).assessment).toBe(created.id);
});

test("answers are scored without keeping them, one set or many", async () => {
  const answers = answersOf(await client.rubrics.latest("alignment-quick"));
  const result = await client.scores.create({ rubric: "alignment-quick", answers });
  expect(result.score).toBe(100);
  const { data } = await client.scores.batch([
    { rubric: "alignment-quick", answers },
    { rubric: "alignment-quick", answers: { "kpi-set": "no-such-option" } },
  ]);
  expect(data.map((item) => ("result" in item ? item.result.score : item.problem.code))).toEqual([
    100,
    "invalid_answers",
  ]);
});

test("a bad answer is named with what is allowed", async () => {
  const error: unknown = await client.scores
    .create({ rubric: "alignment-quick", answers: { "kpi-set": "no-such-option" } })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidAnswers);
  expect((error as InvalidAnswers).problems[0]?.pointer).toBe("/answers/kpi-set");
  expect((error as InvalidAnswers).requestId).not.toBe("");
});

test("a response grows as a draft, and nobody's change is overwritten unseen", async () => {
  const { id } = await client.assessments.create({ rubric: "alignment-quick", organisation: { name: "Draft" } });
  const begun = await client.responses.create(id, { function: "sales" }).withResponse();
  const etag = begun.etag ?? "";
  const draft = begun.data.id;
  await client.responses.update(id, draft, { answers: { "kpi-set": { state: "dont_know" } } }, { ifMatch: etag });
  const late = client.responses.update(id, draft, { answers: {} }, { ifMatch: etag });
  await expect(late).rejects.toBeInstanceOf(PreconditionFailed);
  const read = await client.responses.get(id, draft).withResponse();
  expect(read.data.answers).toEqual({ "kpi-set": { state: "dont_know" } });
  await expect(client.responses.get(id, draft, { ifNoneMatch: read.etag ?? "" })).rejects.toBeInstanceOf(NotModified);
  expect((await client.responses.submit(id, draft)).submitted_at).not.toBeNull();
  expect((await client.assessments.complete(id)).status).toBe("completed");
  const again = client.responses.create(id, { answers: {} });
  await expect(again).rejects.toBeInstanceOf(AssessmentCompleted);
  const edited = await client.assessments.edit(id, ({ metadata }) => ({ metadata: { ...metadata, seen: true } }));
  expect(edited.metadata).toEqual({ seen: true });
  const { etag: current } = await client.assessments.get(id).withResponse();
  await client.assessments.delete(id, { ifMatch: current ?? "" });
  await expect(client.assessments.get(id)).rejects.toBeInstanceOf(NotFound);
});

test("lists are walked over their pages, and filtered", async () => {
  const ids: string[] = [];
  for (const name of ["one", "two", "three"]) {
    const organisation = { name: `List ${name}`, external_id: `list-${name}` };
    ids.push((await client.assessments.create({ rubric: "alignment-quick", organisation })).id);
  }
  const seen: string[] = [];
  for await (const assessment of client.assessments.list({ limit: 1 })) {
    if (assessment.organisation.name.startsWith("List ")) seen.push(assessment.id);
  }
  expect(seen).toEqual(ids.toReversed());
  const { data } = await client.assessments.list({ external_id: "list-two" });
  expect(data.map((each) => each.id)).toEqual([ids[1]]);
});

test("an organisation is read over time, exported and erased", async () => {
  const body = await completed(client, "Northwind Traders");
  body.organisation = { name: "Northwind Traders", external_id: "northwind" };
  await client.assessments.create(body);
  const { id } = await client.assessments.create(body);
  const { organisation } = await client.assessments.get(id);
  expect((await client.assessments.change(id)).assessment.assessment).toBe(id);
  const trend = await client.organisations.trend(organisation.id);
  expect(trend.points).toHaveLength(2);
  expect((await client.organisations.export(organisation.id)).assessments).toHaveLength(2);
  const { etag } = await client.organisations.get(organisation.id).withResponse();
  await client.organisations.erase(organisation.id, { ifMatch: etag ?? "" });
  await expect(client.organisations.get(organisation.id)).rejects.toBeInstanceOf(NotFound);
});

test("an invited person answers with the token of the invitation, up to its quota", async () => {
  const { id } = await client.assessments.create({ rubric: "alignment-quick", organisation: { name: "Invited" } });
  const { data } = await client.invitations.create(id, { function: "marketing", count: 2 });
  const [first, second] = data as [(typeof data)[number], (typeof data)[number]];
  const invited = clientOf({ apiKey: first.token });
  expect((await invited.invitation.get()).function).toBe("marketing");
  const saved = await invited.invitation
    .updateResponse({ answers: { "kpi-set": "one-joint-target" } }, { ifNoneMatch: "*" })
    .withResponse();
  expect((await invited.invitation.getResponse()).answers).toEqual({ "kpi-set": "one-joint-target" });
  await invited.invitation.updateResponse({ seniority: "manager" }, { ifMatch: saved.etag ?? "" });
  expect((await invited.invitation.submit()).status).toBe("submitted");
  await client.invitations.revoke(id, second.id);
  const states: string[] = [];
  for await (const invitation of client.invitations.list(id)) states.push(invitation.status);
  expect(states.sort()).toEqual(["revoked", "submitted"]);
  const hasty = invited.withOptions({ maxRetries: 0 });
  let refusal: unknown;
  for (let times = 0; times < 30 && refusal === undefined; times++) {
    await hasty.invitation.get().catch((error: unknown) => (refusal = error));
  }
  expect(refusal).toBeInstanceOf(RateLimited);
  expect(Number((refusal as RateLimited).headers.get("Retry-After"))).toBeGreaterThan(0);
});

test("a share link shows the report until it is revoked", async () => {
  const { id } = await client.assessments.create(await completed(client, "Shared"));
  const link = await client.shareLinks.create(id);
  expect((await fetch(link.url)).status).toBe(200);
  await client.shareLinks.revoke(id, link.id);
  expect((await fetch(link.url)).status).toBe(404);
  const { data } = await client.shareLinks.list(id);
  expect(data).toHaveLength(1);
});

test("keys are made for a purpose, rolled and revoked", async () => {
  const made = await client.keys.create({ kind: "restricted", scopes: ["catalogue:read"], name: "Reader" });
  const reader = clientOf({ apiKey: made.key });
  expect((await reader.studies.list({ limit: 1 })).data).toHaveLength(1);
  await expect(reader.assessments.list()).rejects.toBeInstanceOf(ScopeMissing);
  const rolled = await client.keys.roll(made.id);
  expect(rolled.kind).toBe("restricted");
  await client.keys.revoke(rolled.id);
  await expect(clientOf({ apiKey: rolled.key }).studies.list()).rejects.toBeInstanceOf(Unauthenticated);
  for await (const key of client.keys.list()) {
    if (key.kind === "restricted") expect(key.scopes.length).toBeGreaterThan(0);
    else expect(key.scopes).toBeNull();
  }
  const actions = (await client.auditEvents.list({ limit: 5 })).data.map((event) => event.action);
  expect(actions).toContain("key.revoked");
});

test("a publishable key reads what it created with the client token, from its origin alone", async () => {
  const origin = "https://www.example.com";
  const { key } = await client.keys.create({ kind: "publishable", origins: [origin] });
  const from = (page: string) =>
    clientOf({
      apiKey: key,
      fetch: (address, init) => {
        const headers = new Headers(init.headers);
        headers.set("Origin", page);
        return fetch(address, { ...init, headers });
      },
    });
  const made = await from(origin).assessments.create(await completed(client, "Page"));
  const clientToken = made.client_token ?? "";
  expect((await from(origin).assessments.result(made.id, { clientToken })).score).toBe(100);
  await expect(from(origin).assessments.result(made.id)).rejects.toBeInstanceOf(NotFound);
  await expect(
    from("https://elsewhere.example").scores.create({ rubric: "alignment", answers: {} }),
  ).rejects.toBeInstanceOf(OriginNotAllowed);
});

test("the service says how it is, and who asks without a key is told so", async () => {
  const stranger = clientOf({ apiKey: null });
  expect((await stranger.service.health()).status).toBe("ok");
  expect((await stranger.service.readiness()).status).toBe("ready");
  expect((await stranger.service.contract()).openapi).toBe("3.1.0");
  await expect(stranger.rubrics.list()).rejects.toBeInstanceOf(Unauthenticated);
  expect(BASE).not.toContain(KEY);
});
