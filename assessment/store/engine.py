"""The engines: one that writes, one that reads, and what each connection must promise before it is used."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
from asyncpg.exceptions import TargetServerAttributeNotMatched
from sqlalchemy import URL, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from assessment.errors import DatabaseRefused, DatabaseUnavailable, Overloaded
from assessment.store import driver
from assessment.store.access import NOBODY, Access, ConfinedConnection, Owner, access_of
from assessment.store.driver import SqliteConnection
from assessment.store.lock import WriterLock
from assessment.store.replica import CONNECTION_SECONDS, ON_REPLICA, Replica

BUSY_MILLISECONDS = 5000
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 15
"""A PostgreSQL that does not answer within these is treated as away, so that writers never hang."""
SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": BUSY_MILLISECONDS,
    "secure_delete": 1,
}
"""What every connection sets and then reads back. synchronous 2 is FULL: a commit is on the disk. secure_delete
overwrites what is deleted where it lies; what moved before is the business of `assessment.store.scrub`."""

GOING_AWAY = ("57P01", "57P02", "57P03", "53300", "25006")
"""PostgreSQL is stopping, has crashed, is starting, has no connection left, or only reads: it is not the primary."""

WAL_RESET_FIXED = (3, 51, 3)


class Database:
    """The engines of one database.

    SQLite before 3.51.3 can lose committed pages when one connection checkpoints while another commits and
    restarts the log. So one connection of the process writes and checkpoints (a checkpoint runs inside its own
    commits), readers cannot write (`query_only`), and `writer_lock` keeps two processes from doing either at the
    same time: a command beside a running server waits its turn.
    """

    def __init__(
        self,
        url: str,
        *,
        writers: int = 1,
        read_connections: int = 4,
        pooler: bool = False,
        replica_url: str | None = None,
    ) -> None:
        self.url = parse_url(url)
        self._pooler = pooler
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.writers = 1 if self.is_sqlite else writers
        if self.is_sqlite:
            path = Path(self.url.database or "").absolute()
            self.writer_lock: WriterLock | None = WriterLock(path.with_name(path.name + "-writer"))
            self.writer = _sqlite_engine(self.url, pool_size=1, foreign_keys=True)
            self.reader = _sqlite_engine(self.url, pool_size=read_connections, read_only=True)
        else:
            self.writer_lock = None
            self.writer = _postgres_engine(self.url, pool_size=writers, pooler=pooler)
            self.reader = _postgres_engine(self.url, pool_size=read_connections, pooler=pooler)
        self.replica = None if replica_url is None else self._replica(replica_url, read_connections)

    @asynccontextmanager
    async def read(self, who: Owner | Access) -> AsyncIterator[AsyncSession]:
        """A session for queries that reaches what `who` may. Each statement sees what is committed when it starts."""
        wanted = ON_REPLICA.get()
        replica = None if wanted is None else self.replica
        try:
            async with AsyncSession(
                self.reader if replica is None else replica.reader, expire_on_commit=False, autoflush=False
            ) as session:
                if not self.is_sqlite:
                    open_as(await session.connection(), access_of(who))
                if replica is not None and wanted is not None:
                    await replica.require(session, wanted)
                yield session
        except (DBAPIError, OSError) as error:
            if lost_connection(error):
                raise DatabaseUnavailable("The database cannot be reached; try again shortly.") from error
            raise
        except NoFreeConnection as error:
            raise Overloaded("Every connection to the database is in use; try again shortly.") from error

    @asynccontextmanager
    async def administer(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of the login itself, in none of the roles that requests are served in: for migrations, and
        for looking at what the database is. Closes its connection afterwards."""
        engine = self._login_engine()
        async with self.exclusive():
            try:
                async with engine.begin() as connection:
                    yield connection
            finally:
                await engine.dispose()

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """Hold the right to write and checkpoint against other processes. Does nothing on PostgreSQL."""
        if self.writer_lock is None:
            yield
            return
        async with self.writer_lock.held(BUSY_MILLISECONDS / 1000):
            yield

    def _replica(self, address: str, read_connections: int) -> Replica:
        url = parse_url(address, "ASSESSMENT_READ_DATABASE_URL")
        asking = [_postgres_engine(one, pool_size=1, confined=False, pooler=self._pooler) for one in (self.url, url)]
        reader = _postgres_engine(
            url, pool_size=read_connections, pooler=self._pooler, connection_seconds=CONNECTION_SECONDS
        )
        return Replica(reader, *asking)

    def _login_engine(self) -> AsyncEngine:
        """SQLite changes a table by copying it, which enforced foreign keys would turn into deletes, so they are off
        here and checked at the end instead."""
        if self.is_sqlite:
            return _sqlite_engine(self.url, pool_size=1, foreign_keys=False)
        return _postgres_engine(self.url, pool_size=1, patience=None, confined=False, pooler=self._pooler)

    async def check_durability(self, *, allow_lossy: bool = False) -> None:
        """Raise DatabaseRefused unless what is acknowledged survives a crash. `allow_lossy` lets a PostgreSQL
        reached by a unix socket pass, which only a test server is. SQLite connections check themselves."""
        if self.is_sqlite:
            if sys.platform == "win32" and sqlite3.sqlite_version_info < WAL_RESET_FIXED:
                raise DatabaseRefused("SQLite before 3.51.3 needs a file lock that this platform does not have.")
            return
        async with self.administer() as connection:
            weak = [name for name in ("fsync", "synchronous_commit") if await _is_off(connection, name)]
            local = (await connection.execute(text("SELECT inet_server_addr() IS NULL"))).scalar_one()
        if weak and not (allow_lossy and local):
            raise DatabaseRefused(
                f"PostgreSQL runs with {' and '.join(f'{name}=off' for name in weak)}: it can lose writes that were "
                "acknowledged. Switch it on and start again."
            )

    async def aclose(self) -> None:
        """Close every connection: the writer last, so that no reader is left to checkpoint on closing."""
        async with self.exclusive():
            if self.replica is not None:
                await self.replica.aclose()
            await self.reader.dispose()
            await self.writer.dispose()
        if self.writer_lock is not None:
            self.writer_lock.close()


