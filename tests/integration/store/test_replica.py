"""The replica: what is read from it is never older than what was acknowledged, and where it cannot be, is not."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import ProgrammingError

from assessment.cli.checks import examine
from assessment.errors import DatabaseRefused
from assessment.metrics import READS as READS_BY
from assessment.service.context import Store, open_store
from assessment.service.reading import from_replica
from assessment.settings import Settings
from assessment.store.access import APP, EVERYONE, NOBODY, confined
from assessment.store.engine import Database
from assessment.store.migrate import upgrade
from assessment.store.partners import PartnerRow
from assessment.store.tables import PARTNERS
from tests.faults.servers import administer
from tests.integration.api.running import case_answers, fresh_partners, running
from tests.postgres import Cluster, postgres_cluster, postgres_replica

T = TypeVar("T")
LOGIN = "assessment"


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    """With a migrated database and a login that owns nothing."""
    with postgres_cluster() as cluster:
        asyncio.run(
            administer(cluster.url, "CREATE DATABASE trial", "CREATE DATABASE other", f"CREATE ROLE {LOGIN} LOGIN")
        )
        for name in ("trial", "other"):
            asyncio.run(_migrate(at(cluster, name, "postgres")))
        roles = "assessment_app, assessment_writer, assessment_keeper"
        asyncio.run(administer(cluster.url, f"GRANT {roles} TO {LOGIN} WITH INHERIT FALSE, SET TRUE"))
        yield cluster


@pytest.fixture(scope="module")
def copy(primary: Cluster) -> Iterator[Cluster]:
    with postgres_replica(primary) as cluster:
        yield cluster


@pytest.fixture
def settings(primary: Cluster, copy: Cluster) -> Settings:
    return Settings(database_url=at(primary), read_database_url=at(copy), allow_lossy_database=True)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with open_store(settings) as opened:
        await until(opened, "ok")
        yield opened


def at(cluster: Cluster, name: str = "trial", login: str = LOGIN) -> str:
    return make_url(cluster.url).set(username=login, database=name).render_as_string()


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.aclose()


def state(store: Store) -> str:
    assert store.database.replica is not None
    return store.database.replica.state


async def by_the_replica(store: Store, read: Callable[[], Awaitable[T]]) -> T:
    """What is read once the replica answers it: on a slow machine it may be behind for a moment."""
    async with asyncio.timeout(30):
        while True:
            before = READS_BY.labels("replica")._value.get()
            found = await read()
            if READS_BY.labels("replica")._value.get() > before:
                return found
            await until(store, "ok")


async def until(store: Store, wanted: str) -> None:
    """Read until the replica is in that state."""
    async with asyncio.timeout(20):
        while state(store) != wanted:
            await where(store)
            await asyncio.sleep(0.01)


async def add(store: Store) -> uuid.UUID:
    added = uuid.uuid4()
    await store.queue.insert([(PARTNERS, {"id": added, "name": "Example", "created_at": datetime.now(UTC)})])
    return added


@from_replica
async def find(store: Store, wanted: uuid.UUID) -> tuple[bool, bool]:
    """Whether a row is found, and whether by the replica."""
    async with store.database.read(EVERYONE) as session:
        found = await session.scalar(select(PartnerRow.id).where(PartnerRow.id == wanted))
        return found == wanted, bool(await session.scalar(text("SELECT pg_is_in_recovery()")))


@from_replica
async def where(store: Store) -> bool:
    """Whether the replica answers."""
    async with store.database.read(NOBODY) as session:
        return bool(await session.scalar(text("SELECT pg_is_in_recovery()")))


async def test_what_was_acknowledged_is_read_from_the_replica(store: Store) -> None:
    async def write_and_read() -> bool:
        await asyncio.sleep(random.random() / 100)
        there, on_replica = await find(store, await add(store))
        assert there
        return on_replica

    answered = 0
    async with asyncio.timeout(60):
        while not answered:
            await until(store, "ok")
            answered = sum(await asyncio.gather(*(write_and_read() for _ in range(50))))


async def test_what_another_process_was_told_is_read_too(store: Store, settings: Settings) -> None:
    async with open_store(settings) as other:
        for _ in range(50):
            assert (await find(store, await add(other)))[0]


async def test_a_replica_that_falls_behind_is_left_alone_until_it_has_caught_up(store: Store, copy: Cluster) -> None:
    await administer(at(copy, login="postgres"), "SELECT pg_wal_replay_pause()")
    try:
        wanted = await add(store)
        assert await find(store, wanted) == (True, False)
        assert state(store) == "behind"
        assert await find(store, wanted) == (True, False)
    finally:
        await administer(at(copy, login="postgres"), "SELECT pg_wal_replay_resume()")
    assert await by_the_replica(store, lambda: find(store, wanted)) == (True, True)


async def test_a_replica_that_dies_costs_nobody_an_answer(store: Store, copy: Cluster) -> None:
    copy.kill()
    try:
        for _ in range(20):
            assert await find(store, await add(store)) == (True, False)
        assert state(store) == "away"
    finally:
        copy.start()
    assert await by_the_replica(store, lambda: where(store)) is True


async def test_a_replica_that_hangs_delays_one_read_a_little(store: Store, copy: Cluster) -> None:
    copy.freeze()
    try:
        async with asyncio.timeout(4):
            for _ in range(50):
                assert await find(store, await add(store)) == (True, False)
        assert state(store) == "away"
    finally:
        copy.thaw()
    await until(store, "ok")


async def test_a_query_that_the_replica_ends_is_answered_by_the_primary(store: Store, copy: Cluster) -> None:
    """As PostgreSQL does with a query that stands in the way of what it has to replay."""
    tried = []

    @from_replica
    async def interrupted(store: Store) -> bool:
        async with store.database.read(NOBODY) as session:
            on_replica = bool(await session.scalar(text("SELECT pg_is_in_recovery()")))
            tried.append(on_replica)
            if on_replica:
                await session.execute(text("SET LOCAL statement_timeout = 1"))
                await session.execute(text("SELECT pg_sleep(10)"))
            return on_replica

    async with asyncio.timeout(30):
        while True not in tried:
            await until(store, "ok")
            assert await interrupted(store) is False
    assert tried[-2:] == [True, False]


async def test_a_service_starts_without_its_replica(settings: Settings, copy: Cluster) -> None:
    copy.kill()
    try:
        async with open_store(settings) as opened:
            assert state(opened) == "away"
            assert await where(opened) is False
            copy.start()
            assert await by_the_replica(opened, lambda: where(opened)) is True
    finally:
        if not copy.running:
            copy.start()


async def test_another_database_is_refused_as_replica(settings: Settings, primary: Cluster, copy: Cluster) -> None:
    for url in (at(copy, "other"), make_url(at(copy)).set(database="postgres").render_as_string()):
        with pytest.raises(DatabaseRefused, match="ASSESSMENT_READ_DATABASE_URL names another database"):
            async with open_store(settings.model_copy(update={"read_database_url": url})):
                pass


async def test_the_primary_itself_is_no_replica(settings: Settings, primary: Cluster) -> None:
    async with open_store(settings.model_copy(update={"read_database_url": at(primary)})) as opened:
        assert state(opened) == "away"
        assert await where(opened) is False


async def test_row_level_security_confines_on_the_replica(store: Store) -> None:
    mine, other = await add(store), await add(store)

    @from_replica
    async def seen(store: Store, partner: uuid.UUID) -> tuple[bool, str, set[uuid.UUID]]:
        async with store.database.read(confined(partner, "live")) as session:
            role = await session.scalar(text("SELECT current_user::text"))
            found = set((await session.scalars(select(PartnerRow.id))).all())
            return bool(await session.scalar(text("SELECT pg_is_in_recovery()"))), str(role), found

    assert await by_the_replica(store, lambda: seen(store, mine)) == (True, APP, {mine})
    assert await by_the_replica(store, lambda: seen(store, other)) == (True, APP, {other})


async def test_nothing_can_be_written_where_a_replica_answers(store: Store) -> None:
    @from_replica
    async def meddle(store: Store) -> None:
        async with store.database.read(confined(uuid.uuid4(), "live")) as session:
            await session.execute(text("DELETE FROM partners"))

    with pytest.raises(ProgrammingError, match="permission denied"):
        await meddle(store)


READS = (
    "/v1/assessments",
    "/v1/assessments/{id}",
    "/v1/assessments/{id}/result",
    "/v1/assessments/{id}/responses",
    "/v1/assessments/{id}/report",
    "/v1/assessments/{id}/benchmark",
    "/v1/organisations",
    "/v1/organisations/{organisation}",
    "/v1/organisations/{organisation}/export",
    "/v1/organisations/{organisation}/trend",
    "/v1/benchmarks/alignment-quick",
    "/v1/events",
    "/v1/audit_events",
)


async def test_what_a_partner_reads_comes_from_the_replica_and_is_what_it_just_stored(settings: Settings) -> None:
    async with running(settings) as app, fresh_partners(app) as api:
        body = {
            "rubric": "alignment-quick",
            "organisation": {"name": "Example"},
            "responses": [{"answers": case_answers("alignment-quick", "level-3-shared-target")}],
            "complete": True,
        }
        await until(app.state["services"], "ok")
        async with asyncio.timeout(30):
            while (await api.client.get("/ready")).json()["replica"] != "ok":  # noqa: ASYNC110 - the service has no event
                await asyncio.sleep(0.01)
        for path in READS:
            created = (await api.client.post("/v1/assessments", json=body)).json()
            named = path.format(id=created["id"], organisation=created["organisation"]["id"])
            assert (await api.client.get(named)).status_code == 200, f"{named} is not there at once"
            read = await by_the_replica(app.state["services"], partial(api.client.get, named))
            assert read.status_code == 200, read.text
            stranger = await api.stranger.get(named)
            assert stranger.status_code == (404 if "{" in path else 200), stranger.text
            if "{" not in path and path != "/v1/benchmarks/alignment-quick":
                assert created["id"] not in stranger.text


async def test_the_doctor_looks_at_the_replica(settings: Settings, copy: Cluster, primary: Cluster) -> None:
    async def found(chosen: Settings) -> tuple[str, str]:
        findings = {finding.check: finding async for finding in examine(chosen)}
        connections = findings["connections"].found
        assert connections == "this service uses up to 6 of 100"
        return findings["replica"].state, findings["replica"].found

    async with asyncio.timeout(30):
        while await found(settings) != ("ok", "has what was committed, and answers reads"):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.1)
    away = ("warning", "is away; the primary answers reads")
    assert await found(settings.model_copy(update={"read_database_url": at(primary)})) == away
    other = settings.model_copy(update={"read_database_url": at(copy, "other")})
    assert (await found(other))[0] == "failed"


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///copy.db", "postgresql://user:hidden@replica/name"])
def test_an_address_that_cannot_be_a_replica_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match="must be the address of a replica, such as postgresql") as refused:
        Settings(database_url="postgresql+asyncpg://a@b/c", read_database_url=url)
    assert "hidden" not in str(refused.value.errors(include_input=False))  # type: ignore[attr-defined]  # pydantic's


def test_sqlite_has_no_replica() -> None:
    with pytest.raises(ValueError, match="ASSESSMENT_READ_DATABASE_URL names a replica, and SQLite has none"):
        Settings(read_database_url="postgresql+asyncpg://a@b/c")
