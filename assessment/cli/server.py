"""One process that answers: it takes requests from a socket until it is told to end, and loses none of them."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

import uvicorn

from assessment import log
from assessment.api import connection
from assessment.pages.failure import show_busy

if TYPE_CHECKING:
    from litestar import Litestar

    from assessment.settings import Settings

GRACE_SECONDS = 10
"""How long requests that are under way may take when the process ends."""
M_MMAP_THRESHOLD = -3
LARGE_BLOCK = 256 * 1024
"""Bytes from which on memory is asked of the system piece by piece."""


class Server(uvicorn.Server):
    """uvicorn's, which drains first: `/ready` says no while requests are still taken, and only then it ends."""

    def __init__(
        self,
        config: uvicorn.Config,
        protocol: type[connection.Connection],
        services: Any,
        drain_seconds: float,
        listening: Callable[[], None],
    ):
        super().__init__(config)
        self._protocol = protocol
        self._services = services
        self._drain_seconds = drain_seconds
        self._listening = listening
        self._ends_at = float("inf")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        parent = multiprocessing.parent_process()
        if parent is not None:
            # Readable once the parent is gone: nobody would ever stop this process then.
            asyncio.get_running_loop().add_reader(parent.sentinel, self._leave_with, parent.sentinel)
        self._listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Unlike the original it does not raise the signal again at the end: the service closes after it.
        again = self._services.draining
        self.force_exit = again and sig == signal.SIGINT
        self._services.draining = self._protocol.leaves = True
        waits = sig == signal.SIGTERM and not again
        self._ends_at = time.monotonic() + (self._drain_seconds if waits else 0)

    async def on_tick(self, counter: int) -> bool:
        self.should_exit = self.should_exit or time.monotonic() >= self._ends_at
        return await super().on_tick(counter)

    def _leave_with(self, sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        self.handle_exit(signal.SIGTERM, None)


async def answer(chosen: Settings, app: Litestar, listener: socket.socket, listening: Callable[[], None]) -> None:
    """Answer requests with an application that is open, until a signal; `listening` is called once they are taken."""
    asyncio.get_running_loop().set_exception_handler(log.log_loop_error)
    # What is there by now stays: without this a body of many small parts has all of it looked through again and again.
    gc.collect()
    gc.freeze()
    gc.enable()
    _give_back_large_blocks()
    protocol = connection.limited_to(chosen.connection_limit, chosen.most_at_once, show_busy)
    config = uvicorn.Config(
        app,
        http=protocol,
        proxy_headers=bool(chosen.trusted_proxies),
        forwarded_allow_ips=chosen.trusted_proxies,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    await Server(config, protocol, app.state["services"], chosen.drain_seconds, listening).serve([listener])


def _give_back_large_blocks() -> None:
    """Have large bodies take no memory once they are answered. The C library of most Linuxes learns to keep such
    blocks, between which small ones settle: a third more memory in the trial of bombs."""
    with suppress(OSError, AttributeError, TypeError):  # another C library, which has its own ways
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


async def enter(open_service: AsyncExitStack, app: Litestar) -> None:
    """Start the application; a failure comes as it was raised, out of the group that the framework wraps it in."""
    try:
        await open_service.enter_async_context(app.lifespan())
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
