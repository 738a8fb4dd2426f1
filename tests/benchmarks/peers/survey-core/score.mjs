// Scores one respondent's answers with survey-core: lines on stdin say how often, lines on stdout say how long.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { FunctionFactory, Model } from "survey-core";

const [questionnairePath, bodyPath] = process.argv.slice(2);
const { dimensions } = JSON.parse(readFileSync(questionnairePath, "utf8"));
const body = readFileSync(bodyPath);

const levels = new Map(dimensions.flatMap((d) => d.questions.map((q) => [q.id, q.levels])));
FunctionFactory.Instance.register("level", ([id, answer]) => {
  const of = levels.get(id);
  if (!Array.isArray(answer)) return of[answer];
  return Math.min(4, answer.reduce((sum, option) => sum + of[option], 0));
});

const survey = new Model({
  pages: dimensions.map((d) => ({
    name: d.id,
    elements: d.questions.map((q) => ({
      name: q.id,
      type: q.multiple ? "checkbox" : "radiogroup",
      choices: Object.keys(q.levels),
    })),
  })),
  calculatedValues: dimensions.map((d) => ({
    name: `sum-${d.id}`,
    expression: d.questions.map((q) => `${q.weight} * level('${q.id}', {${q.id}})`).join(" + "),
  })),
});

// One model for all respondents: to make one for each, as its examples do, takes two to four times as long.
function score() {
  survey.data = {};
  survey.data = JSON.parse(body).answers;
  if (!survey.validate()) throw new Error("The answers do not fit the questionnaire.");
  return survey.calculatedValues.map((calculated) => calculated.value);
}

console.log(JSON.stringify(score()));
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  for (let left = Number(line); left > 0; left -= 1) score();
  console.log((performance.now() - start) / 1000);
}
