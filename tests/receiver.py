"""Receivers of webhooks: real HTTP servers in the test's own loop, which keep what they are sent and answer as told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from httpcore import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from assessment.delivery.lookup import LookUp
from assessment.service.outside import Address

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True)
class Received:
    """A request as it came; names of headers are in lower case."""

    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Received], Awaitable[bytes]]
"""The bytes of the answer to a request; none at all breaks the connection off."""


async def accept(_: Received) -> bytes:
    return OK


def answer(status: int, *headers: str, body: bytes = b"") -> Answer:
    """An answer that is always the same."""
    lines = [f"HTTP/1.1 {status} .", f"content-length: {len(body)}", *headers]

    async def fixed(_: Received) -> bytes:
        return "\r\n".join([*lines, "", ""]).encode() + body

    return fixed


def first_of(answers: Sequence[Answer]) -> Answer:
    """The first answer that there is at the moment: a test may take it away."""

    async def first(received: Received) -> bytes:
        return await answers[0](received)

    return first


@dataclass
class Receiver:
    """What listens at `port`, and what has come there."""

    port: int = 0
    connections: int = 0
    hears_ipv6: bool = True
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def watching(*hosts: str) -> AsyncIterator[Receiver]:
    """What only counts who connects, and hangs up. It listens at one port of all the hosts, 127.0.0.1 without any; one
    of IPv6 is left out where there is none."""
    watch = Receiver()

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watch.connections += 1
        writer.close()

    servers: list[asyncio.Server] = []
    try:
        for host in hosts or ("127.0.0.1",):
            try:
                servers.append(await asyncio.start_server(hang_up, host, watch.port))
            except OSError:
                if ":" not in host:
                    raise
                watch.hears_ipv6 = False
            watch.port = servers[0].sockets[0].getsockname()[1]
        yield watch
    finally:
        for server in servers:
            server.close()
            await server.wait_closed()


@asynccontextmanager
async def receiving(
    how: Answer = accept, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver that listens until the end; connections that are open then are cut."""
    receiver = Receiver()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        receiver.connections += 1
        try:
            received = await _read(reader)
            receiver.received.append(received)
            writer.write(await how(received))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the sender has left, or the test is over
        finally:
            writer.close()
            serving.discard(task)

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        await _accepted()
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)
        await server.wait_closed()


async def _accepted() -> None:
    """Until no connection is being accepted: a server that closes meanwhile would leave its socket open."""
    tasks = [task for task in asyncio.all_tasks() if "_accept_connection" in repr(task.get_coro())]
    await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in headers.items()}
    body = await reader.readexactly(int(headers["content-length"]))
    return Received(head[0].split(" ")[1], headers, body)


class Internet(AsyncNetworkBackend):
    """The internet as a test has it: what lies at an address of `routes` is a port of this machine. Any other address
    is connected to as it is; `asked` are those of each connection."""

    def __init__(self, routes: Mapping[str, int]) -> None:
        self.asked: list[str] = []
        self._routes = routes
        self._beneath = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        self.asked.append(host)
        if host in self._routes:
            host, port = "127.0.0.1", self._routes[host]
        return await self._beneath.connect_tcp(host, port, timeout)


def answering(*answers: Sequence[str]) -> LookUp:
    """A resolver that gives the first answer to the first question, the second to the next, and then the last again."""
    left = list(answers)

    async def look_up(host: str) -> list[Address]:
        now = left.pop(0) if len(left) > 1 else left[0]
        return [ip_address(address) for address in now]

    return look_up
