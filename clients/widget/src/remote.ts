/** The draft of an invitation, which the service keeps and several devices may change. */

import { answerOf, entryFrom, entryOf, fitting, mistakeIn } from "./answers.js";
import { type Api, ApiFailure } from "./api.js";
import type { Flow } from "./flow.js";
import type { Answer, OwnResponse } from "./types.js";

const PATH = "/v1/invitation/response";

export class RemoteDraft {
  /** Questions whose entries the service does not have yet; "" stands for what is said besides answers. */
  readonly dirty = new Set<string>();
  #etag: string | null = null;
  #saves: Promise<void> = Promise.resolve();

  constructor(
    readonly api: Api,
    readonly flow: Flow,
  ) {}

  get begun(): boolean {
    return this.#etag !== null;
  }

  /** Takes what the service has, if anything, except where something newer waits here. */
  async read(): Promise<void> {
    try {
      const { body, etag } = await this.api.send<OwnResponse>(PATH);
      this.#etag = etag;
      this.#merge(body);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.problem.status !== 404) throw error;
      this.#etag = null;
    }
  }

  /** Saves what the service does not have yet, once what is under way has ended. */
  save(tries: number): Promise<void> {
    const save = (): Promise<void> => this.#save(tries);
    this.#saves = this.#saves.then(save, save);
    return this.#saves;
  }

  /** Where the draft has changed meanwhile, it is read and merged first. */
  async #save(tries: number): Promise<void> {
    for (;;) {
      const headers: Record<string, string> = this.#etag ? { "If-Match": this.#etag } : { "If-None-Match": "*" };
      const sent = this.#state();
      try {
        const { etag } = await this.api.send(PATH, { method: "PATCH", body: this.#changes(), headers, tries });
        this.#etag = etag;
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.problem.status !== 412) throw error;
        await this.read();
        continue;
      }
      const now = this.#state();
      for (const id of [...this.dirty]) if (now[id] === sent[id]) this.dirty.delete(id);
      return;
    }
  }

  #changes(): object {
    const answers: Record<string, Answer | null> = {};
    for (const question of this.flow.questions) {
      const entry = entryOf(this.flow.entries, question.id);
      if (this.dirty.has(question.id) && !mistakeIn(entry)) answers[question.id] = answerOf(question, entry);
    }
    return { answers, seniority: this.flow.about.seniority || null };
  }

  /** Tells what changed while it was being saved. */
  #state(): Record<string, unknown> {
    return { ...this.flow.entries, "": this.flow.about.seniority };
  }

  #merge(theirs: OwnResponse): void {
    const { flow, dirty } = this;
    const entries = Object.entries(theirs.answers).map(([id, answer]) => [id, entryFrom(answer)] as const);
    const mine = Object.entries(flow.entries).filter(([id]) => dirty.has(id));
    flow.entries = { ...fitting(flow.rubric, Object.fromEntries(entries)), ...Object.fromEntries(mine) };
    if (!dirty.has("")) flow.about.seniority = theirs.seniority ?? "";
  }
}
