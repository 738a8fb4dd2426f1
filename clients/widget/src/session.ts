/** A flow with the service and the device behind it: what is loaded, kept, sent, and what goes wrong. */

import type { TemplateResult } from "lit/html.js";
import { answersOf, fitting } from "./answers.js";
import { Api, ApiFailure, BROWSER, describe, type Surroundings } from "./api.js";
import { type Completed, type Draft, Drafts, type Submission } from "./draft.js";
import { Flow, REVIEW } from "./flow.js";
import { type Loaded, load } from "./load.js";
import { RemoteDraft } from "./remote.js";
import { furtherResponse, makeKey, newAssessment, placed } from "./sending.js";
import { renderFlow } from "./steps/flow.js";
import type { Host, Setup, Surface } from "./surface.js";
import type { Answers, Assessment, OwnInvitation, Problem, Result, ShareLink, Study } from "./types.js";

/** What the last page says when nothing goes on. */
export type Failure = "closed" | "unavailable" | "invalid" | "unreachable" | "failed";
export type Kept = "nothing" | "device" | "saving" | "service" | "blocked";

const DAY = 24 * 3600 * 1000;
const PAUSE = 800;
const CLOSED = new Set(["assessment_completed", "limit_reached"]);

export class Session extends Flow implements Surface {
  result: Result | null = null;
  studies: Study[] = [];
  link: ShareLink | "making" | "missing" | null = null;
  kept: Kept = "nothing";
  offline = false;
  failedTries = 0;
  failure: Failure = "failed";

  #api: Api;
  readonly #drafts: Drafts;
  readonly #remote: RemoteDraft;
  readonly #ends = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #submission: Submission | null = null;
  #completed: Completed | null = null;

  constructor(
    host: Host,
    setup: Setup,
    readonly around: Surroundings = BROWSER,
  ) {
    super(host, setup);
    this.#api = this.#connect(setup.clientToken || null);
    const [rubric = ""] = setup.rubric.split("@");
    this.#drafts = new Drafts([setup.api, setup.key, rubric, setup.assessment, setup.invitation]);
    this.#remote = new RemoteDraft(this.#api, this);
  }

  render(): TemplateResult {
    return renderFlow(this);
  }

