/** What a page and the frame with the widget in it tell each other. Whatever else arrives is no message. */

import type { AssessmentEvents } from "./events.js";
import type { Phase } from "./phase.js";
import type { Answers } from "./types.js";

/** The shape of all that is said; another one is of another version of the widget, and not understood. */
export const VERSION = 1;
export const EVENTS = [
  "assessment-started",
  "assessment-answered",
  "assessment-completed",
  "assessment-error",
] as const;
export const METHODS = ["start", "restart", "submit"] as const;
const PHASES = ["loading", "intro", "question", "review", "sending", "result", "thanks", "failure"];
/** Attributes of the element that come by message: an invitation stands in no address. */
export const CARRIED = [
  "functions",
  "organisation",
  "industry",
  "size",
  "invitation",
  "assessment",
  "client-token",
  "target-level",
] as const;
/** How the page has the widget look. */
export const LOOKS = /^--alignment-[a-z-]{1,40}$/;
const LONGEST = 10_000;

type Values = Record<string, string>;

export type ToFrame =
  | { alignment: 1; type: "hello"; attributes: Values; look: Values }
  | { alignment: 1; type: "theme"; theme: "light" | "dark"; look: Values }
  | { alignment: 1; type: "method"; method: (typeof METHODS)[number] };

export type ToPage =
  | { alignment: 1; type: "ready" }
  | { alignment: 1; type: "height"; height: number }
  | { alignment: 1; type: "view"; top: number; bottom: number }
  | { alignment: 1; type: "state"; state: Phase; answers: Answers }
  | { alignment: 1; type: "event"; event: keyof AssessmentEvents; detail: object };

type Check = (value: unknown) => boolean;
type Shapes<Message extends { type: string }> = Record<Message["type"], Record<string, Check>>;

const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const isNumber: Check = (value) => Number.isFinite(value);
const isObject: Check = (value) => Object(value) === value && !Array.isArray(value);
const isTexts =
  (isName: (name: string) => boolean): Check =>
  (value) =>
    isObject(value) &&
    Object.entries(value as object).every(
      ([name, text]) => isName(name) && typeof text === "string" && text.length < LONGEST,
    );

const isLook = isTexts((name) => LOOKS.test(name));

/** What a page says to its frame; null for anything else. */
export function readToFrame(data: unknown): ToFrame | null {
  return read<ToFrame>(data, {
    hello: { attributes: isTexts(oneOf(CARRIED)), look: isLook },
    theme: { theme: oneOf(["light", "dark"]), look: isLook },
    method: { method: oneOf(METHODS) },
  });
}

/** What a frame says to its page; null for anything else. */
export function readToPage(data: unknown): ToPage | null {
  return read<ToPage>(data, {
    ready: {},
    height: { height: isNumber },
    view: { top: isNumber, bottom: isNumber },
    state: { state: oneOf(PHASES), answers: isObject },
    event: { event: oneOf(EVENTS), detail: isObject },
  });
}

/** The data if it is a message of one of the shapes, with each field and none besides. */
function read<Message extends { type: string }>(data: unknown, shapes: Shapes<Message>): Message | null {
  if (!isObject(data)) return null;
  const { alignment, type, ...fields } = data as Record<string, unknown>;
  const shape = Object.entries<Record<string, Check>>(shapes).find(([name]) => name === type)?.[1];
  const names = Object.keys(fields);
  if (alignment !== VERSION || !shape || names.length !== Object.keys(shape).length) return null;
  return names.every((name) => Object.hasOwn(shape, name) && shape[name]!(fields[name])) ? (data as Message) : null;
}
