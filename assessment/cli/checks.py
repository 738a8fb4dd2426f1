"""What `assessment doctor` looks at: each check says what it found and, where something is wrong, how to mend it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal

import msgspec
from asyncpg import PostgresError
from sqlalchemy import and_, func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import AssessmentError, DatabaseRefused
from assessment.rubric.catalog import Catalog, default_directory
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.api_keys import ApiKeyRow
from assessment.store.engine import Database
from assessment.store.migrate import is_current, require_row_level_security
from assessment.store.replica import Replica

State = Literal["ok", "warning", "failed"]

OLDEST_SQLITE = (3, 35, 0)
LEAST_BYTES, FEW_BYTES = 256 * 1024**2, 2 * 1024**3
SLOW_SECONDS = 0.25
SKEW_SECONDS, SKEW_LIMIT_SECONDS = 2, 60
"""Times are the process's: a clock that is off shows in them, and lets keys expire early or late."""
NETWORK_FILES = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
    "fuse.sshfs",
    "fuse.glusterfs",
}
RESERVED_CONNECTIONS = 5
"""Of the server, for migrations and for people."""


class Finding(msgspec.Struct, frozen=True):
    """What one check found."""

    check: str
    state: State
    found: str
    mend: str | None = None


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every check, in the order in which things depend on each other."""
    yield _python()
    yield _sqlite_version()
    for caution in settings.cautions():
        yield Finding("settings", "warning", caution)
    for finding in _folder(settings):
        yield finding
    yield _rubrics(settings)
    async for finding in _database(settings):
        yield finding
    if settings.rate_limit_url is not None:
        yield await _rate_limits(settings.rate_limit_url)


def _python() -> Finding:
    found = f"{platform.python_implementation()} {platform.python_version()}"
    if sys.implementation.name != "cpython":
        return Finding("python", "warning", found, "It works and answers slower: uvloop and httptools are for CPython.")
    return Finding("python", "ok", found)


def _sqlite_version() -> Finding:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding("sqlite", "failed", sqlite3.sqlite_version, "Use a Python built with SQLite 3.35 or later.")
    return Finding("sqlite", "ok", sqlite3.sqlite_version)


def _folder(settings: Settings) -> Iterator[Finding]:
    """Of the SQLite file: writable, on a disk of this machine, closed to others, and with room."""
    database = make_url(settings.url)
    if database.get_backend_name() != "sqlite":
        return
    folder = Path(database.database or "").absolute().parent
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with TemporaryFile(dir=existing):
            yield Finding("data folder", "ok", f"{folder} can be written to")
    except OSError as error:
        mend = f"Give the account that serves the right to write to {existing}, or set ASSESSMENT_DATA_DIR."
        yield Finding("data folder", "failed", f"{existing}: {error.strerror}", mend)
    kind = _file_system(existing)
    if kind in NETWORK_FILES:
        mend = "Put the SQLite file on a disk of this machine: its locks do not hold on a share. Or use PostgreSQL."
        yield Finding("file system", "failed", f"{existing} is on {kind}", mend)
    elif kind is not None:
        yield Finding("file system", "ok", kind)
    if folder.exists() and sys.platform != "win32" and folder.stat().st_mode & 0o007:
        yield Finding("privacy", "warning", f"Every account can look into {folder}.", f"Run: chmod o= {folder}")
    yield _room(existing)


def _file_system(path: Path) -> str | None:
    """The kind of file system a path is on, where that can be told."""
    try:
        mounts = [line.split(" ") for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return None
    # The last of the longest: a mount hides what was mounted there before.
    best: tuple[int, str | None] = (-1, None)
    for mount in mounts:
        place = mount[1].replace("\\040", " ")
        if path.is_relative_to(place) and len(place) >= best[0]:
            best = (len(place), mount[2])
    return best[1]


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:,.1f} GiB free"
    if free < LEAST_BYTES:
        return Finding("disk", "failed", found, "Make room before writes fail: SQLite needs some even to delete.")
    if free < FEW_BYTES:
        return Finding("disk", "warning", found, "Make room soon.")
    return Finding("disk", "ok", found)


def _rubrics(settings: Settings) -> Finding:
    folder = settings.rubrics_dir or default_directory()
    try:
        entries = Catalog.load(folder).entries()
    except (AssessmentError, OSError) as error:
        return Finding("rubrics", "failed", str(error), f"Run: assessment rubric check --rubrics-dir {folder}")
    if not entries:
        return Finding("rubrics", "warning", f"{folder} holds none", "Publish one: assessment rubric publish")
    return Finding("rubrics", "ok", f"{len(entries)} published versions, as they were locked")


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        database = Database(settings.url, pooler=settings.pooler, replica_url=settings.read_database_url)
    except DatabaseRefused as error:
        yield Finding("database", "failed", error.detail, "Set ASSESSMENT_DATABASE_URL to an address of that form.")
        return
    if database.is_sqlite and not os.path.exists(database.url.database or ""):  # noqa: ASYNC240 - nobody waits
        yield Finding("database", "warning", "there is no file yet", "The first start makes it: assessment serve")
        return
    try:
        async for finding in _inside(database, settings):
            yield finding
    except (SQLAlchemyError, PostgresError, OSError, AssessmentError) as error:
        cause = getattr(error, "orig", None) or error
        mend = "See that the database runs and that ASSESSMENT_DATABASE_URL names it, with a login that it lets in."
        yield Finding("database", "failed", str(cause).partition("\n")[0] or type(cause).__name__, mend)
    finally:
        await database.aclose()


async def _inside(database: Database, settings: Settings) -> AsyncIterator[Finding]:
    start = time.monotonic()
    async with database.administer() as connection:
        version = "version() " if not database.is_sqlite else "'SQLite ' || sqlite_version()"
        name = str((await connection.execute(text(f"SELECT {version}"))).scalar_one())
        seconds = time.monotonic() - start
        found = f"{' '.join(name.split()[:2])}, answers in {seconds * 1000:.0f} ms"
        if seconds > SLOW_SECONDS:
            yield Finding("database", "warning", found, "Put the service nearer to it: every request asks it.")
        else:
            yield Finding("database", "ok", found)
        if not database.is_sqlite:
            yield await _clock(connection)
            yield await _connections(connection, settings)
            yield await _login(connection)
    try:
        await database.check_durability(allow_lossy=settings.allow_lossy_database)
        yield Finding("durability", "ok", "what is acknowledged survives a crash")
    except DatabaseRefused as error:
        yield Finding("durability", "failed", error.detail, "Set fsync and synchronous_commit to on, and reload it.")
    if not database.is_sqlite:
        yield await _row_level_security(database)
    if not await is_current(database):
        mend = "Run, with a login that may create tables: assessment migrate"
        yield Finding("migrations", "failed", "not at the revision that this version needs", mend)
        return
    yield Finding("migrations", "ok", "at the current revision")
    if database.replica is not None:
        yield await _replica(database.replica)
    yield await _keys(database)


async def _replica(replica: Replica) -> Finding:
    try:
        await replica.open()
    except DatabaseRefused as error:
        return Finding("replica", "failed", error.detail, "Set it to the address of a streaming replica of this one.")
    if replica.state == "ok":
        return Finding("replica", "ok", "has what was committed, and answers reads")
    mend = {
        "away": "See that it runs as a hot standby on the primary's timeline and that ASSESSMENT_READ_DATABASE_URL "
        "names it.",
        "behind": "Look at pg_stat_replication of the primary, and for long queries and a slow disk at the replica.",
    }[replica.state]
    return Finding("replica", "warning", f"is {replica.state}; the primary answers reads", mend)


async def _row_level_security(database: Database) -> Finding:
    try:
        await require_row_level_security(database)
    except AssessmentError as error:
        return Finding("row level security", "failed", error.detail, "The line above says what to run.")
    return Finding("row level security", "ok", "holds for the roles that the service works as")


async def _clock(connection: AsyncConnection) -> Finding:
    before = time.time()
    theirs = float((await connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))).scalar_one())
    skew = theirs - (before + time.time()) / 2
    found = f"{abs(skew):.2f} s {'behind' if skew > 0 else 'ahead of'} the database's"
    if abs(skew) > SKEW_LIMIT_SECONDS:
        return Finding("clock", "failed", found, "Set both clocks by NTP.")
    if abs(skew) > SKEW_SECONDS:
        return Finding("clock", "warning", found, "Set both clocks by NTP.")
    return Finding("clock", "ok", found)


async def _connections(connection: AsyncConnection, settings: Settings) -> Finding:
    allowed = int((await connection.execute(text("SELECT current_setting('max_connections')"))).scalar_one())
    asking = 0 if settings.read_database_url is None else 1
    needed = settings.workers * (settings.writers + settings.read_connections + asking)
    found = f"this service uses up to {needed} of {allowed}"
    if needed + RESERVED_CONNECTIONS > allowed:
        mend = "Raise max_connections, or lower ASSESSMENT_WORKERS or ASSESSMENT_READ_CONNECTIONS."
        return Finding("connections", "failed", found, mend)
    return Finding("connections", "ok", found)


async def _login(connection: AsyncConnection) -> Finding:
    query = "SELECT session_user::text, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user"
    name, superuser, bypasses = (await connection.execute(text(query))).one()
    if superuser or bypasses:
        found = f"{name} is {'a superuser' if superuser else 'let past row level security'}"
        mend = "Serve with a login of its own that owns nothing; README.md, Production, says how to make it."
        return Finding("login", "warning", found, mend)
    return Finding("login", "ok", f"{name} is neither superuser nor BYPASSRLS")


async def _keys(database: Database) -> Finding:
    """Whether anybody can use the service."""
    alive = and_(ApiKeyRow.kind == "secret", ApiKeyRow.revoked_at.is_(None))
    async with database.read(EVERYONE) as session:
        count = await session.scalar(select(func.count()).select_from(ApiKeyRow).where(alive)) or 0
    if not count:
        mend = "The first start makes a partner, and so does: assessment partner create NAME"
        return Finding("keys", "warning", "there is no secret key yet", mend)
    return Finding("keys", "ok", f"{count:,} secret keys that are not revoked")


async def _rate_limits(url: str) -> Finding:
    from assessment.service.quotas import is_store_reachable

    where = make_url(url).render_as_string(hide_password=True)
    if await is_store_reachable(url):
        return Finding("rate limits", "ok", f"{where} answers")
    mend = "See that it runs and that ASSESSMENT_RATE_LIMIT_URL names it. Until then each worker counts for itself."
    return Finding("rate limits", "failed", f"{where} does not answer", mend)


def summary(findings: list[Finding]) -> str:
    """The last line."""
    failed = sum(finding.state == "failed" for finding in findings)
    warnings = sum(finding.state == "warning" for finding in findings)
    if failed:
        return f"{failed} of {len(findings)} checks failed."
    return f"{len(findings)} checks, {warnings} warnings." if warnings else f"{len(findings)} checks, all good."
