"""The outbox as the worker that delivers sees it: events that nobody was given, deliveries that are due, and what came
of attempts.

Several workers may ask at the same time. On PostgreSQL each passes by the rows that another one holds, and none waits
while it holds deliveries, so that what deletes an organisation or an endpoint cannot meet it in a deadlock.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Table,
    Update,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.store.deliveries import DeliveryRow, new_delivery
from assessment.store.events import EventRow
from assessment.store.tables import DELIVERIES, EVENTS
from assessment.store.webhook_endpoints import WebhookEndpointRow


class Endpoint(NamedTuple):
    """An endpoint by its key."""

    partner_id: uuid.UUID
    mode: str
    id: uuid.UUID


class DeliveryKey(NamedTuple):
    """A delivery by its key."""

    partner_id: uuid.UUID
    mode: str
    event_id: uuid.UUID
    endpoint_id: uuid.UUID


class Leased(NamedTuple):
    """A delivery that somebody has taken, with how many attempts were made before."""

    key: DeliveryKey
    attempts: int


class Settled(NamedTuple):
    """What was written down, and what was not because somebody holds the row at the moment."""

    written: Set[DeliveryKey]
    held: Set[DeliveryKey]


class Settlement(NamedTuple):
    """What came of an attempt, of a delivery that was leased until `leased_until`. `next_attempt_at` is None for one
    that is settled for good."""

    key: DeliveryKey
    leased_until: datetime
    status: str
    attempts: int
    attempted_at: datetime
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None


_KEY = (DeliveryRow.partner_id, DeliveryRow.mode, DeliveryRow.event_id, DeliveryRow.endpoint_id)


def _mark_unwanted(dialect: str) -> Update:
    undispatched = EVENTS.c.dispatched_at.is_(None)
    oldest = select(EVENTS.c.partner_id, EVENTS.c.mode, EVENTS.c.id).where(undispatched).order_by(EVENTS.c.id)
    held = oldest.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True).subquery()
    row = WebhookEndpointRow
    wanted = exists().where(row.partner_id == held.c.partner_id, row.mode == held.c.mode, row.disabled_at.is_(None))
    unwanted = select(held.c.id).where(~wanted)
    # An array is made once and looked up; how PostgreSQL would join depends on what it takes the numbers of rows for.
    found = EVENTS.c.id == func.any(func.array(unwanted.scalar_subquery()))
    among = found if dialect == "postgresql" else EVENTS.c.id.in_(unwanted)
    # The second condition is what the index of undispatched events has.
    return update(EVENTS).where(among, undispatched).values(dispatched_at=bindparam("now"))


_PASS_BY = {dialect: _mark_unwanted(dialect) for dialect in ("postgresql", "sqlite")}
_BY_INDEX = select(
    *(func.set_config(f"enable_{way}", "off", True) for way in ("seqscan", "bitmapscan", "sort", "hashjoin"))
)
"""Has PostgreSQL follow the index of undispatched events until the transaction ends. How many there are changes faster
than its statistics, and a plan for few goes through all of a backlog for each part of it: it would only grow."""


async def is_undispatched(session: AsyncSession) -> bool:
    """Whether there is an event that was not given to its endpoints."""
    found = await session.scalars(select(EventRow.id).where(EventRow.dispatched_at.is_(None)).limit(1))
    return found.first() is not None


async def list_due(session: AsyncSession, now: datetime) -> Sequence[Endpoint]:
    """The endpoints with deliveries that are due. Each is one probe of an index, however much waits for it."""
    row = WebhookEndpointRow
    first = select(DeliveryRow.event_id).where(
        DeliveryRow.endpoint_id == row.id,
        DeliveryRow.partner_id == row.partner_id,
        DeliveryRow.mode == row.mode,
        *_is_due(now),
    )
    # No EXISTS, which PostgreSQL turns into a join with all that is due.
    due = first.limit(1).scalar_subquery().is_not(None)
    found = await session.execute(select(row.partner_id, row.mode, row.id).where(row.disabled_at.is_(None), due))
    return [Endpoint(*place) for place in found]


async def dispatch(connection: AsyncConnection, now: datetime, limit: int) -> set[Endpoint]:
    """Make a delivery of each of the oldest undispatched events for each endpoint that was there before the event and
    is subscribed to it. Returns the endpoints that have one."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_BY_INDEX)
    limit -= await _pass_by(connection, now, limit)
    if limit == 0:
        return set()
    query = select(EventRow.partner_id, EventRow.mode, EventRow.id, EventRow.type, EventRow.created_at)
    query = query.where(EventRow.dispatched_at.is_(None)).order_by(EventRow.id).limit(limit)
    events = (await connection.execute(query.with_for_update(skip_locked=True))).all()
    if not events:
        return set()
    endpoints = await _hold_endpoints(connection, {event.partner_id for event in events})
    rows = [
        new_delivery(event.partner_id, event.mode, event.id, endpoint.id, now)
        for event in events
        for endpoint in endpoints.get((event.partner_id, event.mode), ())
        if event.type in endpoint.events and endpoint.created_at <= event.created_at
    ]
    if rows:
        await connection.execute(insert(DELIVERIES), rows)
    # By what the index of undispatched events has, in one statement.
    given = update(EVENTS).where(EVENTS.c.id.in_([event.id for event in events]), EVENTS.c.dispatched_at.is_(None))
    await connection.execute(given.values(dispatched_at=now))
    return {Endpoint(row["partner_id"], row["mode"], row["endpoint_id"]) for row in rows}


