"""Connections between two requests, on a real server in this process and the event loop that the service runs on."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from assessment.api import connection
from assessment.api.connection import Connection, limited_to
from assessment.api.gate import Kind
from assessment.api.idle import IDLE_SECONDS
from assessment.cli.server import loop_factory
from assessment.pages.failure import show_busy
from tests.faults.raw import request
from tests.integration.api import bare

KEPT = request("GET", "/", b"Connection: keep-alive")
ANSWER = b"HTTP/1.1 200 OK\r\n"
LIMIT = 5
SECONDS = 1.0
README = Path(__file__).parents[3] / "README.md"


async def answer(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


class Client:
    """A client whose bytes leave at once, whatever the event loop is doing."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)

    def send(self, data: bytes = KEPT) -> None:
        self.socket.send(data)

    async def receive(self) -> bytes:
        """One answer, or nothing if the server has closed; ConnectionResetError if it did so on a request."""
        async with asyncio.timeout(10):
            return await asyncio.get_running_loop().sock_recv(self.socket, 4096)

    async def ask(self) -> bytes:
        self.send()
        return await self.receive()


NewClient = Callable[[], Client]
Story = Callable[[NewClient, bare.Server, type[Connection]], Coroutine[Any, Any, None]]


def told(story: Story, seconds: float = SECONDS) -> None:
    """Run a story on a server that keeps idle connections for so many seconds."""

    async def tell() -> None:
        protocol = limited_to(LIMIT, 10, show_busy, seconds)
        with ExitStack() as opened:

            def new_client() -> Client:
                client = Client(port)
                opened.callback(client.socket.close)
                return client

            async with bare.serving(answer, protocol) as (port, server):
                await story(new_client, server, protocol)

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(tell())


def test_an_idle_connection_is_closed_once_its_time_is_over() -> None:
    async def story(new_client: NewClient, server: bare.Server, protocol: type[Connection]) -> None:
        client, start = new_client(), time.monotonic()
        assert (await client.ask()).startswith(ANSWER)
        assert await client.receive() == b""
        assert time.monotonic() - start >= SECONDS

    told(story)


def test_a_request_that_came_in_time_is_answered_however_long_the_process_was_busy() -> None:
    async def story(new_client: NewClient, server: bare.Server, protocol: type[Connection]) -> None:
        silent, prompt = new_client(), new_client()
        for client in (silent, prompt):
            assert (await client.ask()).startswith(ANSWER)

        def be_busy() -> None:
            loop.remove_reader(waited_for)
            prompt.send()
            time.sleep(SECONDS * 1.5)

        # Between what is read and what is due: the time has passed before what came meanwhile is read.
        loop = asyncio.get_running_loop()
        waited_for, other_end = socket.socketpair()
        with waited_for, other_end:
            loop.add_reader(waited_for, be_busy)
            other_end.send(b"now")
            await asyncio.sleep(0.1)
        assert (await prompt.receive()).startswith(ANSWER)
        assert await silent.receive() == b""

    told(story)


def test_who_connects_to_a_full_process_takes_the_place_of_who_has_been_idle_for_longest() -> None:
    async def story(new_client: NewClient, server: bare.Server, protocol: type[Connection]) -> None:
        clients = [new_client() for _ in range(LIMIT)]
        for client in clients:
            assert (await client.ask()).startswith(ANSWER)
        assert (await clients[0].ask()).startswith(ANSWER)  # so the second one is idle for longer
        assert (await new_client().ask()).startswith(ANSWER)
        assert await clients[1].receive() == b""
        for client in (clients[0], *clients[2:]):
            assert (await client.ask()).startswith(ANSWER)

    told(story, IDLE_SECONDS)


def test_no_place_is_taken_from_who_has_just_sent_a_request_or_has_sent_none_yet() -> None:
    async def story(new_client: NewClient, server: bare.Server, protocol: type[Connection]) -> None:
        [new_client() for _ in range(LIMIT - 2)]
        sender, idle = new_client(), new_client()
        assert (await sender.ask()).startswith(ANSWER)
        assert (await idle.ask()).startswith(ANSWER)
        newcomer = new_client()
        sender.send()
        assert (await newcomer.ask()).startswith(ANSWER)
        assert (await sender.receive()).startswith(ANSWER)
        assert await idle.receive() == b""
        sender.send(KEPT[:10])
        newcomer.send(KEPT[:10])
        await asyncio.sleep(0.05)
        assert (await new_client().receive()).startswith(b"HTTP/1.1 503 ")
        for client in (sender, newcomer):
            client.send(KEPT[10:])
            assert (await client.receive()).startswith(ANSWER)

    told(story, IDLE_SECONDS)


def test_a_process_that_was_told_to_end_answers_what_came_and_says_that_it_closes() -> None:
    async def story(new_client: NewClient, server: bare.Server, protocol: type[Connection]) -> None:
        clients = [new_client() for _ in range(3)]
        for client in clients:
            assert (await client.ask()).startswith(ANSWER)
        protocol.leaves = True
        assert b"connection: close" in (await clients[0].ask()).lower()
        assert await clients[0].receive() == b""
        clients[1].send()
        server.should_exit = True
        with pytest.MonkeyPatch.context() as patch:
            # The order in which the end and the request are learned is the system's: here it is the unlucky one.
            patch.setattr(server, "on_tick", lambda counter: _send_and_end(clients[2]))
            found = [await clients[1].receive(), await clients[2].receive()]
        assert all(b"connection: close" in said.lower() for said in found)

    async def _send_and_end(client: Client) -> bool:
        client.send()
        return True

    told(story, IDLE_SECONDS)


def test_who_is_turned_away_while_the_process_ends_is_told_that_it_closes() -> None:
    async def story(new_client: NewClient, server: bare.Server, protocol: type[Connection]) -> None:
        protocol.gate.held_down = Kind.SCORE
        client = new_client()
        first = await client.ask()
        assert first.startswith(b"HTTP/1.1 503 ") and b"connection: close" not in first.lower()
        protocol.leaves = True
        last = await client.ask()
        assert last.startswith(b"HTTP/1.1 503 ") and b"connection: close" in last.lower()
        assert await client.receive() == b""

    told(story, IDLE_SECONDS)


def test_the_body_of_a_request_that_was_sent_ahead_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.1)

    async def story(new_client: NewClient, server: bare.Server, protocol: type[Connection]) -> None:
        client = new_client()
        client.send(KEPT + request("POST", "/", b"Connection: keep-alive", b"Content-Length: 4") + b"{ ")
        assert (await client.receive()).startswith(ANSWER)
        await asyncio.sleep(0.5)
        client.send(b" }")
        assert (await client.receive()).startswith(ANSWER)

    told(story, IDLE_SECONDS)


def test_proxies_are_told_to_give_up_first() -> None:
    said = r"keepalive_timeout (\d+)s; +# the service closes idle connections after (\d+)"
    [(theirs, ours)] = re.findall(said, README.read_text())
    assert int(theirs) < int(ours) == IDLE_SECONDS
