"""What is deleted is left neither in SQLite's file nor in its log."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete, text

from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.queue import WriteQueue
from assessment.store.scrub import empty_log
from assessment.store.tables import PARTNERS
from tests.integration.store.rows import partner

NAME = "very particular name"


def places(database: Database) -> list[str]:
    """The files of an SQLite database that hold the name."""
    file = Path(database.url.database or "")
    return sorted(path.name for path in file.parent.glob(file.name + "*") if NAME.encode() in path.read_bytes())


async def write_and_delete(database: Database) -> None:
    queue = WriteQueue(database)
    queue.start()
    await queue.insert([(PARTNERS, partner(NAME))])
    await queue.run(lambda connection: connection.execute(delete(PARTNERS)), EVERYONE)
    await queue.aclose()


async def test_nothing_of_a_deleted_row_is_left_in_a_file(database: Database) -> None:
    async with database.read(EVERYONE) as session:
        # Somebody who stays, so that the log is not emptied by the last one who leaves.
        await session.execute(text("SELECT 1"))
        await write_and_delete(database)
        if database.is_sqlite:
            assert "assessment.db-wal" in places(database)
        assert await empty_log(database) is True
        if database.is_sqlite:
            assert places(database) == []


async def test_a_reader_in_an_old_state_is_not_waited_for_for_ever(database: Database) -> None:
    if not database.is_sqlite:
        assert await empty_log(database, patience=0) is True
        return
    await write_and_delete(database)
    async with database.reader.connect() as connection:
        await connection.exec_driver_sql("BEGIN")
        await connection.exec_driver_sql("SELECT count(*) FROM partners")
        await write_and_delete(database)
        assert await empty_log(database, patience=0.1) is False
        assert "assessment.db-wal" in places(database)
        await connection.exec_driver_sql("ROLLBACK")
        assert await empty_log(database, patience=0.1) is True
    assert places(database) == []
