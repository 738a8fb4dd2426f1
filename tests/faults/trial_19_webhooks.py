"""Trial 19: workers that are killed while they deliver to receivers of every temper, and URLs that lead inside."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service.context import Store
from assessment.service.partners import create_partner
from assessment.store.access import EVERYONE
from assessment.store.deliveries import DeliveryRow
from assessment.store.engine import Database
from assessment.store.events import EventRow
from assessment.store.queue import WriteQueue
from tests.faults.harness import ENGINES, Report
from tests.faults.inside import try_urls
from tests.faults.receivers import STEADY, TEMPERS, Receivers
from tests.faults.servers import Server, database, serving
from tests.receiver import watching

NUMBER = 19
PROMISE = "webhooks arrive at least once, authentic, and reach no inside address"
COUNTS = {"ci": 200, "full": 10_000}
"""Events. There is a kill for every 40 of them, and there are three URLs for every two."""

EVENTS_OF_A_KILL, MOST_KILLS, MOST_URLS = 40, 200, 5_000
AT_ONCE = 8
PATIENCE_SECONDS = 120
NEIGHBOUR = "neighbour"
BODY = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Example Instruments"},
    "complete": True,
    "responses": [{"answers": {"kpi-set": "one-joint-target", "sla-agreement": "one-sided"}}],
}
UNDISPATCHED = EventRow.dispatched_at.is_(None)
PENDING = DeliveryRow.status == "pending"
SETTINGS = {
    "ASSESSMENT_DELIVER": "true",
    "ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS": "true",
    "ASSESSMENT_LOG_LEVEL": "error",
}


async def run(count: int, report: Report) -> None:
    chance = random.Random(NUMBER)
    await try_urls(min(count * 3 // 2, MOST_URLS), chance, report)
    for engine in ENGINES:
        with report.on(engine), database(engine) as url:
            async with (
                watching() as canary,
                Receivers(chance, canary.url).listening() as receivers,
                _opened(url) as store,
            ):
                await Deliveries(url, store, receivers, chance, report).survive(count)
            assert canary.connections == 0, f"{engine}: {canary.connections} redirects were followed"


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Store]:
    """The database, past the service."""
    opened = Database(url)
    queue = WriteQueue(opened)
    queue.start()
    try:
        yield Store(opened, queue)
    finally:
        await queue.aclose()
        await opened.aclose()


async def _let_time_pass(store: Store) -> None:
    """Have every further attempt be due."""
    await _change(store, PENDING, next_attempt_at=datetime.now(UTC) - timedelta(seconds=1))


async def _end_leases(store: Store) -> None:
    """What dead workers have taken is free again."""
    await _change(store, PENDING, leased_until=None)


async def _change(store: Store, which: ColumnElement[bool], **columns: Any) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(DeliveryRow).where(which).values(**columns))

    await store.queue.run(work, EVERYONE)


async def _count(store: Store, *wanted: ColumnElement[bool]) -> int:
    """How many events or deliveries there are like that."""
    async with store.database.read(EVERYONE) as session:
        return (await session.scalars(select(func.count()).where(*wanted))).one()


class Deliveries:
    """Deliveries of one database, under kills."""

    def __init__(self, url: str, store: Store, receivers: Receivers, chance: random.Random, report: Report) -> None:
        self._url = url
        self._store = store
        self._receivers = receivers
        self._chance = chance
        self._report = report
        self._acknowledged: defaultdict[str, set[str]] = defaultdict(set)
        """By key, the assessments whose completion was."""
        self._endpoints: dict[str, str] = {}

    async def survive(self, count: int) -> None:
        """Some kills are of a server that delivers while it is written to, most of `assessment deliver` beside it."""
        kills = min(count // EVENTS_OF_A_KILL, MOST_KILLS)
        of_servers = max(kills // 5, 1)
        each = count // kills
        with serving(self._url, settings=SETTINGS) as server:
            secret = server.keys.secret
            neighbour = (await create_partner(self._store, "Neighbour")).secret_key
            await self._subscribe(server, secret, TEMPERS)
            await self._subscribe(server, neighbour, [NEIGHBOUR])
            for number in range(1, of_servers + 1):
                await asyncio.gather(self._post(server, secret, each), self._kill_server(server, secret, each))
                server.restart({"ASSESSMENT_DELIVER": str(number < of_servers)})
            await self._rotate(server, secret, STEADY)
            await self._post(server, neighbour, 1)
            for _ in range(kills - of_servers):
                await _end_leases(self._store)
                await _let_time_pass(self._store)
                await asyncio.gather(self._post(server, secret, each), self._kill_command(server, each))
            await _end_leases(self._store)
            with server.running_command("deliver"):
                await self._settle()
            await self._judge(server, secret)

    async def _subscribe(self, server: Server, secret: str, tempers: Sequence[str]) -> None:
        async with server.client(secret) as client:
            for temper in tempers:
                body = {"url": f"{self._receivers.url}/{temper}", "events": ["assessment.completed"]}
                answer = await client.post("/v1/webhook_endpoints", json=body)
                assert answer.status_code == 201, answer.text
                self._receivers.trust(temper, answer.json()["secret"])
                self._endpoints[temper] = answer.json()["id"]

    async def _rotate(self, server: Server, secret: str, temper: str) -> None:
        """From now on this receiver knows the new secret alone."""
        async with server.client(secret) as client:
            answer = await client.post(f"/v1/webhook_endpoints/{self._endpoints[temper]}/rotate_secret", json={})
        assert answer.status_code == 201, answer.text
        self._receivers.trust(temper, answer.json()["secret"])

    async def _post(self, server: Server, secret: str, n: int) -> None:
        """Complete so many assessments, or as many as the server lives for."""
        left = iter(range(n))

        async def post(client: httpx.AsyncClient) -> None:
            for _ in left:
                try:
                    answer = await client.post("/v1/assessments", json=BODY)
                except httpx.TransportError:
                    return  # killed: what was not acknowledged may be there or not
                assert answer.status_code == 201, answer.text
                self._acknowledged[secret].add(answer.json()["id"])

        async with server.client(secret) as client:
            await asyncio.gather(*(post(client) for _ in range(AT_ONCE)))

    async def _kill_command(self, server: Server, events: int) -> None:
        """At a random moment of its deliveries, of which there are at least as many as receivers times events."""
        requests = self._receivers.requests + self._chance.randint(1, events * len(TEMPERS) // 2)
        with server.running_command("deliver") as process:
            await _until(lambda: self._receivers.requests >= requests, "deliveries by the command")
            process.kill()
        self._report.tried(1, "kills of the command")

    async def _kill_server(self, server: Server, secret: str, events: int) -> None:
        """While it writes and delivers."""
        acknowledged = self._acknowledged[secret]
        enough = len(acknowledged) + self._chance.randint(events // 4, events // 2)
        await _until(lambda: len(acknowledged) >= enough, "acknowledged assessments")
        server.kill()
        self._report.tried(1, "kills of the server")

    async def _settle(self) -> None:
        """Until everything is delivered. Nobody dies any more, so leases are left alone."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while left := await _count(self._store, UNDISPATCHED) + await _count(self._store, PENDING):
            assert time.monotonic() < ends, f"{left} events or deliveries were left after {PATIENCE_SECONDS} seconds"
            await asyncio.sleep(0.3)
            await _let_time_pass(self._store)
        given_up = await _count(self._store, DeliveryRow.status == "dead")
        assert given_up == 0, f"{given_up} deliveries are dead"

    async def _judge(self, server: Server, secret: str) -> None:
        found = await _events(server, secret)
        told = Counter(event["data"]["id"] for event in found)
        twice = [assessment for assessment, times in told.items() if times > 1]
        assert not twice, f"{len(twice)} assessments were told of by more than one event"
        lost = self._acknowledged[secret] - set(told)
        assert not lost, f"{len(lost)} assessments were acknowledged and no event tells of them"
        events = {event["id"] for event in found}
        for temper in TEMPERS:
            missing = events - set(self._receivers.taken[temper])
            assert not missing, f"{temper}: {len(missing)} of {len(events)} events never came"
        strange = events & set(self._receivers.taken[NEIGHBOUR])
        assert not strange, f"{len(strange)} events came to another partner"
        assert len(self._receivers.taken[NEIGHBOUR]) == 1, "the neighbour's own event did not come"
        assert not self._receivers.breaches, f"{len(self._receivers.breaches)}: {self._receivers.breaches[0]}"
        self._report.tried(len(events), "events")
        taken = sum(self._receivers.taken[temper].total() for temper in TEMPERS)
        again = taken - len(events) * len(TEMPERS)
        self._report.note(f"{self._receivers.requests:,} requests; {again:,} of {taken:,} were a repetition")


async def _events(server: Server, secret: str) -> list[dict[str, Any]]:
    """Every event of the partner, by the API."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 100, "type": "assessment.completed"}
    async with server.client(secret) as client:
        while True:
            answer = await client.get("/v1/events", params=query)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["data"]
            if not page["has_more"]:
                return found
            query["cursor"] = page["next_cursor"]


async def _until(happened: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not happened():  # noqa: ASYNC110 - a number of the moment is no event
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"There were no {what} for {PATIENCE_SECONDS} seconds.") from None
