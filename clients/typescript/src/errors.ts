/**
 * What can go wrong, as classes for `instanceof`:
 *
 * - `AlignmentError`: everything that this package throws
 *   - `NotConfigured`: the client cannot work with what it was given; nothing was sent
 *   - `ConnectionFailed`: no answer
 *     - `TimedOut`: none in time
 *   - `UnexpectedAnswer`: an answer that is none of the API
 *   - `NotModified`: what `ifNoneMatch` names is current
 *   - `WebhookVerificationError`: a message is not what the service signed, or not a recent one
 *   - `APIError`: the service refused; the classes below it are by status, some of them by `code`
 */

import type { Code } from "./generated/contract.js";
import type { Problem, ProblemDocument } from "./types.js";

export class AlignmentError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** The client cannot work with what it was given. Nothing was sent. */
export class NotConfigured extends AlignmentError {}

/** A message is not what the service signed, or not a recent one: answer it 400 and do nothing. */
export class WebhookVerificationError extends AlignmentError {}

/** No answer came, after as many tries as were allowed. `cause` is why the last one failed. */
export class ConnectionFailed extends AlignmentError {
  constructor(
    message: string,
    /** How often it was tried. */
    readonly attempts: number,
    /** What a POST was sent with: sent again with it, it has no second effect. */
    readonly idempotencyKey: string | null,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** No answer came in time. */
export class TimedOut extends ConnectionFailed {}

/** An answer, as errors hold it. */
export interface Refusal {
  status: number;
  headers: Headers;
  /** How often it was tried. */
  attempts: number;
}

/** An answer that is none of the API: of a proxy, or of another version of the service. */
export class UnexpectedAnswer extends AlignmentError {
  readonly status: number;
  readonly headers: Headers;
  readonly attempts: number;

  constructor(message: string, { status, headers, attempts }: Refusal) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.attempts = attempts;
  }
}

/** What `ifNoneMatch` names is current. */
export class NotModified extends AlignmentError {
  constructor(readonly etag: string | null) {
    super("Nothing has changed since the state that `ifNoneMatch` names.");
  }
}

/** The service refused. */
export class APIError extends AlignmentError {
  readonly status: number;
  /** Stable name of what went wrong; `client.service.errorCodes()` describes them. */
  readonly code: Code | (string & {});
  readonly title: string;
  /** What went wrong this time. */
  readonly detail: string;
  /** Each thing that is wrong with the request, by JSON pointer. */
  readonly problems: readonly Problem[];
  /** Names the request in the service's log. */
  readonly requestId: string;
  readonly headers: Headers;
  /** How often it was tried. */
  readonly attempts: number;

  constructor(problem: ProblemDocument, { status, headers, attempts }: Refusal) {
    super(describe(problem));
    this.status = status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.problems = problem.errors;
    this.requestId = problem.request_id;
    this.headers = headers;
    this.attempts = attempts;
  }
}

/** 400: the request did not arrive as one. */
export class BadRequest extends APIError {}
/** 401: no valid key. */
export class Unauthenticated extends APIError {}
/** The invitation is unknown, expired or revoked. */
export class InvitationInvalid extends Unauthenticated {}
/** 403: the key may not do this. */
export class Forbidden extends APIError {}
/** The restricted key lacks a scope. */
export class ScopeMissing extends Forbidden {}
/** The publishable key does not list this origin. */
export class OriginNotAllowed extends Forbidden {}
/** 404: there is no such thing for this key. */
export class NotFound extends APIError {}
/** 405: the address does not take that method. */
export class MethodNotAllowed extends APIError {}
/** 406: not in this media type, such as a PDF where the service makes none. */
export class NotAcceptable extends APIError {}
/** 408: the request took too long to arrive. */
export class RequestTimeout extends APIError {}
/** 409: the resource is in a state that does not allow this. */
export class Conflict extends APIError {}
/** The assessment is not completed yet. */
export class AssessmentOpen extends Conflict {}
/** The assessment is completed already. */
export class AssessmentCompleted extends Conflict {}
/** The response is submitted already. */
export class ResponseSubmitted extends Conflict {}
/** The same request is being worked on. */
export class RequestInFlight extends Conflict {}
/** 412: it has changed since it was read. Read it again and decide anew. */
export class PreconditionFailed extends APIError {}
/** 413: the body is too large. */
export class PayloadTooLarge extends APIError {}
/** 415: the body is not sent as JSON. */
export class UnsupportedMediaType extends APIError {}
/** 422: the request does not fit the contract; `problems` has everything that is wrong. */
export class InvalidRequest extends APIError {}
/** Some answers do not fit the rubric. */
export class InvalidAnswers extends InvalidRequest {}
/** The idempotency key came with another request before. */
export class IdempotencyKeyReused extends InvalidRequest {}
/** 428: `ifMatch` is needed. */
export class PreconditionRequired extends APIError {}
/** 429: a quota is used up. */
export class RateLimited extends APIError {}
/** 431: the headers are too large. */
export class HeadTooLarge extends APIError {}
/** 5xx: something failed on the other side. */
export class ServerError extends APIError {}
/** 503: not now; what was sent had no effect. */
export class Unavailable extends ServerError {}

type Kind = new (problem: ProblemDocument, refusal: Refusal) => APIError;

const BY_CODE = new Map<string, Kind>([
  ["invitation_invalid", InvitationInvalid],
  ["scope_missing", ScopeMissing],
  ["origin_not_allowed", OriginNotAllowed],
  ["assessment_open", AssessmentOpen],
  ["assessment_completed", AssessmentCompleted],
  ["response_submitted", ResponseSubmitted],
  ["request_in_flight", RequestInFlight],
  ["invalid_answers", InvalidAnswers],
  ["idempotency_key_reused", IdempotencyKeyReused],
] satisfies [Code, Kind][]);

const BY_STATUS = new Map<number, Kind>([
  [400, BadRequest],
  [401, Unauthenticated],
  [403, Forbidden],
  [404, NotFound],
  [405, MethodNotAllowed],
  [406, NotAcceptable],
  [408, RequestTimeout],
  [409, Conflict],
  [412, PreconditionFailed],
  [413, PayloadTooLarge],
  [415, UnsupportedMediaType],
  [422, InvalidRequest],
  [428, PreconditionRequired],
  [429, RateLimited],
  [431, HeadTooLarge],
  [503, Unavailable],
]);

/** The error that an answer stands for: of a refusal in the class of its code, or else of its status. */
export function errorOf(refusal: Refusal, bytes: Uint8Array): APIError | NotModified | UnexpectedAnswer {
  if (refusal.status === 304) return new NotModified(refusal.headers.get("ETag"));
  const type = refusal.headers.get("Content-Type");
  const problem = type?.startsWith("application/problem+json") ? readProblem(bytes) : null;
  if (problem === null) {
    const what = `${refusal.status}${type === null ? "" : `, ${type}`}`;
    return new UnexpectedAnswer(`The answer is none of the API (${what}). Does \`baseUrl\` lead there?`, refusal);
  }
  const kind = BY_CODE.get(problem.code) ?? BY_STATUS.get(refusal.status);
  return new (kind ?? (refusal.status >= 500 ? ServerError : APIError))(problem, refusal);
}

function readProblem(bytes: Uint8Array): ProblemDocument | null {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as ProblemDocument;
  } catch {
    return null;
  }
}

function describe({ detail, status, code, request_id: requestId, errors }: ProblemDocument): string {
  const where = errors.map((each) => `\n  ${each.pointer || "/"}: ${each.detail}`).join("");
  return `${detail} (${status} ${code}, request id ${requestId})${where}`;
}
