import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { NotConfigured, verify, WebhookVerificationError } from "../../src/webhooks.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const BODY = '{"type":"assessment.completed","timestamp":"2026-11-22T07:00:00Z","data":{"id":"asmt_1"}}';

/** Signed as the package of Standard Webhooks signs. */
function headersOf(body: string, { secrets = [SECRET], at = new Date() } = {}): Record<string, string> {
  return {
    "webhook-id": "evt_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign("evt_1", at, body)).join(" "),
  };
}

function refusal(...given: Parameters<typeof verify>): Promise<string> {
  return verify(...given).then(
    () => expect.unreachable("It was verified."),
    (error: unknown) => {
      expect(error).toBeInstanceOf(WebhookVerificationError);
      return (error as Error).message;
    },
  );
}

test("a message that the service signed is given as an event", async () => {
  const event = await verify(BODY, headersOf(BODY), SECRET);
  expect(event).toEqual({
    id: "evt_1",
    type: "assessment.completed",
    timestamp: "2026-11-22T07:00:00Z",
    data: { id: "asmt_1" },
  });
});

test("the body may be bytes, and the head of a Request or of node:http", async () => {
  const bytes = new TextEncoder().encode(BODY);
  const head = headersOf(BODY);
  await expect(verify(bytes, new Headers(head), SECRET)).resolves.toMatchObject({ id: "evt_1" });
  await expect(verify(bytes.buffer, head, SECRET)).resolves.toMatchObject({ id: "evt_1" });
  const odd = Object.fromEntries(Object.entries(head).map(([name, value]) => [name.toUpperCase(), [value]]));
  await expect(verify(BODY, odd, SECRET)).resolves.toMatchObject({ id: "evt_1" });
});

test("one of several secrets and one of several signatures is enough", async () => {
  await expect(verify(BODY, headersOf(BODY), [OTHER, SECRET])).resolves.toMatchObject({ id: "evt_1" });
  const rotated = headersOf(BODY, { secrets: [OTHER, SECRET] });
  await expect(verify(BODY, rotated, SECRET)).resolves.toMatchObject({ id: "evt_1" });
  const asymmetric = `v1a,${"A".repeat(86)}== v1,!!! ${rotated["webhook-signature"] ?? ""}`;
  await expect(verify(BODY, { ...rotated, "webhook-signature": asymmetric }, SECRET)).resolves.toMatchObject({
    id: "evt_1",
  });
});

test("every part of a message is signed", async () => {
  const head = headersOf(BODY);
  const later = String(Number(head["webhook-timestamp"]) + 1);
  const said = "No signature of the message was made with the secret.";
  expect(await refusal(BODY.replace("asmt_1", "asmt_2"), head, SECRET)).toBe(said);
  expect(await refusal(BODY, { ...head, "webhook-id": "evt_2" }, SECRET)).toBe(said);
  expect(await refusal(BODY, { ...head, "webhook-timestamp": later }, SECRET)).toBe(said);
  expect(await refusal(BODY, head, OTHER)).toBe(said);
  expect(await refusal(BODY, { ...head, "webhook-signature": "v1," }, SECRET)).toBe(said);
});

test("the very bytes are signed, and the id is that of the signed head", async () => {
  const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode(BODY)]);
  expect(await refusal(marked, headersOf(BODY), SECRET)).toContain("No signature");
  const body = BODY.replace("{", '{"id":"evt_other",');
  expect((await verify(body, headersOf(body), SECRET)).id).toBe("evt_1");
});

test("what is missing is named", async () => {
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    const head = { ...headersOf(BODY), [name]: "" };
    expect(await refusal(BODY, head, SECRET)).toBe(`The message has no ${name} header.`);
  }
});

test("a message of another time is refused, however well it is signed", async () => {
  const said = "The message's time is more than 300 s away from now.";
  for (const seconds of [-400, 400]) {
    const head = headersOf(BODY, { at: new Date(Date.now() + seconds * 1000) });
    expect(await refusal(BODY, head, SECRET)).toBe(said);
    await expect(verify(BODY, head, SECRET, { tolerance: 500 })).resolves.toMatchObject({ id: "evt_1" });
  }
  expect(await refusal(BODY, { ...headersOf(BODY), "webhook-timestamp": "soon" }, SECRET)).toBe(said);
});

test("what is signed and no event is refused", async () => {
  for (const body of ["", "[]", "null", "{}", '{"type":1}']) {
    expect(await refusal(body, headersOf(body), SECRET)).toBe("The message is signed, and is no event.");
  }
});

test("a secret that is none, and a body that was parsed, are told apart from a forged message", async () => {
  for (const secret of ["", "whsec_", SECRET.slice(6), []]) {
    await expect(verify(BODY, headersOf(BODY), secret)).rejects.toBeInstanceOf(NotConfigured);
  }
  const parsed = JSON.parse(BODY) as string;
  await expect(verify(parsed, headersOf(BODY), SECRET)).rejects.toBeInstanceOf(NotConfigured);
});
