"""What a group of writes inserts: few statements, prepared once, with the values of all its rows.

An INSERT a row, or one a table with its rows one by one, costs more than what the database stores with it. PostgreSQL
takes every table in one statement, a column's values as one array; SQLite takes many rows of a table in one statement.
Names and conversions are SQLAlchemy's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect, LargeBinary, Table

from assessment.store.tables import IDEMPOTENCY_RECORDS, METADATA, ORGANISATIONS

Rows = Iterable[tuple[Table, Mapping[str, Any]]]

MOST_ROWS = 32
"""Rows in one statement of SQLite, which is prepared for 1, 2, 4, … of them. Beyond, nothing is gained."""

_CHOSEN_KEYS: Mapping[Table, Callable[[Mapping[str, Any]], Any]] = {
    IDEMPOTENCY_RECORDS: itemgetter("key_hash"),
    ORGANISATIONS: lambda row: row.get("external_id") or "",
}
"""The unique keys that callers choose. Two processes with the same ones would wait for each other, if each did not
insert them in the same order."""


class Insert(NamedTuple):
    """A statement, and its parameters as the driver takes them."""

    sql: str
    values: Sequence[Any]


class Inserts:
    """The INSERTs that one dialect was asked for, kept for the next time."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._order = {table: place for place, table in enumerate(METADATA.sorted_tables)}
        self._prepared: dict[tuple[Table, tuple[str, ...]], _Prepared] = {}
        self._joined: dict[tuple[_Prepared, ...], str] = {}

    def of(self, batches: Iterable[Rows]) -> list[Insert]:
        """What inserts the rows of all batches, in the order that references need, the same in every process. Raises
        KeyError where rows of a table give other columns and as many."""
        tables: dict[tuple[Table, int], list[Mapping[str, Any]]] = {}
        for table, row in chain.from_iterable(batches):
            tables.setdefault((table, len(row)), []).append(row)
        steps = []
        for (table, _), rows in sorted(tables.items(), key=lambda item: self._order[item[0][0]]):
            key = (table, tuple(rows[0]))
            prepared = self._prepared.get(key)
            if prepared is None:
                prepared = self._prepared[key] = _Prepared(*key, self._dialect)
            chosen = _CHOSEN_KEYS.get(table)
            steps.append((prepared, prepared.values(sorted(rows, key=chosen) if chosen else rows)))
        if self._dialect.name == "postgresql":
            return [self._join(steps)] if steps else []
        return [insert for prepared, values in steps for insert in prepared.in_parts(values)]

    def _join(self, steps: Sequence[tuple[_Prepared, list[Sequence[Any]]]]) -> Insert:
        """All of them as one statement. References are checked at its end."""
        key = tuple(prepared for prepared, _ in steps)
        sql = self._joined.get(key)
        if sql is None:
            sql = self._joined[key] = _with_all(key)
        return Insert(sql, list(chain.from_iterable(values for _, values in steps)))


class _Prepared:
    """The INSERT of some columns of a table."""

    def __init__(self, table: Table, columns: Sequence[str], dialect: Dialect) -> None:
        names = dialect.identifier_preparer
        own = [table.c[key] for key in columns]
        self._head = f"INSERT INTO {names.format_table(table)} ({', '.join(map(names.format_column, own))})"
        self._read: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*columns)
        found = [_conversion(column, dialect) for column in own]
        self._conversions = [(place, convert) for place, convert in enumerate(found) if convert is not None]
        self._place = f"({', '.join('?' * len(own))})"
        self._parts: dict[int, str] = {}
        self.array_types = [_array_type(column, dialect) for column in own]

    def values(self, rows: Iterable[Mapping[str, Any]]) -> list[Sequence[Any]]:
        """The rows' values by column, as the driver takes them."""
        columns: list[Sequence[Any]] = list(zip(*map(self._read, rows), strict=True))
        for place, convert in self._conversions:
            columns[place] = list(map(convert, columns[place]))
        return columns

    def from_arrays(self, first: int) -> str:
        """The statement that takes each column as an array, `first` being the number of the first one."""
        arrays = ", ".join(f"${number}::{name}" for number, name in enumerate(self.array_types, first))
        return f"{self._head} SELECT * FROM unnest({arrays})"  # noqa: S608 - of names and types of ours alone

    def in_parts(self, values: Sequence[Sequence[Any]]) -> Iterator[Insert]:
        """Statements that take the values row by row, as few as there are sizes prepared."""
        flat = list(chain.from_iterable(zip(*values, strict=True)))
        width = len(values)
        start, rows = 0, len(flat) // width
        while rows:
            size = min(MOST_ROWS, 1 << rows.bit_length() - 1)
            sql = self._parts.get(size)
            if sql is None:
                sql = self._parts[size] = f"{self._head} VALUES {', '.join([self._place] * size)}"
            yield Insert(sql, flat[start : start + size * width])
            start += size * width
            rows -= size


def _with_all(steps: Sequence[_Prepared]) -> str:
    first, parts = 1, []
    for prepared in steps:
        parts.append(prepared.from_arrays(first))
        first += len(prepared.array_types)
    *before, last = parts
    named = ", ".join(f"step{number} AS ({part})" for number, part in enumerate(before))
    return f"WITH {named} {last}" if named else last


def _conversion(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if type(column.type) is LargeBinary:
        # Both drivers take bytes. SQLAlchemy makes a memoryview of each for SQLite, which is what the collector of
        # garbage counts: it would go through everything every few assessments.
        return None
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _array_type(column: Column[Any], dialect: Dialect) -> str:
    # Without the length: a cast to varchar(4) would cut off what a column of that type refuses.
    return re.sub(r"\(\d+\)", "", column.type.compile(dialect)) + "[]"
