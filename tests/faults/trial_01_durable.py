"""Trial 1: kill -9 of the whole service while many writes are under way, and a look for each acknowledged one."""

from __future__ import annotations

import asyncio
import random
import uuid

import httpx
from sqlalchemy import select

from assessment.service.ids import from_text
from assessment.store.access import EVERYONE
from assessment.store.assessments import AssessmentRow
from assessment.store.engine import Database
from tests.faults.harness import ENGINES, Report
from tests.faults.servers import Server, database, serving

NUMBER = 1
PROMISE = "an acknowledged write is durable"
COUNTS = {"ci": 20, "full": 1_000}

CLIENTS = 32
IN_FLIGHT = 20
LONGEST_WRITING = 0.4
UNLIMITED = {"ASSESSMENT_RATE_LIMIT_SECRET": "", "ASSESSMENT_LOG_LEVEL": "warning"}
BODY = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Example Instruments"},
    "complete": True,
    "responses": [{"answers": {"kpi-set": "one-joint-target", "sla-agreement": "one-sided"}}],
}


async def run(count: int, report: Report) -> None:
    """What kill -9 cannot show is a database that acknowledges before its disk has it: the system keeps what a dead
    process had written. So start-up refuses such settings, and here PostgreSQL need not wait for a disk."""
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url, settings=UNLIMITED) as server:
            acknowledged: list[uuid.UUID] = []
            for _ in range(count):
                fresh = await _write_and_kill(server)
                acknowledged += fresh
                server.restart()
                missing = set(fresh) - await _stored(url, fresh)
                assert not missing, f"{engine}: {len(missing)} of {len(fresh)} acknowledged writes are gone"
                report.tried(1, "kills")
            kept = await _stored(url, acknowledged)
            assert kept == set(acknowledged), f"{engine}: a later kill lost {len(set(acknowledged) - kept)} writes"
            report.note(f"{len(acknowledged):,} writes acknowledged on {engine}")


async def _write_and_kill(server: Server) -> list[uuid.UUID]:
    """The assessments that were acknowledged before the server was killed, at a random moment at which at least
    IN_FLIGHT writes were under way."""
    acknowledged: list[uuid.UUID] = []
    in_flight = 0

    async def submit(client: httpx.AsyncClient) -> None:
        nonlocal in_flight
        while True:
            in_flight += 1
            try:
                answer = await client.post("/v1/assessments", json=BODY)
            except httpx.TransportError:
                return  # killed: whether this one was written is not known, and was not said
            finally:
                in_flight -= 1
            assert answer.status_code == 201, answer.text
            found = from_text("asmt", answer.json()["id"])
            assert found is not None
            acknowledged.append(found)

    async with server.client() as client:
        clients = [asyncio.create_task(submit(client)) for _ in range(CLIENTS)]
        await asyncio.sleep(random.uniform(0.05, LONGEST_WRITING))
        while in_flight < IN_FLIGHT or not acknowledged:  # noqa: ASYNC110 - a number of the moment is no event
            await asyncio.sleep(0.001)
        server.kill()
        await asyncio.gather(*clients)
    return acknowledged


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
