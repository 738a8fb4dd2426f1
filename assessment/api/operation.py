"""What a handler declares about itself for the contract: types in, types out, problems and query."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec
from litestar.types import Method

from assessment.api.query import NoQuery
from assessment.api.refusals import (
    BadRequest,
    BodyMissing,
    BodyTimeout,
    BodyTooLarge,
    DuplicateKeys,
    HeadTimeout,
    HeadTooLarge,
    InvalidEncoding,
    InvalidQuery,
    LoneSurrogates,
    MalformedJson,
    NestingTooDeep,
    NulCharacters,
    NumberOutOfRange,
    TooManyParts,
    UnsupportedMediaType,
)
from assessment.errors import (
    AssessmentError,
    Forbidden,
    InvalidInput,
    InvitationInvalid,
    OriginNotAllowed,
    Overloaded,
    PayloadRefused,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    ScopeMissing,
    Unauthenticated,
)

BODY_PROBLEMS: tuple[type[AssessmentError], ...] = (
    PayloadRefused,
    BodyTimeout,
    BodyMissing,
    InvalidEncoding,
    MalformedJson,
    BodyTooLarge,
    UnsupportedMediaType,
    InvalidInput,
    DuplicateKeys,
    NulCharacters,
    LoneSurrogates,
    NestingTooDeep,
    TooManyParts,
    NumberOutOfRange,
)
KEY_PROBLEMS: tuple[type[AssessmentError], ...] = (Unauthenticated, Forbidden)


class Header(msgspec.Struct, frozen=True):
    """A response header."""

    name: str
    description: str


LOCATION = Header("Location", "Address of what was created.")
ETAG = Header("ETag", "Strong validator of exactly these bytes; send it back in If-None-Match.")
CONTENT_DISPOSITION = Header("Content-Disposition", "What to call it where it is saved.")
CACHE_CONTROL = Header("Cache-Control", "How long the answer may be kept.")
CONTENT_LANGUAGE = Header("Content-Language", "Language of the rubric's texts.")


class Answer(msgspec.Struct, frozen=True):
    """A successful answer: its type (None without content) or, for what is not JSON, its media type."""

    kind: Any
    description: str
    headers: tuple[Header, ...] = ()
    media_type: str = "application/json"
    other_types: tuple[str, ...] = ()
    """What else it can be had as."""


class Retirement(msgspec.Struct, frozen=True):
    """That an operation should not be used any more, and from when it may be gone."""

    since: date
    instead: str
    """What to use, as a sentence."""

    sunset: date | None = None
    """The first day on which it may be gone; None where that is not decided."""


class Operation(msgspec.Struct, frozen=True):
    """One operation of the contract. Its example is `examples/<id>.json`."""

    id: str
    summary: str
    description: str
    tag: str
    answers: dict[int, Answer]
    body: Any = None
    body_required: bool = True
    query: type[msgspec.Struct] = NoQuery
    problems: tuple[type[AssessmentError], ...] = ()
    public: bool = False
    scope: str | None = None
    """What a restricted key must name to do this; None where only a secret key may."""
    publishable: bool = False
    """Whether a publishable key may do this, from the origins it lists and the service's own."""

    invited: Literal["never", "also", "only"] = "never"
    """Whether the holder of an invitation may do this, beside keys or instead of them."""

    limited: bool = True
    """Whether quotas hold for it; what a load balancer asks has none, or a flood would take the service away."""

    guarded: bool = False
    """Whether it changes what several may edit, and so needs If-Match."""

    begins: bool = False
    """Whether it also makes what is not there yet; then If-Match is for what is there alone."""

    retirement: Retirement | None = None
    """Where it is deprecated: every answer then says so."""

    def all_problems(self) -> tuple[type[AssessmentError], ...]:
        """Every error class that the operation can answer."""
        keys = () if self.public else KEY_PROBLEMS
        if self.invited != "never":
            keys = (*keys, InvitationInvalid)
        if self.scope is not None:
            keys = (*keys, ScopeMissing)
        if self.publishable:
            keys = (*keys, OriginNotAllowed)
        body = BODY_PROBLEMS if self.body is not None else ()
        limit = (RateLimited,) if self.limited else ()
        guard = (PreconditionRequired, PreconditionFailed) if self.guarded else ()
        head = (BadRequest, HeadTimeout, HeadTooLarge)
        return (*head, *body, *keys, InvalidQuery, *self.problems, *guard, *limit, AssessmentError, Overloaded)

    @property
    def for_pages(self) -> bool:
        """Whether a page of another origin may ask for it at all: with a publishable key, or with an invitation."""
        return self.publishable or self.invited != "never"

    @property
    def conditional(self) -> bool:
        """Whether If-None-Match can be answered with 304."""
        return 304 in self.answers


READ: tuple[Method, ...] = ("GET", "HEAD")
"""The methods of everything that can be read."""

OPT = "operation"
"""The key of a handler's `opt` under which its Operation stands."""


def described(operation: Operation) -> dict[str, Any]:
    """The `opt` of a handler that carries `operation`."""
    return {OPT: operation}


NOT_MODIFIED = Answer(None, "You have this already: `If-None-Match` holds the current ETag.", (ETAG,))
