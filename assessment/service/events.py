"""Events as their partner sees them: list, read, have sent again, and send a test."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, cast

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import EndpointDisabled, NeverSent, ResourceNotFound
from assessment.service import ids, webhook_changes
from assessment.service.context import Principal, Store
from assessment.service.outbox import EVENT_TYPES, EventType, event_row
from assessment.service.pages import Page, Window, refused
from assessment.service.reading import from_replica
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.store import events as rows
from assessment.store.deliveries import STATUSES, DeliveryRow, list_deliveries, new_delivery, send_again
from assessment.store.events import EventRow
from assessment.store.tables import DELIVERIES
from assessment.store.webhook_endpoints import list_disabled

DeliveryStatus = Literal["pending", "delivered", "dead"]


class DeliveryView(msgspec.Struct, frozen=True):
    """How far an event is on its way to an endpoint. `last_status` is the HTTP status of the last attempt, `last_error`
    why it failed."""

    endpoint: str
    status: DeliveryStatus
    attempts: int
    last_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    next_attempt_at: datetime | None


class EventView(msgspec.Struct, frozen=True):
    """An event, and who it was sent to."""

    id: str
    type: EventType
    created_at: datetime
    data: dict[str, Any]
    deliveries: list[DeliveryView]


class EventFilters(msgspec.Struct, frozen=True):
    """What a list is narrowed to: `status` and `endpoint` (an id) to those with such a delivery; times are aware."""

    type: str | None = None
    status: str | None = None
    endpoint: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


NO_FILTERS = EventFilters()


@from_replica
async def get(store: Store, principal: Principal, event_id: str) -> EventView:
    """The event. Raises ResourceNotFound."""
    wanted = ids.find_id("evt", event_id)
    async with store.database.read(principal) as session:
        return await _seen(session, principal, await _find(session, principal, wanted))


@from_replica
async def list_page(
    store: Store, principal: Principal, *, limit: int, cursor: str | None = None, filters: EventFilters = NO_FILTERS
) -> Page[EventView]:
    """A page of events, newest first."""
    owner = (principal.partner_id, principal.mode)
    window = Window(limit, cursor, "events", *owner, filters)
    narrowed = _narrowed(filters)
    async with store.database.read(principal) as session:
        found = await rows.list_events(session, *owner, limit=window.reach, before=window.behind, filters=narrowed)
        by_event: defaultdict[uuid.UUID, list[DeliveryRow]] = defaultdict(list)
        for delivery in await list_deliveries(session, *owner, [row.id for row in window.cut(found)]):
            by_event[delivery.event_id].append(delivery)
    return window.page(found, lambda row: view_event(row, by_event[row.id]))


async def resend(
    store: Store,
    principal: Principal,
    event_id: str,
    endpoint_id: str | None = None,
    *,
    keep: Keep[EventView] = keep_nothing,
) -> EventView:
    """Have the event sent again, with as many attempts as a new one: to the one endpoint, or to every endpoint that it
    was to be sent to and that is enabled. Raises ResourceNotFound, EndpointDisabled or NeverSent."""
    wanted = ids.find_id("evt", event_id)
    named = None if endpoint_id is None else ids.find_id("hook", endpoint_id)
    owner = (principal.partner_id, principal.mode)

    async def work(connection: AsyncConnection) -> EventView:
        async with AsyncSession(connection) as session:
            await _find(session, principal, wanted, lock=True)
            if named is not None:
                await webhook_changes.find(session, principal, named)
            sent = [one.endpoint_id for one in await list_deliveries(session, *owner, [wanted])]
            asked = [one for one in sent if named in (None, one)]
            if not asked:
                raise NeverSent("The event was sent to nobody, or not to this endpoint; there is nothing to repeat.")
            disabled = await list_disabled(session, *owner)
            again = [one for one in asked if one not in disabled]
            if not again:
                raise EndpointDisabled("What the event was sent to is disabled; enable it first.")
        await send_again(connection, *owner, wanted, again, datetime.now(UTC))
        async with AsyncSession(connection) as session:
            view = await _seen(session, principal, await _find(session, principal, wanted))
        await store_rows(connection, keep(view))
        return view

    return await store.queue.run(work, principal)


async def send_test(
    store: Store, principal: Principal, endpoint_id: str, *, keep: Keep[EventView] = keep_nothing
) -> EventView:
    """Have an event that tells nothing sent to the endpoint, whatever it is subscribed to. Raises ResourceNotFound or
    EndpointDisabled."""
    wanted = ids.find_id("hook", endpoint_id)

    async def work(connection: AsyncConnection) -> EventView:
        async with AsyncSession(connection) as session:
            endpoint = await webhook_changes.find(session, principal, wanted, lock=True)
            if endpoint.disabled_at is not None:
                raise EndpointDisabled("A disabled endpoint is sent nothing, no test either; enable it first.")
        table, event = event_row(principal, "webhook_endpoint.test", {"id": endpoint_id})
        # Given to this endpoint here and now, so that nobody looks for others.
        event["dispatched_at"] = event["created_at"]
        delivery = new_delivery(event["partner_id"], event["mode"], event["id"], wanted, event["created_at"])
        view = view_event(EventRow(**event), [DeliveryRow(**delivery)])
        await store_rows(connection, [(table, event), (DELIVERIES, delivery), *keep(view)])
        return view

    return await store.queue.run(work, principal)


def view_event(row: EventRow, deliveries: Sequence[DeliveryRow]) -> EventView:
    return EventView(
        id=ids.to_text("evt", row.id),
        type=cast("EventType", row.type),
        created_at=row.created_at,
        data=row.data,
        deliveries=[
            DeliveryView(
                endpoint=ids.to_text("hook", one.endpoint_id),
                status=cast("DeliveryStatus", one.status),
                attempts=one.attempts,
                last_attempt_at=one.last_attempt_at,
                last_status=one.last_status,
                last_error=one.last_error,
                next_attempt_at=one.next_attempt_at,
            )
            for one in deliveries
        ],
    )


async def _find(session: AsyncSession, principal: Principal, event_id: uuid.UUID, *, lock: bool = False) -> EventRow:
    row = await rows.find_event(session, principal.partner_id, principal.mode, event_id, lock=lock)
    if row is None:
        raise ResourceNotFound
    return row


async def _seen(session: AsyncSession, principal: Principal, row: EventRow) -> EventView:
    return view_event(row, await list_deliveries(session, principal.partner_id, principal.mode, [row.id]))


def _narrowed(filters: EventFilters) -> rows.Filters:
    if filters.type not in (None, *EVENT_TYPES):
        raise refused("type", "unknown_event", f"'type' must be one of: {', '.join(EVENT_TYPES)}.")
    if filters.status not in (None, *STATUSES):
        raise refused("status", "unknown_status", f"'status' must be one of: {', '.join(STATUSES)}.")
    endpoint_id = None
    if filters.endpoint is not None:
        endpoint_id = ids.from_text("hook", filters.endpoint)
        if endpoint_id is None:
            raise refused("endpoint", "invalid_id", "'endpoint' must be a webhook endpoint's id (hook_…).")
    return rows.Filters(filters.type, filters.status, endpoint_id, filters.created_after, filters.created_before)
