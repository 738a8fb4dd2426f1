/** One call: the tries it takes, the time each may take, and the answer or the error in the end. */

import { noticeOf } from "./deprecation.js";
import { AlignmentError, APIError, ConnectionFailed, errorOf, TimedOut } from "./errors.js";
import type { CallOptions, Settings } from "./options.js";
import { inBrowser, readNumber } from "./options.js";
import { isForNow, isUnknown, pause, wait } from "./retry.js";

/** What came back, read to its end. */
interface Received {
  status: number;
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Milliseconds beyond which a timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** Statuses whose answers have no body, by the standard of `fetch`. */
const BODILESS = new Set([204, 205]);

export class Exchange {
  /** Method and route, once they are known. */
  operation = "";
  attempts = 0;
  /** The answer of success. */
  received: Received = { status: 0, headers: new Headers(), bytes: new Uint8Array() };
  readonly #settings: Settings;
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;
  readonly #maxRetries: number;

  constructor(settings: Settings, options: CallOptions) {
    this.#settings = settings;
    this.#signal = options.signal;
    this.#timeout = Math.min(LONGEST_TIMER, readNumber("timeout", options.timeout ?? settings.timeout, 1));
    this.#maxRetries = readNumber("maxRetries", options.maxRetries ?? settings.maxRetries, 0);
  }

  /** What openapi-fetch sends by: it only ever sees answers of success. */
  readonly fetch = async (request: Request): Promise<Response> => {
    // Not every browser tells by `request.body` whether there is one.
    const body = (await request.text()) || null;
    for (;;) {
      this.attempts++;
      const outcome = await this.#try(request, body);
      if (!(outcome instanceof ConnectionFailed) && outcome.status < 300) return this.#accept(outcome);
      const next = this.#nextTry(request, outcome);
      if (next === null) throw outcome instanceof ConnectionFailed ? outcome : this.refuse(outcome);
      this.#settings.log({ event: "retry", operation: this.operation, attempt: this.attempts, wait: Math.round(next) });
      await wait(next, this.#signal);
    }
  };

  async #try(request: Request, body: string | null): Promise<Received | ConnectionFailed> {
    const { operation, attempts: attempt } = this;
    this.#settings.log({ event: "request", operation, attempt });
    const started = performance.now();
    const outcome = await this.#send(request, body);
    const milliseconds = Math.round(performance.now() - started);
    if (outcome instanceof ConnectionFailed) {
      const reason = outcome instanceof TimedOut ? "timeout" : "connection";
      this.#settings.log({ event: "failure", operation, attempt, milliseconds, reason });
      return outcome;
    }
    const requestId = outcome.headers.get("X-Request-Id");
    const named = requestId === null ? {} : { requestId };
    this.#settings.log({ event: "answer", operation, attempt, milliseconds, status: outcome.status, ...named });
    const notice = noticeOf(operation, request.url, outcome.headers);
    if (notice) this.#settings.onDeprecation(notice);
    return outcome;
  }

  async #send(request: Request, body: string | null): Promise<Received | ConnectionFailed> {
    const { method, headers, url } = request;
    const signal = this.#signal;
    const limit = new AbortController();
    const end = (): void => {
      limit.abort();
    };
    signal?.throwIfAborted();
    signal?.addEventListener("abort", end);
    const timer = setTimeout(end, this.#timeout);
    try {
      // A redirect would take the key to an address that nobody chose.
      const init: RequestInit = { method, headers, body, signal: limit.signal, redirect: "manual" };
      if (inBrowser()) init.credentials = "omit";
      const response = await this.#settings.fetch(url, init);
      if (response.type === "opaqueredirect" || (response.status >= 300 && response.headers.has("Location"))) {
        const elsewhere = response.headers.get("Location") ?? "another address";
        throw new AlignmentError(
          `${this.#settings.baseUrl} redirects to ${elsewhere}, which is not followed. ` +
            "If that is the service, give it as `baseUrl`.",
        );
      }
      return {
        status: response.status,
        headers: response.headers,
        bytes: new Uint8Array(await response.arrayBuffer()),
      };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AlignmentError) throw error;
      return this.#explain(request, error, limit.signal.aborted);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }

  #explain({ headers }: Request, error: unknown, late: boolean): ConnectionFailed {
    const { baseUrl } = this.#settings;
    const key = headers.get("Idempotency-Key");
    if (late) {
      const detail = `${baseUrl} did not answer ${this.operation} within ${this.#timeout} ms.`;
      return new TimedOut(detail, this.attempts, key, error);
    }
    const hint = inBrowser() ? " Does the key list this origin?" : "";
    return new ConnectionFailed(`${baseUrl} gave no answer to ${this.operation}.${hint}`, this.attempts, key, error);
  }

  #accept(received: Received): Response {
    this.received = received;
    const { status, headers, bytes } = received;
    return new Response(BODILESS.has(status) ? null : bytes, { status, headers });
  }

  /** The error that an answer stands for; of a success, that it cannot be read. */
  refuse({ status, headers, bytes }: Received): AlignmentError {
    return errorOf({ status, headers, attempts: this.attempts }, bytes);
  }

  /** Milliseconds until the next try; null for none. */
  #nextTry(request: Request, outcome: Received | ConnectionFailed): number | null {
    if (this.attempts > this.#maxRetries) return null;
    const { retryDelay } = this.#settings;
    const repeatable = request.method === "GET" || request.headers.has("Idempotency-Key");
    if (outcome instanceof ConnectionFailed) return repeatable ? pause(this.attempts, retryDelay, null) : null;
    if (isUnknown(outcome.status) && !repeatable) return null;
    const failure = this.refuse(outcome);
    const code = failure instanceof APIError ? failure.code : null;
    if (!isForNow(outcome.status, code)) return null;
    return pause(this.attempts, retryDelay, outcome.headers.get("Retry-After"));
  }
}
