"""The worker: takes deliveries that are due, makes the attempts side by side, and writes down what came of them."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.exc import DBAPIError

from assessment import metrics
from assessment.delivery.schedule import next_pause
from assessment.delivery.sender import GONE, Outcome, Sender
from assessment.delivery.signing import sign
from assessment.errors import AssessmentError
from assessment.service import ids
from assessment.service.context import Store
from assessment.service.deliveries import (
    AT_ONCE,
    Message,
    Room,
    count_backlog,
    disable_unreached,
    endpoint_of,
    give_back,
    take_turn,
)
from assessment.store.outbox import Settlement

POLL_SECONDS = 2
"""How often it looks for what other processes have stored, and for what has become due."""
LEAST_PAUSE_SECONDS = 0.05
"""Between two turns: what comes meanwhile shares a transaction, and takes fewer from those who write."""
PATIENCE_SECONDS = 2
"""After a database that cannot be used."""
GRACE_SECONDS = 5
"""How long attempts that are under way may take when the process ends, ..."""
LAST_SECONDS = 5
"""... and how long the turn that is under way, and the last one that writes down what came of them."""
COUNT_SECONDS = 15

_log = logging.getLogger("assessment.delivery")
_chance = random.Random()  # noqa: S311 - no secret; its own, as the numbers of others are theirs


class Tally(msgspec.Struct):
    """How many attempts had which outcome."""

    delivered: int = 0
    failed: int = 0
    """To be tried again."""
    dead: int = 0
    """Given up."""


class Worker:
    """Makes deliveries for as long as it is told to. Any number of them may run on one database."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self.tally = Tally()
        self._store = store
        self._sender = sender
        self._wake = asyncio.Event()
        self._under_way: dict[asyncio.Task[Settlement], Message] = {}
        self._made: list[tuple[Message, Settlement]] = []
        self._counted_at = float("-inf")
        self._stopped = asyncio.Event()
        store.queue.listen(self._wake.set)

    async def run(self) -> None:
        """Deliver until told to stop."""
        while not self._stopped.is_set():
            pause = LEAST_PAUSE_SECONDS
            try:
                await self._take_turn()
                await self._count()
            except (AssessmentError, DBAPIError, OSError) as error:
                pause = PATIENCE_SECONDS
                _log.warning("Deliveries wait for the database: %s", error)
            except Exception:
                pause = PATIENCE_SECONDS
                _log.exception("Deliveries were held up by an error")
            await _wait(self._stopped, pause)
            await self._something_happens()

    async def drain(self, advance: Callable[[Tally], None] = lambda tally: None) -> Tally:
        """Deliver what is due, and end when nothing is. `advance` is told how far it is."""
        while True:
            await self._take_turn()
            advance(self.tally)
            if not self._under_way and not self._made:
                return self.tally
            await self._something_happens()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()
        self._wake.set()

    async def aclose(self) -> None:
        """Give the attempts that are under way a moment to end, and leave the others to whoever is next."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE_SECONDS)
        left = dict(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await give_back(self._store, [message for task, message in left.items() if task.cancelled()])
                await self._take_turn(at_once=0)
        except (AssessmentError, DBAPIError, OSError) as error:
            _log.warning("What came of the last deliveries was not stored, so they are made again: %s", error)

    async def _something_happens(self) -> None:
        """An attempt has ended, this process has stored something, or it is time to look again."""
        await _wait(self._wake, POLL_SECONDS)
        self._wake.clear()

    async def _take_turn(self, at_once: int = AT_ONCE) -> None:
        made = list(self._made)
        room = Room((message.key for message in self._under_way.values()), at_once)
        turn = await take_turn(self._store, [settlement for _, settlement in made], room)
        self._made[: len(made)] = [one for one in made if one[1].key in turn.settled.held]
        for message in turn.messages:
            task = asyncio.create_task(self._attempt(message), name="delivery")
            self._under_way[task] = message
            task.add_done_callback(self._end)
        written = [one for one in made if one[1].key in turn.settled.written]
        for message, settlement in written:
            self._note(message, settlement)
        for _, settlement in written:
            if settlement.status == "dead":
                endpoint, gone = endpoint_of(settlement.key), settlement.last_status == GONE
                await disable_unreached(self._store, endpoint, gone=gone)

    def _end(self, task: asyncio.Task[Settlement]) -> None:
        # Both at once: an attempt that was told of and still took room would keep others from being begun.
        message = self._under_way.pop(task)
        if not task.cancelled():
            self._made.append((message, task.result()))
        self._wake.set()

    async def _attempt(self, message: Message) -> Settlement:
        now = datetime.now(UTC)
        body = msgspec.json.encode({"type": message.type, "timestamp": message.created_at, "data": message.data})
        headers = sign(ids.to_text("evt", message.key.event_id), int(now.timestamp()), body, message.secrets)
        try:
            outcome = await self._sender.send(message.url, headers, body)
        except Exception:
            _log.exception("An attempt to deliver ended in an error")
            outcome = Outcome(error="connection_broken")
        return settle_as(message, outcome, datetime.now(UTC), _chance.random())

    def _note(self, message: Message, settlement: Settlement) -> None:
        """Count and log what came of an attempt."""
        state = "failed" if settlement.status == "pending" else settlement.status
        setattr(self.tally, state, getattr(self.tally, state) + 1)
        metrics.DELIVERIES.labels(state).inc()
        place = (
            ids.to_text("evt", message.key.event_id),
            ids.to_text("hook", message.key.endpoint_id),
            urlsplit(message.url).hostname,
        )
        if state == "delivered":
            # Another process has stored the event, by a clock of its own.
            metrics.DELIVERY_SECONDS.observe(max(0.0, (settlement.attempted_at - message.created_at).total_seconds()))
            _log.info("%s was delivered to %s at %s", *place)
            return
        said = settlement.last_error if settlement.last_status is None else f"status {settlement.last_status}"
        then = f"the next attempt is at {settlement.next_attempt_at:%FT%TZ}" if state == "failed" else "it is given up"
        _log.warning("Attempt %d to deliver %s to %s at %s: %s; %s", settlement.attempts, *place, said, then)

    async def _count(self) -> None:
        if time.monotonic() - self._counted_at >= COUNT_SECONDS:
            metrics.DELIVERIES_DUE.set(await count_backlog(self._store))
            self._counted_at = time.monotonic()


def settle_as(message: Message, outcome: Outcome, now: datetime, chance: float) -> Settlement:
    """What becomes of a delivery after an attempt that ended `now`. `chance` is drawn from 0 to 1."""
    attempts = message.attempts + 1
    pause = None
    if outcome.error is None:
        status = "delivered"
    else:
        pause = None if outcome.error == "gone" else next_pause(attempts, chance, outcome.retry_after)
        status = "dead" if pause is None else "pending"
    return Settlement(
        message.key,
        message.leased_until,
        status,
        attempts,
        now,
        None if pause is None else now + pause,
        outcome.status,
        outcome.error,
    )


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """For the event, for so long at most."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


@asynccontextmanager
async def delivering(store: Store, sender: Sender) -> AsyncIterator[None]:
    """Meanwhile a worker delivers."""
    worker = Worker(store, sender)
    task = asyncio.create_task(worker.run(), name="deliveries")
    try:
        yield
    finally:
        worker.stop()
        # Not cancelled at once: a turn that is under way may have taken deliveries.
        await asyncio.wait({task}, timeout=LAST_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await worker.aclose()
