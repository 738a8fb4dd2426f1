import { writeFile } from "node:fs/promises";
import { Client, InvalidAnswers } from "@alignment-assessment/client";

const client = new Client();
const { questions } = await client.rubrics.latest("alignment-quick");
const answers = Object.fromEntries(
  questions.map(({ id, kind, options }) => [id, kind === "single" ? (options[0]?.id ?? "") : []]),
);

try {
  const assessment = await client.assessments.create({
    rubric: "alignment-quick",
    organisation: { name: "Northwind Traders", external_id: "crm-4711" },
    responses: [
      { function: "sales", answers, submit: true },
      { function: "marketing", answers, submit: true },
    ],
    complete: true,
  });
  console.log(`level ${assessment.result?.rating?.level}: ${assessment.result?.rating?.name}`);
  await writeFile("report.pdf", await client.assessments.report(assessment.id));
} catch (error) {
  if (!(error instanceof InvalidAnswers)) throw error;
  for (const { pointer, detail } of error.problems) console.error(`${pointer}: ${detail}`);
}
