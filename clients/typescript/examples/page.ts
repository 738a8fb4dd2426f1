import { Client } from "@alignment-assessment/client";

// In a page: a publishable key, which lists the origin of the page.
export async function assess(baseUrl: string, apiKey: string, answers: Record<string, string>): Promise<string> {
  const client = new Client({ baseUrl, apiKey });
  const assessment = await client.assessments.create({
    rubric: "alignment-quick",
    organisation: { name: "Northwind Traders" },
    responses: [{ answers, submit: true }],
    complete: true,
  });
  // What the page has created it can read again, with the token that the create has answered.
  const visitor = client.withOptions({ clientToken: assessment.client_token ?? "" });
  const { bounds } = await visitor.assessments.result(assessment.id);
  return `between ${bounds?.lower} and ${bounds?.upper} of 100`;
}
