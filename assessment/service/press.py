"""Threads for work that would hold up every other request, and how much of it may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore
from typing import Any, TypeVar

from assessment.errors import Overloaded, ShuttingDown

T = TypeVar("T")


class Press:
    """Does as many pieces of work at once as it has threads. What waits beyond `waiting` is turned away."""

    def __init__(self, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="press")
        self._places = Semaphore(threads + waiting)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns. Raises Overloaded where too much is waiting already, or ShuttingDown."""
        if not self._places.acquire(blocking=False):
            raise Overloaded("As many reports are being made as may be; try again shortly.")
        try:
            begun = self._pool.submit(work)
        except RuntimeError:  # it was closed
            self._places.release()
            raise ShuttingDown("The service is shutting down; try again shortly.") from None
        # Whose caller has left is not begun any more; what was begun keeps its place until it is done.
        begun.add_done_callback(self._leave)
        return await asyncio.wrap_future(begun)

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _leave(self, _: Any) -> None:
        self._places.release()
