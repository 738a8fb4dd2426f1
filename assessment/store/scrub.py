"""Leaves nothing of deleted rows in SQLite's files: its write-ahead log, and what moving rows about leaves in pages."""

from __future__ import annotations

import asyncio
import sqlite3
import time

from assessment.store import driver
from assessment.store.engine import Database

ATTEMPT_MILLISECONDS = 50
PATIENCE_SECONDS = 5.0


async def empty_log(database: Database, patience: float = PATIENCE_SECONDS) -> bool:
    """Write the file anew, move all that is committed into it and cut the log to nothing; whether that was done.

    A reader that stays in an old state of the database for longer than `patience` prevents it, or a full disk.
    Connections overwrite what they delete (`secure_delete`), but a row that was moved to another page before it was
    deleted can have left a copy where it was. Does nothing on PostgreSQL, where dead rows are the vacuum's.
    """
    if not database.is_sqlite:
        return True
    deadline = time.monotonic() + patience
    while not await _truncate(database):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(ATTEMPT_MILLISECONDS / 1000)
    return True


async def _truncate(database: Database) -> bool:
    # Nobody of this process or another writes meanwhile, so that a second connection may checkpoint.
    async with database.exclusive():
        connection = await driver.connect(database.url.database or "")
        try:
            # With its rows fetched: VACUUM asks that no statement be under way.
            await connection.execute_fetchall(f"PRAGMA busy_timeout = {ATTEMPT_MILLISECONDS}")
            await connection.execute_fetchall("VACUUM")
            [(busy, _, _)] = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            # Somebody holds the file, or the disk has no room for a second one. The rows are gone all the same.
            return False
        finally:
            await connection.close()
    return not busy
