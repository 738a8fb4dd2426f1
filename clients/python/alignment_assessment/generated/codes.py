# Generated from the contract by `make contract`: change it there, or in clients/python/generate.
"""A class for each error code."""

from __future__ import annotations

from alignment_assessment.errors import (
    APIError,
    BadRequest,
    Conflict,
    Forbidden,
    HeadTooLarge,
    InvalidRequest,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    RequestTimeout,
    ServerError,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

__all__ = [
    "AssessmentCompleted",
    "AssessmentOpen",
    "BodyMissing",
    "BodyTimeout",
    "BodyTooLarge",
    "DamagedResult",
    "DatabaseUnavailable",
    "DuplicateKeys",
    "EditionNotFound",
    "HeadTimeout",
    "IdempotencyKeyReused",
    "InternalError",
    "InvalidAnswers",
    "InvalidEncoding",
    "InvalidQuery",
    "InvitationInvalid",
    "InvitedResponse",
    "KeyInactive",
    "LastSecretKey",
    "LimitReached",
    "LoneSurrogates",
    "MalformedJson",
    "MigrationsPending",
    "NestingTooDeep",
    "NeverSent",
    "NothingBefore",
    "NulCharacters",
    "NumberOutOfRange",
    "OriginNotAllowed",
    "Overloaded",
    "PayloadRefused",
    "PdfNotInstalled",
    "RequestInFlight",
    "ResourceNotFound",
    "ResponseSubmitted",
    "ResponsesGiven",
    "RubricNotFound",
    "ScopeMissing",
    "ShuttingDown",
    "StudyNotFound",
    "TooManyParts",
    "WebhookEndpointDisabled",
]


class BodyMissing(BadRequest):
    """400 `body_missing`"""


class InvalidEncoding(BadRequest):
    """400 `invalid_encoding`"""


class MalformedJson(BadRequest):
    """400 `malformed_json`"""


class PayloadRefused(BadRequest):
    """400 `payload_refused`"""


class InvitationInvalid(Unauthenticated):
    """401 `invitation_invalid`"""


class InvitedResponse(Forbidden):
    """403 `invited_response`"""


class OriginNotAllowed(Forbidden):
    """403 `origin_not_allowed`"""


class ScopeMissing(Forbidden):
    """403 `scope_missing`"""


class EditionNotFound(NotFound):
    """404 `edition_not_found`"""


class ResourceNotFound(NotFound):
    """404 `resource_not_found`"""


class RubricNotFound(NotFound):
    """404 `rubric_not_found`"""


class StudyNotFound(NotFound):
    """404 `study_not_found`"""


class PdfNotInstalled(NotAcceptable):
    """406 `pdf_not_installed`"""


class BodyTimeout(RequestTimeout):
    """408 `body_timeout`"""


class HeadTimeout(RequestTimeout):
    """408 `head_timeout`"""


class AssessmentCompleted(Conflict):
    """409 `assessment_completed`"""


class AssessmentOpen(Conflict):
    """409 `assessment_open`"""


class KeyInactive(Conflict):
    """409 `key_inactive`"""


class LastSecretKey(Conflict):
    """409 `last_secret_key`"""


class LimitReached(Conflict):
    """409 `limit_reached`"""


class NeverSent(Conflict):
    """409 `never_sent`"""


class NothingBefore(Conflict):
    """409 `nothing_before`"""


class RequestInFlight(Conflict):
    """409 `request_in_flight`"""


class ResponseSubmitted(Conflict):
    """409 `response_submitted`"""


class ResponsesGiven(Conflict):
    """409 `responses_given`"""


class WebhookEndpointDisabled(Conflict):
    """409 `webhook_endpoint_disabled`"""


class BodyTooLarge(PayloadTooLarge):
    """413 `body_too_large`"""


class DuplicateKeys(InvalidRequest):
    """422 `duplicate_keys`"""


class IdempotencyKeyReused(InvalidRequest):
    """422 `idempotency_key_reused`"""


class InvalidAnswers(InvalidRequest):
    """422 `invalid_answers`"""


class InvalidQuery(InvalidRequest):
    """422 `invalid_query`"""


class LoneSurrogates(InvalidRequest):
    """422 `lone_surrogates`"""


class NestingTooDeep(InvalidRequest):
    """422 `nesting_too_deep`"""


class NulCharacters(InvalidRequest):
    """422 `nul_characters`"""


class NumberOutOfRange(InvalidRequest):
    """422 `number_out_of_range`"""


class TooManyParts(InvalidRequest):
    """422 `too_many_parts`"""


class DamagedResult(ServerError):
    """500 `damaged_result`"""


class InternalError(ServerError):
    """500 `internal_error`"""


class DatabaseUnavailable(Unavailable):
    """503 `database_unavailable`"""


class MigrationsPending(Unavailable):
    """503 `migrations_pending`"""


class Overloaded(Unavailable):
    """503 `overloaded`"""


class ShuttingDown(Unavailable):
    """503 `shutting_down`"""


BY_CODE: dict[str, type[APIError]] = {
    "bad_request": BadRequest,
    "body_missing": BodyMissing,
    "invalid_encoding": InvalidEncoding,
    "malformed_json": MalformedJson,
    "payload_refused": PayloadRefused,
    "invitation_invalid": InvitationInvalid,
    "unauthenticated": Unauthenticated,
    "forbidden": Forbidden,
    "invited_response": InvitedResponse,
    "origin_not_allowed": OriginNotAllowed,
    "scope_missing": ScopeMissing,
    "edition_not_found": EditionNotFound,
    "not_found": NotFound,
    "resource_not_found": ResourceNotFound,
    "rubric_not_found": RubricNotFound,
    "study_not_found": StudyNotFound,
    "not_acceptable": NotAcceptable,
    "pdf_not_installed": PdfNotInstalled,
    "body_timeout": BodyTimeout,
    "head_timeout": HeadTimeout,
    "assessment_completed": AssessmentCompleted,
    "assessment_open": AssessmentOpen,
    "key_inactive": KeyInactive,
    "last_secret_key": LastSecretKey,
    "limit_reached": LimitReached,
    "never_sent": NeverSent,
    "nothing_before": NothingBefore,
    "request_in_flight": RequestInFlight,
    "response_submitted": ResponseSubmitted,
    "responses_given": ResponsesGiven,
    "webhook_endpoint_disabled": WebhookEndpointDisabled,
    "precondition_failed": PreconditionFailed,
    "body_too_large": BodyTooLarge,
    "unsupported_media_type": UnsupportedMediaType,
    "duplicate_keys": DuplicateKeys,
    "idempotency_key_reused": IdempotencyKeyReused,
    "invalid_answers": InvalidAnswers,
    "invalid_query": InvalidQuery,
    "invalid_request": InvalidRequest,
    "lone_surrogates": LoneSurrogates,
    "nesting_too_deep": NestingTooDeep,
    "nul_characters": NulCharacters,
    "number_out_of_range": NumberOutOfRange,
    "too_many_parts": TooManyParts,
    "precondition_required": PreconditionRequired,
    "rate_limited": RateLimited,
    "head_too_large": HeadTooLarge,
    "damaged_result": DamagedResult,
    "internal_error": InternalError,
    "database_unavailable": DatabaseUnavailable,
    "migrations_pending": MigrationsPending,
    "overloaded": Overloaded,
    "shutting_down": ShuttingDown,
}
