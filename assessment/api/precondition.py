"""If-Match: what several may edit is changed only by those who have seen its current state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from assessment.api.admission import AnyRequest
from assessment.api.fields import values_of
from assessment.errors import PreconditionFailed, PreconditionRequired

V = TypeVar("V")


def require_match(request: AnyRequest, etag_of: Callable[[V], bytes]) -> Callable[[V], None] | None:
    """What a use case shall ask of the state that it is about to change, in its transaction: that its ETag is one of
    If-Match, or None for ``*``. It is asked of what exists, so that nothing is told about what does not.

    It raises PreconditionRequired without If-Match, PreconditionFailed where none matches."""
    given = b",".join(values_of(request.scope, b"if-match"))
    # RFC 9110 13.1.1: compared strongly, so that a weak one never matches.
    listed = {part.strip() for part in given.split(b",")}
    if listed == {b"*"}:
        return None

    def require(view: V) -> None:
        if listed == {b""}:
            raise PreconditionRequired(
                "Send the ETag that you read the resource with as If-Match, quotes included; * takes any state."
            )
        etag = etag_of(view)
        if etag not in listed:
            raise PreconditionFailed(
                f"The resource is at ETag {etag.decode()}, which If-Match does not hold. Read it again, and repeat "
                "your change on what you find."
            )

    return require
