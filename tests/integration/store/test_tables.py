"""Tables are in the database as they are declared."""

from __future__ import annotations

import pytest
from sqlalchemy import JSON, Table, inspect, text

from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.queue import WriteQueue
from assessment.store.tables import METADATA
from tests.integration.store.rows import whole_set

NULLABLE = [
    (table, column.name)
    for table in METADATA.sorted_tables
    for column in table.c
    if isinstance(column.type, JSON) and column.nullable
]


async def test_a_row_is_told_from_others_by_what_the_database_has_for_it(database: Database) -> None:
    async with database.administer() as connection:
        found = await connection.run_sync(
            lambda c: {name: inspect(c).get_pk_constraint(name)["constrained_columns"] for name in METADATA.tables}
        )
    assert found == {name: [column.name for column in table.primary_key] for name, table in METADATA.tables.items()}


@pytest.mark.parametrize(("table", "column"), NULLABLE, ids=[f"{table.name}.{name}" for table, name in NULLABLE])
async def test_what_was_not_said_is_null_to_the_database_too(database: Database, table: Table, column: str) -> None:
    queue = WriteQueue(database)
    queue.start()
    _, rows = whole_set(bytes(32))
    await queue.insert([(of, {**row, column: None} if of is table else row) for of, row in rows])
    await queue.aclose()
    async with database.read(EVERYONE) as session:
        statement = text(f"SELECT count(*) FROM {table.name} WHERE {column} IS NULL")
        assert await session.scalar(statement) == 1
