/** Requests to the service: a time limit, retries that wait longer each time, and problems as errors. */

import type { Problem } from "./types.js";

/** A request that got no usable answer, with the problem that says why. */
export class ApiFailure extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ApiFailure";
  }
}

export interface Reply<T> {
  body: T;
  etag: string | null;
}

export interface Call {
  method?: "GET" | "POST" | "PATCH";
  body?: unknown;
  headers?: Record<string, string>;
  /** How often it is tried; a submission is tried until it has an answer. */
  tries?: number;
}

/** What a test replaces. */
export interface Surroundings {
  fetch(address: string, init: RequestInit): Promise<Response>;
  /** Waits as long; sooner when the device is back online, or when the promise `woken` is kept. */
  wait(milliseconds: number, woken: Promise<void>): Promise<void>;
  random(): number;
}

const TIMEOUT = 20_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504]);

export const BROWSER: Surroundings = {
  fetch: (address, init) => fetch(address, init),
  wait: (milliseconds, woken) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      addEventListener("online", done);
      void woken.then(done);
    }),
  random: Math.random,
};

export class Api {
  /** Told before each wait: how many tries have failed, and why the last one did. */
  onwait: (tries: number, problem: Problem) => void = () => undefined;
  #wake: () => void = () => undefined;
  #closed = new AbortController();

  constructor(
    readonly base: string,
    readonly key: string,
    readonly clientToken: string | null,
    readonly around: Surroundings = BROWSER,
  ) {}

  /** Ends what is under way; its promises are never kept. */
  close(): void {
    this.#closed.abort();
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** Tries again at once what is waiting to be. */
  hurry(): void {
    this.#wake();
  }

  async send<T>(path: string, call: Call = {}): Promise<Reply<T>> {
    const tries = call.tries ?? 4;
    for (let failed = 1; ; failed++) {
      const outcome = await this.#attempt<T>(path, call);
      if (this.#isClosed()) return new Promise(() => undefined);
      if ("reply" in outcome) return outcome.reply;
      if (!outcome.temporary || failed >= tries) throw new ApiFailure(outcome.problem);
      this.onwait(failed, outcome.problem);
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await this.around.wait(this.#pause(failed, outcome.retryAfter), woken);
      if (this.#isClosed()) return new Promise(() => undefined);
    }
  }

  /** At least what the service asks for, and never the same for two widgets. */
  #pause(failed: number, retryAfter: number): number {
    const backoff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failed - 1)) * (0.5 + this.around.random() / 2);
    return Math.max(backoff, Math.min(retryAfter, 600) * 1000);
  }

  async #attempt<T>(path: string, call: Call): Promise<Outcome<T>> {
    const limit = new AbortController();
    const end = (): void => limit.abort();
    const timer = setTimeout(end, TIMEOUT);
    this.#closed.signal.addEventListener("abort", end);
    try {
      const response = await this.around.fetch(this.base + path, this.#request(call, limit.signal));
      const text = await response.text();
      return read<T>(response, text);
    } catch (error) {
      return { temporary: true, retryAfter: 0, problem: unreachable(this.base, String(error)) };
    } finally {
      clearTimeout(timer);
      this.#closed.signal.removeEventListener("abort", end);
    }
  }

  #request(call: Call, signal: AbortSignal): RequestInit {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.key}`, ...call.headers };
    if (this.clientToken) headers["Alignment-Client-Token"] = this.clientToken;
    const request: RequestInit = { method: call.method ?? "GET", headers, signal, credentials: "omit" };
    if (call.body !== undefined) {
      headers["Content-Type"] = "application/json";
      request.body = typeof call.body === "string" ? call.body : JSON.stringify(call.body);
    }
    return request;
  }
}

type Outcome<T> = { reply: Reply<T> } | { temporary: boolean; retryAfter: number; problem: Problem };

function read<T>(response: Response, text: string): Outcome<T> {
  let body: unknown;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    body = undefined;
  }
  if (response.ok && body !== undefined) return { reply: { body: body as T, etag: response.headers.get("ETag") } };
  const given = (typeof body === "object" ? body : null) as Partial<Problem> | null;
  const problem = {
    ...describe(response.status, "unknown_answer", `The service answered ${response.status}.`),
    ...given,
  };
  const temporary = response.ok || TEMPORARY.has(response.status) || problem.code === "request_in_flight";
  return { temporary, retryAfter: Number(response.headers.get("Retry-After")) || 0, problem };
}

export function describe(status: number, code: string, detail: string): Problem {
  return { type: "about:blank", title: detail, status, detail, code, request_id: "", errors: [] };
}

function unreachable(base: string, why: string): Problem {
  const detail = `No answer from ${base} that this page may read (${why}). Does the key list this origin?`;
  return describe(0, "unreachable", detail);
}
