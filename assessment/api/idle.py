"""Connections between two requests: kept for longer than clients keep them, and the first to go where room is short.

Who sends a request on a connection that is being closed at that moment gets no answer to it, and cannot know whether it
was done. That is rare only if it is the client that gives up first: then nothing is on its way.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Iterable
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

    def __init__(self) -> None:
        self._ends: dict[Idles, float] = {}
        self._looks = False

    def add(self, connection: Idles, seconds: float) -> None:
        """Close it after so many seconds, which are the same for all, unless it is taken out before."""
        self._ends.pop(connection, None)
        self._ends[connection] = connection.loop.time() + seconds
        if not self._looks:
            self._looks = True
            connection.loop.call_later(seconds, self._look, connection.loop)

    def discard(self, connection: Idles) -> None:
        """It is not idle any more."""
        self._ends.pop(connection, None)

    def give_up_one(self) -> bool:
        """Whether one could be closed for the sake of another connection."""
        longest = list(islice(self._ends, TRIED))
        unread = with_unread(longest)
        for connection in longest:
            if connection not in unread:
                self._close(connection)
                return True
        return False

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        due = [connection for connection, end in self._ends.items() if end <= now]
        unread = with_unread(due)
        for connection in due:
            if connection not in unread:
                self._close(connection)
        self._looks = bool(self._ends)
        if self._looks:
            next_end = next(iter(self._ends.values()))
            loop.call_later(max(LOOK_SECONDS, next_end - now), self._look, loop)

    def _close(self, connection: Idles) -> None:
        del self._ends[connection]
        connection.close()


def with_unread(connections: Iterable[Idles]) -> set[Idles]:
    """Those on which something has arrived that nobody has read. A process that was kept busy, or was not run for a
    while, learns that time has passed before it learns what came meanwhile."""
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            if not connection.transport.is_closing():
                selector.register(
                    connection.transport.get_extra_info("socket").fileno(), selectors.EVENT_READ, connection
                )
        return {key.data for key, _ in selector.select(0)} if selector.get_map() else set()
