"""Row 15: what a service still does when five times as much comes as it can serve, against what it does at its peak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.postgres import create_database
from tests.benchmarks.servers import service
from tests.faults.loaded import apart, goodput, slowest
from tests.postgres import postgres_server

SECONDS = 20
SHORT = 3


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-")))
        server = stack.enter_context(postgres_server(durable=True))
        ours = stack.enter_context(service(folder, create_database(server, "bench_overload")))
        assert ours.key is not None
        loaded = stack.enter_context(apart(ours.port, ours.pid, ours.key))
        loaded.capacity(SHORT)
        last = {"capacity": loaded.capacity(SHORT), "slowest": 0.0}

        def capacity() -> float:
            loaded.settle()
            last["capacity"] = loaded.capacity(SHORT)
            return 1 / last["capacity"]

        def unloaded() -> float:
            return slowest(loaded.calm(last["capacity"], SHORT))

        def peak() -> float:
            return 1 / goodput(loaded.peak(last["capacity"], SHORT))

        def overloaded() -> float:
            loaded.settle()
            outcome = loaded.flood(last["capacity"], SECONDS)
            last["slowest"] = slowest(outcome)
            return 1 / goodput(outcome)

        yield {
            "capacity": capacity,
            "unloaded p99": unloaded,
            "peak": peak,
            "overloaded": overloaded,
            "overloaded p99": lambda: last["slowest"],
        }


_FLOOD = (
    f"Requests come when they come for {SECONDS} s, five times as many as 32 clients that wait for answers can have "
    "served, one in five of them a read, over 300 connections. One `assessment serve` worker on PostgreSQL has a "
    "processor to itself. Nobody waits as told before coming back. "
)

_LIMIT = (
    "A request that is turned away takes about 20 µs of reading and writing a socket when nothing is warm, and 9 of "
    "our own code; at five times the capacity there are four of them for each that is served. A version that sent "
    "fixed bytes and parsed nothing served no more. Tried and left: limits that follow latency, shares for each kind, "
    "and refusing in the application (21 µs each)."
)

GROUPS = (
    Group(
        "overload, PostgreSQL",
        (
            Comparison(
                "15",
                "five times the capacity: submissions served",
                "as many submissions as can be served",
                Aim("at least", 0.9),
                "overloaded",
                "peak",
                f"{_FLOOD}Against it as many submissions alone come, in the same way, as the capacity says.",
                limit=_LIMIT,
            ),
            Comparison(
                "15",
                "the same",
                "clients that wait for each answer",
                Aim("at least", 0.9),
                "overloaded",
                "capacity",
                f"{_FLOOD}Against it the capacity itself: requests that come together are begun and committed "
                "together, which is less work than the same number one by one.",
                judged=False,
            ),
            Comparison(
                "15",
                "five times the capacity: p99 of submissions served",
                "p99 at a fifth of the capacity",
                Aim("at most", 2),
                "overloaded p99",
                "unloaded p99",
                f"{_FLOOD}The time from sending a submission that was served to the end of its answer, the 99th of "
                "100, against the same of requests that come in the same way at a fifth of the capacity.",
                limit=_LIMIT,
            ),
        ),
        _contenders,
    ),
)
