"""Partners that behave, in a process of their own: ``python -m tests.faults.good ADDRESS KEY PID``.

It sends good requests until its input ends, then prints how many there were and how long the slowest took. What a trial
does on its own event loop meanwhile is not counted as the server's time that way, and neither is the time for which
the machine had no processor for the server or for this process, which Linux counts for each of them, or ran nothing at
all, as one does that is lent out: a thread that only looks at the clock tells.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx

from tests.faults.servers import ROOT, Server

PAUSE_SECONDS = 0.02
TICK_SECONDS = 0.005
LATE_SECONDS = 0.1
"""From which on a tick that is late tells that the machine stood still, and not that something else ran."""
_SCORES = {"rubric": "alignment", "answers": {"kpi-set": "one-joint-target"}}
_ASSESSMENT = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Good"},
    "confidentiality": "grouped",
    "responses": [{"answers": {"kpi-set": "one-joint-target"}, "submit": True}],
    "complete": True,
}
KINDS = (("POST", "/v1/scores", _SCORES), ("POST", "/v1/assessments", _ASSESSMENT), ("GET", "/v1/rubrics", None))


@dataclass
class Seen:
    """What was seen by the end."""

    requests: int = 0
    slowest: float = 0.0
    failure: str | None = None


@contextmanager
def good_requests(server: Server) -> Iterator[Seen]:
    """Meanwhile good requests are sent; what was seen stands there afterwards."""
    command = [sys.executable, "-m", "tests.faults.good", server.url, server.keys.secret, str(server.pid)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen = Seen()
    try:
        yield seen
        said, _ = process.communicate(timeout=60)
        seen.__dict__.update(json.loads(said))
    finally:
        process.kill()
        process.wait()


async def _send(address: str, key: str, pid: str) -> Seen:
    seen, loop, clock = Seen(), asyncio.get_running_loop(), _Clock()
    clock.start()
    ended = loop.run_in_executor(None, sys.stdin.read)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
        for method, path, body in cycle(KINDS):
            if ended.done():
                break
            start, lost = time.monotonic(), _kept_waiting(pid) + clock.stood_still
            response = await client.request(method, path, json=body)
            took = time.monotonic() - start
            await asyncio.sleep(PAUSE_SECONDS)  # in which the clock ticks
            seen.slowest = max(seen.slowest, took - (_kept_waiting(pid) + clock.stood_still - lost))
            seen.requests += 1
            if response.status_code not in (200, 201):
                seen.failure = f"{method} {path} was answered {response.status_code}: {response.text[:500]}"
                break
    return seen


class _Clock(threading.Thread):
    """Counts the seconds for which the machine stood still."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stood_still = 0.0

    def run(self) -> None:
        while True:
            start = time.monotonic()
            time.sleep(TICK_SECONDS)
            late = time.monotonic() - start - TICK_SECONDS
            if late >= LATE_SECONDS:
                self.stood_still += late


def _kept_waiting(pid: str) -> float:
    """Seconds that the server and this process were ready to run and something else had the processor."""
    return sum(int(Path(f"/proc/{one}/schedstat").read_text().split()[1]) for one in (pid, "self")) / 1e9


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_send(*sys.argv[1:])).__dict__))  # noqa: T201  # it is what the parent reads
