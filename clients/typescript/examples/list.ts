import { Client } from "@alignment-assessment/client";

const client = new Client({ timeout: 10_000, maxRetries: 5 });

for await (const assessment of client.assessments.list({ status: "completed" })) {
  const { score } = await client.assessments.result(assessment.id, { signal: AbortSignal.timeout(60_000) });
  console.log(`${assessment.organisation.name}, ${assessment.completed_at}: ${score ?? "too few answers"}`);
}
