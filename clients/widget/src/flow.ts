/** Where the person is in the flow, what they answered, and what comes next. It knows no network and no storage. */

import { answerOf, type Entries, type Entry, entryOf, inOrder, mistakeIn } from "./answers.js";
import type { About } from "./draft.js";
import type { Phase } from "./phase.js";
import { type Words, wordsFor } from "./strings/index.js";
import type { Host, Setup } from "./surface.js";
import type { Assessment, OwnInvitation, Rubric, RubricQuestion, Titled } from "./types.js";

export const REVIEW = "_review";
const NOBODY: About = { organisation: "", function: "", seniority: "", contribute: false };

export abstract class Flow {
  state: Phase = "loading";
  readonly words: Words;
  rubric!: Rubric;
  invitation: OwnInvitation | null = null;
  /** The open assessment that is joined, or the completed one. */
  assessment: Assessment | null = null;

  questions: RubricQuestion[] = [];
  index = 0;
  entries: Entries = {};
  about: About;
  /** Whether this page was found wrong, so that it says what is missing. */
  checked = false;
  /** What the service did not take, by question, and under "" of the rest. */
  refused: Record<string, string> = {};
  /** Whether the person came to the question from the review. */
  returning = false;
  /** Whether the field for a note was asked for. */
  noting = false;
  /** Whether earlier answers were found, and nothing was done since. */
  resumed = false;

  constructor(
    readonly host: Host,
    readonly setup: Setup,
  ) {
    this.words = wordsFor(setup.languages);
    this.about = { ...NOBODY, organisation: setup.organisation };
  }

  /** Keeps what there is; `question` names what changed, "" what is said besides answers. */
  protected abstract keep(question?: string): void;
  /** Sends the answers. */
  protected abstract deliver(): void;

  /** The function that is answered for, where that is said. */
  get role(): string {
    return this.invitation?.function ?? this.about.function;
  }

  /** The functions among which the person chooses. */
  get roles(): Titled[] {
    if (this.invitation) return [];
    const wanted = this.setup.functions.length ? this.setup.functions : (this.assessment?.functions ?? []);
    return this.rubric.functions.filter((each) => wanted.includes(each.id));
  }

  /** Whether an assessment is made of these answers alone, which then needs an organisation and has a result. */
  get alone(): boolean {
    return !this.setup.invitation && !this.setup.assessment;
  }

  get question(): RubricQuestion {
    return this.questions[this.index]!;
  }

  get missing(): RubricQuestion[] {
    return this.questions.filter((question) => !entryOf(this.entries, question.id).chosen.length);
  }

  get missingName(): boolean {
    return this.checked && this.alone && !this.about.organisation.trim();
  }

  get missingRole(): boolean {
    return this.checked && this.roles.length > 0 && !this.about.function;
  }

  start(): void {
    if (this.state !== "intro") return;
    this.checked = true;
    if (this.missingName || this.missingRole) return this.move("intro");
    this.arrange();
    if (this.returning) return this.review();
    this.host.emit("assessment-started", { rubric: `${this.rubric.id}@${this.rubric.version}` });
    this.show(0);
  }

  /** Puts the questions for the function that is answered for first. */
  protected arrange(): void {
    this.questions = inOrder(this.rubric, this.role || null);
  }

  /** Shows a question; `returning` goes back to the review afterwards. */
  show(index: number, returning = false): void {
    this.index = index;
    this.returning = returning;
    this.checked = this.noting = false;
    this.move("question");
    this.keep();
    this.host.announce(this.words.progress(index + 1, this.questions.length));
  }

  /** Shows the first page again, from the review. */
  introduce(): void {
    this.returning = true;
    this.checked = false;
    this.move("intro");
  }

  /** Shows the field for a note. */
  takeNote(): void {
    this.noting = true;
    this.host.redraw(true);
  }

  review(): void {
    this.move("review");
    this.keep();
  }

  next(): void {
    const entry = entryOf(this.entries, this.question.id);
    this.checked = true;
    if (mistakeIn(entry)) return this.move("question");
    this.resumed = false;
    if (this.returning || this.index + 1 === this.questions.length) this.review();
    else this.show(this.index + 1);
  }

  back(): void {
    this.resumed = false;
    if (this.state === "review") this.show(this.questions.length - 1);
    else if (this.returning) this.review();
    else if (this.index > 0) this.show(this.index - 1);
    else {
      this.checked = false;
      this.move("intro");
    }
  }

  tell(change: Partial<About>): void {
    Object.assign(this.about, change);
    this.keep("");
    this.host.redraw();
  }

  answer(question: RubricQuestion, entry: Entry): void {
    this.entries = { ...this.entries, [question.id]: entry };
    const { [question.id]: _, ...refused } = this.refused;
    this.refused = refused;
    this.host.emit("assessment-answered", { question: question.id, answer: answerOf(question, entry) });
    this.keep(question.id);
    this.host.redraw();
  }

  submit(): void {
    if (this.state !== "review" && this.state !== "question") return;
    const wrong = this.questions.findIndex((question) => mistakeIn(entryOf(this.entries, question.id)));
    if (wrong >= 0) {
      this.show(wrong, true);
      this.checked = true;
      return;
    }
    this.deliver();
  }

  /** Forgets what was said and answered. */
  protected forget(): void {
    this.about = { ...NOBODY, organisation: this.setup.organisation };
    this.entries = {};
    this.refused = {};
    this.resumed = this.returning = this.checked = false;
    this.index = 0;
  }

  protected move(state: Phase, moved = true): void {
    this.state = state;
    // Which question it is, is no news any more on another page.
    if (state !== "question") this.host.announce("");
    this.host.redraw(moved);
  }
}
