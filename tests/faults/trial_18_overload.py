"""Trial 18: five times as much as can be served, while others send and take slowly, and a look at who was served.

Speed is judged against what the same server does in the same round, and only where the machine does nothing else
meanwhile; what may never happen is judged always.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from assessment.service.ids import from_text
from assessment.store.access import EVERYONE
from assessment.store.assessments import AssessmentRow
from assessment.store.engine import Database
from tests.benchmarks.load import post
from tests.faults.flood import Outcome
from tests.faults.harness import ENGINES, Report
from tests.faults.loaded import TIMES, Loaded, apart, goodput, slowest
from tests.faults.raw import request
from tests.faults.servers import Server, database, serving

NUMBER = 18
PROMISE = "overload stays useful"
COUNTS = {"ci": 4, "full": 600}
"""Seconds of the flood on each engine."""

LONG = 20
"""Seconds from which on a flood is judged by the promise itself. A shorter one has too few answers for a 99th
percentile, and its first second is not timed: by then it is known which kind has to wait."""
ROUNDS = 3
"""How often a round is tried whose speed was not as it should be."""
OTHERS = 0.1
"""Processor time a second that everything else on the machine may take in a round whose speed is judged."""
SETTINGS = {"ASSESSMENT_BODY_SECONDS": "2", "ASSESSMENT_LOG_LEVEL": "warning"}
SLOW_ONES = 12
CUT_OFF_SECONDS = 60
_KERNEL = 2
"""The process whose children are the kernel's own."""


@dataclass(frozen=True)
class Round:
    """What was measured in one round: the capacity with clients that wait for each answer, and then with requests that
    come when they come as many as that, a fifth of it, and several times it."""

    capacity: float
    peak: Outcome
    calm: Outcome
    flood: Outcome
    others: float

    @property
    def goodput(self) -> float:
        return goodput(self.flood) / goodput(self.peak)

    @property
    def slowed(self) -> float:
        return slowest(self.flood) / slowest(self.calm)

    @property
    def is_quiet(self) -> bool:
        return self.others <= OTHERS

    def holds(self, seconds: int) -> bool:
        least, most = (0.9, 2.0) if seconds >= LONG else (0.5, 10.0)
        return self.goodput >= least and self.slowed <= most

    def __str__(self) -> str:
        return (
            f"{self.goodput:.0%} of the peak of {goodput(self.peak):.0f} submissions a second was served (capacity "
            f"{self.capacity:.0f}), the 99th of 100 in {slowest(self.flood) * 1000:.1f} ms against "
            f"{slowest(self.calm) * 1000:.1f} ms"
        )


def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url, settings=SETTINGS) as server:
            made: list[str] = []
            with apart(server.port, server.pid, server.keys.secret) as loaded, _slow_clients(server) as slow:
                rounds = _rounds(loaded, count, made, report)
                _require_cut_off(slow)
            _judge(engine, rounds, count, report)
            acknowledged = {from_text("asmt", one) for one in made}
            missing = acknowledged - asyncio.run(_stored(url))
            assert not missing, f"{engine}: {len(missing)} of {len(made)} acknowledged assessments are gone"
            assert server.running, f"The server died:\n{server.log[-4000:]}"


def _rounds(loaded: Loaded, seconds: int, made: list[str], report: Report) -> list[Round]:
    """Rounds until one of them was as it should be, or what else runs allows no judgement."""
    rounds: list[Round] = []
    times = TIMES
    for _ in range(ROUNDS):
        loaded.capacity(0.5)
        start, before = time.monotonic(), _work_of_others(loaded.pid)
        capacity = loaded.capacity(1.5)
        calm = loaded.calm(capacity, 2 if seconds < LONG else LONG)
        peak = loaded.peak(capacity, 2 if seconds < LONG else LONG)
        loaded.settle()
        flood = loaded.flood(capacity, seconds, settling=1 if seconds < LONG else 0, times=times)
        others = (_work_of_others(loaded.pid) - before) / (time.monotonic() - start)
        rounds.append(Round(capacity, peak, calm, flood, others))
        for outcome in (calm, peak, flood):
            made += outcome.heard["submission"].made
        report.tried(sum(heard.sent for heard in flood.heard.values()), "requests")
        _require_order(calm, flood)
        loaded.settle()
        if not flood.heard["submission"].turned_away:
            times *= 2  # the capacity was measured while something else had the processor
        elif rounds[-1].holds(seconds) or not rounds[-1].is_quiet:
            return rounds
    assert flood.heard["submission"].turned_away, "Nobody was turned away: it was no overload"
    return rounds


