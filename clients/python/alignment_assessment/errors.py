"""Every error of this package, as a tree.

::

    AlignmentError
    ├── NotConfigured            there is no address to send to, or no key to send
    ├── ConnectionFailed         no answer came
    │   └── TimedOut             none came in time
    ├── UnexpectedAnswer         an answer came that is none of the contract's
    ├── NotModified              304: what `if_none_match` names is still the current state
    ├── WebhookVerificationError what came is not a webhook of this service, or not a recent one
    └── APIError                 the service refused: status, code, request_id, problems
        ├── BadRequest, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, NotAcceptable, RequestTimeout,
        │   Conflict, PreconditionFailed, PayloadTooLarge, UnsupportedMediaType, InvalidRequest,
        │   PreconditionRequired, RateLimited, HeadTooLarge
        │   └── one class for each code of the contract: `alignment_assessment.codes`
        └── ServerError          5xx
            └── Unavailable      503: not now
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alignment_assessment._model import RawResponse

if TYPE_CHECKING:
    from alignment_assessment.types import Problem, ProblemDocument


class AlignmentError(Exception):
    """The root of all errors that this package raises."""


class NotConfigured(AlignmentError):
    """There is no address to send to, or no key to send."""


class ConnectionFailed(AlignmentError):
    """No answer came. `sent` says whether the request may have had an effect nevertheless; with the same
    `idempotency_key` it can be sent again without a second one."""

    def __init__(self, detail: str, *, sent: bool, tries: int, idempotency_key: str | None) -> None:
        super().__init__(detail)
        self.sent = sent
        self.tries = tries
        self.idempotency_key = idempotency_key


class TimedOut(ConnectionFailed):
    """No answer came in time."""


class UnexpectedAnswer(AlignmentError):
    """An answer that the contract does not know: of a proxy, or of another version of the service."""

    def __init__(self, detail: str, raw: RawResponse) -> None:
        super().__init__(detail)
        self.raw = raw


class NotModified(AlignmentError):
    """What `if_none_match` names is still the current state."""

    def __init__(self, raw: RawResponse) -> None:
        super().__init__("Nothing has changed since the state that if_none_match names.")
        self.raw = raw


class WebhookVerificationError(AlignmentError):
    """What came is not a webhook of this service, or not a recent one: answer it 400 and do nothing."""


class APIError(AlignmentError):
    """The service refused. `code` is stable; `problems` says where in the request something is wrong."""

    status: int

    def __init__(self, problem: ProblemDocument, raw: RawResponse, retry_after: float | None = None) -> None:
        super().__init__(_sentence(problem))
        self.status = problem.status
        self.code = problem.code
        self.title = problem.title
        self.detail = problem.detail
        self.request_id = problem.request_id
        self.problems: tuple[Problem, ...] = tuple(problem.errors)
        self.retry_after = retry_after
        """Seconds after which the service would like to be asked again."""
        self.raw = raw


def _sentence(problem: ProblemDocument) -> str:
    # Where one thing is wrong, `detail` says it already.
    where = "".join(f"\n  {one.pointer or '/'}: {one.detail}" for one in problem.errors if len(problem.errors) > 1)
    return f"{problem.detail} ({problem.status} {problem.code}, request id {problem.request_id}){where}"


class BadRequest(APIError):
    """400"""


class Unauthenticated(APIError):
    """401"""


class Forbidden(APIError):
    """403"""


class NotFound(APIError):
    """404"""


class MethodNotAllowed(APIError):
    """405"""


class NotAcceptable(APIError):
    """406"""


class RequestTimeout(APIError):
    """408"""


class Conflict(APIError):
    """409"""


class PreconditionFailed(APIError):
    """412: the state that `if_match` names is gone. Read it again and decide anew."""


class PayloadTooLarge(APIError):
    """413"""


class UnsupportedMediaType(APIError):
    """415"""


class InvalidRequest(APIError):
    """422: `problems` lists everything that is wrong."""


class PreconditionRequired(APIError):
    """428"""


class RateLimited(APIError):
    """429: a quota is used up until `retry_after`."""


class HeadTooLarge(APIError):
    """431"""


class ServerError(APIError):
    """5xx"""


class Unavailable(ServerError):
    """503: not now."""


BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    408: RequestTimeout,
    409: Conflict,
    412: PreconditionFailed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
    422: InvalidRequest,
    428: PreconditionRequired,
    429: RateLimited,
    431: HeadTooLarge,
    503: Unavailable,
}


def of_status(status: int) -> type[APIError]:
    """The class of a status, for codes that this version does not know."""
    return BY_STATUS.get(status, ServerError if status >= 500 else APIError)
