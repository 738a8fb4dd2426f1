"""Proxies that lose what is on its way: the reply to a COMMIT of PostgreSQL, or the reply to an HTTP request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, make_url

_SSL_REQUEST = (80877103).to_bytes(4, "big")
_CHUNK = 65536

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Loss(Enum):
    """What becomes of a COMMIT and of the connection that it comes on."""

    REPLY = "lost replies to COMMIT"
    CONNECTION = "connections cut behind COMMIT"
    COMMIT = "lost COMMITs"


class _Proxy:
    """Listens on a free port, and gives each connection a way to what is behind it."""

    def __init__(self, connect: Callable[[], Awaitable[Stream]]) -> None:
        self._connect = connect
        self._pairs: set[asyncio.Task[None]] = set()
        self.port = 0
        self.lost = 0
        """Replies and connections that were lost so far."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for pair in self._pairs:
            pair.cancel()
        await asyncio.gather(*self._pairs, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs.add(task)
        try:
            behind = await self._connect()
        except OSError:
            behind = None
        try:
            if behind is not None:
                await self._relay((reader, writer), behind)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either end is gone, or the trial is over
        finally:
            for one in (writer, *(() if behind is None else (behind[1],))):
                one.close()
            self._pairs.discard(task)

    async def _relay(self, client: Stream, behind: Stream) -> None:
        raise NotImplementedError


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()


async def _first(*ways: Awaitable[None]) -> None:
    """Until one of them ends, with which the others end."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class PostgresProxy(_Proxy):
    """Loses the COMMIT of each transaction that a text of `marked` was sent in, once a text."""

    def __init__(self, url: str) -> None:
        self._behind = make_url(url)
        self.marked: dict[bytes, Loss] = {}
        super().__init__(self._to_postgres)

    @property
    def url(self) -> str:
        """The address of the same database, through here."""
        through: URL = self._behind.set(host="127.0.0.1", port=self.port, query={})
        return through.render_as_string(hide_password=False)

    async def _to_postgres(self) -> Stream:
        folder = self._behind.query.get("host")
        port = self._behind.port or 5432
        if isinstance(folder, str) and folder.startswith("/"):
            return await asyncio.open_unix_connection(str(Path(folder) / f".s.PGSQL.{port}"))
        return await asyncio.open_connection(self._behind.host or "localhost", port)

    async def _relay(self, client: Stream, behind: Stream) -> None:
        await self._greet(client, behind)
        answers = _Gate()
        await _first(self._forward(client[0], behind[1], answers), answers.pump(behind[0], client[1]))

    async def _greet(self, client: Stream, behind: Stream) -> None:
        """Up to the start-up message; encryption is declined, since nothing could be seen through it."""
        while True:
            size = await client[0].readexactly(4)
            message = await client[0].readexactly(int.from_bytes(size, "big") - 4)
            if message != _SSL_REQUEST:
                behind[1].write(size + message)
                return
            client[1].write(b"N")

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: _Gate) -> None:
        """Message by message, so that a COMMIT is seen as what it is."""
        seen: set[bytes] = set()
        found: Loss | None = None
        while True:
            kind = await reader.readexactly(1)
            size = await reader.readexactly(4)
            message = await reader.readexactly(int.from_bytes(size, "big") - 4)
            seen |= {text for text in self.marked if text in message}
            commits = kind == b"Q" and message.upper().startswith(b"COMMIT")
            losses = [self.marked.pop(text) for text in seen if commits and text in self.marked]
            if losses:
                # Several that share a transaction share what becomes of it.
                found = losses[0]
                self.lost += 1
                answers.shut = found is Loss.REPLY
                if found is Loss.COMMIT:
                    return
            if commits or (kind == b"Q" and message.upper().startswith(b"ROLLBACK")):
                seen.clear()
            writer.write(kind + size + message)
            await writer.drain()
            if found is Loss.CONNECTION:
                return


class _Gate:
    """Lets answers through until it is shut, then swallows the next one and ends."""

    def __init__(self) -> None:
        self.shut = False
        self.swallowed = False

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            if self.shut:
                self.swallowed = True
                return
            writer.write(data)
            await writer.drain()


class HttpProxy(_Proxy):
    """Loses the replies to requests that have a text of `marked` in them, once a text. The connection breaks when the
    reply has come, and only then counts as lost: until then the request is being worked on."""

    def __init__(self, port: int) -> None:
        self.marked: set[bytes] = set()
        super().__init__(lambda: asyncio.open_connection("127.0.0.1", port))

    async def _relay(self, client: Stream, behind: Stream) -> None:
        answers = _Gate()
        try:
            await _first(self._forward(client[0], behind[1], answers), answers.pump(behind[0], client[1]))
        finally:
            self.lost += answers.swallowed

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: _Gate) -> None:
        sent = b""
        while data := await reader.read(_CHUNK):
            sent += data
            for text in [text for text in self.marked if text in sent]:
                self.marked.discard(text)
                answers.shut = True
            writer.write(data)
            await writer.drain()
