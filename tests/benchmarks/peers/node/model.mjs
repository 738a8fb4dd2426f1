// The questionnaire as a model of survey-core that validates answers and takes the weighted sum of each dimension.
import { readFileSync } from "node:fs";
import { FunctionFactory, Model } from "survey-core";

/** A function from answers to the sums. One model for all respondents: to make one for each, as its examples do, takes
 * two to four times as long. */
export function makeScorer(questionnairePath) {
  const { dimensions } = JSON.parse(readFileSync(questionnairePath, "utf8"));
  const levels = new Map(dimensions.flatMap((d) => d.questions.map((q) => [q.id, q.levels])));
  FunctionFactory.Instance.register("level", ([id, answer]) => {
    const of = levels.get(id);
    if (!Array.isArray(answer)) return of[answer];
    return Math.min(
      4,
      answer.reduce((sum, option) => sum + of[option], 0),
    );
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

  return (answers) => {
    survey.data = {};
    survey.data = answers;
    if (!survey.validate()) throw new Error("The answers do not fit the questionnaire.");
    return survey.calculatedValues.map((calculated) => calculated.value);
  };
}
