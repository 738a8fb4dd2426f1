import { expect, test } from "vitest";
import { clientOf, completed, LOSING } from "./service.js";

/** The reply to the first request with such a text is lost on its way: the service has done it, the client cannot know. */

test("an assessment whose reply was lost is there once, and is what the repetition answers", async () => {
  const client = clientOf({ baseUrl: LOSING, retryDelay: 10 });
  const direct = clientOf();
  for (const name of ["lost-1", "lost-2", "lost-3"]) {
    const body = await completed(direct, name);
    const { data, attempts, headers } = await client.assessments.create(body, { requestId: name }).withResponse();
    expect(attempts).toBe(2);
    expect(headers.get("Idempotency-Replayed")).toBe("true");
    const found: string[] = [];
    for await (const { id, organisation } of direct.assessments.list()) if (organisation.name === name) found.push(id);
    expect(found).toEqual([data.id]);
  }
});

test("a key whose reply was lost is made once, and its text is in the repetition", async () => {
  const direct = clientOf();
  const client = clientOf({ baseUrl: LOSING, retryDelay: 10 });
  const { data, attempts } = await client.keys.create({ kind: "secret", name: "lost-4" }).withResponse();
  expect(attempts).toBe(2);
  expect((await clientOf({ apiKey: data.key }).keys.get(data.id)).name).toBe("lost-4");
  const named: string[] = [];
  for await (const key of direct.keys.list()) if (key.name === "lost-4") named.push(key.id);
  expect(named).toEqual([data.id]);
});
