"""Takes in bodies that come in pieces: in time, within their size, and all of them together within a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from assessment.api.refusals import BodyTimeout, BodyTooLarge
from assessment.errors import Overloaded, PayloadRefused

SLOWEST = 16 * 1024
"""Bytes a second that a body must make on average once its time is over."""
BUDGET = 16 * 1024 * 1024
"""Bytes that all bodies on their way may hold in a process: 64 of the largest that most endpoints take. A body that
comes in one piece is not on its way, and never counted."""
_DRAIN_LIMIT = 8 * 1024 * 1024

Message = Any
Receive = Callable[[], Awaitable[Message]]


class Begun:
    """A coroutine that was run as far as it goes without waiting. `message` is what it returned, if it is done."""

    def __init__(self, coroutine: Any) -> None:
        self._coroutine: Coroutine[Any, Any, Message] = coroutine
        self.message: Message | None = None
        self._waits_for: Any = None
        try:
            self._waits_for = coroutine.send(None)
        except StopIteration as done:
            self.message = done.value

    def __await__(self) -> Generator[Any, Any, Message]:
        """Go on where it stopped, as `await` would have."""
        waits_for = self._waits_for
        while self.message is None:
            try:
                try:
                    sent = yield waits_for
                except BaseException as error:
                    waits_for = self._coroutine.throw(error)
                else:
                    waits_for = self._coroutine.send(sent)
            except StopIteration as done:
                self.message = done.value
        return self.message


class Intake:
    """What bodies on their way may take of time and memory."""

    def __init__(self, seconds: float, budget: int = BUDGET) -> None:
        self._seconds = seconds
        self._free = budget
        self._turn = asyncio.Lock()
        self.alone = asyncio.Lock()
        """For work that needs much memory and waits for no caller: one at a time."""

    async def gather(self, begun: Begun, receive: Receive, limit: int, declared: int) -> bytes:
        """A whole body of at most `limit` bytes. Raises BodyTimeout, BodyTooLarge or Overloaded."""
        held = 0
        try:
            async with asyncio.timeout(self._seconds) as clock:
                loop = asyncio.get_running_loop()
                start = loop.time()
                message = await begun
                size = 0
                parts: list[bytes] = []
                while True:
                    if message["type"] == "http.disconnect":
                        raise PayloadRefused("The connection was closed before the whole body had arrived.")
                    part = message.get("body", b"")
                    size += len(part)
                    if size <= limit:
                        held += len(part)
                        self._take(len(part))
                        parts.append(part)
                    # What is too large is still read and thrown away, within reason: a client that is cut off while
                    # it sends sees a broken connection instead of the answer.
                    if not message.get("more_body", False) or max(size, declared) > max(limit, _DRAIN_LIMIT):
                        break
                    slowest = start + min(size, limit) / SLOWEST
                    clock.reschedule(min(loop.time(), slowest) + self._seconds)
                    message = await receive()
        except TimeoutError:
            allowed = f"{self._seconds:g} s to arrive, and more only while it comes at {SLOWEST:,} bytes a second"
            raise BodyTimeout(f"The body has {allowed}.") from None
        finally:
            self._free += held
        if max(size, declared) > limit:
            raise BodyTooLarge(f"The body may have at most {limit:,} bytes.")
        return b"".join(parts)

    async def take_turns(self, size: int) -> None:
        """Wait until it is a body's turn: there is one in a round of the event loop, and all others are served in the
        same round. Raises Overloaded."""
        with self.holding(size):
            async with self._turn:
                await asyncio.sleep(0)

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Meanwhile a body is kept that takes long to be worked on. Raises Overloaded."""
        try:
            self._take(size)
            yield
        finally:
            self._free += size

    def _take(self, size: int) -> None:
        self._free -= size
        if self._free < 0:
            raise Overloaded("Too many large bodies are on their way. Try again shortly.")
