"""Turns errors into problem documents; the only place that knows which status an error has."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send

from assessment import metrics
from assessment.api import refusals
from assessment.api.admission import note_caller
from assessment.api.reply import Headers, Reply, encode, request_id
from assessment.api.wire.problems import ErrorCode, ProblemDocument
from assessment.errors import (
    AssessmentCompleted,
    AssessmentError,
    AssessmentOpen,
    Conflict,
    DamagedResult,
    DatabaseUnavailable,
    EditionNotFound,
    EndpointDisabled,
    Forbidden,
    InvalidAnswers,
    InvalidInput,
    InvitationInvalid,
    InvitedResponse,
    KeyInactive,
    KeyReused,
    LastSecretKey,
    LimitReached,
    MigrationsPending,
    NeverSent,
    NotFound,
    NothingBefore,
    OriginNotAllowed,
    Overloaded,
    PayloadRefused,
    PdfNotInstalled,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    RequestInFlight,
    ResourceNotFound,
    ResponsesGiven,
    ResponseSubmitted,
    RubricNotFound,
    ScopeMissing,
    ShuttingDown,
    StudyNotFound,
    Unauthenticated,
)

PROBLEM_JSON = b"application/problem+json"
ERRORS_SHOWN = 500
"""Problems listed in one document; a hostile body could otherwise blow up its answer."""

_log = logging.getLogger("assessment.api")

_DESCRIPTIONS: dict[type[AssessmentError], tuple[int, str]] = {
    refusals.BadRequest: (400, "The request breaks HTTP in a way that no endpoint can use, such as a bad Host header."),
    refusals.HeadTimeout: (408, "The request line and the headers took longer than 10 s to arrive. Send them again."),
    refusals.BodyTimeout: (408, "The body took too long to arrive. What came of it was thrown away; send it again."),
    PayloadRefused: (400, "The body did not arrive completely. Send it again."),
    refusals.BodyMissing: (400, "The endpoint needs a JSON body and got none."),
    refusals.InvalidEncoding: (400, "The body is not UTF-8 or starts with a byte order mark. Send plain UTF-8."),
    refusals.MalformedJson: (400, "The body is not JSON as RFC 8259 defines it; `detail` says where it breaks off."),
    Unauthenticated: (401, "No key, or one that is unknown, malformed or revoked. Send `Authorization: Bearer <key>`."),
    InvitationInvalid: (
        401,
        "The invitation is unknown, or has expired or was revoked. Whoever sent it can send a new one.",
    ),
    Forbidden: (403, "The key is valid and may not do this; a secret key may do everything for its own partner."),
    ScopeMissing: (403, "A restricted key may do what its scopes name; `detail` names the one that is missing."),
    OriginNotAllowed: (
        403,
        "A publishable key works from the origins that it lists, compared exactly, and from the service's own pages.",
    ),
    InvitedResponse: (
        403,
        "What an invited person answers is theirs to change and to submit; no key does it for them.",
    ),
    NotFound: (404, "Nothing has this address."),
    RubricNotFound: (404, "No published rubric has this id and version. `GET /v1/rubrics` lists them."),
    StudyNotFound: (404, "No study has this id. `GET /v1/studies` lists them."),
    EditionNotFound: (404, "No edition has this number. Without `edition` the current one is read."),
    ResourceNotFound: (404, "No such resource belongs to this key's partner; foreign and unknown ids look the same."),
    refusals.MethodNotAllowed: (405, "The address exists and takes other methods; the `Allow` header lists them."),
    refusals.NotAcceptable: (406, "None of the media types in `Accept` can be had; `detail` lists those that can."),
    PdfNotInstalled: (
        406,
        "The service runs without what makes PDFs; its operator can add it: `alignment-assessment[pdf]`.",
    ),
    Conflict: (409, "The resource is in a state that does not allow this."),
    AssessmentOpen: (409, "An open assessment has no result yet. Complete it first."),
    AssessmentCompleted: (409, "A completed assessment does not change any more."),
    NothingBefore: (409, "The organisation has no assessment with this rubric that was completed earlier."),
    ResponsesGiven: (409, "Those who have responded were promised this; it does not change any more."),
    LimitReached: (409, "There are as many as there may be of this; `detail` says how many."),
    ResponseSubmitted: (409, "A submitted response does not change any more."),
    RequestInFlight: (
        409,
        "The same idempotency key is being worked on. Try again after `Retry-After` seconds.",
    ),
    KeyInactive: (409, "A key that is revoked, expired or rolled already cannot be rolled. Create a new one."),
    LastSecretKey: (409, "Revoking it would lock its partner out. Create or roll into another secret key first."),
    EndpointDisabled: (409, "A disabled webhook endpoint is sent nothing. Enable it first."),
    NeverSent: (409, "Only what an endpoint was to be sent can be sent again; `deliveries` of the event lists those."),
    PreconditionFailed: (412, "The resource has changed since the state named in `If-Match`. Read it again."),
    refusals.BodyTooLarge: (413, "The body is over the limit of the endpoint: 256 KiB, and 2 MiB for a batch."),
    refusals.UnsupportedMediaType: (
        415,
        "Send the body as `application/json`, without Content-Encoding.",
    ),
    InvalidInput: (
        422,
        "Fields are missing, unknown, of the wrong type or out of bounds; `errors` lists each.",
    ),
    InvalidAnswers: (422, "Answers name unknown questions or options; `errors` lists each with what is allowed."),
    refusals.InvalidQuery: (422, "A query parameter is unknown, repeated or out of bounds; `errors` lists each."),
    refusals.DuplicateKeys: (422, "An object has the same key twice, so its meaning would depend on the reader."),
    refusals.NulCharacters: (422, "A text contains U+0000, which not every database can keep."),
    refusals.LoneSurrogates: (422, "A text contains one half of a surrogate pair, which is not a character."),
    refusals.NestingTooDeep: (422, "Objects and lists are nested more than 32 deep."),
    refusals.TooManyParts: (422, "The body has more than 50,000 objects and lists. Send it in several."),
    refusals.NumberOutOfRange: (422, "A number is beyond what can be kept exactly."),
    KeyReused: (422, "An idempotency key belongs to one request: same method, address and body. Use a new one."),
    PreconditionRequired: (428, "Send the resource's current ETag in `If-Match`, so that no change is lost."),
    RateLimited: (429, "A quota is used up. Try again after the seconds in `Retry-After`."),
    refusals.HeadTooLarge: (431, "The request line and the headers have more than 32 KiB together, or 100 headers."),
    AssessmentError: (500, "A fault of ours, logged under the request id. Repeating the request may or may not help."),
    DamagedResult: (500, "A stored result does not match its checksum. It is not served, and the operator is told."),
    Overloaded: (503, "More work is waiting than can be done soon. Try again after the seconds in `Retry-After`."),
    ShuttingDown: (503, "This process is ending and takes no new work. Try again; another one answers."),
    DatabaseUnavailable: (503, "The database cannot be reached right now; what was sent is not confirmed. Try again."),
    MigrationsPending: (503, "The database has not been brought to the current revision: `assessment migrate`."),
}

_BY_STATUS: dict[int, type[AssessmentError]] = {
    400: refusals.BadRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    413: refusals.BodyTooLarge,
    415: refusals.UnsupportedMediaType,
}


def status_of(kind: type[AssessmentError]) -> int:
    """The HTTP status of an error class: its own, or that of its nearest described ancestor."""
    return next(_DESCRIPTIONS[base][0] for base in kind.__mro__ if base in _DESCRIPTIONS)


def address_of(code: str) -> str:
    """Where a code is described: the `type` of its problems."""
    return f"/v1/errors/{code}"


def error_codes() -> list[ErrorCode]:
    """Every code that can be sent, by status."""
    return [
        ErrorCode(kind.code, kind.title, status, description, address_of(kind.code))
        for kind, (status, description) in _DESCRIPTIONS.items()
    ]


def codes_of(*kinds: type[AssessmentError]) -> dict[int, list[str]]:
    """Status → the codes of `kinds` that come with it."""
    found: dict[int, list[str]] = {}
    for kind in kinds:
        found.setdefault(status_of(kind), []).append(kind.code)
    return dict(sorted(found.items()))


def document_of(error: AssessmentError, scope: Any, shown: int = ERRORS_SHOWN) -> ProblemDocument:
    """The problem document of an error that happened while answering `scope`; `shown` of its errors are listed."""
    kind = type(error)
    status = status_of(kind)
    if kind not in _DESCRIPTIONS and status == 500:
        # What failed inside is for the log, never for the caller.
        kind, error = AssessmentError, AssessmentError()
    return ProblemDocument(
        type=address_of(kind.code),
        title=kind.title,
        status=status,
        detail=error.detail,
        instance=scope["path"],
        code=kind.code,
        request_id=request_id(scope).decode(),
        errors=list(error.errors[:shown]),
    )


class _ProblemResponse(Response[None]):
    """What Litestar wants from an exception handler, around a ready Reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(None, status_code=reply.status)
        self.reply = reply

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        return self.reply


