// Scores one respondent's answers with survey-core: lines on stdin say how often, lines on stdout say how long.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { makeScorer } from "./model.mjs";

const [questionnairePath, bodyPath] = process.argv.slice(2);
const scorer = makeScorer(questionnairePath);
const body = readFileSync(bodyPath);
const score = () => scorer(JSON.parse(body).answers);

console.log(JSON.stringify(score()));
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  for (let left = Number(line); left > 0; left -= 1) score();
  console.log((performance.now() - start) / 1000);
}
