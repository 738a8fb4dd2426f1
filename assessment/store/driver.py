"""The SQLite driver: aiosqlite, with cursors opened and closed where they stand.

aiosqlite sends every call to the connection's thread, also opening and closing a cursor, which touch no file.
Two of the four trips of a statement go away here; a trip costs more than most statements do.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import aiosqlite
from aiosqlite.context import Result


class _Cursor(aiosqlite.Cursor):
    async def close(self) -> None:
        self._cursor.close()


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Result[aiosqlite.Cursor]:
        return Result(self._open())

    async def _open(self) -> aiosqlite.Cursor:
        return _Cursor(self, self._conn.cursor())


async def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """Open the file, as `aiosqlite.connect` would. One statement at a time runs on a connection, so opening a
    cursor outside its thread meets nobody there; sqlite3 has to be told that this is meant."""
    options["check_same_thread"] = False
    connection = _Connection(lambda: sqlite3.connect(database, **options), 64)
    # A thread that waits for a connection that nobody closes must not keep the process alive.
    connection._thread.daemon = True
    return await connection
