"""The SQLite driver: aiosqlite, with fewer trips to the connection's thread.

aiosqlite sends every call there, also opening and closing a cursor, which touch no file. Two of the four trips of a
statement go away here, and a transaction that only inserts is one trip; a trip costs more than most statements do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import aiosqlite
from aiosqlite.context import Result

from assessment.store.insert import Insert


class _Cursor(aiosqlite.Cursor):
    async def close(self) -> None:
        self._cursor.close()


class SqliteConnection(aiosqlite.Connection):
    def cursor(self) -> Result[aiosqlite.Cursor]:
        return Result(self._open())

    async def _open(self) -> aiosqlite.Cursor:
        return _Cursor(self, self._conn.cursor())

    async def insert(self, inserts: Iterable[Insert]) -> None:
        """Do all of it in a transaction of its own, or nothing. It goes on to its end when the caller is cancelled."""
        await self._execute(_insert, self._conn, inserts)  # type: ignore[no-untyped-call] # aiosqlite leaves it untyped


async def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """Open the file, as `aiosqlite.connect` would. One statement at a time runs on a connection, so opening a
    cursor outside its thread meets nobody there; sqlite3 has to be told that this is meant."""
    options["check_same_thread"] = False
    connection = SqliteConnection(lambda: sqlite3.connect(database, **options), 64)
    # A thread that waits for a connection that nobody closes must not keep the process alive.
    connection._thread.daemon = True
    return await connection


def _insert(connection: sqlite3.Connection, inserts: Iterable[Insert]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for sql, values in inserts:
            connection.execute(sql, values)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
