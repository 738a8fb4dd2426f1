"""Row 12: from the command to the first request that is taken, and the memory of a worker that has answered many."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import sample
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.load import drive, get, post, resident_bytes
from tests.benchmarks.reading import PATH as RUBRIC
from tests.benchmarks.servers import Server, service

FIRST = 10_000
MORE = 5_000
CONNECTIONS = 8


@contextmanager
def _start() -> Iterator[Mapping[str, Slice]]:
    with TemporaryDirectory(prefix="assessment-bench-") as name:
        folder = Path(name)
        key = prepare(folder)

        def start() -> float:
            began = time.perf_counter()
            with service(folder, key=key) as server:
                require_ready(server)
                return time.perf_counter() - began

        yield {"start": start}


def prepare(folder: Path) -> str | None:
    """Have a database made, and give the key that it has shown."""
    with service(folder) as first:
        return first.key


def require_ready(server: Server) -> None:
    """Raise when the server does not take requests."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/ready")
    with connection.getresponse() as response:
        answer = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"/ready answered {response.status}: {answer[:1000]!r}")


@contextmanager
def _memory() -> Iterator[Mapping[str, Slice]]:
    with (
        TemporaryDirectory(prefix="assessment-bench-") as name,
        service(Path(name), key=prepare(Path(name))) as server,
    ):
        scored = sample.score_bodies()
        asked = [request for body in sample.assessment_bodies() for request in requests(next(scored), body, server.key)]

        def answer(count: int) -> float:
            drive(server.port, asked, connections=CONNECTIONS, pid=server.pid, most=count)
            return resident_bytes(server.pid)

        first = answer(FIRST)
        yield {"memory": lambda: answer(MORE), "memory at first": lambda: first}


def requests(score: bytes, assessment: bytes, key: str | None) -> list[bytes]:
    """What partners ask most: to score, to score and store, and what there is to be answered."""
    return [post("/v1/scores", score, key), post("/v1/assessments", assessment, key), get(RUBRIC, key)]


GROUPS = (
    Group(
        "starting",
        (
            Comparison(
                "12",
                "from the command to /ready",
                "",
                Aim("at most", 1.5),
                "start",
                None,
                "Time from the start of `assessment serve` on an existing SQLite database until it answers 200 at "
                "`/ready`, with the interpreter, every import and the rubrics in it.",
                limit="Nine tenths are imports: SQLAlchemy, Litestar, pydantic, asyncpg, and 300 modules of our own. "
                "Tried and kept: no garbage is looked for until the first request, commands import what they run, and "
                "Alembic is loaded only where a database has to be migrated.",
            ),
        ),
        _start,
    ),
    Group(
        "memory",
        (
            Comparison(
                "12",
                "memory of a worker after 10,000 requests",
                "",
                Aim("at most", 120e6),
                "memory",
                None,
                "Resident memory of the whole `assessment serve` process, started on an existing database, after "
                "10,000 requests and 5,000 more in each round, a third each of POST /v1/scores, POST /v1/assessments "
                "complete in one call on SQLite, and GET of a rubric version.",
                unit="bytes",
                limit="Some 85 MB are code: our own and SQLAlchemy 20 each, pydantic 10, Litestar 6; the rubrics in "
                "four languages take 15. Tried and kept: Alembic, with Mako and Pygments, is loaded only to migrate "
                "(10 MB). Tried and left: a single arena of malloc (1 MB), and giving back what is free after the "
                "start (0.5 MB).",
            ),
            Comparison(
                "12",
                "the same after each further 5,000",
                "after the first 10,000",
                Aim("at most", 1.05),
                "memory",
                "memory at first",
                "The memory of the line above, against what the same process had after its first 10,000 requests.",
                unit="bytes",
            ),
        ),
        _memory,
    ),
)
