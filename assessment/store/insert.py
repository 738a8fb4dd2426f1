"""INSERT statements prepared once: SQL text, and for each column what turns a Python value into the driver's.

`connection.execute(insert(table), rows)` works all of this out again for every row, which costs more than the
database does. The SQL and the conversions are still SQLAlchemy's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection


class PreparedInsert:
    """The INSERT of some columns of a table, for one dialect."""

    def __init__(self, table: Table, columns: Sequence[str], dialect: Dialect) -> None:
        compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
        self._sql = str(compiled)
        # The order of the placeholders, which is the table's and not that of `columns`.
        order = compiled.positiontup
        assert order is not None
        self._columns: list[tuple[str, Callable[[Any], Any] | None]] = [
            (key, table.c[key].type.dialect_impl(dialect).bind_processor(dialect)) for key in order
        ]

    async def execute(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        columns = self._columns
        values = [
            tuple([row[key] if convert is None else convert(row[key]) for key, convert in columns]) for row in rows
        ]
        await connection.exec_driver_sql(self._sql, values)
