"""The problem document and the list of error codes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from assessment.errors import Problem


class ProblemDocument(Struct, frozen=True):
    """What every error answers (RFC 9457), as application/problem+json."""

    type: Annotated[str, Meta(description="Address of the code's description.")]
    title: Annotated[str, Meta(description="The kind of problem; the same for every occurrence of a code.")]
    status: Annotated[int, Meta(description="The HTTP status.", ge=400, le=599)]
    detail: Annotated[str, Meta(description="What went wrong this time.")]
    instance: Annotated[str, Meta(description="Path of the request.")]
    code: Annotated[str, Meta(description="Stable code; every code is listed at `/v1/errors`.")]
    request_id: Annotated[str, Meta(description="Id of the request, also in the X-Request-Id header and the logs.")]
    errors: Annotated[
        list[Problem],
        Meta(
            description="Each thing that is wrong: `pointer` is a JSON pointer into the body (into the query, below "
            "`/query`), `code` is stable, `detail` says what is allowed. Empty where there is nothing to point at."
        ),
    ]


class ErrorCode(Struct, frozen=True):
    """One code that a problem document can carry."""

    code: Annotated[str, Meta(description="The code.")]
    title: Annotated[str, Meta(description="The title that problems of this code have.")]
    status: Annotated[int, Meta(description="The HTTP status they come with.", ge=400, le=599)]
    description: Annotated[str, Meta(description="When it happens, and what to do.")]
    type: Annotated[str, Meta(description="Address of this description: the `type` of a problem.")]


class ErrorCodes(Struct, frozen=True):
    """Every code there is."""

    data: Annotated[list[ErrorCode], Meta(description="The codes, by status.")]
