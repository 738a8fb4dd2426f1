"""Leaves nothing of deleted rows in SQLite's files: its log, and where they lay before they moved.

Connections overwrite what they delete (`secure_delete`). That does not reach every copy: when an index is balanced its
entries move to other pages, and what is left where they were is not overwritten. So a deletion that must leave nothing
notes in the file's header, in its own transaction, that the file has to be written anew, and afterwards it is. Nothing
of this is done on PostgreSQL, where dead rows are the vacuum's.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time

import aiosqlite
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.store import driver
from assessment.store.access import NOBODY
from assessment.store.engine import Database

ATTEMPT_MILLISECONDS = 50
PATIENCE_SECONDS = 5.0


async def note_deletion(connection: AsyncConnection) -> None:
    """Note that the file has to be written anew. Committed, or not, with what was deleted."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("PRAGMA user_version = 1")


async def is_due(database: Database) -> bool:
    """Whether something was deleted and the file was not written anew since: a reader, a full disk or a crash can
    have kept it from that."""
    if not database.is_sqlite:
        return False
    async with database.read(NOBODY) as session:
        return bool((await session.execute(text("PRAGMA user_version"))).scalar_one())


async def rewrite(database: Database, patience: float = PATIENCE_SECONDS) -> bool:
    """Write the file anew without what was deleted, and cut the log to nothing; whether that was done.

    A reader that stays in an old state of the database for longer than `patience` seconds prevents it, or a disk
    without room for a second file. Writers wait meanwhile.
    """
    if not database.is_sqlite:
        return True
    deadline = time.monotonic() + patience
    written = False
    while True:
        # Nobody of this process or another writes meanwhile, so that a second connection may checkpoint.
        async with database.exclusive():
            connection = await driver.connect(database.url.database or "")
            try:
                await connection.execute_fetchall(f"PRAGMA busy_timeout = {ATTEMPT_MILLISECONDS}")
                if not written:
                    # With its rows fetched: VACUUM asks that no statement be under way.
                    await connection.execute_fetchall("VACUUM")
                    written = True
                if await _empty_log(connection):
                    await connection.execute_fetchall("PRAGMA user_version = 0")
                    return True
            except sqlite3.OperationalError:
                pass  # Somebody holds the file, or the disk is full. The rows are gone all the same.
            finally:
                await connection.close()
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(ATTEMPT_MILLISECONDS / 1000)


async def _empty_log(connection: aiosqlite.Connection) -> bool:
    [(busy, _, _)] = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    return not busy
