"""Size, depth and slowness are bounded: bombs beside good requests, under which memory and patience hold."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults.bombs import Bomb, bombs
from tests.faults.good import KINDS, good_requests
from tests.faults.harness import Report
from tests.faults.raw import exchange
from tests.faults.servers import Server, database, serving

NUMBER = 14
PROMISE = "size and depth bombs are bounded"
COUNTS = {"ci": 100, "full": 10_000}

AT_ONCE = 12
MOST_MEMORY = 64 * 1024 * 1024
LONGEST_SECONDS = 1.0
SILENT_SECONDS = 12.0
"""How long a bomb that says nothing is held: longer than the server waits for a head."""
SETTINGS = {"ASSESSMENT_BODY_SECONDS": "3", "ASSESSMENT_LOG_LEVEL": "warning"}


async def run(count: int, report: Report) -> None:
    with database("sqlite") as url, serving(url, settings=SETTINGS) as server:
        await _warm_up(server)
        _forget_peak(server)
        before = _memory(server, "VmRSS")
        heard: Counter[int] = Counter()
        with good_requests(server) as good:
            waiting = bombs(count, [server.keys.secret, ""], seed=14)
            await asyncio.gather(*(_throw(server, waiting, heard, report) for _ in range(AT_ONCE)))
        report.tried(good.requests, "good requests")
        grown = _memory(server, "VmHWM") - before
        assert server.running, f"The server died:\n{server.log}"
        assert good.failure is None, good.failure
        failed = {status: times for status, times in heard.items() if status >= 500 and status != 503}
        assert not failed, f"{failed} among the answers to bombs; the log says:\n{server.log[-4000:]}"
        assert grown <= MOST_MEMORY, f"The server grew by {grown / 2**20:.0f} MiB"
        assert good.slowest <= LONGEST_SECONDS, f"A good request took {good.slowest:.2f} s"
        report.note(f"memory +{max(0, grown) / 2**20:.0f} MiB, slowest good request {good.slowest * 1000:.0f} ms")


async def _throw(server: Server, waiting: Iterator[tuple[str, Bomb]], heard: Counter[int], report: Report) -> None:
    for _, bomb in waiting:
        seconds = SILENT_SECONDS if bomb.silent else 40.0
        try:
            answers = await exchange(server.port, bomb.data, pause=bomb.pause, seconds=seconds, read=not bomb.silent)
        except ConnectionError:
            answers = []  # more connections than may wait to be taken
        heard.update(answer.status for answer in answers)
        report.tried(1, "bombs")


async def _warm_up(server: Server) -> None:
    """Everything that a server keeps once it has worked at all is there before anything is measured."""
    async with server.client() as client:
        for method, path, body in KINDS * 50:
            (await client.request(method, path, json=body)).raise_for_status()


def _memory(server: Server, field: str) -> int:
    """A figure of the server's memory in bytes, as Linux counts it."""
    for line in Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"Linux says nothing of {field}")


def _forget_peak(server: Server) -> None:
    """Have the highest memory use counted from now on."""
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")
