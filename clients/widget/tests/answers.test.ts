import { describe, expect, it } from "vitest";
import { answerOf, answersOf, choose, type Entry, entryFrom, fitting, inOrder, mistakeIn } from "../src/answers.js";
import type { Answer, RubricQuestion } from "../src/types.js";
import { RUBRIC } from "./service.js";

const [single, , multiple] = RUBRIC.questions as [RubricQuestion, RubricQuestion, RubricQuestion];
const empty: Entry = { chosen: [], note: "" };

describe("a choice", () => {
  it("of a single one takes the place of the one before", () => {
    expect(choose(single, { chosen: ["none"], note: "x" }, "habit", true)).toEqual({ chosen: ["habit"], note: "x" });
  });

  it("of several is kept in the order of the rubric", () => {
    const one = choose(multiple, empty, "escalation", true);
    expect(choose(multiple, one, "follow-up-time", true).chosen).toEqual(["follow-up-time", "escalation"]);
  });

  it("of several can be taken back", () => {
    expect(choose(multiple, { chosen: ["escalation"], note: "" }, "escalation", false).chosen).toEqual([]);
  });

  it.each(["_none", "_dont_know", "_not_applicable"])("of %s stands alone", (special) => {
    expect(choose(multiple, { chosen: ["escalation"], note: "" }, special, true).chosen).toEqual([special]);
    expect(choose(multiple, { chosen: [special], note: "" }, "escalation", true).chosen).toEqual(["escalation"]);
  });
});

describe("an entry", () => {
  it.each<[RubricQuestion, Entry, Answer | null]>([
    [single, { chosen: [], note: "" }, null],
    [single, { chosen: ["habit"], note: "" }, "habit"],
    [single, { chosen: ["habit"], note: " since May " }, { option: "habit", note: "since May" }],
    [single, { chosen: ["habit"], note: "", evidence: "wiki" }, { option: "habit", evidence: "wiki" }],
    [single, { chosen: ["_dont_know"], note: "" }, { state: "dont_know" }],
    [single, { chosen: ["_dont_know"], note: "new here" }, { state: "dont_know", reason: "new here" }],
    [single, { chosen: ["_not_applicable"], note: "no leads" }, { state: "not_applicable", reason: "no leads" }],
    [multiple, { chosen: ["_none"], note: "" }, []],
    [multiple, { chosen: ["escalation"], note: "" }, ["escalation"]],
    [multiple, { chosen: ["_none"], note: "yet" }, { option: [], note: "yet" }],
  ])("of %o: %o is the answer %o, and comes back from it", (question, entry, answer) => {
    expect(answerOf(question, entry)).toEqual(answer);
    if (answer !== null) expect(entryFrom(answer)).toEqual({ ...entry, note: entry.note.trim() });
  });

  it("needs a reason where the question does not apply", () => {
    expect(mistakeIn({ chosen: ["_not_applicable"], note: "  " })).toBe("reason");
    expect(mistakeIn({ chosen: ["_not_applicable"], note: "No leads." })).toBeNull();
  });

  it("needs an answer to go with its note", () => {
    expect(mistakeIn({ chosen: [], note: "Hm." })).toBe("choice");
    expect(mistakeIn(empty)).toBeNull();
  });
});

it("answers leave out what is open", () => {
  expect(answersOf(RUBRIC, { "sla-agreement": { chosen: ["habit"], note: "" }, "sla-clauses": empty })).toEqual({
    "sla-agreement": "habit",
  });
});

it("entries that another version does not know are left behind", () => {
  const entries = {
    "sla-agreement": { chosen: ["gone"], note: "" },
    "sla-clauses": { chosen: ["escalation"], note: "" },
    "no-question": { chosen: ["x"], note: "" },
  };
  expect(fitting(RUBRIC, entries)).toEqual({ "sla-clauses": { chosen: ["escalation"], note: "" } });
});

it("questions for the function that is answered for come first", () => {
  const ids = (asked: string | null): string[] => inOrder(RUBRIC, asked).map((each) => each.id);
  expect(ids("sales")).toEqual(["sla-agreement", "sla-clauses", "campaign-involvement"]);
  expect(ids(null)).toEqual(["sla-agreement", "campaign-involvement", "sla-clauses"]);
});