def parse_url(url: str, setting: str = "ASSESSMENT_DATABASE_URL") -> URL:
    """The address, if it names one of the two drivers that are supported; `setting` is where it was given."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseRefused(f"{setting} is not an address such as postgresql+asyncpg://user@host/name.") from None
    if parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise DatabaseRefused(
            f"{setting} names {parsed.drivername!r}; allowed are postgresql+asyncpg and sqlite+aiosqlite."
        )
    if parsed.drivername == "sqlite+aiosqlite" and parsed.database in (None, "", ":memory:"):
        raise DatabaseRefused(f"{setting} must name a file: a database in memory keeps nothing.")
    return parsed


def driven(connection: AsyncConnection) -> SqliteConnection | ConfinedConnection:
    """The driver's own connection, past SQLAlchemy."""
    assert connection.sync_connection is not None
    found = connection.sync_connection.connection.driver_connection
    assert type(found) in (SqliteConnection, ConfinedConnection)  # isinstance is true for any connection of asyncpg
    return cast("SqliteConnection | ConfinedConnection", found)


def is_closed(connection: AsyncConnection) -> bool:
    """Whether the database has closed the connection since it was last used, as one that stopped or crashed has: what
    was not yet sent can be sent over another one. A SQLite file closes nothing."""
    found = driven(connection)
    return not isinstance(found, SqliteConnection) and bool(found.is_closed())


def open_as(connection: AsyncConnection, access: Access) -> None:
    """Have the next transaction of a PostgreSQL connection begin with this access."""
    cast("ConfinedConnection", driven(connection)).access = access


def lost_connection(error: BaseException) -> bool:
    """Whether the error says that the database went away, or is kept by somebody else, rather than that a statement
    was wrong."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(cause, "sqlstate", None) or "")
    return (
        isinstance(error, OSError)
        or state.startswith("08")
        or state in GOING_AWAY
        or getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        # Of several servers that the address names none is the primary, until one is promoted.
        or isinstance(getattr(cause, "__cause__", None), TargetServerAttributeNotMatched)
    )


def _postgres_engine(
    url: URL,
    *,
    pool_size: int,
    pooler: bool,
    patience: float | None = STATEMENT_SECONDS,
    confined: bool = True,
    connection_seconds: float = CONNECT_SECONDS,
) -> AsyncEngine:
    settings = {"timezone": "UTC", "application_name": "assessment"}
    options: dict[str, Any] = {"connection_class": ConfinedConnection} if confined else {}
    if pooler:
        # What was prepared on a connection is not there in the next transaction, which may have another one. Of the
        # settings a pooler passes on those that it knows.
        options |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    else:
        settings["jit"] = "off"
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=connection_seconds,
        hide_parameters=True,  # an error's text must not hold what it was about
        json_serializer=_encode_json,
        json_deserializer=msgspec.json.decode,
        connect_args={
            "server_settings": settings,
            "timeout": connection_seconds,
            "command_timeout": patience,
            **options,
        },
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def hand_out(connection: DBAPIConnection, *_: object) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError  # has another one opened in its place
        if confined:
            # Whoever had it may have been cancelled before the transaction that it was opened for.
            connection.driver_connection.access = NOBODY

    return engine


def _sqlite_engine(url: URL, *, pool_size: int, foreign_keys: bool = True, read_only: bool = False) -> AsyncEngine:
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None} if read_only else {}
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,  # an error's text must not hold what it was about
        json_serializer=_encode_json,
        json_deserializer=msgspec.json.decode,
        connect_args={"async_creator_fn": driver.connect},
        **options,
    )
    pragmas = SQLITE_PRAGMAS | {"foreign_keys": int(foreign_keys), "query_only": int(read_only)}

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        # Python's own transaction control starts transactions late and not for every statement.
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, wanted in pragmas.items():
            cursor.execute(f"PRAGMA {name} = {wanted}")
            cursor.execute(f"PRAGMA {name}")
            row = cursor.fetchone()
            if row is None or row[0] != wanted:
                raise DatabaseRefused(f"SQLite did not accept {name} = {wanted}; is the folder on a network share?")
        cursor.close()

    if not read_only:

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Any) -> None:
            # Takes the write lock at once: a transaction that reads first could otherwise fail when it writes.
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _encode_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def _is_off(connection: AsyncConnection, name: str) -> bool:
    return bool((await connection.execute(text(f"SHOW {name}"))).scalar_one() == "off")
