"""Migrations: they run on both engines, with rows present, and end where the tables say."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Index, UniqueConstraint, inspect, text

from assessment.errors import DatabaseRefused
from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.migrate import (
    MIGRATIONS,
    current_revision,
    downgrade,
    is_ahead,
    is_current,
    revisions,
    upgrade,
)
from assessment.store.queue import WriteQueue
from assessment.store.tables import METADATA
from tests.integration.store.rows import complete_set


async def _tables(database: Database) -> set[str]:
    async with database.administer() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


async def test_model_and_migrations_agree(database: Database) -> None:
    async with database.administer() as connection:
        differences = await connection.run_sync(
            lambda c: compare_metadata(
                MigrationContext.configure(c, opts={"compare_type": True, "compare_server_default": True}), METADATA
            )
        )
    assert differences == []


async def test_migrations_go_up_down_and_up_again_with_rows_present(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        assert await is_current(database) is False
        for _ in range(2):
            await upgrade(database)
            assert await is_current(database) is True
            queue = WriteQueue(database)
            queue.start()
            await queue.insert(complete_set())
            await queue.aclose()
            async with database.read(EVERYONE) as session:
                assert await session.scalar(text("SELECT count(*) FROM results")) == 1
            await downgrade(database, "base")
            assert await is_current(database) is False
            assert await _tables(database) == {"alembic_version"}
    finally:
        await database.aclose()


async def test_two_processes_that_migrate_at_once_do_it_once(empty_url: str) -> None:
    first, second = Database(empty_url), Database(empty_url)
    try:
        await asyncio.gather(upgrade(first), upgrade(second))
        assert await is_current(first) is True
        assert "assessments" in await _tables(second)
    finally:
        await first.aclose()
        await second.aclose()


def test_the_names_of_the_migrations_say_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(reversed(scripts)) == list(revisions())
    assert current_revision() == scripts[0]


async def test_a_database_that_is_current_is_opened_without_what_migrates(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'assessment.db'}"
    database = Database(url)
    await upgrade(database)
    await database.aclose()
    program = (
        "import asyncio, sys\n"
        "from assessment.store.engine import Database\n"
        "from assessment.store.migrate import is_current, upgrade\n"
        "async def start():\n"
        "    database = Database(sys.argv[1])\n"
        "    await upgrade(database)\n"
        "    assert await is_current(database)\n"
        "    await database.aclose()\n"
        "asyncio.run(start())\n"
        "assert 'alembic' not in sys.modules\n"
    )
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program, url], check=True, timeout=60)


async def test_a_database_of_a_later_version_is_refused(database: Database) -> None:
    async with database.administer() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    assert await is_current(database) is False
    with pytest.raises(DatabaseRefused, match="cannot be migrated"):
        await upgrade(database)


async def test_servers_go_on_with_a_database_that_the_next_version_has_migrated(database: Database) -> None:
    async with database.administer() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert (await is_current(database), await is_ahead(database)) == (True, True)
    async with database.administer() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert (await is_current(database), await is_ahead(database)) == (False, False)


def test_no_index_can_be_taken_for_the_primary_key() -> None:
    for table in METADATA.tables.values():
        first = next(iter(table.primary_key.columns)).name
        others: list[UniqueConstraint | Index] = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        for other in (*others, *table.indexes):
            assert next(iter(other.columns)).name != first, f"{other.name} begins like the primary key"
