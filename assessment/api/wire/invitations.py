"""Invitations: what a key sends and sees of them, and what the invited person does."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.wire.assessments import Confidentiality, Seniority
from assessment.api.wire.paging import Cursor, Limit
from assessment.api.wire.responses import AnswerChanges
from assessment.api.wire.scores import FunctionId
from assessment.scoring.result import RubricUsed

_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
_Count: TypeAlias = Annotated[int, Meta(ge=0)]


class InvitationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Invitations of one function, one for each person."""

    function: Annotated[FunctionId, Meta(description="The function that the invited people answer for.")]
    count: Annotated[int, Meta(ge=1, le=100, description="How many.")] = 1
    expires_in_days: Annotated[int, Meta(ge=1, le=90, description="For how many days they work.")] = 14


class Invitation(Struct, frozen=True, kw_only=True):
    """A single-use invitation to respond, without what opens it."""

    id: Annotated[str, Meta(description="Invitation id (`inv_…`).")]
    function: Annotated[str, Meta(description="The function that is answered for.")]
    status: Annotated[
        Literal["open", "started", "submitted", "expired", "revoked"],
        Meta(description="How far it has come; what was submitted stays `submitted`."),
    ]
    created_at: Annotated[_Moment, Meta(description="When it was created.")]
    expires_at: Annotated[_Moment, Meta(description="Until when it works.")]
    revoked_at: Annotated[_Moment | None, Meta(description="When it was revoked.")]
    response: Annotated[
        str | None,
        Meta(description="The response (`resp_…`) begun with it; told of a `named` assessment alone."),
    ]


class NewInvitation(Invitation, frozen=True, kw_only=True):
    """A single-use invitation with what opens it, which is shown once."""

    token: Annotated[str, Meta(description="What the invited person asks with (`alm_inv_…`).")]
    url: Annotated[str, Meta(description="Where the invited person answers; send it to nobody else.")]


class NewInvitations(Struct, frozen=True):
    """New invitations."""

    data: Annotated[list[NewInvitation], Meta(description="The invitations, as many as were asked for.")]


class FunctionInvitations(Struct, frozen=True):
    """How many invitations of a function have come how far."""

    function: Annotated[str, Meta(description="The function.")]
    open: Annotated[_Count, Meta(description="Not used yet.")]
    started: Annotated[_Count, Meta(description="Begun and not submitted.")]
    submitted: Annotated[_Count, Meta(description="Submitted.")]
    expired: Annotated[_Count, Meta(description="Expired before anything was submitted.")]
    revoked: Annotated[_Count, Meta(description="Revoked before anything was submitted.")]


class InvitationPage(Struct, frozen=True):
    """A page of invitations, and who is missing."""

    data: Annotated[list[Invitation], Meta(description="The invitations, oldest first.")]
    functions: Annotated[
        list[FunctionInvitations],
        Meta(
            description="All invitations of the assessment, counted by function; one that is to answer and has "
            "none is here too."
        ),
    ]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class InvitationsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of invitations."""

    limit: Limit = 20
    cursor: Cursor = None


class OwnResponsePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What the invited person answers, saved as a draft; what is left out stays."""

    answers: AnswerChanges = {}
    seniority: Annotated[
        Seniority | UnsetType | None, Meta(description="Your seniority, if you want to say it; null takes it back.")
    ] = UNSET


class OwnResponse(Struct, frozen=True):
    """The invited person's draft."""

    answers: Annotated[dict[str, Any], Meta(description="Your answers so far, by question id.")]
    seniority: Annotated[str | None, Meta(description="Your seniority, if you said it.")]


class OwnInvitation(Struct, frozen=True):
    """An invitation as the invited person sees it."""

    organisation: Annotated[str, Meta(description="Name of the organisation assessed.")]
    rubric: Annotated[RubricUsed, Meta(description="The rubric version whose questions are asked.")]
    function: Annotated[str, Meta(description="The function you answer for.")]
    confidentiality: Confidentiality
    meaning: Annotated[str, Meta(description="What that means for you, in words.")]
    status: Annotated[
        Literal["open", "started", "submitted", "closed"],
        Meta(description="`closed` is an assessment that was completed without your answers."),
    ]
    expires_at: Annotated[_Moment, Meta(description="Until when the invitation works.")]
    response: Annotated[
        OwnResponse | None, Meta(description="Your draft; null before it is begun and once it is submitted.")
    ]