async def _pass_by(connection: AsyncConnection, now: datetime, limit: int) -> int:
    """Mark, of the oldest undispatched events, those that have no endpoint to be given to; how many there were. Most
    have none, and to read them would cost several times as much."""
    return (await connection.execute(_PASS_BY[connection.dialect.name], {"now": now, "most": limit})).rowcount


async def find_endpoints(connection: AsyncConnection, endpoints: Collection[Endpoint]) -> dict[Endpoint, Any]:
    """Where to, and with which secrets, for those of the endpoints that are not disabled."""
    row = WebhookEndpointRow
    query = select(row.partner_id, row.mode, row.id, row.url, row.secret, row.old_secret, row.old_secret_until).where(
        tuple_(row.partner_id, row.mode, row.id).in_(endpoints), row.disabled_at.is_(None)
    )
    return {Endpoint(*found[:3]): found for found in await connection.execute(query)}


async def lease(
    connection: AsyncConnection, endpoint: Endpoint, *, now: datetime, leased_until: datetime, limit: int
) -> list[Leased]:
    """Take deliveries of the endpoint that are due, those first that have been so for longest."""
    query = select(*_KEY, DeliveryRow.attempts).where(
        DeliveryRow.endpoint_id == endpoint.id,
        DeliveryRow.partner_id == endpoint.partner_id,
        DeliveryRow.mode == endpoint.mode,
        *_is_due(now),
    )
    query = query.order_by(DeliveryRow.next_attempt_at, DeliveryRow.event_id).limit(limit)
    found = (await connection.execute(query.with_for_update(skip_locked=True))).all()
    taken = [Leased(DeliveryKey(*row[:4]), row.attempts) for row in found]
    if taken:
        await connection.execute(
            _update_own(DELIVERIES).values(leased_until=leased_until), [_own(one.key) for one in taken]
        )
    return taken


