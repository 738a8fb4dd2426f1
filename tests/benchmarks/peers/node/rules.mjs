// Computes the weighted sums with json-logic-js: lines on stdin say how often, lines on stdout say how long.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import jsonLogic from "json-logic-js";

const [questionnairePath, bodyPath] = process.argv.slice(2);
const { dimensions } = JSON.parse(readFileSync(questionnairePath, "utf8"));
const body = readFileSync(bodyPath);

function level(question) {
  const answer = { var: `answers.${question.id}` };
  const options = Object.entries(question.levels);
  if (!question.multiple) return { if: [...options.flatMap(([id, points]) => [{ "==": [answer, id] }, points]), 0] };
  return { min: [4, { "+": options.map(([id, points]) => ({ if: [{ in: [id, answer] }, points, 0] })) }] };
}

const rules = dimensions.map(({ questions }) => ({ "+": questions.map((q) => ({ "*": [q.weight, level(q)] })) }));

function score() {
  const data = JSON.parse(body);
  return rules.map((rule) => jsonLogic.apply(rule, data));
}

console.log(JSON.stringify(score()));
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  for (let left = Number(line); left > 0; left -= 1) score();
  console.log((performance.now() - start) / 1000);
}
