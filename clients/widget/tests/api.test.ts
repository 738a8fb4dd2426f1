import { describe, expect, it } from "vitest";
import { Api, type ApiFailure } from "../src/api.js";
import { BASE, json, problem, Service } from "./service.js";

function api(service: Service, token: string | null = null): Api {
  return new Api(BASE, "alm_pk_live_x", token, service);
}

describe("a request", () => {
  it("carries the key, and the client token where there is one", async () => {
    const service = new Service(json({ ok: true }, 200, { ETag: '"a"' }));
    const reply = await api(service, "alm_ct_y").send("/v1/assessments/asmt_1");
    expect(reply).toEqual({ body: { ok: true }, etag: '"a"' });
    expect(service.asked[0]?.headers).toEqual({
      Authorization: "Bearer alm_pk_live_x",
      "Alignment-Client-Token": "alm_ct_y",
    });
  });

  it("is tried again, later each time, while nothing can be reached", async () => {
    const service = new Service(new TypeError("off"), new TypeError("off"), new TypeError("off"), json(1));
    expect((await api(service).send("/v1/rubrics")).body).toBe(1);
    expect(service.waited).toEqual([500, 1000, 2000]);
  });

  it("waits as long as the service asks for", async () => {
    const service = new Service(problem(429, "rate_limited", [], { "Retry-After": "7" }), json(1));
    await api(service).send("/v1/rubrics");
    expect(service.waited).toEqual([7000]);
  });

  it("never waits longer than half a minute by itself", async () => {
    const service = new Service(...Array.from({ length: 9 }, () => problem(503, "overloaded")), json(1));
    await api(service).send("/v1/rubrics", { tries: Number.POSITIVE_INFINITY });
    expect(service.waited).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("ends with the problem after its tries", async () => {
    const service = new Service(...Array.from({ length: 4 }, () => problem(503, "overloaded")));
    await expect(api(service).send("/v1/rubrics")).rejects.toMatchObject({ problem: { code: "overloaded" } });
    expect(service.asked.length).toBe(4);
  });

  it.each([400, 401, 403, 404, 409, 412, 422])("is not tried again after %i", async (status) => {
    const service = new Service(problem(status, "some_code"));
    await expect(api(service).send("/v1/rubrics")).rejects.toMatchObject({ problem: { status } });
    expect(service.waited).toEqual([]);
  });

  it("is tried again while the same submission is being worked on", async () => {
    const service = new Service(problem(409, "request_in_flight"), json(1));
    expect((await api(service).send("/v1/assessments", { method: "POST", body: {} })).body).toBe(1);
  });

  it("takes an answer that is no JSON for one of something in between, and tries again", async () => {
    const service = new Service(new Response("<h1>Captive portal</h1>"), json(1));
    expect((await api(service).send("/v1/rubrics")).body).toBe(1);
  });

  it("says which address cannot be read where no answer comes at all", async () => {
    const service = new Service(new TypeError("Failed to fetch"));
    const failure = (await api(service)
      .send("/v1/rubrics", { tries: 1 })
      .catch((error: unknown) => error)) as ApiFailure;
    expect(failure.problem.code).toBe("unreachable");
    expect(failure.problem.detail).toContain("https://service.example");
  });

  it("is never answered once the widget is gone", async () => {
    const service = new Service();
    const gone = api(service);
    const answered = gone.send("/v1/rubrics").then(() => "answered");
    gone.close();
    expect(await Promise.race([answered, Promise.resolve("open")])).toBe("open");
  });
});
