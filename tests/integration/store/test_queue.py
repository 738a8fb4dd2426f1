"""The write queue: what is grouped, what fails alone, and when a caller hears back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import DatabaseUnavailable, Overloaded
from assessment.store import engine
from assessment.store.access import EVERYONE, ConfinedConnection
from assessment.store.engine import Database, driven
from assessment.store.insert import Inserts
from assessment.store.queue import WriteQueue
from assessment.store.tables import API_KEYS, PARTNERS
from tests.integration.store.rows import NOW, complete_set, partner


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[WriteQueue]:
    opened = WriteQueue(database, limit=100)
    opened.start()
    yield opened
    await opened.aclose()


def count_commits(queue: WriteQueue) -> list[int]:
    commits: list[int] = []
    queue.listen(lambda: commits.append(1))
    return commits


@asynccontextmanager
async def kept_from_writing(database: Database) -> AsyncIterator[None]:
    """Somebody else has the table: what is to be written waits."""
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    async with database.administer() as holder:
        await holder.execute(text("LOCK TABLE partners IN EXCLUSIVE MODE"))
        yield


async def is_on_its_way(database: Database, queue: WriteQueue) -> None:
    """Wait until a writer has taken what callers are about to hand over, and on PostgreSQL until that waits there."""
    async with asyncio.timeout(30):
        while True:
            await asyncio.sleep(0)
            if not queue.waiting and (database.is_sqlite or await is_waited_for(database)):
                return


async def is_waited_for(database: Database) -> bool:
    locks = "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
    async with database.read(EVERYONE) as session:
        return bool(await session.scalar(text(f"{locks} AND NOT granted")))


async def names(database: Database) -> list[str]:
    async with database.read(EVERYONE) as session:
        return sorted((await session.scalars(select(PARTNERS.c.name))).all())


async def test_writes_that_wait_together_are_committed_together(database: Database, queue: WriteQueue) -> None:
    await queue.insert([(PARTNERS, partner("first"))])
    commits = count_commits(queue)
    await asyncio.gather(*(queue.insert([(PARTNERS, partner(f"p{n:02}"))]) for n in range(50)))
    assert len(commits) == 1
    assert len(await names(database)) == 51


async def test_a_lone_write_does_not_wait_for_others(database: Database, queue: WriteQueue) -> None:
    commits = count_commits(queue)
    for n in range(3):
        await queue.insert([(PARTNERS, partner(f"p{n}"))])
    assert len(commits) == 3


async def test_a_bad_row_in_a_group_fails_alone(database: Database, queue: WriteQueue) -> None:
    rows = [partner("a"), partner("b"), partner(None), partner("d")]
    outcomes = await asyncio.gather(*(queue.insert([(PARTNERS, row)]) for row in rows), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), type(None), IntegrityError, type(None)]
    assert await names(database) == ["a", "b", "d"]


async def test_a_batch_is_stored_whole_or_not_at_all(database: Database, queue: WriteQueue) -> None:
    good, bad = partner("good"), partner(None)
    with pytest.raises(IntegrityError):
        await queue.insert([(PARTNERS, good), (PARTNERS, bad)])
    assert await names(database) == []


async def test_rows_are_inserted_in_the_order_that_their_references_need(database: Database, queue: WriteQueue) -> None:
    await queue.insert(complete_set())
    async with database.read(EVERYONE) as session:
        assert await session.scalar(text("SELECT count(*) FROM results")) == 1


async def test_rows_that_give_other_columns_lose_none_of_them(database: Database, queue: WriteQueue) -> None:
    owner = partner()
    key: dict[str, Any] = {
        "partner_id": owner["id"], "id": owner["id"], "kind": "secret", "mode": "live",
        "prefix": "alm", "hash": bytes(32), "created_at": NOW,
    }  # fmt: skip
    revoked = {**key, "id": partner()["id"], "hash": b"1" * 32, "revoked_at": NOW}
    await queue.insert([(PARTNERS, owner), (API_KEYS, key), (API_KEYS, revoked)])
    async with database.read(EVERYONE) as session:
        found = (await session.scalars(select(API_KEYS.c.revoked_at).order_by(API_KEYS.c.hash))).all()
    assert found == [None, NOW]


async def test_a_caller_hears_back_only_after_the_commit(database: Database, queue: WriteQueue) -> None:
    for n in range(20):
        name = f"p{n:02}"
        await queue.insert([(PARTNERS, partner(name))])
        # Another connection, which sees what is committed and nothing else.
        assert name in await names(database)


async def test_work_is_one_transaction_and_returns_its_value(database: Database, queue: WriteQueue) -> None:
    async def work(connection: AsyncConnection) -> str:
        await connection.execute(insert(PARTNERS), [partner("worked")])
        return "done"

    assert await queue.run(work, EVERYONE) == "done"
    assert await names(database) == ["worked"]


async def test_work_that_fails_leaves_nothing_and_harms_no_neighbour(database: Database, queue: WriteQueue) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(PARTNERS), [partner("undone")])
        raise LookupError("no such thing")

    outcomes = await asyncio.gather(
        queue.insert([(PARTNERS, partner("before"))]),
        queue.run(work, EVERYONE),
        queue.insert([(PARTNERS, partner("after"))]),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), LookupError, type(None)]
    assert await names(database) == ["after", "before"]


async def test_a_full_queue_turns_callers_away(database: Database) -> None:
    queue = WriteQueue(database, limit=2)
    waiting = [asyncio.create_task(queue.insert([(PARTNERS, partner(f"p{n}"))])) for n in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="2 writes are waiting already"):
        await queue.insert([(PARTNERS, partner("third"))])
    queue.start()
    await asyncio.gather(*waiting)
    await queue.aclose()
    assert await names(database) == ["p0", "p1"]


async def test_a_write_cancelled_before_it_was_taken_leaves_nothing(database: Database) -> None:
    queue = WriteQueue(database)
    cancelled = asyncio.create_task(queue.insert([(PARTNERS, partner("cancelled"))]))
    kept = asyncio.create_task(queue.insert([(PARTNERS, partner("kept"))]))
    await asyncio.sleep(0)
    cancelled.cancel()
    queue.start()
    await kept
    await queue.aclose()
    assert cancelled.cancelled()
    assert await names(database) == ["kept"]


async def test_a_write_cancelled_later_is_completed_and_harms_no_neighbour(
    database: Database, queue: WriteQueue
) -> None:
    for turn in range(30):
        victim = asyncio.create_task(queue.insert([(PARTNERS, partner(f"victim{turn}"))]))
        neighbour = asyncio.create_task(queue.insert([(PARTNERS, partner(f"neighbour{turn}"))]))
        for _ in range(turn % 10):
            await asyncio.sleep(0.0001)
        victim.cancel()
        await neighbour
    found = await names(database)
    assert len([name for name in found if name.startswith("neighbour")]) == 30


async def test_a_write_cancelled_while_its_group_is_on_its_way_is_completed(
    database: Database, queue: WriteQueue
) -> None:
    async with kept_from_writing(database):
        victim = asyncio.create_task(queue.insert([(PARTNERS, partner("victim"))]))
        neighbour = asyncio.create_task(queue.insert([(PARTNERS, partner("neighbour"))]))
        await is_on_its_way(database, queue)
        victim.cancel()
    await neighbour
    assert victim.cancelled()
    assert await names(database) == ["neighbour", "victim"]


async def test_closing_completes_what_waits_and_refuses_what_comes(database: Database) -> None:
    queue = WriteQueue(database)
    queue.start()
    waiting = [asyncio.create_task(queue.insert([(PARTNERS, partner(f"p{n}"))])) for n in range(10)]
    await asyncio.sleep(0)
    await queue.aclose()
    await asyncio.gather(*waiting)
    with pytest.raises(Overloaded, match="shutting down"):
        await queue.insert([(PARTNERS, partner("late"))])
    assert len(await names(database)) == 10


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_lost_connection_is_told_and_replaced(database: Database, queue: WriteQueue) -> None:
    await queue.insert([(PARTNERS, partner("before"))])

    async def lose(connection: AsyncConnection) -> None:
        await connection.execute(insert(PARTNERS), [partner("lost")])
        mine = await connection.scalar(text("SELECT pg_backend_pid()"))
        async with database.administer() as other:
            await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
        await connection.execute(insert(PARTNERS), [partner("lost too")])

    with pytest.raises(DatabaseUnavailable, match="not confirmed"):
        await queue.run(lose, EVERYONE)
    await queue.insert([(PARTNERS, partner("after"))])
    assert await names(database) == ["after", "before"]


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_connections_lost_while_idle_cost_nothing(database: Database, queue: WriteQueue) -> None:
    await queue.insert([(PARTNERS, partner("before"))])
    assert await names(database) == ["before"]
    async with database.administer() as other:
        ended = await other.scalars(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert set(ended) == {True}
    await queue.insert([(PARTNERS, partner("after"))])
    assert await names(database) == ["after", "before"]


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_connection_lost_under_a_group_is_told_to_all_of_it(database: Database, queue: WriteQueue) -> None:
    async with kept_from_writing(database):
        group = [asyncio.create_task(queue.insert([(PARTNERS, partner(f"p{n}"))])) for n in range(3)]
        await is_on_its_way(database, queue)
        async with database.administer() as other:
            await other.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                    " AND datname = current_database()"
                )
            )
        outcomes = await asyncio.gather(*group, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable] * 3
    await queue.insert([(PARTNERS, partner("after"))])
    assert await names(database) == ["after"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_file_that_another_program_keeps_locked_is_told_to_all_of_the_group(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engine.SQLITE_PRAGMAS, "busy_timeout", 20)
    database = Database(database_url)
    queue = WriteQueue(database)
    queue.start()
    try:
        async with kept_from_writing(database):
            group = [queue.insert([(PARTNERS, partner(f"p{n}"))]) for n in range(3)]
            outcomes = await asyncio.gather(*group, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable] * 3
        await queue.insert([(PARTNERS, partner("after"))])
        assert await names(database) == ["after"]
    finally:
        await queue.aclose()
        await database.aclose()


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_nobody_goes_on_with_a_connection_whose_group_was_broken_off(
    database: Database, queue: WriteQueue
) -> None:
    inserts = Inserts(database.writer.dialect).of([[(PARTNERS, partner("broken off"))]])
    async with database.reader.connect() as connection:
        driver = driven(connection)
        async with kept_from_writing(database):
            writing = asyncio.create_task(driver.insert(inserts))
            await is_on_its_way(database, queue)
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing
        assert isinstance(driver, ConfinedConnection)
        assert driver.is_closed()
        await connection.invalidate()
    assert await names(database) == []


async def test_two_processes_write_to_one_database(database: Database, queue: WriteQueue, database_url: str) -> None:
    beside = Database(database_url)
    other = WriteQueue(beside)
    other.start()
    try:
        await asyncio.gather(
            *(queue.insert([(PARTNERS, partner(f"here{n}"))]) for n in range(40)),
            *(other.insert([(PARTNERS, partner(f"there{n}"))]) for n in range(40)),
        )
        assert len(await names(database)) == 80
    finally:
        await other.aclose()
        await beside.aclose()


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_two_writers_share_the_queue(database_url: str) -> None:
    database = Database(database_url, writers=2)
    queue = WriteQueue(database)
    queue.start()
    try:
        for turn in range(5):
            await asyncio.gather(*(queue.insert([(PARTNERS, partner(f"{turn}-{n}"))]) for n in range(40)))
        assert len(await names(database)) == 200
    finally:
        await queue.aclose()
        await database.aclose()


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_database_that_does_not_answer_is_given_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "STATEMENT_SECONDS", 0.2)
    database = Database(database_url)
    queue = WriteQueue(database)
    queue.start()

    async def hang(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT pg_sleep(30)"))

    try:
        with pytest.raises(DatabaseUnavailable):
            await queue.run(hang, EVERYONE)
        await queue.insert([(PARTNERS, partner("after"))])
        assert await names(database) == ["after"]
    finally:
        await queue.aclose()
        await database.aclose()


async def test_cancelled_reads_harm_no_later_read(database: Database, queue: WriteQueue) -> None:
    await queue.insert([(PARTNERS, partner("kept"))])
    for turn in range(60):
        readers = [asyncio.create_task(names(database)) for _ in range(6)]
        await asyncio.sleep(0.0002 * (turn % 10))
        for reader in readers[::2]:
            reader.cancel()
        outcomes = await asyncio.gather(*readers, return_exceptions=True)
        assert outcomes[1::2] == [["kept"]] * 3
