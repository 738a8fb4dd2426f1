"""`/ready` tells the truth, and `/health` of the process alone."""

from __future__ import annotations

import asyncio

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service.context import Services
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from tests.integration.api.running import Api, client_of, running


async def code_of(app: Litestar) -> tuple[int, str]:
    """What `/ready` answers; `/health` says yes all the while."""
    async with client_of(app) as client:
        assert (await client.get("/health")).status_code == 200
        found = await client.get("/ready")
    return found.status_code, found.json().get("code", found.json()["status"])


async def test_a_service_that_can_work_is_ready(api: Api) -> None:
    assert await code_of(api.app) == (200, "ready")


async def test_a_process_that_was_told_to_end_is_not_ready(settings: Settings) -> None:
    async with running(settings) as app:
        app.state["services"].draining = True
        assert await code_of(app) == (503, "shutting_down")


async def test_a_full_queue_is_not_ready(settings: Settings) -> None:
    async with running(settings.model_copy(update={"write_queue_limit": 1})) as app:
        services: Services = app.state["services"]
        working, enough = asyncio.Event(), asyncio.Event()

        async def work(connection: AsyncConnection) -> None:
            working.set()
            await enough.wait()

        async def nothing(connection: AsyncConnection) -> None:
            return None

        first = asyncio.create_task(services.queue.run(work, EVERYONE))
        await working.wait()
        # Of this write and those that tidy up beside the service one waits, and the others are turned away.
        second = asyncio.create_task(services.queue.run(nothing, EVERYONE))
        await asyncio.sleep(0)
        assert await code_of(app) == (503, "overloaded")
        enough.set()
        await first
        await asyncio.wait([second])
        async with asyncio.timeout(10):
            while await code_of(app) != (200, "ready"):
                continue


async def test_a_database_at_another_revision_is_not_ready(settings: Settings) -> None:
    async with running(settings) as app:
        services: Services = app.state["services"]
        async with services.database.administer() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = 'another'"))
        assert await code_of(app) == (503, "migrations_pending")


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_database_that_does_not_answer_in_time_is_not_ready(settings: Settings, engine_name: str) -> None:
    async with running(settings) as app:
        services: Services = app.state["services"]
        async with services.database.administer() as connection:
            await connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
            async with asyncio.timeout(4):
                assert await code_of(app) == (503, "database_unavailable")
