"""Deliveries as a worker makes them: it takes what is due, and says what came of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service.context import Store
from assessment.service.webhook_endpoints import disable_failing
from assessment.store.access import EVERYONE
from assessment.store.base import Mode
from assessment.store.outbox import (
    DeliveryKey,
    Endpoint,
    Leased,
    Settled,
    Settlement,
    count_due,
    dispatch,
    find_contents,
    find_endpoints,
    is_undispatched,
    is_unreached,
    lease,
    list_due,
    release,
    settle,
)

AT_ONCE = 64
"""Attempts that a worker makes at a time, ..."""
OF_A_PARTNER = 32
"""... those for one partner and mode, so that its slow receivers hold up nobody else's, ..."""
OF_AN_ENDPOINT = 4
"""... and those for one endpoint."""
LEASE = timedelta(seconds=60)
"""For how long a worker has a delivery: well over the time for an attempt and for writing down what came of it."""
DISPATCHED_AT_ONCE = 200
"""Events in one transaction, which other writes wait for."""
UNREACHED = timedelta(days=5)
"""An endpoint at which a delivery dies and nothing has arrived for so long is disabled."""
MOST_COUNTED = 10_000
MOST_ENDPOINTS = 1_000
"""Of those that have something due: a statement takes only so many parameters."""
_chance = random.Random()  # noqa: S311 - no secret; its own, as the numbers of others are theirs

NOTHING_SETTLED = Settled(frozenset(), frozenset())


class Message(NamedTuple):
    """A delivery that this worker has, with all that it takes to make an attempt."""

    key: DeliveryKey
    leased_until: datetime
    attempts: int
    """Made before."""
    url: str
    secrets: tuple[bytes, ...]
    type: str
    created_at: datetime
    data: dict[str, Any]


class Room:
    """How many more attempts a worker may begin, given those that are under way."""

    def __init__(self, under_way: Iterable[DeliveryKey], at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._of_endpoint: Counter[Endpoint] = Counter(endpoint_of(key) for key in under_way)
        self._of_partner: Counter[tuple[Any, str]] = Counter()
        for endpoint, n in self._of_endpoint.items():
            self._of_partner[endpoint[:2]] += n

    def left(self, endpoint: Endpoint) -> int:
        return min(
            self._at_once - self._of_endpoint.total(),
            OF_A_PARTNER - self._of_partner[endpoint[:2]],
            OF_AN_ENDPOINT - self._of_endpoint[endpoint],
        )

    def use(self, endpoint: Endpoint, n: int) -> None:
        self._of_endpoint[endpoint] += n
        self._of_partner[endpoint[:2]] += n


class Turn(NamedTuple):
    """What a worker got for what it told."""

    messages: Sequence[Message] = ()
    settled: Settled = NOTHING_SETTLED
    """Of the attempts that it told of."""


async def take_turn(store: Store, settlements: Sequence[Settlement], room: Room) -> Turn:
    """Settle attempts, give new events to their endpoints and take what is due, in one transaction. Where there is
    nothing to do it is only looked, which takes no writer."""
    now = datetime.now(UTC)
    async with store.database.read(EVERYONE) as session:
        fresh = await is_undispatched(session)
        due = {endpoint for endpoint in await list_due(session, now) if room.left(endpoint) > 0}
    if not fresh and not due and not settlements:
        return Turn()

    async def work(connection: AsyncConnection) -> Turn:
        # In this order: once deliveries are held, nothing is waited for any more.
        given = await dispatch(connection, now, DISPATCHED_AT_ONCE)
        settled = await settle(connection, settlements) if settlements else NOTHING_SETTLED
        return Turn(await _take(connection, due | given, room, now), settled)

    return await store.queue.run(work, EVERYONE)


async def give_back(store: Store, messages: Iterable[Message]) -> None:
    """Let others make the attempts that this worker did not bring to an end."""
    leases = [(message.key, message.leased_until) for message in messages]

    async def work(connection: AsyncConnection) -> None:
        await release(connection, leases)

    if leases:
        await store.queue.run(work, EVERYONE)


async def count_backlog(store: Store) -> int:
    """How many deliveries are due, a bounded number."""
    now = datetime.now(UTC)
    async with store.database.read(EVERYONE) as session:
        due = await list_due(session, now)
        return await count_due(session, due[:MOST_ENDPOINTS], now, MOST_COUNTED)


async def disable_unreached(store: Store, endpoint: Endpoint, *, gone: bool) -> None:
    """Disable an endpoint whose delivery has died, if its receiver says that it is gone, or nothing has arrived there
    for days. One that was changed since is given time."""
    mode = cast("Mode", endpoint.mode)
    if gone:
        await disable_failing(store, endpoint.partner_id, mode, endpoint.id, "The receiver answered 410 Gone.")
        return
    async with store.database.read(EVERYONE) as session:
        unreached = await is_unreached(session, endpoint, datetime.now(UTC) - UNREACHED)
    if unreached:
        reason = f"Nothing has arrived there for {UNREACHED.days} days."
        await disable_failing(store, endpoint.partner_id, mode, endpoint.id, reason)


def endpoint_of(key: DeliveryKey) -> Endpoint:
    return Endpoint(key.partner_id, key.mode, key.endpoint_id)


async def _take(connection: AsyncConnection, due: Collection[Endpoint], room: Room, now: datetime) -> list[Message]:
    # By chance, so that none of many endpoints is always the last.
    chosen = _chance.sample(list(due), min(len(due), MOST_ENDPOINTS))
    found = await find_endpoints(connection, chosen) if chosen else {}
    until = now + LEASE
    taken: list[tuple[Leased, Any]] = []
    for endpoint in filter(found.__contains__, chosen):
        limit = room.left(endpoint)
        if limit > 0:
            leased = await lease(connection, endpoint, now=now, leased_until=until, limit=limit)
            room.use(endpoint, len(leased))
            taken += [(one, found[endpoint]) for one in leased]
    if not taken:
        return []
    contents = await find_contents(connection, {one.key.event_id for one, _ in taken})
    return [_message(one, until, row, contents[one.key.event_id], now) for one, row in taken]


def _message(leased: Leased, until: datetime, endpoint: Any, event: Any, now: datetime) -> Message:
    secrets = [endpoint.secret]
    if endpoint.old_secret is not None and endpoint.old_secret_until > now:
        secrets.append(endpoint.old_secret)
    return Message(
        leased.key, until, leased.attempts, endpoint.url, tuple(secrets), event.type, event.created_at, event.data
    )