def _require_order(calm: Outcome, flood: Outcome) -> None:
    """What holds however slow the machine is."""
    heard = [*calm.heard.values(), *flood.heard.values()]
    other = [answer for one in heard for answer in one.other]
    assert not other, f"{len(other)} answers were neither an answer nor 503 with Retry-After: {other[0]}"
    assert flood.heard["submission"].served, "Not one submission was served"
    too_soon = sum(one.heard["read"].too_soon for one in (calm, flood))
    assert not too_soon, f"{too_soon} reads were served where submissions had just been turned away"


def _judge(engine: str, rounds: list[Round], seconds: int, report: Report) -> None:
    quiet = [one for one in rounds if one.is_quiet]
    if not quiet:
        report.note(f"{engine}: the machine was busy with other things, speed was not judged; {rounds[-1]}")
        return
    assert any(one.holds(seconds) for one in quiet), f"{engine}: " + "; ".join(str(one) for one in quiet)
    report.note(f"{engine}: {quiet[-1]}")


@contextmanager
def _slow_clients(server: Server) -> Iterator[dict[str, list[socket.socket]]]:
    """Clients that stop in the midst of a head or of a body, and ones that take nothing of what they asked for."""
    head = b"POST /v1/assessments HTTP/1.1\r\nHost: trial\r\n"
    body = post("/v1/assessments", b"{" + b" " * 1000, server.keys.secret)[:-500]
    large = request("GET", "/openapi.json", b"Connection: keep-alive", key=server.keys.secret) * 10
    with ExitStack() as stack:

        def connect(data: bytes) -> socket.socket:
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.settimeout(CUT_OFF_SECONDS)
            one.connect(("127.0.0.1", server.port))
            one.sendall(data)
            return one

        yield {
            kind: [connect(data) for _ in range(SLOW_ONES)]
            for kind, data in (("head", head), ("body", body), ("answer", large))
        }


def _require_cut_off(slow: dict[str, list[socket.socket]]) -> None:
    """Who sends slowly is told 408 and cut off. Answers that nobody takes may wait longer, and take no room."""
    for kind in ("head", "body"):
        for one in slow[kind]:
            try:
                answer = b"".join(iter(lambda one=one: one.recv(65_536), b""))  # type: ignore[misc]  # the loop's value
            except TimeoutError:
                raise AssertionError(f"Who stopped in the midst of a {kind} still has the connection") from None
            assert answer.startswith(b"HTTP/1.1 408 "), (
                f"Who stopped in the midst of a {kind} was told {answer[:300]!r}"
            )


def _work_of_others(server: int) -> float:
    """Processor time that everything on the machine has taken but this process, what it started and PostgreSQL."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) not in (server, os.getpid()):
            with suppress(FileNotFoundError, ProcessLookupError):
                name, _, rest = (folder / "stat").read_text().rpartition(")")
                fields = rest.split()
                if not name.endswith("(postgres") and int(fields[1]) != _KERNEL:
                    ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


async def _stored(url: str) -> set[uuid.UUID]:
    opened = Database(url)
    try:
        async with opened.read(EVERYONE) as session:
            return set((await session.scalars(select(AssessmentRow.id))).all())
    finally:
        await opened.aclose()
