"""Migrations: they run on both engines, with rows present, and end where the tables say."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Index, UniqueConstraint, inspect, text

from assessment.errors import DatabaseRefused
from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.migrate import downgrade, is_ahead, is_current, upgrade
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
