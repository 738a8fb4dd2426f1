"""The write queue: every write of the process goes through it, and what has queued up is committed together.

A commit costs about the same for one row as for fifty. While a writer waits for the disk, further writes queue
up; it then takes them all into one transaction, few statements, one commit. There is no timer, so a lone
write is not delayed. A caller hears back only after its COMMIT.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment import metrics
from assessment.errors import DatabaseUnavailable, Overloaded, ShuttingDown
from assessment.store.access import INSERTING, Access, Owner, access_of
from assessment.store.engine import Database, driven, is_closed, lost_connection, open_as
from assessment.store.insert import Insert, Inserts

T = TypeVar("T")
Batch = Sequence[tuple[Table, Mapping[str, Any]]]
"""Rows that are committed together or not at all."""
Work = Callable[[AsyncConnection], Awaitable[Any]]

LARGEST_GROUP = 256
"""Batches in one transaction: more would make the first of them wait for the last."""


class _Write:
    """One caller's write: either a batch or a piece of work, what it may reach, and the future its caller waits on."""

    __slots__ = ("access", "batch", "future", "work")

    def __init__(
        self,
        future: asyncio.Future[Any],
        batch: Batch = (),
        work: Work | None = None,
        access: Access = INSERTING,
    ) -> None:
        self.future = future
        self.batch = batch
        self.work = work
        self.access = access

    def succeed(self, value: Any) -> None:
        if not self.future.done():
            self.future.set_result(value)

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)

    @staticmethod
    def ignore(future: asyncio.Future[Any]) -> None:
        """Look at the outcome of a write that nobody waits for, so that a failed one is not reported as forgotten."""
        if not future.cancelled():
            future.exception()


