"""Kill -9 of a writing process loses nothing that it acknowledged."""

from __future__ import annotations

import asyncio
import signal
import sys
import uuid
from pathlib import Path

from sqlalchemy import select

from assessment.store.access import EVERYONE
from assessment.store.engine import Database
from assessment.store.tables import PARTNERS
from tests.integration.store.writer import CLIENTS

ROUNDS = 5
ROOT = Path(__file__).parents[3]


async def _write_and_kill(url: str, delay: float) -> list[uuid.UUID]:
    """The ids that a writer acknowledged before it was killed, `delay` seconds after the first ones: more than it has
    callers, so that it is at work on a further group."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.store.writer", url, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        first = b"".join([await process.stdout.readline() for _ in range(CLIENTS + 1)])
    reading = asyncio.create_task(process.stdout.read())
    await asyncio.sleep(delay)
    process.send_signal(signal.SIGKILL)
    rest = await reading
    await process.wait()
    lines = (first + rest).split(b"\n")
    return [uuid.UUID(line.decode()) for line in lines[:-1]]


async def test_a_killed_writer_has_lost_no_acknowledged_write(database: Database, database_url: str) -> None:
    acknowledged: set[uuid.UUID] = set()
    for turn in range(ROUNDS):
        written = await _write_and_kill(database_url, 0.05 + 0.04 * turn)
        assert len(written) > CLIENTS
        acknowledged |= set(written)
        async with database.read(EVERYONE) as session:
            stored = set((await session.scalars(select(PARTNERS.c.id))).all())
        assert acknowledged - stored == set()
