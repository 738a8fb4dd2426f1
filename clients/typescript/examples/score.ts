import { Client } from "@alignment-assessment/client";

const client = new Client(); // ASSESSMENT_BASE_URL and ASSESSMENT_API_KEY say where, and with which key

const rubric = await client.rubrics.latest("alignment-quick");
for (const question of rubric.questions) {
  const options = question.options.map((option) => option.id);
  console.log(`${question.id}: ${question.kind === "single" ? "one" : "any"} of ${options.join(", ")}`);
}

const result = await client.scores.create({
  rubric: "alignment-quick",
  answers: {
    "kpi-set": "one-joint-target",
    "sla-clauses": ["lead-qualification", "follow-up-time"],
    "cross-rewards": { state: "dont_know" },
  },
});
if (result.bounds) console.log(`between ${result.bounds.lower} and ${result.bounds.upper} of 100`);
