"""Connections between two requests: kept for longer than most clients do, and the first to go where room is short.

Who sends a request on a connection that is being closed at that moment gets no answer to it, and cannot know whether it
was done. That is rare only if it is the client that gives up first: then nothing is on its way.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Sequence
from itertools import islice
from typing import Any, Protocol

IDLE_SECONDS = 75
"""How long a connection lasts between two requests. Proxies (nginx, the load balancers of clouds) give theirs up after
60, libraries of most languages after 4 to 15."""
LOOK_SECONDS = 0.5
"""Between two looks for connections that have been idle for too long, at least."""
TRIED = 10
"""Connections of which one is given up for another, if nothing has arrived on it."""


class Idles(Protocol):
    """A connection that may be idle."""

    transport: Any
    loop: asyncio.AbstractEventLoop

    def close(self) -> None: ...


class Idle:
    """The idle connections of one process, the one that has been idle for longest first. They share one timer."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: dict[Idles, float] = {}
        self._looks = False

    def add(self, connection: Idles) -> None:
        """It is closed when its time is over, unless it is taken out before."""
        self._ends.pop(connection, None)
        self._ends[connection] = connection.loop.time() + self._seconds
        if not self._looks:
            self._looks = True
            connection.loop.call_later(self._seconds, self._look, connection.loop)

    def discard(self, connection: Idles) -> None:
        """It is not idle any more."""
        self._ends.pop(connection, None)

    def give_up_one(self) -> bool:
        """Whether one could be closed for the sake of another connection."""
        for connection in quiet(list(islice(self._ends, TRIED))):
            self._close(connection)
            return True
        return False

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in quiet([connection for connection, end in self._ends.items() if end <= now]):
            self._close(connection)
        self._looks = bool(self._ends)
        if self._looks:
            next_end = next(iter(self._ends.values()))
            loop.call_later(max(LOOK_SECONDS, next_end - now), self._look, loop)

    def _close(self, connection: Idles) -> None:
        del self._ends[connection]
        connection.close()


def quiet(connections: Sequence[Idles]) -> list[Idles]:
    """Those on which nothing has arrived that is not read yet. A process that was kept busy, or was not run, learns
    that time has passed before it learns what came meanwhile."""
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            if not connection.transport.is_closing():
                selector.register(
                    connection.transport.get_extra_info("socket").fileno(), selectors.EVENT_READ, connection
                )
        unread = {key.data for key, _ in selector.select(0)} if selector.get_map() else set()
    return [connection for connection in connections if connection not in unread]