class _Unrouted(Reply):
    """The answer to what no handler takes, counted against the quotas of whoever asked."""

    def __init__(self, request: Request[Any, Any, State], reply: Reply) -> None:
        super().__init__(reply.status, reply.body, reply.headers, reply.media_type)
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await note_caller(self._request)
        except Exception as error:  # as in the framework, which is past its own handlers here
            await reply_to(self._request, error)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def answer_error(request: Request[Any, Any, State], error: Exception) -> _ProblemResponse:
    """Litestar's exception handler for everything that can be raised."""
    reply = reply_to(request, error)
    unrouted = isinstance(error, HTTPException) and error.status_code in (404, 405)
    return _ProblemResponse(_Unrouted(request, reply) if unrouted else reply)


def reply_to(request: Request[Any, Any, State], error: Exception) -> Reply:
    """The reply of a handler that raised."""
    known, status, headers = judge(request, error)
    return Reply(status, encode(document_of(known, request.scope)), headers, PROBLEM_JSON)


def judge(request: Request[Any, Any, State], error: Exception) -> tuple[AssessmentError, int, Headers]:
    """What an error is to callers, with its status and header fields. A fault of ours is logged and counted."""
    known = _as_known(request, error)
    status = status_of(type(known))
    if status == 500:
        if isinstance(known, DamagedResult):
            metrics.RESULTS_DAMAGED.inc()
        # The template and not the address, which is what somebody sent.
        place = {"method": request.method, "route": request.scope.get("path_template"), "code": known.code}
        _log.error("request failed", exc_info=error, extra=place | {"request_id": request_id(request.scope).decode()})
    return known, status, _headers(known, status)


