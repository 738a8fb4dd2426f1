"""The replica: a streaming copy of the database that reads may use once it has all that was committed before them.

A read asks the primary how far its log reaches, and then, on the connection that it reads with, whether so much is
replayed there. What was acknowledged before the read began, by whichever server, is then seen by it, as on the primary.
The primary is asked once at a time for all reads that wait; while the replica is away or behind, no read waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from assessment.errors import DatabaseRefused

T = TypeVar("T")
State = Literal["ok", "away", "behind"]

ON_REPLICA: ContextVar[int | None] = ContextVar("assessment_on_replica", default=None)
"""The position that what is read now must see, on the replica; None where the primary is read."""

CATCH_UP_SECONDS = 0.1
"""How long a read waits for the replica, which is milliseconds behind where all is well."""
ASK_SECONDS = 0.25
"""How long an answer about positions is waited for."""
CONNECTION_SECONDS = 1.0
"""How long a read waits for a connection to the replica; the primary has connections too."""
REST_SECONDS = 1.0
"""How long the replica is left alone once it was away or behind, before it is tried again beside the reads."""
STEP_SECONDS = 0.002

# Only what is on the disk was acknowledged. The timeline tells a primary from one that was promoted in its place.
POSITION = (
    "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint, "
    "substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8)"
)
REPLAYED = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint WHERE pg_is_in_recovery()"
_REPLAYED = text(REPLAYED)
DATABASE = (
    "SELECT system_identifier, (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) "
    "FROM pg_control_system()"
)
# A replica notes a new timeline with its next restartpoint, or when it first writes a page.
TIMELINE = (
    "SELECT lpad(upper(to_hex(greatest(checkpoint.timeline_id, recovery.min_recovery_end_timeline))), 8, '0') "
    "FROM pg_control_checkpoint() AS checkpoint, pg_control_recovery() AS recovery"
)

_log = logging.getLogger("assessment.store")


class ReplicaLeft(Exception):
    """The replica cannot answer what was asked of it; the primary can."""


class Replica:
    """The replica of one database. `reader` is what reads use of it; the others have a connection each, for asking
    the primary and the replica where they are."""

    def __init__(self, reader: AsyncEngine, asking_primary: AsyncEngine, asking_replica: AsyncEngine) -> None:
        self.reader = reader
        self.state: State = "away"
        self._primary = _Correspondent(asking_primary)
        self._replica = _Correspondent(asking_replica)
        self._position = _Turn(self._ask_position)
        self._timeline: str | None = None
        self._rest_until = 0.0
        self._trying: asyncio.Task[None] | None = None

    async def ask_position(self) -> int | None:
        """Up to where a read that begins now has to see; None where it should ask the primary instead."""
        if self.state != "ok":
            self._try_beside()
            return None
        wanted = await self._position.take()
        if wanted is None:
            self.rest("away")
        return wanted

    async def require(self, session: AsyncSession, wanted: int) -> None:
        """Return once the server that this session has a connection to has replayed so far: of several that the
        address leads to, or after a restart, another one may be behind. Raises ReplicaLeft if that takes long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + CATCH_UP_SECONDS
        while True:
            async with asyncio.timeout(ASK_SECONDS):
                replayed = await session.scalar(_REPLAYED)
            if replayed is None:
                self.rest("away")  # it was promoted, or has replayed nothing yet
                raise ReplicaLeft
            if replayed >= wanted:
                return
            if loop.time() > deadline:
                self.rest("behind")
                raise ReplicaLeft
            await asyncio.sleep(STEP_SECONDS)

    def rest(self, state: State) -> None:
        """Leave it alone for a while: it was found to be away or behind."""
        if self.state == "ok":
            _log.warning("the replica is %s; the primary answers reads", state)
        self.state = state
        self._rest_until = asyncio.get_running_loop().time() + REST_SECONDS

    async def open(self) -> None:
        """Use it from now on if it can be used. Raises DatabaseRefused when it is a copy of something else."""
        self._rest_until = asyncio.get_running_loop().time() + REST_SECONDS
        if not (await self._primary.connect() and await self._replica.connect()):
            return
        ours, theirs = await self._primary.ask(DATABASE), await self._replica.ask(DATABASE)
        position, timeline = await self._primary.ask(POSITION), await self._replica.ask(TIMELINE)
        if ours is None or theirs is None or position is None or timeline is None:
            return
        if tuple(ours) != tuple(theirs):
            self._rest_until = float("inf")
            raise DatabaseRefused("ASSESSMENT_READ_DATABASE_URL names another database, not a replica of this one.")
        if position[1] != timeline[0]:
            return
        self._timeline = position[1]
        found = await self._compare(position[0])
        if found == "ok" and self.state != "ok":
            _log.info("the replica answers reads")
        self.state = found

    async def look(self) -> State:
        """The state that it is in, seen just now or a moment ago."""
        wanted = await self.ask_position()
        found = self.state if wanted is None else await self._compare(wanted)
        if found != "ok" and wanted is not None:
            self.rest(found)
        return self.state

    async def aclose(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)
        await self._primary.aclose()
        await self._replica.aclose()
        await self.reader.dispose()

    def _try_beside(self) -> None:
        """Try it again if it has rested, with nobody waiting for that."""
        if asyncio.get_running_loop().time() >= self._rest_until and (self._trying is None or self._trying.done()):
            self._trying = asyncio.create_task(self._try(), name="replica")

    async def _try(self) -> None:
        try:
            await self.open()
        except DatabaseRefused as error:
            _log.warning("%s", error.detail)

    async def _compare(self, wanted: int) -> State:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + CATCH_UP_SECONDS
        while True:
            found = await self._replica.ask(REPLAYED)
            # No row comes from one that was promoted, and no position from one that has replayed nothing yet.
            if found is None or found[0] is None:
                return "away"
            if found[0] >= wanted:
                return "ok"
            if loop.time() > deadline:
                return "behind"
            await asyncio.sleep(STEP_SECONDS)

    async def _ask_position(self) -> int | None:
        found = await self._primary.ask(POSITION)
        # On another timeline positions mean something else: the replica has to be looked at anew.
        return None if found is None or found[1] != self._timeline else int(found[0])


