"""Several processes that answer from one socket, and the one above them that starts them anew when they die."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import TYPE_CHECKING

from assessment import log, metrics
from assessment.cli.server import GRACE_SECONDS, answer, enter, loop_factory

if TYPE_CHECKING:
    from assessment.settings import Settings

FIRST_DELAY = 0.2
LONGEST_DELAY = 30.0
STEADY_SECONDS = 10
"""A worker that lived for so long died of something new; one that did not is started later every time."""
CLOSING_SECONDS = 20
"""What a worker may take beyond its requests: to write what is queued and to let go of the database."""

# Started afresh rather than forked, so that none inherits a connection, a lock or a half-written line.
_context = multiprocessing.get_context("spawn")
_log = logging.getLogger("assessment.workers")


class Worker:
    """A place among the workers, and the process that has it at the moment."""

    def __init__(self, number: int, chosen: Settings, listener: socket.socket) -> None:
        self.number = number
        self.process: SpawnProcess | None = None
        self.readiness: Connection | None = None
        self.due = 0.0
        self._chosen = chosen
        self._listener = listener
        self._born = 0.0
        self._short_lives = 0

    def start(self) -> None:
        self.readiness, theirs = _context.Pipe(duplex=False)
        arguments = (self._chosen, self._listener, theirs)
        self.process = _context.Process(target=work, args=arguments, name=f"worker-{self.number}", daemon=True)
        self.process.start()
        theirs.close()
        self._born = time.monotonic()

    def take_readiness(self) -> bool:
        """Whether it has just begun to listen."""
        assert self.readiness is not None
        try:
            ready = self.readiness.recv_bytes() == b"ready"
        except EOFError:  # it died first
            ready = False
        self.readiness.close()
        self.readiness = None
        if ready:
            _log.info("worker listens", extra=self._fields())
        return ready

    def bury(self) -> None:
        """Take note of its death, and of when the next one is due."""
        process = self.process
        assert process is not None
        process.join()
        lived = time.monotonic() - self._born
        self._short_lives = 0 if lived >= STEADY_SECONDS else self._short_lives + 1
        delay = min(FIRST_DELAY * 2 ** min(self._short_lives, 10), LONGEST_DELAY)
        self.due = time.monotonic() + delay
        _log.error(
            "worker died; another one is started",
            extra=self._fields() | {"code": process.exitcode, "seconds": round(delay, 1)},
        )
        if metrics.SHARED_FOLDER in os.environ and process.pid is not None:
            metrics.forget_process(process.pid)
        metrics.WORKER_RESTARTS.inc()
        if self.readiness is not None:
            self.readiness.close()
            self.readiness = None
        process.close()
        self.process = None

    def _fields(self) -> dict[str, object]:
        return {"worker": self.number, "pid": self.process.pid if self.process else None}


class Supervisor:
    """Keeps `chosen.workers` processes on one listening socket."""

    def __init__(self, chosen: Settings, listener: socket.socket, listening: Callable[[], None]) -> None:
        self._workers = [Worker(number, chosen, listener) for number in range(1, chosen.workers + 1)]
        self._patience = chosen.drain_seconds + GRACE_SECONDS + CLOSING_SECONDS
        self._listening = listening
        self._to_come = chosen.workers
        self._stopping = False
        self._wake, self._waker = socket.socketpair()

    def run(self) -> bool:
        """Until a signal says to end. Whether every worker ended by itself then."""
        with self._signals_taken():
            while not self._stopping:
                for worker in self._workers:
                    if worker.process is None and worker.due <= time.monotonic():
                        worker.start()
                self._look()
            return self._stop()

    def _look(self) -> None:
        """Wait for a worker that listens, one that died, one that is due, or a signal."""
        alive = {worker.process.sentinel: worker for worker in self._workers if worker.process is not None}
        starting = {worker.readiness: worker for worker in self._workers if worker.readiness is not None}
        due = [worker.due for worker in self._workers if worker.process is None]
        timeout = max(0.0, min(due) - time.monotonic()) if due else None
        happened = wait([*alive, *starting, self._wake], timeout)
        for one in happened:
            if isinstance(one, Connection) and starting[one].take_readiness():
                self._to_come -= 1
                if self._to_come == 0:
                    self._listening()
        for one in happened:
            if isinstance(one, int) and not self._stopping:
                alive[one].bury()

    def _stop(self) -> bool:
        processes = [worker.process for worker in self._workers if worker.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + self._patience
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
        stuck = [process for process in processes if process.exitcode is None]
        for process in stuck:
            _log.error("worker did not end in time and was killed", extra={"pid": process.pid})
            process.kill()
            process.join()
        # One that was still starting dies of the signal itself, and had taken nothing.
        return all(process.exitcode in (0, -signal.SIGTERM) for process in processes)

    @contextmanager
    def _signals_taken(self) -> Iterator[None]:
        def note(sig: int, frame: FrameType | None) -> None:
            self._stopping = True
            self._waker.send(b"!")

        self._waker.setblocking(False)
        before = {sig: signal.signal(sig, note) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)
            self._wake.close()
            self._waker.close()


def work(chosen: Settings, listener: socket.socket, readiness: Connection) -> None:
    """What a worker's process does."""
    gc.disable()  # until requests are answered: nothing of what is loaded for them is garbage
    # Ctrl-C at a terminal reaches every process of the group; until there is a server it is the parent's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = log.configure(chosen.log_format, chosen.log_level)

    def listening() -> None:
        readiness.send_bytes(b"ready")
        readiness.close()

    async def serve() -> None:
        from assessment.app import create_app

        app = create_app(chosen, requests)
        async with AsyncExitStack() as open_service:
            await enter(open_service, app)
            await answer(chosen, app, listener, listening)

    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(serve())
    except Exception:
        logging.getLogger("assessment.workers").exception("worker could not go on", extra={"pid": os.getpid()})
        sys.exit(1)
