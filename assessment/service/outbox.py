"""The outbox: the row that something which happened writes about itself, to be sent to whoever asked to be told.

The row is stored in the transaction of what happened, so there is never one without the other. It names things by id,
and says nothing of them that every key of the partner may not read: neither answers nor scores, nor who somebody is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.scoring.result import RubricUsed
from assessment.service import ids
from assessment.service.views import AssessmentView
from assessment.store.access import Owner
from assessment.store.base import Mode
from assessment.store.queue import Batch
from assessment.store.tables import EVENTS
from assessment.store.webhook_endpoints import list_subscribed_partners

SubscribedType = Literal["assessment.completed", "benchmark.released", "response.submitted"]
SUBSCRIBED_TYPES: tuple[SubscribedType, ...] = get_args(SubscribedType)
"""What an endpoint can ask for."""
EventType = Literal["assessment.completed", "benchmark.released", "response.submitted", "webhook_endpoint.test"]
"""A test is sent to the one endpoint that is tested."""
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)

KEPT = timedelta(days=30)
"""How long an event can be read and sent again."""


class Partner(NamedTuple):
    """Whose event it is, where nobody of the partner's has asked for anything."""

    partner_id: uuid.UUID
    mode: Mode


def event_row(
    owner: Owner, event_type: EventType, data: Mapping[str, Any], organisation_id: uuid.UUID | None = None
) -> tuple[Table, dict[str, Any]]:
    """The table and row of one event, for the batch or the connection that does what it tells."""
    return EVENTS, {
        "partner_id": owner.partner_id,
        "mode": owner.mode,
        "id": ids.new_id(),
        "type": event_type,
        "data": dict(data),
        "organisation_id": organisation_id,
        "created_at": datetime.now(UTC),
        "dispatched_at": None,
    }


def creation_events(owner: Owner, view: AssessmentView, organisation_id: uuid.UUID) -> Batch:
    """What the creation of an assessment tells: each response that was submitted with it, and that it is completed."""
    events = [
        response_submitted(owner, response.id, view.id, view.organisation.id, response.function, organisation_id)
        for response in view.responses
        if response.submitted_at is not None
    ]
    if view.status == "completed":
        events.append(assessment_completed(owner, view.id, view.organisation.id, view.rubric, organisation_id))
    return events


def assessment_completed(
    owner: Owner, assessment: str, organisation: str, rubric: RubricUsed, organisation_id: uuid.UUID | None = None
) -> tuple[Table, dict[str, Any]]:
    """`organisation_id` is that of `organisation`, where it is known."""
    data = {"id": assessment, "organisation": organisation, "rubric": f"{rubric.id}@{rubric.version}"}
    return event_row(owner, "assessment.completed", data, organisation_id or ids.find_id("org", organisation))


def response_submitted(
    owner: Owner,
    response: str,
    assessment: str,
    organisation: str,
    function: str | None,
    organisation_id: uuid.UUID | None = None,
) -> tuple[Table, dict[str, Any]]:
    """Of an invited person too: that a response of the function is submitted, and when, every list of responses shows.
    It does not say with which invitation."""
    data = {"id": response, "assessment": assessment, "organisation": organisation, "function": function}
    return event_row(owner, "response.submitted", data, organisation_id or ids.find_id("org", organisation))


async def release_events(connection: AsyncConnection, rubric_id: str, version: str, edition: int) -> Batch:
    """What the release of an edition tells: one event for each partner that has asked for it. It belongs to nobody, so
    it is written for those alone."""
    async with AsyncSession(connection) as session:
        partners = await list_subscribed_partners(session, "live", "benchmark.released")
    data = {"rubric": f"{rubric_id}@{version}", "edition": edition}
    return [event_row(Partner(partner_id, "live"), "benchmark.released", data) for partner_id in partners]
