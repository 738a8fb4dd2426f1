"""Migrations only add: what a server of the version before reads and writes stays as it was, and nobody waits long."""

from __future__ import annotations

import asyncio
import random
import re
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, MetaData, event, inspect, text

from assessment.errors import DatabaseUnavailable
from assessment.store import migrate
from assessment.store.base import Base
from assessment.store.engine import Database
from assessment.store.migrate import downgrade, is_current, revisions, upgrade
from assessment.store.queue import WriteQueue
from tests.faults.trial_23_migrations import fill, reflect
from tests.integration.store.rows import whole_set

SLOW = re.compile(
    r"ALTER TABLE (\w+) (?:DROP|RENAME|ALTER COLUMN \w+ (?:TYPE|SET NOT NULL)|"
    r"ADD (?:CONSTRAINT|CHECK|UNIQUE|FOREIGN KEY)(?!.*NOT VALID))|CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)\w+ ON (\w+)"
)
"""What takes something away, or looks at every row of a table while nobody else may use it."""
EXCUSED = {
    "ALTER TABLE api_keys DROP CONSTRAINT ck_api_keys_kind": "a wider check takes its place, in the same transaction",
    "ALTER TABLE api_keys ADD CONSTRAINT ck_api_keys_kind CHECK (kind IN ('secret', 'publishable', 'restricted'))": (
        "a partner has a handful of keys"
    ),
}


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    opened = Database(empty_url)
    yield opened
    await opened.aclose()


async def look(opened: Database, work: Any) -> Any:
    async with opened.administer() as connection:
        return await connection.run_sync(work)


def columns(connection: Connection) -> dict[tuple[str, str], str]:
    """The type of every column that there is."""
    found: Inspector = inspect(connection)
    return {
        (table, column["name"]): repr(column["type"])
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }


async def test_what_an_older_server_stores_can_be_stored_after_each_migration(empty: Database) -> None:
    """Random rows in the shape of one revision go into the tables of the next, as an older server would insert them."""
    chance = random.Random(7)
    before: tuple[MetaData, dict[tuple[str, str], str]] | None = None
    for revision in revisions():
        await upgrade(empty, revision)
        if before is not None:
            old_tables, old_columns = before
            now = await look(empty, columns)
            assert {name: now.get(name) for name in old_columns} == old_columns, f"{revision} takes or changes columns"
            for _ in range(3):
                await look(empty, partial(fill, chance=chance, tables=old_tables))
        before = (await look(empty, reflect), await look(empty, columns))
    assert before is not None
    assert set(before[0].tables) == set(Base.metadata.tables)


async def test_no_migration_looks_through_or_takes_from_a_table_that_was_there(empty: Database) -> None:
    said: list[str] = []

    def note(connection: Connection, *args: Any) -> None:
        said.append(re.sub(r"\s+", " ", args[1]).strip())

    scripts = ScriptDirectory.from_config(_config())
    excused = set()
    for revision in revisions():
        old = set(await look(empty, lambda connection: inspect(connection).get_table_names()))

        def run(connection: Connection, revision: str = revision) -> None:
            event.listen(connection, "before_cursor_execute", note)
            script = scripts.get_revision(revision)
            with Operations.context(MigrationContext.configure(connection)):
                script.module.upgrade()

        said.clear()
        await look(empty, run)
        for statement in said:
            found = SLOW.match(statement)
            if found is not None and (found[1] or found[2]) in old:
                assert statement in EXCUSED, f"{revision} does this to a table that others use: {statement}"
                excused.add(statement)
    assert excused == set(EXCUSED)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    return config


async def test_a_migration_that_meets_a_long_transaction_gives_way_and_tries_again(empty: Database) -> None:
    await upgrade(empty)
    await downgrade(empty, "0004")
    async with empty.administer() as connection:
        await connection.execute(text("SELECT count(*) FROM organisations"))
        running = asyncio.create_task(upgrade(empty))
        # Who comes after the migration waits for it, half a second at most, and then has its turn.
        async with asyncio.timeout(20):
            for _ in range(5):
                async with empty.administer() as other:
                    await other.execute(text("SELECT count(*) FROM organisations"))
        assert not running.done()
    async with asyncio.timeout(20):
        await running
    assert await is_current(empty) is True


async def test_a_migration_that_never_has_its_turn_says_so_and_changes_nothing(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TRIES", 2)
    await upgrade(empty)
    await downgrade(empty, "0004")
    before = await look(empty, columns)
    async with empty.administer() as connection:
        await connection.execute(text("SELECT count(*) FROM organisations"))
        with pytest.raises(DatabaseUnavailable, match="was not migrated: its tables were in use all the time"):
            await upgrade(empty)
    assert await look(empty, columns) == before


async def test_writes_go_on_while_a_later_version_adds_to_the_tables(database: Database) -> None:
    """Statements that were prepared before meet tables that have grown a column since."""
    queue = WriteQueue(database)
    queue.start()
    stored, stop = 0, asyncio.Event()

    async def write() -> None:
        nonlocal stored
        while not stop.is_set():
            await queue.insert(whole_set(uuid.uuid4().bytes * 2)[1])
            stored += 1

    async def written(more: int) -> None:
        wanted = stored + more
        while stored < wanted:  # noqa: ASYNC110 - the writers have no event for a number
            await asyncio.sleep(0.01)

    tables = ("assessments", "responses", "results", "organisations", "idempotency_records", "events")
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(write())
        await written(20)
        for number, table in enumerate(tables):
            async with database.administer() as connection:
                await connection.execute(text(f"SET LOCAL lock_timeout = {migrate.LOCK_MILLISECONDS}"))
                await connection.execute(text(f"ALTER TABLE {table} ADD COLUMN added smallint NOT NULL DEFAULT 0"))
                await connection.execute(text(f"UPDATE alembic_version SET version_num = '{9000 + number}'"))
            await written(20)
            assert await is_current(database) is True
        stop.set()
    await queue.aclose()
    async with database.administer() as connection:
        await connection.execute(text("SET LOCAL ROLE assessment_keeper"))
        assert await connection.scalar(text("SELECT count(*) FROM assessments")) == stored
