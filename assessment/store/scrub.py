"""Empties SQLite's write-ahead log, the one place outside the tables where deleted rows stay readable for a while."""

from __future__ import annotations

import asyncio
import time

from assessment.store import driver
from assessment.store.engine import Database

ATTEMPT_MILLISECONDS = 50
PATIENCE_SECONDS = 5.0


async def empty_log(database: Database, patience: float = PATIENCE_SECONDS) -> bool:
    """Move all that is committed into the file and cut the log to nothing; whether that was done.

    A reader that stays in an old state of the database for longer than `patience` prevents it. The file itself holds
    no deleted row, because connections overwrite what they delete (`secure_delete`). Does nothing on PostgreSQL,
    where dead rows are the vacuum's.
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
            await connection.execute(f"PRAGMA busy_timeout = {ATTEMPT_MILLISECONDS}")
            [(busy, _, _)] = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            await connection.close()
    return not busy
