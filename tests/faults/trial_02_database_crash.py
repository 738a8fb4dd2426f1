"""Trial 2: kill -9 of PostgreSQL under a service that goes on running."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable

import httpx
from sqlalchemy import make_url, select

from assessment.service.ids import from_text
from assessment.store.access import EVERYONE
from assessment.store.assessments import AssessmentRow
from assessment.store.engine import Database
from assessment.store.migrate import upgrade
from tests.faults.harness import Report
from tests.faults.servers import Server, administer, serving
from tests.postgres import Cluster, postgres_cluster

NUMBER = 2
PROMISE = "the database may crash"
COUNTS = {"ci": 3, "full": 100}

CLIENTS = 24
READERS = 4
MOST_SECONDS_TO_RECOVER = 10
AWAY_SECONDS = 1.0
UNLIMITED = {"ASSESSMENT_RATE_LIMIT_SECRET": "", "ASSESSMENT_LOG_LEVEL": "error"}
BODY = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Example Instruments"},
    "complete": True,
    "responses": [{"answers": {"kpi-set": "one-joint-target", "sla-agreement": "one-sided"}}],
}


class Load:
    """Clients that write and read without a pause, and what they were answered."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.acknowledged: list[uuid.UUID] = []
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []
        self._client = client
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._write()) for _ in range(CLIENTS)]
        self._tasks += [asyncio.create_task(self._read()) for _ in range(READERS)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        broken = [task.exception() for task in self._tasks if not task.cancelled()]
        assert not broken, f"a client ended with {broken[0]!r}"

    async def _write(self) -> None:
        while True:
            answer = await self._client.post("/v1/assessments", json=BODY)
            if answer.status_code == 201:
                found = from_text("asmt", answer.json()["id"])
                assert found is not None
                self.acknowledged.append(found)
            await self._note(answer, 201)

    async def _read(self) -> None:
        while True:
            await self._note(await self._client.get("/v1/assessments?limit=1"), 200)

    async def _note(self, answer: httpx.Response, wanted: int) -> None:
        self.statuses[answer.status_code] += 1
        if answer.status_code == wanted:
            return
        if answer.status_code != 503 or not answer.headers.get("retry-after", "").isdigit():
            self.wrong.append(f"{answer.status_code} {answer.text[:300]}")
        await asyncio.sleep(0.02)


async def run(count: int, report: Report) -> None:
    """The server of the database has fsync off: what a killed process had written the system keeps all the same."""
    with report.on("postgresql"), postgres_cluster() as cluster:
        await administer(cluster.url, "CREATE DATABASE trial TEMPLATE template0")
        url = make_url(cluster.url).set(database="trial").render_as_string(hide_password=False)
        opened = Database(url)
        await upgrade(opened)
        await opened.aclose()
        slowest, away = 0.0, 0
        with serving(url, settings=UNLIMITED) as server:
            for _ in range(count):
                seconds, refused = await _crash(cluster, server, url)
                slowest, away = max(slowest, seconds), away + refused
                report.tried(1, "crashes")
        report.note(f"slowest recovery {slowest:.1f} s, {away:,} requests told to come back")


async def _crash(cluster: Cluster, server: Server, url: str) -> tuple[float, int]:
    """Seconds from starting the database again to the first write, and how many requests got 503 by then."""
    async with server.client() as client:
        load = Load(client)
        load.start()
        try:
            await _until(lambda: len(load.acknowledged) >= CLIENTS, "writes before the crash")
            await asyncio.sleep(random.uniform(0, 0.3))
            cluster.kill()
            await _until(lambda: load.statuses[503] > 0, "503 while the database is away")
            assert (await client.get("/ready")).status_code == 503, "/ready says yes without a database"
            await asyncio.sleep(random.uniform(0, AWAY_SECONDS))
            # Commits of connections that outlived their server for a moment are real, so the count starts here.
            before = len(load.acknowledged)
            start = time.monotonic()
            await asyncio.to_thread(cluster.start)
            await _until(lambda: len(load.acknowledged) > before, "a write after the crash")
            seconds = time.monotonic() - start
            assert seconds <= MOST_SECONDS_TO_RECOVER, f"it took {seconds:.1f} s to write again"
            assert (await client.get("/ready")).status_code == 200, "/ready says no with a database that answers"
        finally:
            await load.stop()
    assert not load.wrong, (
        f"{len(load.wrong)} answers that are neither success nor 503 with Retry-After: {load.wrong[0]}"
    )
    missing = set(load.acknowledged) - await _stored(url, load.acknowledged)
    assert not missing, f"{len(missing)} of {len(load.acknowledged)} acknowledged writes are gone"
    return seconds, load.statuses[503]


async def _until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 3 * MOST_SECONDS_TO_RECOVER
    while not happened():
        assert time.monotonic() < deadline, f"no {what}"
        await asyncio.sleep(0.01)


async def _stored(url: str, wanted: list[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the ids that the database has, asked past the service."""
    opened = Database(url)
    found: set[uuid.UUID] = set()
    try:
        async with opened.read(EVERYONE) as session:
            for start in range(0, len(wanted), 1000):
                part = wanted[start : start + 1000]
                found |= set((await session.scalars(select(AssessmentRow.id).where(AssessmentRow.id.in_(part)))).all())
    finally:
        await opened.aclose()
    return found
