"""Tables are in the database as they are declared."""

from __future__ import annotations

import pytest
from sqlalchemy import JSON, Index, PrimaryKeyConstraint, Table, UniqueConstraint, inspect, text

from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.queue import WriteQueue
from assessment.store.tables import API_KEYS, COHORTS, EDITIONS, METADATA, PARTNERS, RESULT_DICTIONARIES
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


WHOLE = {PARTNERS, API_KEYS, RESULT_DICTIONARIES, EDITIONS, COHORTS}
"""Tables that every node of a cluster has whole: small, and looked at before a partner is known, or of all of them."""


def test_every_other_table_can_be_divided_by_partner() -> None:
    """A cluster keeps rows of a partner on one node, and asks that node alone: so the partner is part of the primary
    key, of what is unique, and of what points to another table that is divided, in the same place."""
    divided = [table for table in METADATA.sorted_tables if table not in WHOLE]
    for table in divided:
        keys: list[PrimaryKeyConstraint | UniqueConstraint | Index] = [table.primary_key]
        keys += [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        keys += [one for one in table.indexes if one.unique]
        for key in keys:
            assert "partner_id" in key.columns, f"{key.name} could not be checked by one node"
        for pointer in table.foreign_key_constraints:
            pairs = {(one.parent.name, one.column.name) for one in pointer.elements}
            assert pointer.referred_table in WHOLE or ("partner_id", "partner_id") in pairs, (
                f"{pointer.name} could point to another node"
            )
    for table in WHOLE:
        pointed = {pointer.referred_table for pointer in table.foreign_key_constraints}
        assert pointed <= WHOLE, f"{table.name} is on every node and points to rows that are on one"


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