def _as_known(request: Request[Any, Any, State], error: Exception) -> AssessmentError:
    if isinstance(error, AssessmentError):
        return error
    if isinstance(error, HTTPException):
        if error.status_code == 404:
            return NotFound(f"There is nothing at {request.scope['path']}.")
        if error.status_code == 405:
            allow = {name.lower(): value for name, value in (error.headers or {}).items()}.get("allow", "")
            methods = ", ".join(sorted(method.strip() for method in allow.split(",")))
            return refusals.MethodNotAllowed(f"{request.scope['path']} takes {methods}.", allow=methods)
        kind = _BY_STATUS.get(error.status_code)
        if kind is not None:
            return kind(error.detail)
    return AssessmentError()


def _headers(error: AssessmentError, status: int) -> Headers:
    if status == 401:
        return ((b"www-authenticate", b"Bearer"),)
    if status == 503 or isinstance(error, RequestInFlight):
        return ((b"retry-after", b"1"),)
    if isinstance(error, refusals.MethodNotAllowed):
        return ((b"allow", error.allow.encode()),)
    if isinstance(error, RateLimited):
        return ((b"retry-after", b"%d" % error.retry_after),)
    if status in (408, 413):
        return ((b"connection", b"close"),)
    return ()


EXCEPTION_HANDLERS: dict[int | type[Exception], Callable[..., Any]] = {Exception: answer_error}
