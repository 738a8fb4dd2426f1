/** What stands in the fields of a question, and the answer that it makes. */

import type { Answer, Answers, Rubric, RubricQuestion } from "./types.js";

export const NONE = "_none";
export const DONT_KNOW = "_dont_know";
export const NOT_APPLICABLE = "_not_applicable";
export const LONGEST_TEXT = 2000;

/** Choices that are no option stand beside options; the id of an option has no underscore. */
export interface Entry {
  chosen: string[];
  note: string;
  evidence?: string;
}

export type Entries = Record<string, Entry>;
export type Mistake = "reason" | "choice";

const EMPTY: Entry = { chosen: [], note: "" };

export function entryOf(entries: Entries, question: string): Entry {
  return entries[question] ?? EMPTY;
}

export function isSpecial(choice: string): boolean {
  return choice.startsWith("_");
}

/** The entry after a choice was made or taken back: the special ones stand alone. */
export function choose(question: RubricQuestion, entry: Entry, choice: string, on: boolean): Entry {
  if (question.kind === "single" || (on && isSpecial(choice))) return { ...entry, chosen: on ? [choice] : [] };
  const wanted = new Set(entry.chosen.filter((each) => !isSpecial(each) && each !== choice));
  if (on) wanted.add(choice);
  const chosen = question.options.map((option) => option.id).filter((id) => wanted.has(id));
  return { ...entry, chosen };
}

/** What keeps an entry from being an answer. */
export function mistakeIn(entry: Entry): Mistake | null {
  const note = entry.note.trim();
  if (entry.chosen[0] === NOT_APPLICABLE && !note) return "reason";
  return !entry.chosen.length && note ? "choice" : null;
}

/** The answer of an entry; null where the question is left open. */
export function answerOf(question: RubricQuestion, entry: Entry): Answer | null {
  const first = entry.chosen[0];
  const note = entry.note.trim();
  if (first === undefined) return null;
  if (first === NOT_APPLICABLE) return { state: "not_applicable", reason: note };
  if (first === DONT_KNOW) return note ? { state: "dont_know", reason: note } : { state: "dont_know" };
  const option = question.kind === "multiple" ? entry.chosen.filter((choice) => choice !== NONE) : first;
  if (!note && !entry.evidence) return option;
  return { option, ...(note && { note }), ...(entry.evidence && { evidence: entry.evidence }) };
}

export function answersOf(rubric: Rubric, entries: Entries): Answers {
  const answers: Answers = {};
  for (const question of rubric.questions) {
    const answer = answerOf(question, entryOf(entries, question.id));
    if (answer !== null) answers[question.id] = answer;
  }
  return answers;
}

/** The fields as an answer fills them. */
export function entryFrom(answer: Answer): Entry {
  if (typeof answer === "string") return { chosen: [answer], note: "" };
  if (Array.isArray(answer)) return { chosen: answer.length ? answer : [NONE], note: "" };
  if ("state" in answer) return { chosen: [`_${answer.state}`], note: answer.reason ?? "" };
  const entry = { chosen: entryFrom(answer.option).chosen, note: answer.note ?? "" };
  return answer.evidence ? { ...entry, evidence: answer.evidence } : entry;
}

/** Those entries that fit the rubric, so that a draft outlives a new version of it. */
export function fitting(rubric: Rubric, entries: Entries): Entries {
  const kept: Entries = {};
  for (const { id, options } of rubric.questions) {
    const entry = entries[id];
    const known = new Set(options.map((option) => option.id));
    if (entry?.chosen.every((choice) => isSpecial(choice) || known.has(choice))) kept[id] = entry;
  }
  return kept;
}

/** The questions in the order they are asked: first those for the function, then those that others can answer better. */
export function inOrder(rubric: Rubric, asked: string | null): RubricQuestion[] {
  const own = (question: RubricQuestion): boolean => !asked || question.audience.includes(asked);
  return [...rubric.questions.filter(own), ...rubric.questions.filter((question) => !own(question))];
}
