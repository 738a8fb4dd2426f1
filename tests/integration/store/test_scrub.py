"""What is deleted is left neither in SQLite's file nor in its log."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.queue import WriteQueue
from assessment.store.scrub import is_due, note_deletion, rewrite
from assessment.store.tables import ORGANISATIONS, PARTNERS
from tests.integration.store.rows import organisation, partner

NAME = "very particular name"


def places(database: Database, mark: str = NAME) -> list[str]:
    """The files of an SQLite database that hold the mark."""
    file = Path(database.url.database or "")
    return sorted(path.name for path in file.parent.glob(file.name + "*") if mark.encode() in path.read_bytes())


async def write_and_delete(database: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(delete(PARTNERS))
        await note_deletion(connection)

    queue = WriteQueue(database)
    queue.start()
    await queue.insert([(PARTNERS, partner(NAME))])
    await queue.run(work, EVERYONE)
    await queue.aclose()


async def test_nothing_of_a_deleted_row_is_left_in_a_file(database: Database) -> None:
    async with database.read(EVERYONE) as session:
        # Somebody who stays, so that the log is not emptied by the last one who leaves.
        await session.execute(text("SELECT 1"))
        await write_and_delete(database)
        if database.is_sqlite:
            assert "assessment.db-wal" in places(database)
            assert await is_due(database) is True
        assert await rewrite(database) is True
        assert await is_due(database) is False
        if database.is_sqlite:
            assert places(database) == []


async def test_nothing_is_left_where_entries_of_an_index_lay_before_they_moved(database: Database) -> None:
    """External ids stand in an index, whose pages are balanced as it grows and shrinks."""
    owner = partner("Agency")
    rows = [organisation(owner["id"]) for _ in range(600)]
    marks = [f"mark-{(number * 7919) % 1_000_003:07d}-{'x' * (number % 50)}" for number in range(600)]
    for row, mark in zip(rows, marks, strict=True):
        row["external_id"] = mark
    erased = [number for number in range(600) if number % 3]
    queue = WriteQueue(database)
    queue.start()
    await queue.insert([(PARTNERS, owner), *((ORGANISATIONS, row) for row in rows)])
    for number in erased:
        gone = rows[number]["id"]

        async def work(connection: AsyncConnection, gone: object = gone) -> None:
            await connection.execute(delete(ORGANISATIONS).where(ORGANISATIONS.c.id == gone))
            await note_deletion(connection)

        await queue.run(work, EVERYONE)
    await queue.aclose()
    assert await rewrite(database) is True
    if database.is_sqlite:
        assert [marks[number] for number in erased if places(database, marks[number])] == []
        assert places(database, marks[0]) == ["assessment.db"]


async def test_a_deletion_that_is_taken_back_asks_for_nothing(database: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        await note_deletion(connection)
        raise LookupError

    queue = WriteQueue(database)
    queue.start()
    with suppress(LookupError):
        await queue.run(work, EVERYONE)
    await queue.aclose()
    assert await is_due(database) is False


async def test_a_reader_in_an_old_state_is_not_waited_for_for_ever(database: Database) -> None:
    if not database.is_sqlite:
        assert await rewrite(database, patience=0) is True
        return
    await write_and_delete(database)
    async with database.reader.connect() as connection:
        await connection.exec_driver_sql("BEGIN")
        await connection.exec_driver_sql("SELECT count(*) FROM partners")
        await write_and_delete(database)
        assert await rewrite(database, patience=0.1) is False
        assert "assessment.db-wal" in places(database)
        assert await is_due(database) is True
        await connection.exec_driver_sql("ROLLBACK")
        assert await rewrite(database, patience=0.1) is True
    assert await is_due(database) is False
    assert places(database) == []
