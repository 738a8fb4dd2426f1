import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Client } from "../../src/index.js";
import type { operations } from "../../src/index.js";

type Schema = { in: string; name: string; required?: boolean };
type Operation = { operationId: string; parameters?: Schema[]; requestBody?: object };

const CONTRACT = JSON.parse(await readFile("../../openapi/openapi.json", "utf8")) as {
  paths: Record<string, Record<string, Operation>>;
};
const CHANGE = { ifMatch: '"1"' };

/** How each operation is reached. The type checker misses one as soon as the contract has it. */
const REACHED: Record<keyof operations, (client: Client) => PromiseLike<unknown>> = {
  get_health: ({ service }) => service.health(),
  get_contract: ({ service }) => service.contract(),
  get_readiness: ({ service }) => service.readiness(),
  list_assessments: ({ assessments }) => assessments.list(),
  create_assessment: ({ assessments }) => assessments.create({ rubric: "r", organisation: { name: "o" } }),
  delete_assessment: ({ assessments }) => assessments.delete("1", CHANGE),
  get_assessment: ({ assessments }) => assessments.get("1"),
  update_assessment: ({ assessments }) => assessments.update("1", {}, CHANGE),
  get_assessment_benchmark: ({ assessments }) => assessments.benchmark("1"),
  get_change: ({ assessments }) => assessments.change("1"),
  complete_assessment: ({ assessments }) => assessments.complete("1"),
  get_report: ({ assessments }) => assessments.report("1"),
  get_result: ({ assessments }) => assessments.result("1"),
  list_invitations: ({ invitations }) => invitations.list("1"),
  create_invitations: ({ invitations }) => invitations.create("1", { function: "sales" }),
  revoke_invitation: ({ invitations }) => invitations.revoke("1", "2"),
  list_responses: ({ responses }) => responses.list("1"),
  create_response: ({ responses }) => responses.create("1", { answers: {} }),
  get_response: ({ responses }) => responses.get("1", "2"),
  update_response: ({ responses }) => responses.update("1", "2", {}, CHANGE),
  submit_response: ({ responses }) => responses.submit("1", "2"),
  list_share_links: ({ shareLinks }) => shareLinks.list("1"),
  create_share_link: ({ shareLinks }) => shareLinks.create("1"),
  revoke_share_link: ({ shareLinks }) => shareLinks.revoke("1", "2"),
  list_audit_events: ({ auditEvents }) => auditEvents.list(),
  get_benchmarks: ({ benchmarks }) => benchmarks.get("alignment"),
  list_errors: ({ service }) => service.errorCodes(),
  get_error: ({ service }) => service.errorCode("not_found"),
  get_own_invitation: ({ invitation }) => invitation.get(),
  get_own_response: ({ invitation }) => invitation.getResponse(),
  update_own_response: ({ invitation }) => invitation.updateResponse({}, { ifNoneMatch: "*" }),
  submit_own_response: ({ invitation }) => invitation.submit(),
  list_keys: ({ keys }) => keys.list(),
  create_key: ({ keys }) => keys.create({ kind: "secret" }),
  get_key: ({ keys }) => keys.get("1"),
  revoke_key: ({ keys }) => keys.revoke("1"),
  roll_key: ({ keys }) => keys.roll("1"),
  list_organisations: ({ organisations }) => organisations.list(),
  erase_organisation: ({ organisations }) => organisations.erase("1", CHANGE),
  get_organisation: ({ organisations }) => organisations.get("1"),
  export_organisation: ({ organisations }) => organisations.export("1"),
  get_trend: ({ organisations }) => organisations.trend("1"),
  list_rubrics: ({ rubrics }) => rubrics.list(),
  get_latest_rubric: ({ rubrics }) => rubrics.latest("alignment"),
  get_rubric: ({ rubrics }) => rubrics.get("alignment", "2026.1"),
  score_answers: ({ scores }) => scores.create({ rubric: "r", answers: {} }),
  score_batch: ({ scores }) => scores.batch([]),
  list_webhook_endpoints: ({ webhookEndpoints }) => webhookEndpoints.list(),
  create_webhook_endpoint: ({ webhookEndpoints }) => webhookEndpoints.create({ url: "https://x.example", events: [] }),
  get_webhook_endpoint: ({ webhookEndpoints }) => webhookEndpoints.get("1"),
  update_webhook_endpoint: ({ webhookEndpoints }) => webhookEndpoints.update("1", {}, CHANGE),
  delete_webhook_endpoint: ({ webhookEndpoints }) => webhookEndpoints.delete("1", CHANGE),
  rotate_webhook_secret: ({ webhookEndpoints }) => webhookEndpoints.rotateSecret("1"),
  test_webhook_endpoint: ({ webhookEndpoints }) => webhookEndpoints.test("1"),
  disable_webhook_endpoint: ({ webhookEndpoints }) => webhookEndpoints.disable("1"),
  enable_webhook_endpoint: ({ webhookEndpoints }) => webhookEndpoints.enable("1"),
  list_events: ({ events }) => events.list(),
  get_event: ({ events }) => events.get("1"),
  resend_event: ({ events }) => events.resend("1"),
  list_studies: ({ studies }) => studies.list(),
  get_study: ({ studies }) => studies.get("1"),
};

const OPERATIONS = Object.entries(CONTRACT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
);

test("there is a method for every operation, and for nothing else", () => {
  expect(Object.keys(REACHED).sort()).toEqual(OPERATIONS.map((each) => each.operationId).sort());
});

test.each(OPERATIONS)("$operationId asks what the contract says", async (operation) => {
  const asked: { address: URL; init: RequestInit }[] = [];
  const fetch = (address: string, init: RequestInit): Promise<Response> => {
    asked.push({ address: new URL(address), init });
    return Promise.resolve(new Response("{}"));
  };
  const client = new Client({ baseUrl: "https://assessment.example.com", apiKey: "alm_sk_test_1", fetch });
  await REACHED[operation.operationId as keyof operations](client);
  expect(asked).toHaveLength(1);
  const [{ address, init }] = asked as [(typeof asked)[number]];
  expect(init.method).toBe(operation.method);
  expect(address.pathname).toMatch(new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, "[^/{}]+")}$`));
  const headers = new Headers(init.headers);
  for (const { name, required } of (operation.parameters ?? []).filter((each) => each.in === "header")) {
    if (required || name === "Idempotency-Key") expect(headers.get(name), name).toBeTruthy();
  }
  expect(init.body !== null).toBe(operation.requestBody !== undefined);
  expect(headers.get("Content-Type")).toBe(operation.requestBody === undefined ? null : "application/json");
});
