"""A lock between processes: only its holder writes to or checkpoints the SQLite file."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from assessment.errors import DatabaseUnavailable

RETRY_SECONDS = 0.002


class WriterLock:
    """An advisory lock on a file beside the database. The kernel drops it when its process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def held(self, patience: float) -> AsyncIterator[None]:
        """Hold the lock; DatabaseUnavailable when another process keeps it for `patience` seconds."""
        async with self._turn:
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            loop = asyncio.get_running_loop()
            deadline = loop.time() + patience
            while not _try_lock(self._descriptor):
                if loop.time() > deadline:
                    raise DatabaseUnavailable("Another process has been writing for too long; try again shortly.")
                await asyncio.sleep(RETRY_SECONDS)
            try:
                yield
            finally:
                _unlock(self._descriptor)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform != "win32":
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)

else:

    def _try_lock(descriptor: int) -> bool:
        return True  # start-up has made sure of an SQLite that needs no lock

    def _unlock(descriptor: int) -> None:
        return
