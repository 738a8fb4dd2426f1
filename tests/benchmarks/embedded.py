"""Row 6: the same on SQLite with every commit on the disk: end to end, and the write queue alone."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from assessment.service import ids
from assessment.settings import Settings
from assessment.store.engine import SQLITE_PRAGMAS
from tests.benchmarks import sample
from tests.benchmarks.batches import TABLES, Commits, open_with_rows, renamed
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.load import post
from tests.benchmarks.servers import peer, service
from tests.benchmarks.submitting import PATH, PEER_PATH, require_peer, require_result, submissions
from tests.benchmarks.writing import SECONDS, write

Stored = Sequence[Mapping[str, Any]]


@contextmanager
def _servers() -> Iterator[Mapping[str, Slice]]:
    bodies = sample.assessment_bodies()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-")))
        ours = stack.enter_context(service(folder))
        environment = {
            "PEER_QUESTIONNAIRE": str(sample.write_questionnaire(folder)),
            "PEER_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'peer.db'}",
        }
        other = stack.enter_context(peer("litestar_orm", environment))
        require_result(ours, bodies[0])
        require_peer("litestar_orm", other, bodies[0])
        yield {
            "service": submissions(ours, [post(PATH, body, ours.key) for body in bodies]),
            "litestar_orm": submissions(other, [post(PEER_PATH, body) for body in bodies]),
        }


@contextmanager
def _writers() -> Iterator[Mapping[str, Slice]]:
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        folders = [Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-"))) for _ in range(2)]
        opened = open_with_rows(Settings(data_dir=folders[0]))
        services, rows = runner.run(opened.__aenter__())
        stack.callback(lambda: runner.run(opened.__aexit__(None, None, None)))
        commits = Commits(services)
        size = 1

        def queue() -> float:
            nonlocal size
            before = commits.count
            start = time.perf_counter()
            cost = runner.run(write(services.queue, rows))
            size = max(1, round((time.perf_counter() - start) / cost / (commits.count - before)))
            return cost

        path = folders[1] / "bare.db"
        with closing(sqlite3.connect(folders[0] / "assessment.db")) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        bare = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
        for name, value in SQLITE_PRAGMAS.items():
            bare.execute(f"PRAGMA {name} = {value}")
        statements, stored = _statements(bare)
        yield {"queue": queue, "bare loop": lambda: _loop(bare, statements, stored, size)}


def _statements(connection: sqlite3.Connection) -> tuple[list[str], Stored]:
    """An INSERT for each table, and the rows of the first assessment as they are stored."""
    statements, stored = [], []
    for table in TABLES:
        names = [column.name for column in table.columns]
        columns = ", ".join(f'"{name}"' for name in names)
        row = connection.execute(f"SELECT {columns} FROM {table.name}").fetchone()
        statements.append(f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(names))})")
        stored.append(dict(zip(names, row, strict=True)))
    return statements, stored


def _loop(connection: sqlite3.Connection, statements: list[str], stored: Stored, size: int) -> float:
    """Seconds for one assessment's rows, in transactions of `size` assessments."""
    done = 0
    start = time.perf_counter()
    end = start + SECONDS
    while time.perf_counter() < end:
        group = _group(stored, size)
        connection.execute("BEGIN IMMEDIATE")
        for statement, values in zip(statements, group, strict=True):
            connection.executemany(statement, values)
        connection.execute("COMMIT")
        done += size
    return (time.perf_counter() - start) / done


def _group(stored: Stored, size: int) -> list[list[tuple[Any, ...]]]:
    """The values of `size` assessments, table by table."""
    assessments = [(ids.new_id().bytes, ids.new_id().bytes) for _ in range(size)]
    return [
        [tuple(renamed(table, row, *named).values()) for named in assessments]
        for table, row in zip(TABLES, stored, strict=True)
    ]


GROUPS = (
    Group(
        "submitting, SQLite",
        (
            Comparison(
                "6",
                "POST /v1/assessments, complete and persisted on SQLite",
                "Litestar + aiosqlite + ORM that does less",
                Aim("at least", 9),
                "service",
                "litestar_orm",
                "One `assessment serve` worker takes the whole job in one call over 32 connections and commits to "
                "SQLite in WAL with synchronous=FULL. Against it the Litestar worker of row 4, which stores the body "
                "and sums as one document, on aiosqlite with the same journal and the same synchronous.",
                limit="As in row 4: scoring, encoding and sealing a result of 52 kB, which the peer does not make, are "
                "more than half of the time. The write queue alone is in the line below.",
            ),
        ),
        _servers,
    ),
    Group(
        "writing, SQLite",
        (
            Comparison(
                "6",
                "the write queue alone on SQLite, 32 callers",
                "a bare sqlite3 loop in equal groups",
                Aim("at least", 0.9),
                "queue",
                "bare loop",
                "32 tasks of one process make the rows of a completed assessment under new ids, hand them to the write "
                "queue and wait for their COMMIT, on SQLite with synchronous=FULL. Against it a loop on one sqlite3 "
                "connection, without asyncio or SQLAlchemy, makes and inserts the same rows, with as many assessments "
                "to a transaction as the queue had on average in the turn before.",
                limit="The loop is nothing but the inserts. On top of them come waking 32 callers, one trip to the "
                "writer's thread for each group, and checking and converting values, 21 µs of Python in all.",
            ),
        ),
        _writers,
    ),
)