class WriteQueue:
    """Writes of many callers, done by the writers of one `Database`.

    A caller that is cancelled before its write was taken leaves nothing behind; after that the write is completed
    without it. The connection belongs to the writer, so no caller can break it.
    """

    def __init__(self, database: Database, *, limit: int = 1024) -> None:
        self._database = database
        self._limit = limit
        self._pending: deque[_Write] = deque()
        self._wake = asyncio.Event()
        self._closing = False
        self._inserts = Inserts(database.writer.dialect)
        self._writers: list[asyncio.Task[None]] = []
        self._listeners: list[Callable[[], None]] = []

    def start(self) -> None:
        self._writers = [
            asyncio.create_task(self._write_for_ever(), name=f"writer-{number}")
            for number in range(self._database.writers)
        ]

    async def insert(self, batch: Batch) -> None:
        """Insert the rows; returns once they are committed. Rows of a table give the same columns."""
        await self._enqueue(_Write(asyncio.get_running_loop().create_future(), batch=batch))

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]], who: Owner | Access) -> T:
        """Do `work` in a transaction of its own that reaches what `who` may; returns its value once that is
        committed."""
        future = asyncio.get_running_loop().create_future()
        return cast("T", await self._enqueue(_Write(future, work=work, access=access_of(who))))

    def post(self, work: Callable[[AsyncConnection], Awaitable[None]], who: Owner | Access) -> None:
        """Do `work` when its turn comes, with nobody waiting for it. It is left out where it could take the place of
        a write that somebody waits for; whether it fails is not told."""
        if self._closing or len(self._pending) >= self._limit // 2:
            return
        write = _Write(asyncio.get_running_loop().create_future(), work=work, access=access_of(who))
        write.future.add_done_callback(_Write.ignore)
        self._enqueue(write)

    def listen(self, heard: Callable[[], None]) -> None:
        """Have `heard` called after each commit, from now on."""
        self._listeners.append(heard)

    @property
    def waiting(self) -> int:
        """Writes that no writer has taken yet."""
        return len(self._pending)

    @property
    def full(self) -> bool:
        """Whether the next write would be turned away."""
        return len(self._pending) >= self._limit

    async def aclose(self) -> None:
        """Refuse new writes, complete those that wait, and let go of the connections."""
        self._closing = True
        self._wake.set()
        await asyncio.gather(*self._writers)

    def _enqueue(self, write: _Write) -> asyncio.Future[Any]:
        if self._closing:
            raise ShuttingDown("The service is shutting down; try again shortly.")
        if len(self._pending) >= self._limit:
            raise Overloaded(f"{self._limit} writes are waiting already; try again shortly.")
        self._pending.append(write)
        self._wake.set()
        return write.future

    async def _write_for_ever(self) -> None:
        connection: AsyncConnection | None = None
        try:
            while True:
                while not self._pending and not self._closing:
                    self._wake.clear()
                    await self._wake.wait()
                group = self._take()
                if group:
                    metrics.WRITE_GROUP_SIZE.observe(len(group))
                    connection = await self._serve(connection, group)
                elif self._closing:
                    return
        finally:
            if connection is not None:
                await connection.close()

    def _take(self) -> list[_Write]:
        """The next writes for one transaction: work alone, batches with the batches behind them."""
        group: list[_Write] = []
        while self._pending and len(group) < LARGEST_GROUP:
            if group and self._pending[0].work is not None:
                break
            write = self._pending.popleft()
            if write.future.cancelled():
                continue
            group.append(write)
            if write.work is not None:
                break
        return group

    async def _serve(self, connection: AsyncConnection | None, group: list[_Write]) -> AsyncConnection | None:
        """Do the group; returns the connection to go on with, None when it was lost."""
        try:
            async with self._database.exclusive():
                if connection is not None and is_closed(connection):
                    await _discard(connection)
                    connection = None
                if connection is None:
                    connection = await self._database.writer.connect()
                await self._settle(connection, group)
        except Exception as error:
            await _discard(connection)
            failure = _unavailable(error)
            for write in group:
                write.fail(failure)
            return None
        return connection

    async def _settle(self, connection: AsyncConnection, group: list[_Write]) -> None:
        """Do the group in one transaction. If batches that were put together fail, each is done in its own, so that
        only the one at fault fails. Raises when the connection is lost or no transaction can be started."""
        if group[0].work is None and await self._insert(connection, group):
            self._acknowledge(group)
            return
        for write in group:
            await self._transact(connection, write)

    async def _insert(self, connection: AsyncConnection, group: list[_Write]) -> bool:
        """Do batches over the driver's own connection, which takes a fraction of the time; whether that worked. It is
        SQLAlchemy's errors that say what was wrong."""
        try:
            await driven(connection).insert(self._prepare(group))
        except Exception as error:
            if lost_connection(error):
                raise
            return False
        return True

    async def _transact(self, connection: AsyncConnection, write: _Write) -> None:
        """Do one write in a transaction of SQLAlchemy's."""
        if not self._database.is_sqlite:
            open_as(connection, write.access)
        transaction = await connection.begin()
        try:
            if write.work is not None:
                value = await write.work(connection)
            else:
                value = None
                for sql, values in self._prepare([write]):
                    await connection.exec_driver_sql(sql, tuple(values))
            await transaction.commit()
        except Exception as error:
            if lost_connection(error):
                raise
            await transaction.rollback()
            write.fail(error)
            return
        self._acknowledge([write], value)

    def _prepare(self, group: list[_Write]) -> list[Insert]:
        return self._inserts.of(write.batch for write in group)

    def _acknowledge(self, group: list[_Write], value: Any = None) -> None:
        for write in group:
            write.succeed(value)
        for heard in self._listeners:
            heard()


async def _discard(connection: AsyncConnection | None) -> None:
    """Give up a connection that may be broken."""
    if connection is None:
        return
    try:
        await connection.invalidate()
        await connection.close()
    except (DBAPIError, OSError):
        return  # it is gone already, which is what was wanted


def _unavailable(error: Exception) -> Exception:
    """What a caller is told whose write was not acknowledged; the cause stays attached."""
    if isinstance(error, Overloaded):
        return error
    failure = DatabaseUnavailable("The write was not confirmed because the database went away; try again shortly.")
    failure.__cause__ = error
    return failure
