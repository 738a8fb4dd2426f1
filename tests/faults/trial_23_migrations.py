"""Takes databases full of rows through every revision, up, down and up again, and looks for what has changed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    SmallInteger,
    String,
    Table,
    Uuid,
    inspect,
    select,
    text,
)

from assessment.store.engine import Database
from assessment.store.migrate import downgrade, revisions, upgrade
from assessment.store.tables import METADATA
from tests.faults.harness import ENGINES, Report
from tests.faults.servers import database

NUMBER = 23
PROMISE = "migrations are safe"
COUNTS = {"ci": 2, "full": 100}

MOST_ROWS = 12
"""Rows that a table is given at a time."""
BETWEEN: dict[str, tuple[Any, ...]] = {
    "mode": ("live", "test"),
    "assessments.status": ("open", "completed"),
    "deliveries.status": ("pending", "delivered", "dead"),
    "confidentiality": ("grouped", "named"),
    "kind": ("secret", "publishable"),
}
"""What checks allow in a column of this name, in any table or in one. Kinds are those of the first revision, which
every other must keep."""
NUMBERS = {"target_level": 4, "level": 4, "score": 10_000, "status": 599}
LETTERS = "abcÄöü ßñ漢字🙂'\"\\;-- \t"

Rows = dict[str, list[dict[str, Any]]]


async def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        for number in range(count):
            with report.on(engine), database(engine) as url:
                opened = Database(url)
                try:
                    await _try(opened, random.Random(number), report)
                finally:
                    await opened.aclose()


async def _try(opened: Database, chance: random.Random, report: Report) -> None:
    """Every revision from an empty database on, each with the rows that came in before it."""
    whole = await _look(opened, _schema)
    await downgrade(opened, "base")
    before, kept = "base", Rows()
    for revision in revisions():
        await upgrade(opened, revision)
        _same(kept, await _look(opened, _rows), f"the way up to {revision}")
        await _look(opened, lambda connection: fill(connection, chance))
        filled = await _look(opened, _rows)
        schema = await _look(opened, _schema)
        if before != "base":
            await downgrade(opened, before)
            _same(kept, await _look(opened, _rows), f"the way down from {revision}")
            await upgrade(opened, revision)
            _same(kept, await _look(opened, _rows), f"the second way up to {revision}")
            again = await _look(opened, _schema)
            assert again == schema, f"{revision} makes other tables the second time: {_difference(schema, again)}"
            filled = await _look(opened, _rows)
        before, kept = revision, filled
        report.tried(1, "revisions up, down and up")
        report.tried(sum(len(rows) for rows in kept.values()), "rows taken along")
    stepwise = await _look(opened, _schema)
    assert stepwise == whole, f"Step by step the tables become others: {_difference(whole, stepwise)}"
    differences = await _look(opened, _differences)
    assert not differences, f"Model and migrations differ: {differences}"
    await downgrade(opened, "base")
    left = set(await _look(opened, _schema)) - {"alembic_version"}
    assert not left, f"The way back to nothing leaves {sorted(left)}."


async def _look(opened: Database, work: Any) -> Any:
    async with opened.administer() as connection:
        return await connection.run_sync(work)


def reflect(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    return found


def fill(connection: Connection, chance: random.Random, tables: MetaData | None = None) -> None:
    """More rows in every table that there is now, or in these as they were known once, each with parents that are
    there."""
    for table in (tables or reflect(connection)).sorted_tables:
        parents = {
            key: connection.execute(select(*(element.column for element in key.elements))).all()
            for key in table.foreign_key_constraints
        }
        for _ in range(chance.randint(1, MOST_ROWS)):
            row = {column.name: _value(column, chance) for column in table.columns}
            pointers = _pointers(parents, chance)
            if pointers is not None and not _is_taken(connection, table, row | pointers):
                connection.execute(table.insert(), [row | pointers])


def _pointers(
    parents: Mapping[ForeignKeyConstraint, Sequence[Row[Any]]], chance: random.Random
) -> dict[str, Any] | None:
    """Values for the columns that point to parents, of one partner where several share its column; None where the
    parents that were drawn have nothing in common."""
    values: dict[str, Any] = {}
    for key in sorted(parents, key=lambda key: len(key.columns), reverse=True):
        found = [dict(zip(key.columns.keys(), parent, strict=True)) for parent in parents[key]]
        fitting = [parent for parent in found if all(values.get(name, parent[name]) == parent[name] for name in parent)]
        if not fitting:
            return None
        values |= chance.choice(fitting)
    return values


def _is_taken(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Whether the table has a row with this primary key: a child may have no id of its own beside its parent's."""
    keys = [column == row[column.name] for column in table.primary_key.columns]
    return connection.execute(select(text("1")).select_from(table).where(*keys)).first() is not None


