"""Client of the Alignment Assessment API: how well sales and marketing work together, against published studies.

``Client`` waits for each answer, ``AsyncClient`` is awaited; both can do everything that the contract names. What is
sent and answered is in ``alignment_assessment.types``, an error for each code in ``alignment_assessment.codes``,
the check of webhooks in ``alignment_assessment.webhooks``.
"""

from alignment_assessment import bulk, codes, types, webhooks
from alignment_assessment._client import AsyncClient, Client
from alignment_assessment._model import Model, RawResponse
from alignment_assessment._options import Timeout
from alignment_assessment._version import __version__
from alignment_assessment.download import Download
from alignment_assessment.errors import (
    AlignmentError,
    APIError,
    BadRequest,
    Conflict,
    ConnectionFailed,
    Forbidden,
    HeadTooLarge,
    InvalidRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotConfigured,
    NotFound,
    NotModified,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    RequestTimeout,
    ServerError,
    TimedOut,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
    UnsupportedMediaType,
    WebhookVerificationError,
)
from alignment_assessment.paging import AsyncPager, Pager

__all__ = [
    "APIError",
    "AlignmentError",
    "AsyncClient",
    "AsyncPager",
    "BadRequest",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Download",
    "Forbidden",
    "HeadTooLarge",
    "InvalidRequest",
    "MethodNotAllowed",
    "Model",
    "NotAcceptable",
    "NotConfigured",
    "NotFound",
    "NotModified",
    "Pager",
    "PayloadTooLarge",
    "PreconditionFailed",
    "PreconditionRequired",
    "RateLimited",
    "RawResponse",
    "RequestTimeout",
    "ServerError",
    "TimedOut",
    "Timeout",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "UnsupportedMediaType",
    "WebhookVerificationError",
    "__version__",
    "bulk",
    "codes",
    "types",
    "webhooks",
]
