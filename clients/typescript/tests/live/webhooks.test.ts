import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { NotFound } from "../../src/index.js";
import { verify } from "../../src/webhooks.js";
import { clientOf, completed } from "./service.js";

interface Message {
  headers: IncomingHttpHeaders;
  body: string;
}

const EVENTS = ["assessment.completed", "response.submitted"] as const;
const client = clientOf();

/** A receiver on a port of its own, and what came to it. */
async function receive(): Promise<{ url: string; messages: Message[] }> {
  const messages: Message[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      messages.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, messages };
}

async function nth<T>(messages: readonly T[], number: number): Promise<T> {
  return vi.waitUntil(() => messages[number - 1], { timeout: 15_000, interval: 20 });
}

test("what happens is told to an endpoint, signed, and can be sent again", async () => {
  const { url, messages } = await receive();
  const { id, secret } = await client.webhookEndpoints.create({ url, events: [...EVENTS] });
  const body = await completed(client, "Told");
  const assessment = await client.assessments.create({ ...body, responses: body.responses?.slice(0, 1) ?? [] });
  await nth(messages, 2);
  const events = await Promise.all(messages.map(({ headers, body: raw }) => verify(raw, headers, secret)));
  const organisation = assessment.organisation.id;
  const data = Object.fromEntries(events.map((event) => [event.type, event.data]));
  expect(data).toEqual({
    "assessment.completed": {
      id: assessment.id,
      organisation,
      rubric: `${assessment.rubric.id}@${assessment.rubric.version}`,
    },
    "response.submitted": {
      id: assessment.responses[0]?.id,
      assessment: assessment.id,
      organisation,
      function: "sales",
    },
  });
  const event = await client.events.get(events[0]?.id ?? "");
  expect(event.deliveries.map(({ endpoint }) => endpoint)).toEqual([id]);
  await client.events.resend(event.id, { endpoint: id });
  const again = await nth(messages, 3);
  expect((await verify(again.body, again.headers, secret)).id).toBe(event.id);
  const { etag } = await client.webhookEndpoints.get(id).withResponse();
  await client.webhookEndpoints.delete(id, { ifMatch: etag ?? "" });
  await expect(client.webhookEndpoints.get(id)).rejects.toBeInstanceOf(NotFound);
});

test("during a rotation both secrets verify a message", async () => {
  const { url, messages } = await receive();
  const { id, secret } = await client.webhookEndpoints.create({ url, events: [...EVENTS] });
  const rotated = await client.webhookEndpoints.rotateSecret(id);
  expect(rotated.secret).not.toBe(secret);
  const sent = await client.webhookEndpoints.test(id);
  const { body, headers } = await nth(messages, 1);
  for (const each of [secret, rotated.secret, [secret, rotated.secret]]) {
    const event = await verify(body, headers, each);
    expect([event.id, event.type, event.data]).toEqual([sent.id, "webhook_endpoint.test", { id }]);
  }
  expect((await client.webhookEndpoints.disable(id)).status).toBe("disabled");
  expect((await client.webhookEndpoints.enable(id)).status).toBe("enabled");
  const { etag } = await client.webhookEndpoints.get(id).withResponse();
  const changed = await client.webhookEndpoints.update(id, { description: "Ours" }, { ifMatch: etag ?? "" });
  expect(changed.description).toBe("Ours");
  const { data } = await client.events.list({ type: "webhook_endpoint.test", endpoint: id });
  expect(data.map((event) => event.id)).toEqual([sent.id]);
  for await (const endpoint of client.webhookEndpoints.list()) expect(endpoint).not.toHaveProperty("secret");
});
