"""When idle connections are closed, by a clock that the test moves and sockets on which bytes wait."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from assessment.api.idle import LOOK_SECONDS, TRIED, Idle, quiet


class Loop:
    """An event loop's clock and its timers."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[..., None], *arguments: Any) -> None:
        self.timers.append((self.now + seconds, call, arguments))

    def move_to(self, now: float) -> None:
        """All timers that are due until then are called, each at its time."""
        while due := sorted((timer for timer in self.timers if timer[0] <= now), key=lambda timer: timer[0]):
            self.timers.remove(due[0])
            self.now, call, arguments = due[0]
            call(*arguments)
        self.now = now


class Connection:
    """A connection, its own transport; `sender` is the client's end."""

    def __init__(self, loop: Loop, stack: ExitStack) -> None:
        self.socket, self.sender = (stack.enter_context(end) for end in socket.socketpair())
        self.loop: Any = loop
        self.transport = self
        self.closed_at: float | None = None

    def get_extra_info(self, name: str) -> socket.socket:
        assert name == "socket"
        return self.socket

    def is_closing(self) -> bool:
        return self.closed_at is not None

    def close(self) -> None:
        self.closed_at = self.loop.now


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def new_connection(loop: Loop) -> Iterator[Callable[[], Connection]]:
    with ExitStack() as stack:
        yield lambda: Connection(loop, stack)


def test_each_is_closed_when_its_own_time_is_over(loop: Loop, new_connection: Callable[[], Connection]) -> None:
    idle, connections = Idle(10), [new_connection() for _ in range(3)]
    for connection, now in zip(connections, (100, 103, 107), strict=True):
        loop.move_to(now)
        idle.add(connection)
    assert len(loop.timers) == 1
    loop.move_to(200)
    assert [connection.closed_at for connection in connections] == [110, 113, 117]
    assert loop.timers == []


def test_who_is_idle_again_has_the_whole_time_again(loop: Loop, new_connection: Callable[[], Connection]) -> None:
    idle, one, other = Idle(10), new_connection(), new_connection()
    idle.add(one)
    idle.add(other)
    loop.move_to(106)
    idle.add(one)
    loop.move_to(200)
    assert (one.closed_at, other.closed_at) == (116, 110)
    idle.add(third := new_connection())
    loop.move_to(300)
    assert third.closed_at == 210


def test_who_is_not_idle_any_more_is_not_closed(loop: Loop, new_connection: Callable[[], Connection]) -> None:
    idle, one = Idle(10), new_connection()
    idle.add(one)
    idle.discard(one)
    idle.discard(one)
    loop.move_to(200)
    assert one.closed_at is None
    assert not idle.give_up_one()


def test_who_has_sent_something_is_looked_at_again_a_little_later(
    loop: Loop, new_connection: Callable[[], Connection]
) -> None:
    idle, one, other = Idle(10), new_connection(), new_connection()
    idle.add(one)
    idle.add(other)
    one.sender.send(b"GET")
    loop.move_to(110)
    assert (one.closed_at, other.closed_at) == (None, 110)
    loop.move_to(110 + LOOK_SECONDS * 3)
    assert one.closed_at is None
    one.socket.recv(3)
    loop.move_to(200)
    assert one.closed_at == 110 + LOOK_SECONDS * 4


def test_the_longest_idle_one_on_which_nothing_has_arrived_is_given_up(
    loop: Loop, new_connection: Callable[[], Connection]
) -> None:
    idle, connections = Idle(10), [new_connection() for _ in range(TRIED + 2)]
    for connection in connections:
        idle.add(connection)
    connections[0].sender.send(b"GET")
    assert [idle.give_up_one(), idle.give_up_one()] == [True, True]
    assert [connection.closed_at is None for connection in connections[:4]] == [True, False, False, True]
    for connection in connections[3:]:
        connection.sender.send(b"GET")
    assert not idle.give_up_one()


def test_what_has_arrived_and_who_has_gone_is_seen(loop: Loop, new_connection: Callable[[], Connection]) -> None:
    silent, sent, gone, closing = [new_connection() for _ in range(4)]
    sent.sender.send(b"GET")
    gone.sender.close()
    closing.sender.send(b"GET")
    closing.close()
    assert quiet([silent, sent, gone, closing]) == [silent, closing]
    assert quiet([]) == []
