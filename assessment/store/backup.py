"""Backups of an SQLite database: a consistent copy beside a running service, and the examination of one."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, cast

import aiosqlite
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from assessment.errors import DatabaseRefused
from assessment.store.engine import Database

PAGES_AT_ONCE = 256
Progress = Callable[[int, int], None]
"""Told how many pages remain, of how many."""


class Examined(NamedTuple):
    """What is in a backup whose pages and references are sound. `revision` is that of its tables."""

    revision: str | None
    rows: dict[str, int]


async def copy(database: Database, target: Path, progress: Progress = lambda remaining, total: None) -> None:
    """Copy one committed state of the database into a new file, readable by its owner only.

    It is taken as a reader takes it: a service that runs goes on writing, and what it commits meanwhile is not in the
    copy. The copy is one file, without a log beside it. Raises DatabaseRefused when the target exists.
    """
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise DatabaseRefused(
            f"{target} exists already. A backup never overwrites a file; choose another name."
        ) from None
    try:
        async with database.reader.connect() as connection:
            source = cast("aiosqlite.Connection", (await connection.get_raw_connection()).driver_connection)
            # One state to the end: without it the copy would begin anew at every commit of somebody else.
            await source.execute("BEGIN")
            await source.execute_fetchall("SELECT count(*) FROM sqlite_master")
            try:
                await _copy_pages(source, target, progress)
            finally:
                await source.execute("ROLLBACK")
    except BaseException:
        await asyncio.to_thread(target.unlink, missing_ok=True)
        raise


async def _copy_pages(source: aiosqlite.Connection, target: Path, progress: Progress) -> None:
    # Used by the thread of the source, one call at a time.
    with closing(sqlite3.connect(target, check_same_thread=False, isolation_level=None)) as copied:
        await source.backup(copied, pages=PAGES_AT_ONCE, progress=lambda _, left, total: progress(left, total))
        # Of the source it has inherited to keep a log beside it; a backup is one file.
        await asyncio.to_thread(copied.execute, "PRAGMA journal_mode = DELETE")
    await asyncio.to_thread(_flush, target)


def _flush(target: Path) -> None:
    """See that the file is on the disk and, where folders are files too, that its name is."""
    places = [(target, os.O_RDWR)] if sys.platform == "win32" else [(target, os.O_RDWR), (target.parent, os.O_RDONLY)]
    for path, flags in places:
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def examine(file: Path) -> Examined:
    """Read every page and every reference of a backup. Raises DatabaseRefused for what is not a sound one."""
    if not file.is_file():
        raise DatabaseRefused(f"There is no file {file}.")
    if file.with_name(file.name + "-wal").exists():
        raise DatabaseRefused(f"{file} has a log beside it: it is a database in use, and no backup of it.")
    try:
        with closing(sqlite3.connect(_address(file), uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise DatabaseRefused(f"{file} is damaged: {found[0]}")
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise DatabaseRefused(f"{file} is damaged: a row of {broken[0]} points to one that is missing.")
            tables = [
                row[0]
                for row in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                )
            ]
            if "alembic_version" not in tables:
                raise DatabaseRefused(f"{file} is an SQLite file, and not one of this service.")
            [revision] = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()
            tables.remove("alembic_version")
            rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608 - the names come from the file's own schema
    except sqlite3.DatabaseError as error:
        raise DatabaseRefused(f"{file} is no sound SQLite file: {error}.") from None
    return Examined(revision, rows)


def open_backup(file: Path) -> AsyncEngine:
    """An engine that reads a backup and cannot change it."""
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    return create_async_engine(URL.create("sqlite+aiosqlite", database=f"file:{_quoted(file)}", query=query))


def _address(file: Path) -> str:
    return f"file:{_quoted(file)}?mode=ro&immutable=1"


def _quoted(file: Path) -> str:
    return file.absolute().as_uri().removeprefix("file://")
