"""Organisations: what is seen of one, and everything that is kept about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct

from assessment.api.wire.assessments import Assessment
from assessment.api.wire.audit import AuditEvent
from assessment.api.wire.invitations import Invitation
from assessment.api.wire.paging import Cursor, Limit
from assessment.api.wire.share_links import ShareLink

_Filter: TypeAlias = Annotated[str, Meta(max_length=200)]
_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]


class OrganisationDetails(Struct, frozen=True):
    """An organisation on its own."""

    id: Annotated[str, Meta(description="Organisation id (`org_…`).")]
    name: Annotated[str, Meta(description="Its name.")]
    external_id: Annotated[str | None, Meta(description="Your own id for it.")]
    domain: Annotated[str | None, Meta(description="Its internet domain.")]
    industry: Annotated[str | None, Meta(description="Its industry.")]
    size: Annotated[str | None, Meta(description="Its size.")]
    region: Annotated[str | None, Meta(description="Its region.")]
    created_at: Annotated[_Moment, Meta(description="When its first assessment was created.")]
    assessments: Annotated[int, Meta(description="How many assessments there are of it now.")]


class OrganisationPage(Struct, frozen=True):
    """A page of organisations."""

    data: Annotated[list[OrganisationDetails], Meta(description="The organisations, newest first.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class OrganisationsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of organisations."""

    limit: Limit = 20
    cursor: Cursor = None
    external_id: Annotated[_Filter | None, Meta(description="Only the one with your own id.")] = None
    name: Annotated[_Filter | None, Meta(description="Only those of exactly this name.")] = None
    created_after: Annotated[_Moment | None, Meta(description="Only created later than this.")] = None
    created_before: Annotated[_Moment | None, Meta(description="Only created earlier than this.")] = None


class ExportedResponse(Struct, frozen=True):
    """What a response holds beyond what its assessment shows of it."""

    id: Annotated[str, Meta(description="Response id (`resp_…`).")]
    created_at: Annotated[_Moment, Meta(description="When it was first sent.")]
    seniority: Annotated[str | None, Meta(description="The seniority of who answered, if it was said.")]
    answers: Annotated[
        dict[str, Any] | None,
        Meta(description="The answers by question id, as they were sent; null where they are withheld."),
    ]
    withheld: Annotated[
        Literal["confidentiality", "not_submitted", "blind_entry"] | None,
        Meta(description="Why keys are not shown the answers of an invited person; null where they are."),
    ]


class ExportedAssessment(Struct, frozen=True):
    """An assessment with all that belongs to it."""

    assessment: Annotated[Assessment, Meta(description="The assessment with its result.")]
    responses: Annotated[list[ExportedResponse], Meta(description="What its respondents answered.")]
    invitations: Annotated[list[Invitation], Meta(description="Who was invited, without what opens an invitation.")]
    share_links: Annotated[list[ShareLink], Meta(description="Its share links, without what opens them.")]
    client_token_expires_at: Annotated[
        _Moment | None,
        Meta(description="Until when its client token works, of which only a hash is kept; null without one."),
    ]


class ExportedRecord(Struct, frozen=True):
    """That an answer of ours is kept for repeated requests. What it says is what the assessment said then."""

    created_at: Annotated[_Moment, Meta(description="When it was given; it is kept for 7 days.")]
    status: Annotated[int, Meta(description="Its HTTP status.")]


class ExportedEvent(Struct, frozen=True):
    """That webhook endpoints were told something about the organisation, or were to be."""

    id: Annotated[str, Meta(description="Event id (`evt_…`).")]
    type: Annotated[str, Meta(description="What happened, such as `assessment.completed`.")]
    created_at: Annotated[_Moment, Meta(description="When it happened; it is kept for 30 days.")]
    data: Annotated[dict[str, Any], Meta(description="What it happened to, by id.")]


class OrganisationExport(Struct, frozen=True):
    """Everything that is kept about an organisation."""

    exported_at: Annotated[_Moment, Meta(description="When the export was begun.")]
    organisation: Annotated[OrganisationDetails, Meta(description="The organisation.")]
    assessments: Annotated[list[ExportedAssessment], Meta(description="Its assessments, oldest first.")]
    idempotency_records: Annotated[
        list[ExportedRecord], Meta(description="Answers about it that are kept for repeated requests, oldest first.")
    ]
    events: Annotated[
        list[ExportedEvent], Meta(description="What happened to it that is told by webhook, oldest first.")
    ]
    audit_events: Annotated[
        list[AuditEvent], Meta(description="What was done to it and its assessments with a privilege, oldest first.")
    ]
