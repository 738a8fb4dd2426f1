"""Row 5: the write queue alone on PostgreSQL, against pgbench writing the same rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import uvloop
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from assessment.settings import Settings
from assessment.store.queue import WriteQueue
from assessment.store.tables import ASSESSMENTS, RESPONSES
from tests.benchmarks.batches import Rows, fresh, open_with_rows
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.postgres import CLIENTS, create_database, pgbench
from tests.postgres import postgres_server

SECONDS = 1.5
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves its constructor untyped


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server(durable=True))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-")))
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        url = create_database(server, "bench_queue")
        opened = open_with_rows(Settings(data_dir=folder, database_url=url, auto_migrate=True))
        services, rows = runner.run(opened.__aenter__())
        stack.callback(lambda: runner.run(opened.__aexit__(None, None, None)))
        sql, variables = script(rows)
        (folder / "insert.sql").write_text(sql)
        yield {
            "queue": lambda: runner.run(write(services.queue, rows)),
            "pgbench": pgbench(url, folder / "insert.sql", variables),
        }


async def write(queue: WriteQueue, rows: Rows) -> float:
    """Seconds for one assessment's rows, with CLIENTS callers who each wait for their COMMIT."""
    start = time.perf_counter()
    end = start + SECONDS

    async def client() -> int:
        done = 0
        while time.perf_counter() < end:
            await queue.insert(fresh(rows))
            done += 1
        return done

    done = sum(await asyncio.gather(*(client() for _ in range(CLIENTS))))
    return (time.perf_counter() - start) / done


def script(rows: Rows) -> tuple[str, dict[str, str]]:
    """One statement that inserts the rows under new ids, and the values of its parameters: one round trip and one
    commit for all tables is the fastest that a client can ask for."""
    variables: dict[str, str] = {}
    parts = []
    for number, (table, row) in enumerate(rows):
        values = [_value(table, column.key, row, f"v{number}_{place}", variables)
                  for place, column in enumerate(table.columns)]  # fmt: skip
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        insert = f"INSERT INTO {table.name} ({columns}) SELECT {', '.join(values)}"
        parts.append(f"{insert} RETURNING id" if table is ASSESSMENTS else f"{insert} FROM new")
    first, *middle, last = parts
    steps = [f"new AS ({first})", *(f"step{place} AS ({part})" for place, part in enumerate(middle))]
    return f"WITH {', '.join(steps)} {last};\n", variables


def _value(table: Table, key: str, row: Mapping[str, Any], name: str, variables: dict[str, str]) -> str:
    if key == "assessment_id":
        return "new.id"
    if key == "id" and table in (ASSESSMENTS, RESPONSES):
        return "uuidv7()"
    if row[key] is None:
        return "NULL"
    variables[name] = _text(row[key])
    return f":{name}::{table.c[key].type.compile(_DIALECT)}"


def _text(value: object) -> str:
    """A value as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return msgspec.json.encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else str(value)


GROUPS = (
    Group(
        "writing, PostgreSQL",
        (
            Comparison(
                "5",
                "the write queue alone, 32 callers",
                "pgbench inserting the same rows",
                Aim("at least", 1.2),
                "queue",
                "pgbench",
                "32 tasks of one process make the rows of a completed assessment (assessment, response, packed result) "
                "under new ids, hand them to the write queue and wait for their COMMIT, on a PostgreSQL with fsync on. "
                "Against it pgbench inserts the same rows into the same tables over 32 connections, each time as one "
                "prepared statement with one commit.",
                limit="A row takes some 19 µs of Python (converting values, asyncpg's check of each element, waking "
                "the caller) and 26 µs of PostgreSQL, where pgbench, a program in C, needs 32 connections to come "
                "near. Tried and left: COPY (closed to roles under row level security), arrays of rows (they break "
                "when a migration adds a column), rows as parameters one by one (planned anew behind a pooler), two "
                "writers (smaller groups).",
            ),
        ),
        _contenders,
    ),
)