class _Turn(Generic[T]):
    """A question that is put once at a time, for all who wait; no answer is older than the asking for it."""

    def __init__(self, put: Callable[[], Awaitable[T]]) -> None:
        self._put = put
        self._busy = asyncio.Lock()
        self._next: asyncio.Task[T] | None = None

    async def take(self) -> T:
        if self._next is None:
            self._next = asyncio.create_task(self._answer())
        # Who is cancelled takes nobody else's answer away.
        return await asyncio.shield(self._next)

    async def _answer(self) -> T:
        async with self._busy:
            self._next = None  # who comes from now on may know of a later commit
            return await self._put()


class _Correspondent:
    """A connection that questions are put on; one that fails is given up, and made anew only by `connect`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._busy = asyncio.Lock()

    async def connect(self) -> bool:
        """Whether there is a connection now."""
        if self._connection is None:
            try:
                opened = await self._engine.connect()
                self._connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
            except (DBAPIError, NoFreeConnection, OSError):
                return False
        return True

    async def ask(self, query: str) -> Sequence[Any] | None:
        """The one row of the answer, or None when there is none in time."""
        async with self._busy:
            connection = self._connection
            if connection is None:
                return None
            try:
                async with asyncio.timeout(ASK_SECONDS):
                    return (await connection.exec_driver_sql(query)).one_or_none()
            except (DBAPIError, OSError):
                self._connection = None
                await _give_up(connection)
                return None

    async def aclose(self) -> None:
        async with self._busy:
            if self._connection is not None:
                await _give_up(self._connection)
                self._connection = None
        await self._engine.dispose()


async def _give_up(connection: AsyncConnection) -> None:
    try:
        await connection.invalidate()
        await connection.close()
    except (DBAPIError, OSError):
        return  # it is gone already, which is what was wanted
