"""Every error the product can state, as a fact with a stable code.

The tree::

    AssessmentError
    ├── InvalidInput            several problems in one document, each with a JSON pointer
    │   └── InvalidAnswers      answers that the rubric does not allow
    ├── NotFound
    │   ├── RubricNotFound
    │   ├── StudyNotFound
    │   ├── EditionNotFound
    │   └── ResourceNotFound
    ├── InvalidRubric           an authored file that breaks a rule, with file and line
    ├── Unauthenticated
    │   └── InvitationInvalid   an invitation that is unknown, expired or revoked
    ├── Forbidden
    │   ├── InvitedResponse     a response that only the invited person may change
    │   ├── ScopeMissing        a restricted key without the scope that is needed
    │   └── OriginNotAllowed    a publishable key used from an origin that it does not list
    ├── Conflict
    │   ├── AssessmentOpen      what is asked for exists only once the assessment is completed
    │   ├── AssessmentCompleted what is asked for is possible only before that
    │   ├── NothingBefore       what is asked for needs an earlier assessment, and there is none
    │   ├── ResponsesGiven      what is asked for is possible only before anybody has responded
    │   ├── LimitReached        there are as many of something as there may be
    │   ├── ResponseSubmitted   a response that was submitted, and does not change any more
    │   ├── RequestInFlight     the same idempotency key is being worked on
    │   ├── KeyInactive         an API key that is revoked, expired or rolled already
    │   ├── LastSecretKey       the API key without which its partner would be locked out
    │   ├── EndpointDisabled    a webhook endpoint that is sent nothing until it is enabled
    │   └── NeverSent           an event that was given to no webhook endpoint, so that nothing can be sent again
    ├── KeyReused               an idempotency key that came with another request before
    ├── PreconditionRequired    a change that must say which state it was made from
    ├── PreconditionFailed      a change that was made from a state that is gone
    ├── RateLimited             a quota is used up; the caller may retry after a while
    ├── PayloadRefused          a body that is refused before it is read as JSON
    ├── Overloaded              a bounded queue is full; the caller may retry
    │   ├── DatabaseUnavailable the database is gone for the moment; the caller may retry
    │   └── ShuttingDown        this process is about to end; the caller may retry
    ├── DamagedResult           a stored result is not what was stored
    ├── DatabaseRefused         a database that is not supported or could lose what was acknowledged
    └── MigrationsPending       a database that is not at the current revision; start-up stops

A class owns its `code`. Which HTTP status a code has is known to `assessment.api` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong in a document.

    `pointer` is an RFC 6901 JSON pointer into the document, `code` is stable, `detail` says what is
    wrong and what is allowed instead.
    """

    pointer: Annotated[str, msgspec.Meta(description="Where: an RFC 6901 JSON pointer.")]
    code: Annotated[str, msgspec.Meta(description="Stable name of the kind of mistake.")]
    detail: Annotated[str, msgspec.Meta(description="What is wrong, and what is allowed.")]


def pointer(*path: str | int) -> str:
    """Join path parts to an RFC 6901 JSON pointer: ``pointer("answers", "a/b") == "/answers/a~1b"``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


class AssessmentError(Exception):
    """The root: `code` is stable, `title` names the class of problem, `detail` this occurrence."""

    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something failed on our side"

    def __init__(self, detail: str = "", *, errors: Sequence[Problem] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)


class InvalidInput(AssessmentError):
    code = "invalid_request"
    title = "The request does not fit the contract"


class InvalidAnswers(InvalidInput):
    code = "invalid_answers"
    title = "Some answers do not fit the rubric"


class NotFound(AssessmentError):
    code = "not_found"
    title = "There is nothing here for this key"


class RubricNotFound(NotFound):
    code = "rubric_not_found"
    title = "No published rubric has this id and version"


class StudyNotFound(NotFound):
    code = "study_not_found"
    title = "No study has this id"


class EditionNotFound(NotFound):
    code = "edition_not_found"
    title = "No edition of this rubric's benchmarks has this number"


class ResourceNotFound(NotFound):
    code = "resource_not_found"
    title = "No such resource exists for this key"


class InvalidRubric(AssessmentError):
    code = "invalid_rubric"
    title = "The rubric files break a rule"


class Unauthenticated(AssessmentError):
    code = "unauthenticated"
    title = "A valid API key is needed"


class InvitationInvalid(Unauthenticated):
    code = "invitation_invalid"
    title = "The invitation does not hold, or not any more"


class Forbidden(AssessmentError):
    code = "forbidden"
    title = "This key may not do that"


class ScopeMissing(Forbidden):
    code = "scope_missing"
    title = "This key lacks the scope that is needed"


class OriginNotAllowed(Forbidden):
    code = "origin_not_allowed"
    title = "This key may not be used from here"


class InvitedResponse(Forbidden):
    code = "invited_response"
    title = "The response belongs to whoever was invited to give it"


class RateLimited(AssessmentError):
    code = "rate_limited"
    title = "Too many requests; try again later"

    def __init__(self, detail: str = "", *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds until there is quota again."""


class KeyReused(AssessmentError):
    code = "idempotency_key_reused"
    title = "This idempotency key came with another request before"


class PreconditionRequired(AssessmentError):
    code = "precondition_required"
    title = "Say with If-Match which state the change was made from"


class PreconditionFailed(AssessmentError):
    code = "precondition_failed"
    title = "The resource has changed since it was read"


class Conflict(AssessmentError):
    code = "conflict"
    title = "The resource is not in a state that allows this"


class AssessmentOpen(Conflict):
    code = "assessment_open"
    title = "The assessment is not completed yet"


class AssessmentCompleted(Conflict):
    code = "assessment_completed"
    title = "The assessment is completed already"


class NothingBefore(Conflict):
    code = "nothing_before"
    title = "There is no earlier assessment to compare with"


class ResponsesGiven(Conflict):
    code = "responses_given"
    title = "The assessment has responses already"


class LimitReached(Conflict):
    code = "limit_reached"
    title = "There are as many as there may be"


class ResponseSubmitted(Conflict):
    code = "response_submitted"
    title = "The response is submitted already"


class RequestInFlight(Conflict):
    code = "request_in_flight"
    title = "A request with this idempotency key is being worked on"


class KeyInactive(Conflict):
    code = "key_inactive"
    title = "The API key is not active any more"


class LastSecretKey(Conflict):
    code = "last_secret_key"
    title = "The API key is the last secret key of its mode"


class EndpointDisabled(Conflict):
    code = "webhook_endpoint_disabled"
    title = "The webhook endpoint is disabled"


class NeverSent(Conflict):
    code = "never_sent"
    title = "The event was sent to no such webhook endpoint"


class PdfNotInstalled(AssessmentError):
    code = "pdf_not_installed"
    title = "This service makes no PDF"


class PayloadRefused(AssessmentError):
    code = "payload_refused"
    title = "The body was refused before it was read"


class Overloaded(AssessmentError):
    code = "overloaded"
    title = "The service is busy; try again shortly"


class DatabaseUnavailable(Overloaded):
    code = "database_unavailable"
    title = "The database cannot be reached; try again shortly"


class ShuttingDown(Overloaded):
    code = "shutting_down"
    title = "This process is shutting down; try again shortly"


class DamagedResult(AssessmentError):
    code = "damaged_result"
    title = "The stored result is damaged and was not served"


class DatabaseRefused(AssessmentError):
    code = "database_refused"
    title = "The database cannot be used as it is set up"


class MigrationsPending(AssessmentError):
    code = "migrations_pending"
    title = "The database is not at the current revision"