  open(): void {
    const { signal } = this.#ends;
    addEventListener("offline", () => this.#turn(true), { signal });
    addEventListener("online", () => this.#turn(false), { signal });
    this.offline = !navigator.onLine;
    this.#load(false);
  }

  close(): void {
    this.#api.close();
    this.#ends.abort();
    clearTimeout(this.#timer);
  }

  /** Loads once more what has failed. */
  retry(): void {
    this.#load(true);
  }

  /** Sends at once what waits for its next try. */
  hurry(): void {
    this.#api.hurry();
  }

  getAnswers(): Answers {
    return this.questions.length ? answersOf(this.rubric, this.entries) : {};
  }

  restart(): void {
    if (this.state === "loading" || this.state === "sending") return;
    this.#drafts.clear();
    clearTimeout(this.#timer);
    this.#completed = this.#submission = this.result = this.link = null;
    this.kept = "nothing";
    this.forget();
    if (!this.alone || !this.questions.length) return this.retry();
    this.assessment = null;
    this.#api = this.#connect(null);
    this.move("intro");
  }

  /** Asks for a link to the full report. */
  async makeLink(): Promise<void> {
    const path = `/v1/assessments/${this.assessment?.id ?? ""}/share_links`;
    this.link = "making";
    this.host.redraw();
    try {
      const headers = { "Idempotency-Key": makeKey() };
      const call = { method: "POST", body: { locale: this.rubric.locale }, headers } as const;
      this.link = (await this.#api.send<ShareLink>(path, call)).body;
    } catch (error) {
      this.link = "missing";
      this.#tell(error);
    }
    this.host.redraw(true);
  }

  #load(moved: boolean): void {
    this.move("loading", moved);
    load(this.#api, this.setup)
      .then((loaded) => this.#begin(loaded, moved))
      .catch((error: unknown) => this.#stop(error, moved));
  }

  async #begin(loaded: Loaded, moved: boolean): Promise<void> {
    this.rubric = loaded.rubric;
    this.invitation = loaded.invitation;
    this.assessment = loaded.assessment;
    this.arrange();
    const status = loaded.invitation?.status ?? loaded.assessment?.status;
    if (status === "submitted") return this.#thank(moved);
    if (loaded.assessment?.result) return this.#showResult(loaded.assessment, moved);
    if (status === "closed" || status === "completed") return this.#fail("closed", moved);
    const draft = this.#drafts.load(Date.now());
    if (draft) this.#resume(draft);
    if (loaded.invitation?.response) await this.#remote.read();
    if (this.#completed) return this.#reopen(this.#completed, moved);
    const [only, ...others] = this.roles;
    if (only && !others.length) this.about.function = only.id;
    this.arrange();
    if (this.#submission) return this.#send(this.#submission);
    this.#goOn(draft?.at ?? null, moved);
  }

  /** Where the person left off; an invitation that was begun elsewhere goes on at its first open question. */
  #goOn(at: string | null, moved: boolean): void {
    this.resumed = Object.keys(this.entries).length > 0;
    const place = this.questions.findIndex((question) => question.id === at);
    const open = this.questions.findIndex((question) => this.missing.includes(question));
    this.index = Math.max(place < 0 ? open : place, 0);
    if (!this.resumed || (!at && !this.invitation)) this.move("intro", moved);
    else this.move(at === REVIEW || (place < 0 && open < 0) ? "review" : "question", moved);
    if (this.resumed) this.kept = this.invitation ? "service" : "device";
    if (this.#remote.dirty.size) this.keep();
  }

  #resume(draft: Draft): void {
    this.entries = fitting(this.rubric, draft.entries);
    this.about = { ...this.about, ...draft.about };
    for (const question of draft.dirty) this.#remote.dirty.add(question);
    this.#submission = draft.submission;
    this.#completed = draft.completed;
  }

  protected keep(question?: string): void {
    if (question !== undefined) this.#remote.dirty.add(question);
    const at = this.state === "review" ? REVIEW : this.state === "question" ? this.question.id : null;
    const { about, entries } = this;
    const begun = question !== undefined || Object.keys(entries).length > 0;
    if (!begun && !this.#completed) return;
    const stored = this.#drafts.save({
      format: 1,
      rubric: `${this.rubric.id}@${this.rubric.version}`,
      saved: Date.now(),
      about,
      entries,
      dirty: this.invitation ? [...this.#remote.dirty] : [],
      at,
      submission: this.#submission,
      completed: this.#completed,
    });
    if (!this.invitation) this.kept = stored ? "device" : "blocked";
    else if (this.#remote.dirty.size) {
      this.kept = "saving";
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#upload(4).catch((error: unknown) => this.#objected(error)), PAUSE);
    }
  }

  async #upload(tries: number): Promise<void> {
    await this.#remote.save(tries);
    this.kept = "service";
    this.keep();
    this.host.redraw();
  }

  /** A draft that was not saved now is saved with the next change, or when it is sent. */
  #objected(error: unknown): void {
    const problem = error instanceof ApiFailure ? error.problem : null;
    this.refused = problem ? placed(problem) : {};
    this.kept = "device";
    if (problem && [401, 409].includes(problem.status)) return this.#stop(error, false);
    this.#tell(error);
    this.host.redraw();
  }

  protected deliver(): void {
    this.refused = {};
    const { rubric, about, entries, setup } = this;
    if (this.invitation) this.#submission = { key: makeKey(), body: "{}" };
    else if (this.assessment) this.#submission = furtherResponse(rubric, about, entries);
    else this.#submission = newAssessment(setup, rubric, about, entries);
    this.#send(this.#submission);
  }

  /** Sends until there is an answer; nothing is changed in the meantime, so that it has one effect. */
  #send(submission: Submission): void {
    this.failedTries = 0;
    this.move("sending");
    clearTimeout(this.#timer);
    this.keep();
    this.#post(submission).then(
      (answer) => this.#sent(answer),
      (error: unknown) => this.#unsent(error),
    );
  }

  async #post({ key, body }: Submission): Promise<Assessment | OwnInvitation> {
    const call = {
      method: "POST",
      body,
      headers: { "Idempotency-Key": key },
      tries: Number.POSITIVE_INFINITY,
    } as const;
    if (this.invitation) {
      if (this.#remote.dirty.size || !this.#remote.begun) await this.#upload(call.tries);
      return (await this.#api.send<OwnInvitation>("/v1/invitation/response/submit", call)).body;
    }
    const path = this.assessment ? `/v1/assessments/${this.assessment.id}/responses` : "/v1/assessments";
    return (await this.#api.send<Assessment>(path, call)).body;
  }

  #sent(answer: Assessment | OwnInvitation): void {
    if (!this.alone) {
      this.host.emit("assessment-completed", { assessment: this.assessment?.id ?? null, result: null });
      return this.#thank(true);
    }
    const assessment = answer as Assessment;
    this.#submission = null;
    this.entries = {};
    this.#completed = { assessment: assessment.id, token: assessment.client_token ?? "", until: Date.now() + DAY };
    this.#api = this.#connect(assessment.client_token);
    this.keep();
    this.host.emit("assessment-completed", { assessment: assessment.id, result: assessment.result });
    this.#showResult(assessment, true);
  }

  #unsent(error: unknown): void {
    this.#submission = null;
    const problem = error instanceof ApiFailure ? error.problem : null;
    this.refused = problem ? placed(problem) : {};
    this.state = "review";
    this.keep();
    if (!Object.keys(this.refused).length) return this.#stop(error, true);
    this.#tell(error);
    this.review();
  }

  async #reopen({ assessment, token }: Completed, moved: boolean): Promise<void> {
    this.#api = this.#connect(token);
    try {
      this.#showResult((await this.#api.send<Assessment>(`/v1/assessments/${assessment}`)).body, moved);
    } catch (error) {
      if (!(error instanceof ApiFailure) || ![401, 404].includes(error.problem.status)) throw error;
      this.#drafts.clear();
      this.#completed = null;
      this.#api = this.#connect(null);
      this.arrange();
      this.move("intro", moved);
    }
  }

  #showResult(assessment: Assessment, moved: boolean): void {
    this.assessment = assessment;
    this.result = assessment.result;
    this.move("result", moved);
    this.#api
      .send<{ data: Study[] }>("/v1/studies?limit=100")
      .then(({ body }) => {
        this.studies = body.data;
        this.host.redraw();
      })
      .catch((error: unknown) => this.#tell(error));
  }

  #thank(moved: boolean): void {
    this.#drafts.clear();
    this.entries = {};
    this.move("thanks", moved);
  }

  #turn(offline: boolean): void {
    this.offline = offline;
    this.host.announce(offline ? this.words.offline : "");
    if (!offline && this.state === "failure" && this.failure === "unreachable") this.retry();
    else if (!offline && this.invitation && this.#remote.dirty.size && this.state !== "sending") this.keep();
    this.host.redraw();
  }

  /** Ends at a page that says why nothing goes on. */
  #stop(error: unknown, moved: boolean): void {
    const submitted = error instanceof ApiFailure && error.problem.code === "response_submitted";
    if (submitted) return this.#thank(moved);
    const { status, code } = this.#tell(error);
    if (CLOSED.has(code)) this.#fail("closed", moved);
    else if (code === "invitation_invalid") this.#fail("invalid", moved);
    else if (status === 401 || status === 403 || status === 404 || code === "misconfigured")
      this.#fail("unavailable", moved);
    else this.#fail(code === "unreachable" ? "unreachable" : "failed", moved);
  }

  #fail(failure: Failure, moved: boolean): void {
    this.failure = failure;
    this.move("failure", moved);
  }

  /** Tells the page and whoever looks after it. */
  #tell(error: unknown): Problem {
    const problem = error instanceof ApiFailure ? error.problem : describe(-1, "failed", String(error));
    console.error(`<alignment-assessment> ${problem.code}: ${problem.detail}`, problem.errors);
    this.host.emit("assessment-error", { problem });
    return problem;
  }

  #connect(token: string | null): Api {
    const api = new Api(this.setup.api, this.setup.invitation || this.setup.key, token, this.around);
    api.onwait = (tries) => {
      this.failedTries = tries;
      this.host.redraw();
    };
    return api;
  }
}
