"""Responses: what is sent to give or change one, and what is seen of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.wire.assessments import Respondent, RespondentRequest
from assessment.api.wire.paging import Cursor, Limit
from assessment.api.wire.scores import Answers, FunctionId

_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]

AnswerChanges: TypeAlias = Annotated[
    dict[str, Any],
    Meta(
        description="Answers by question id, merged into those that are there; null takes one out.",
        extra_json_schema={
            "additionalProperties": {"anyOf": [{"$ref": "#/components/schemas/Answer"}, {"type": "null"}]}
        },
    ),
]


class NewResponseRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """One person's answers: a draft, unless `submit`."""

    answers: Answers = {}
    function: Annotated[FunctionId | None, Meta(description="The function they answer for, if known.")] = None
    respondent: Annotated[RespondentRequest | None, Meta(description="Who answers.")] = None
    submit: Annotated[bool, Meta(description="Submit them at once, after which they do not change.")] = False


class ResponsePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Changes to a draft; what is left out stays."""

    answers: AnswerChanges = {}
    function: Annotated[
        FunctionId | UnsetType | None, Meta(description="The function they answer for; null for not known.")
    ] = UNSET
    respondent: Annotated[RespondentRequest | UnsetType | None, Meta(description="Who answers; null for not said.")] = (
        UNSET
    )


class ResponseDetails(Struct, frozen=True):
    """A response with what it answers, as far as that is shown."""

    id: Annotated[str, Meta(description="Response id (`resp_…`).")]
    assessment: Annotated[str, Meta(description="Assessment id (`asmt_…`).")]
    function: Annotated[str | None, Meta(description="The function they answer for.")]
    respondent: Annotated[Respondent | None, Meta(description="Who answers; null where answers are withheld.")]
    answers: Annotated[dict[str, Any] | None, Meta(description="The answers by question id; null where withheld.")]
    withheld: Annotated[
        Literal["confidentiality", "not_submitted", "blind_entry"] | None,
        Meta(
            description="Why the answers of an invited person are not shown: the assessment is not `named`, they are "
            "not submitted, or not every function has submitted and the assessment is open. Null where they are shown."
        ),
    ]
    created_at: Annotated[_Moment, Meta(description="When it was begun.")]
    submitted_at: Annotated[_Moment | None, Meta(description="When it was submitted; null for a draft.")]


class ResponsePage(Struct, frozen=True):
    """A page of responses."""

    data: Annotated[list[ResponseDetails], Meta(description="The responses, oldest first.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class ResponsesQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of responses."""

    limit: Limit = 20
    cursor: Cursor = None