async def find_contents(connection: AsyncConnection, event_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """What the events say, by id."""
    query = select(EventRow.id, EventRow.type, EventRow.data, EventRow.created_at)
    found = await connection.execute(query.where(EventRow.id.in_(list(event_ids))))
    return {row.id: row for row in found}


async def settle(connection: AsyncConnection, settlements: Sequence[Settlement]) -> Settled:
    """Write down what came of attempts, except where the lease has passed to somebody else or the delivery is gone."""
    free = await _find_leases(connection, [one.key for one in settlements], lock=True)
    written = [one for one in settlements if (one.key, one.leased_until) in free]
    passed_by = {one.key for one in settlements} - {key for key, _ in free}
    held = await _find_leases(connection, passed_by, lock=False) if passed_by else set()
    if written:
        await connection.execute(
            _update_own(DELIVERIES).values(
                status=bindparam("new_status"),
                attempts=bindparam("new_attempts"),
                next_attempt_at=bindparam("new_next_attempt_at"),
                leased_until=None,
                last_attempt_at=bindparam("new_attempted_at"),
                last_status=bindparam("new_last_status"),
                last_error=bindparam("new_last_error"),
            ),
            [
                _own(one.key)
                | {f"new_{name}": value for name, value in one._asdict().items() if name not in ("key", "leased_until")}
                for one in written
            ],
        )
    return Settled(
        {one.key for one in written}, {one.key for one in settlements if (one.key, one.leased_until) in held}
    )


async def release(connection: AsyncConnection, leases: Sequence[tuple[DeliveryKey, datetime]]) -> None:
    """Give back deliveries that were taken and not attempted to the end."""
    await connection.execute(
        _update_own(DELIVERIES)
        .where(DELIVERIES.c.leased_until == bindparam("old_leased_until"))
        .values(leased_until=None),
        [_own(key) | {"old_leased_until": until} for key, until in leases],
    )


async def is_unreached(session: AsyncSession, endpoint: Endpoint, since: datetime) -> bool:
    """Whether nothing was delivered to the endpoint since then, nor was it changed."""
    row = WebhookEndpointRow
    delivered = exists().where(
        DeliveryRow.endpoint_id == endpoint.id,
        DeliveryRow.partner_id == endpoint.partner_id,
        DeliveryRow.mode == endpoint.mode,
        DeliveryRow.status == "delivered",
        DeliveryRow.last_attempt_at >= since,
    )
    query = select(row.id).where(
        row.partner_id == endpoint.partner_id,
        row.mode == endpoint.mode,
        row.id == endpoint.id,
        row.updated_at < since,
        ~delivered,
    )
    return (await session.execute(query)).first() is not None


async def count_due(session: AsyncSession, endpoints: Collection[Endpoint], now: datetime, most: int) -> int:
    """How many deliveries of the endpoints are due, `most` of them at most."""
    query = select(DeliveryRow.event_id).where(
        DeliveryRow.endpoint_id.in_([endpoint.id for endpoint in endpoints]), *_is_due(now)
    )
    return (await session.scalars(select(func.count()).select_from(query.limit(most).subquery()))).one()


async def _hold_endpoints(
    connection: AsyncConnection, partners: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, str], list[Any]]:
    """The endpoints of the partners that are not disabled, by partner and mode. They stay until the transaction ends:
    a delivery for one that is being deleted would fail all of it."""
    row = WebhookEndpointRow
    query = select(row.partner_id, row.mode, row.id, row.events, row.created_at).where(
        row.partner_id.in_(partners), row.disabled_at.is_(None)
    )
    found = await connection.execute(query.order_by(row.id).with_for_update(read=True, key_share=True))
    held: dict[tuple[uuid.UUID, str], list[Any]] = defaultdict(list)
    for endpoint in found:
        held[endpoint.partner_id, endpoint.mode].append(endpoint)
    return held


async def _find_leases(
    connection: AsyncConnection, keys: Collection[DeliveryKey], *, lock: bool
) -> set[tuple[DeliveryKey, datetime | None]]:
    """Until when the deliveries are leased; with `lock` those that nobody holds, which are held then."""
    query = select(*_KEY, DeliveryRow.leased_until).where(tuple_(*_KEY).in_(keys))
    found = await connection.execute(query.with_for_update(skip_locked=True) if lock else query)
    return {(DeliveryKey(*row[:4]), row.leased_until) for row in found}


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        DeliveryRow.status == "pending",
        DeliveryRow.next_attempt_at <= now,
        or_(DeliveryRow.leased_until.is_(None), DeliveryRow.leased_until <= now),
    )


def _update_own(table: Table) -> Update:
    """An update of the row whose key is given as `own_…`."""
    return update(table).where(*(column == bindparam(f"own_{column.name}") for column in table.primary_key))


def _own(key: DeliveryKey) -> dict[str, Any]:
    return {f"own_{name}": value for name, value in key._asdict().items()}
