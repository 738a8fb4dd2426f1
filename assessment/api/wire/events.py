"""Events: what is seen of one, and of its way to webhook endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct

from assessment.api.wire.paging import Cursor, Limit
from assessment.service.events import DeliveryStatus
from assessment.service.outbox import EventType

_Id: TypeAlias = Annotated[str, Meta(max_length=64)]
_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
_Status: TypeAlias = Annotated[
    DeliveryStatus,
    Meta(description="`pending` while attempts are left, `delivered` after one that worked, `dead` after the last."),
]


class Delivery(Struct, frozen=True):
    """How far an event is on its way to a webhook endpoint."""

    endpoint: Annotated[str, Meta(description="Webhook endpoint id (`hook_…`).")]
    status: _Status
    attempts: Annotated[int, Meta(ge=0, description="How many attempts were made since it was last sent anew.")]
    last_attempt_at: Annotated[_Moment | None, Meta(description="When the last attempt was made.")]
    last_status: Annotated[
        int | None, Meta(description="HTTP status that the last attempt was answered; null without an answer.")
    ]
    last_error: Annotated[
        str | None, Meta(description="Why the last attempt failed, in a word such as `timed_out`; null if it did not.")
    ]
    next_attempt_at: Annotated[
        _Moment | None, Meta(description="When the next attempt is due, while the endpoint is enabled; null for none.")
    ]


class Event(Struct, frozen=True):
    """Something that happened, and who was told of it. It is kept for 30 days."""

    id: Annotated[
        str, Meta(description="Event id (`evt_…`), which is the `webhook-id` of every message that tells of it.")
    ]
    type: Annotated[
        str,
        Meta(
            description="What happened: `assessment.completed`, `response.submitted`, `benchmark.released`, "
            "`webhook_endpoint.test`, or a type that is added later."
        ),
    ]
    created_at: Annotated[_Moment, Meta(description="When it happened.")]
    data: Annotated[
        dict[str, Any],
        Meta(
            description="What it happened to, by id: `assessment.completed` has `id`, `organisation` and `rubric`; "
            "`response.submitted` has `id`, `assessment`, `organisation` and `function`; `benchmark.released` has "
            "`rubric` and `edition`; `webhook_endpoint.test` has `id`. Read the rest by it."
        ),
    ]
    deliveries: Annotated[
        list[Delivery],
        Meta(description="One for each webhook endpoint that it is sent to; none until that is known, soon after."),
    ]


class EventPage(Struct, frozen=True):
    """A page of events."""

    data: Annotated[list[Event], Meta(description="The events, newest first.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class EventsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of events."""

    limit: Limit = 20
    cursor: Cursor = None
    type: Annotated[EventType | None, Meta(description="Only events of this type.")] = None
    status: Annotated[DeliveryStatus | None, Meta(description="Only events with a delivery in this state.")] = None
    endpoint: Annotated[
        _Id | None, Meta(description="Only events sent to this webhook endpoint; with `status`, in that state to it.")
    ] = None
    created_after: Annotated[_Moment | None, Meta(description="Only later than this.")] = None
    created_before: Annotated[_Moment | None, Meta(description="Only earlier than this.")] = None


class ResendRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom an event is sent to again."""

    endpoint: Annotated[
        _Id | None,
        Meta(
            description="Only to this webhook endpoint (`hook_…`), of those that it was sent to; to all of them "
            "without it, except disabled ones."
        ),
    ] = None
