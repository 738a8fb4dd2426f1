"""The audit log: what is seen of an entry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct

from assessment.api.wire.paging import Cursor, Limit
from assessment.service.audit import Action

_Target: TypeAlias = Annotated[str, Meta(max_length=64)]
_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]


class AuditEvent(Struct, frozen=True):
    """One use of a privilege."""

    id: Annotated[str, Meta(description="Entry id (`audit_…`).")]
    mode: Annotated[
        Literal["live", "test"] | None, Meta(description="Mode of what was acted on; null for the partner as a whole.")
    ]
    actor: Annotated[str, Meta(description="The key (`key_…`) that did it, or the name of an operator's command.")]
    action: Annotated[str, Meta(description="What was done, such as `organisation.erased`.")]
    target: Annotated[str, Meta(description="Id of what it was done to, which may be gone.")]
    details: Annotated[dict[str, Any], Meta(description="Figures about it; never personal data or secrets.")]
    request_id: Annotated[str | None, Meta(description="`X-Request-Id` of the request; null for a command.")]
    created_at: Annotated[_Moment, Meta(description="When it was done.")]


class AuditEventPage(Struct, frozen=True):
    """A page of the audit log."""

    data: Annotated[list[AuditEvent], Meta(description="The entries, newest first.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class AuditEventsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the audit log."""

    limit: Limit = 20
    cursor: Cursor = None
    action: Annotated[Action | None, Meta(description="Only this kind of action.")] = None
    target: Annotated[_Target | None, Meta(description="Only what was done to this id.")] = None
    created_after: Annotated[_Moment | None, Meta(description="Only later than this.")] = None
    created_before: Annotated[_Moment | None, Meta(description="Only earlier than this.")] = None
