/** What is kept on the device: the draft, the submission under way, and for a day the way back to the result. */

import type { Entries } from "./answers.js";

/** What the person says besides the answers. */
export interface About {
  organisation: string;
  function: string;
  seniority: string;
  contribute: boolean;
}

/** A request that is sent again, word for word, until it has an answer. */
export interface Submission {
  key: string;
  body: string;
}

/** A completed assessment that the token still opens. */
export interface Completed {
  assessment: string;
  token: string;
  until: number;
}

export interface Draft {
  format: number;
  /** `id@version` that was answered. */
  rubric: string;
  saved: number;
  about: About;
  entries: Entries;
  /** Questions whose entries the service does not have yet; of an invitation alone. */
  dirty: string[];
  /** The question looked at last; null on the first page. */
  at: string | null;
  submission: Submission | null;
  completed: Completed | null;
}

const FORMAT = 1;
const LONGEST = 30 * 24 * 3600 * 1000;

/** Where the drafts of one widget lie. Every method does without a storage that is blocked or full. */
export class Drafts {
  readonly #name: string;
  readonly #storage: Storage | null;

  constructor(parts: readonly string[], storage: () => Storage = () => localStorage) {
    this.#name = `alignment-assessment:${parts.slice(0, -1).join(":")}:${hash(parts.at(-1) ?? "")}`;
    this.#storage = attempt(storage);
  }

  load(now: number): Draft | null {
    const draft = attempt(() => JSON.parse(this.#storage?.getItem(this.#name) ?? "null") as Draft | null);
    if (!draft) return null;
    if (draft.format !== FORMAT || !(now - draft.saved < LONGEST) || typeof draft.entries !== "object") {
      this.clear();
      return null;
    }
    if (draft.completed && draft.completed.until < now) draft.completed = null;
    return draft;
  }

  /** Whether it was kept. */
  save(draft: Draft): boolean {
    return (
      attempt(() => {
        if (!this.#storage) return false;
        this.#storage.setItem(this.#name, JSON.stringify(draft));
        return true;
      }) ?? false
    );
  }

  clear(): void {
    attempt(() => this.#storage?.removeItem(this.#name));
  }
}

/** Tells drafts apart without writing down what opens an invitation (FNV-1a). */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (value >>> 0).toString(36);
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