def _value(column: Column[Any], chance: random.Random) -> Any:
    if column.nullable and chance.random() < 0.3:
        return None
    allowed = BETWEEN.get(f"{column.table.name}.{column.name}") or BETWEEN.get(column.name)
    if allowed is not None:
        return chance.choice(allowed)
    match column.type:
        case SmallInteger():
            return chance.randint(1, NUMBERS.get(column.name, 30_000))
        case Boolean():
            return chance.random() < 0.5
        case BigInteger():
            return chance.randrange(2**50)
        case Integer():
            return chance.randrange(2**31)
        case DateTime():
            return datetime.fromtimestamp(chance.randrange(2**31), UTC).replace(microsecond=chance.randrange(10**6))
        case Uuid():
            return uuid.UUID(bytes=chance.randbytes(16))
        case LargeBinary():
            return chance.randbytes(16 if column.name.endswith("id") or column.name == "replaced_by" else 32)
        case JSON():
            return chance.choice([{"a": [1, None, _text(chance, 20)]}, ["x", _text(chance, 20)], {}])
        case String():
            return _text(chance, column.type.length or 100)
    raise AssertionError(f"{column} has a type that the trial does not know: {column.type!r}")


def _text(chance: random.Random, longest: int) -> str:
    return "".join(chance.choice(LETTERS) for _ in range(chance.randint(1, min(longest, 64))))


def _rows(connection: Connection) -> Rows:
    return {
        table.name: sorted((dict(row._mapping) for row in connection.execute(select(table))), key=repr)
        for table in reflect(connection).sorted_tables
    }


def _same(before: Rows, after: Rows, where: str) -> None:
    """Every row is there, with the same value in every column that it had."""
    for table, rows in before.items():
        columns = set(rows[0]) & set(after[table][0]) if rows and after.get(table) else set()
        expected = sorted(({name: row[name] for name in sorted(columns)} for row in rows), key=repr)
        found = sorted(({name: row[name] for name in sorted(columns)} for row in after.get(table, [])), key=repr)
        assert columns or not rows, f"{where.capitalize()} has lost the rows of {table}."
        missing = [row for row in expected if row not in found]
        assert not missing, f"{where.capitalize()} has lost or changed {len(missing)} rows of {table}: {missing[0]}"


def _schema(connection: Connection) -> dict[str, Any]:
    """All that the database itself knows of its tables."""
    catalogue = inspect(connection)
    found: dict[str, Any] = {}
    for name in catalogue.get_table_names():
        columns = {
            column["name"]: (repr(column["type"]), column["nullable"], column["default"])
            for column in catalogue.get_columns(name)
        }
        found[name] = {
            "columns": columns,
            "primary key": catalogue.get_pk_constraint(name),
            "foreign keys": sorted(catalogue.get_foreign_keys(name), key=repr),
            "unique": sorted(catalogue.get_unique_constraints(name), key=repr),
            "checks": sorted(catalogue.get_check_constraints(name), key=repr),
            "indexes": sorted((_readable(index) for index in catalogue.get_indexes(name)), key=repr),
        }
        if connection.dialect.name == "postgresql":
            found[name] |= _guards(connection, name)
    return found


def _readable(index: Mapping[str, Any]) -> dict[str, Any]:
    """An index with the rows that it is of as text: two clauses of SQL are never equal."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def _guards(connection: Connection, table: str) -> dict[str, Any]:
    """Who may do what with the rows of a table."""
    queries = {
        "row level security": "SELECT relrowsecurity, relforcerowsecurity FROM pg_class "
        "WHERE oid = CAST(:t AS regclass)",
        "policies": "SELECT policyname, permissive, CAST(roles AS text), cmd, qual, with_check FROM pg_policies "
        "WHERE tablename = :t ORDER BY policyname",
        "grants": "SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = :t "
        "ORDER BY grantee, privilege_type",
        "column grants": "SELECT grantee, column_name, privilege_type FROM information_schema.column_privileges "
        "WHERE table_name = :t ORDER BY grantee, column_name, privilege_type",
    }
    return {
        what: [tuple(row) for row in connection.execute(text(query), {"t": table})] for what, query in queries.items()
    }


def _differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    parts = [
        f"{table}: {what} {one[table].get(what)} and {other[table].get(what)}"
        for table in one.keys() & other.keys()
        for what in one[table]
        if one[table].get(what) != other[table].get(what)
    ]
    return "; ".join(sorted(map(str, one.keys() ^ other.keys())) + parts)[:2000]
