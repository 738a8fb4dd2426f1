"""A server under more load than it can take: its capacity, how it answers while it is calm, and what a flood does.

The server has one processor to itself and the load comes from the others, so that neither is measured for the other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import sample
from tests.benchmarks.load import drive, post
from tests.faults.flood import Outcome, Stream, flood

TIMES = 5
"""How much more comes than can be served."""
READS = 0.2
"""How many of the requests are reads."""
CALM = 0.2
"""Share of the capacity at which a server is unloaded: requests seldom meet."""
SETTLE_SECONDS = 20
CONNECTIONS = 32
"""What measures the capacity: enough to keep the server busy, and less than it works on at once."""


@dataclass(frozen=True)
class Loaded:
    """A server that load is put on."""

    port: int
    pid: int
    key: str
    cpus: Collection[int]

    def submissions(self) -> list[bytes]:
        return [post("/v1/assessments", body, self.key) for body in sample.assessment_bodies()]

    def capacity(self, seconds: float) -> float:
        """Submissions a second, from clients that each have one under way at any time."""
        load = drive(self.port, self.submissions(), connections=CONNECTIONS, seconds=seconds, pid=self.pid)
        return load.requests / load.seconds

    def settle(self) -> None:
        """Wait until everybody is served again. Raises RuntimeError where that takes long."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while any(heard.turned_away for heard in self.calm(100 / CALM, 0.2).heard.values()):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Requests are still turned away {SETTLE_SECONDS} s after the flood.")

    def peak(self, capacity: float, seconds: float) -> Outcome:
        """What comes of as many submissions as can be served."""
        return flood(self.port, [Stream("submission", capacity, self.submissions())], seconds, self.cpus)

    def calm(self, capacity: float, seconds: float) -> Outcome:
        """What answers take while the server has time."""
        return flood(self.port, self._mixed(CALM * capacity), seconds, self.cpus)

    def flood(self, capacity: float, seconds: float, *, settling: float = 0, times: float = TIMES) -> Outcome:
        """So many times what can be served."""
        return flood(self.port, self._mixed(times * capacity), seconds, self.cpus, settling)

    def _mixed(self, rate: float) -> list[Stream]:
        read = f"GET /v1/rubrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n\r\n".encode()
        return [Stream("submission", rate * (1 - READS), self.submissions()), Stream("read", rate * READS, [read])]


def goodput(outcome: Outcome) -> float:
    """Submissions a second that were served."""
    return outcome.heard["submission"].served / outcome.seconds


def slowest(outcome: Outcome, share: float = 0.99) -> float:
    """Seconds within which this share of the submissions that were served had their answer."""
    seconds = sorted(outcome.heard["submission"].seconds)
    return seconds[min(len(seconds) - 1, int(len(seconds) * share))]


@contextmanager
def apart(port: int, pid: int, key: str) -> Iterator[Loaded]:
    """The server on a processor of its own where there are several, this process and the load on the others."""
    all_cpus = os.sched_getaffinity(0)
    own = {min(all_cpus)}
    others = all_cpus - own or own
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended
            os.sched_setaffinity(int(thread.name), own)
    os.sched_setaffinity(0, others)
    try:
        yield Loaded(port, pid, key, others)
    finally:
        os.sched_setaffinity(0, all_cpus)
