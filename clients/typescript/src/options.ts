/** What a client and a single call can be told, and what is made of it. */

import { NotConfigured } from "./errors.js";

/** `fetch`, as a client calls it: always with an address and everything else beside it. */
export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** Where the service is, such as `https://assessment.example.com`. Outside browsers ASSESSMENT_BASE_URL without it. */
  baseUrl?: string;
  /**
   * The key, or the token of an invitation; null sends none. Outside browsers ASSESSMENT_API_KEY without it.
   * In a browser only a publishable key (`alm_pk_…`) or an invitation, unless `allowSecretKeyInBrowser`.
   */
  apiKey?: string | null;
  /** The `client_token` of an assessment, which lets a publishable key read it. */
  clientToken?: string;
  /** Milliseconds that one try may take, the body included: 30,000. */
  timeout?: number;
  /** How often a try that failed for now is repeated: 2. */
  maxRetries?: number;
  /** Milliseconds that the first repetition waits at most; each next one up to twice as long: 500. */
  retryDelay?: number;
  /** Sends the requests: the `fetch` of the platform. */
  fetch?: Fetch;
  /** Told of every try. It is never given a key, a token or a body. */
  log?: (entry: LogEntry) => void;
  /** Told once of each operation that the service says it will take away: `console.warn`. */
  onDeprecation?: (notice: DeprecationNotice) => void;
  /** Lets a page hold a key that may do everything. Whoever opens the page has that key. */
  allowSecretKeyInBrowser?: boolean;
}

export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. */
  signal?: AbortSignal;
  timeout?: number;
  maxRetries?: number;
  clientToken?: string;
  /** A name of your own for the request, in the service's log and in problems. */
  requestId?: string;
}

export interface ReadOptions extends CallOptions {
  /** The ETag of what you have: `NotModified` is thrown where it is current. */
  ifNoneMatch?: string;
}

export interface WriteOptions extends CallOptions {
  /** Makes the request have one effect however often it is sent. A random one without it, kept over repetitions. */
  idempotencyKey?: string;
}

export interface ChangeOptions extends CallOptions {
  /** The ETag of the state that you change; `*` for any. */
  ifMatch: string;
}

export interface LogEntry {
  event: "request" | "answer" | "failure" | "retry";
  /** Method and route, such as `GET /v1/assessments/{assessment_id}`. */
  operation: string;
  /** Which try it is, from 1. */
  attempt: number;
  status?: number;
  requestId?: string;
  milliseconds?: number;
  /** Why there is no answer. */
  reason?: "connection" | "timeout";
  /** Milliseconds until the next try. */
  wait?: number;
}

export interface DeprecationNotice {
  operation: string;
  /** Since when it is deprecated. */
  deprecated: Date | null;
  /** When it stops working. */
  sunset: Date | null;
  /** Where to read on. */
  link: string | null;
}

/** What a client works with. */
export interface Settings {
  baseUrl: string;
  apiKey: string | null;
  clientToken: string | null;
  timeout: number;
  maxRetries: number;
  retryDelay: number;
  fetch: Fetch;
  log: (entry: LogEntry) => void;
  onDeprecation: (notice: DeprecationNotice) => void;
}

const MAY_STAND_IN_HEADERS = /^[!-~]+$/;
const IDEMPOTENCY_KEY = /^[ -~]{1,255}$/;

export function settle(options: ClientOptions): Settings {
  const apiKey = options.apiKey === undefined ? (environment("ASSESSMENT_API_KEY") ?? null) : options.apiKey;
  if (apiKey === null && options.apiKey === undefined) {
    throw new NotConfigured("There is no key: give `apiKey`, or null to ask without one.");
  }
  if (apiKey?.match(/^alm_[sr]k_/) && inBrowser() && !options.allowSecretKeyInBrowser) {
    throw new NotConfigured(
      "A secret or restricted key has no place in a page: everybody who opens the page could use it. Use a " +
        "publishable key (alm_pk_…), or say `allowSecretKeyInBrowser: true` where nobody else opens it.",
    );
  }
  return {
    baseUrl: readBaseUrl(options.baseUrl ?? environment("ASSESSMENT_BASE_URL")),
    apiKey: apiKey === null ? null : forHeader("apiKey", apiKey),
    clientToken: options.clientToken === undefined ? null : forHeader("clientToken", options.clientToken),
    timeout: readNumber("timeout", options.timeout ?? 30_000, 1),
    maxRetries: readNumber("maxRetries", options.maxRetries ?? 2, 0),
    retryDelay: readNumber("retryDelay", options.retryDelay ?? 500, 0),
    // Looked up at each request, so that it can be replaced after the client was made.
    fetch: options.fetch ?? ((address, init) => globalThis.fetch(address, init)),
    log: options.log ?? (() => undefined),
    onDeprecation: options.onDeprecation ?? warn,
  };
}

/** Whether a page or one of its workers runs this. */
export function inBrowser(): boolean {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  return "document" in globalThis || navigator?.userAgent?.startsWith("Mozilla") === true;
}

/** A value that may stand in a header. What is wrong with it is said without it. */
export function forHeader(name: string, value: string): string {
  if (!MAY_STAND_IN_HEADERS.test(value)) {
    throw new NotConfigured(`\`${name}\` is empty, or has a space, a line break or a letter that is not ASCII.`);
  }
  return value;
}

/** The idempotency key of a call, as it was given; else a random one, also on pages without TLS, which have no UUIDs. */
export function keyOf(given: string | undefined): string {
  if (given === undefined) {
    const bits = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bits, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  if (IDEMPOTENCY_KEY.test(given)) return given;
  throw new NotConfigured("`idempotencyKey` has to be 1 to 255 printable ASCII characters.");
}

export function readNumber(name: string, value: number, least: number): number {
  if (!Number.isFinite(value) || value < least) {
    throw new NotConfigured(`\`${name}\` is ${String(value)}; it has to be a number from ${String(least)} on.`);
  }
  return value;
}

function readBaseUrl(given: string | undefined): string {
  if (!given) throw new NotConfigured("There is no address of the service: give `baseUrl`.");
  const parsed = URL.canParse(given) ? new URL(given) : null;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol) || parsed.search || parsed.hash || parsed.username) {
    throw new NotConfigured("`baseUrl` is no address such as https://assessment.example.com.");
  }
  return parsed.href.replace(/\/+$/, "");
}

function environment(name: string): string | undefined {
  if (inBrowser()) return undefined;
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}

function warn({ operation, deprecated, sunset, link }: DeprecationNotice): void {
  const since = deprecated === null ? "" : ` since ${day(deprecated)}`;
  const until = sunset === null ? "" : ` and stops working on ${day(sunset)}`;
  console.warn(`${operation} is deprecated${since}${until}.${link === null ? "" : ` See ${link}`}`);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
