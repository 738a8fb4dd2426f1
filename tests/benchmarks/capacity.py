"""What each step of README's production page carries: `python -m tests.benchmarks.capacity` measures them in turns.

Steps are compared on one machine that also runs the database and the clients, so the figures say what a step adds and
not what a machine of its own would do. Each is a real installation: `assessment serve` with keys, limits and webhooks
on, databases that wait for their disk, and complete assessments in one call.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sqlite3
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import rich_click as click
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.benchmarks import sample
from tests.benchmarks.load import cpu_seconds, drive, post
from tests.benchmarks.postgres import CLIENTS, create_database
from tests.faults.servers import Server, serving
from tests.haproxy import haproxy
from tests.postgres import postgres_cluster, postgres_replica

SECONDS = 2.0
PATH = "/v1/assessments"
SETTINGS = {
    "ASSESSMENT_DELIVER": "true",
    "ASSESSMENT_LOG_LEVEL": "warning",
    "ASSESSMENT_RATE_LIMIT_SECRET": "999999999/minute",
}
HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4")


@dataclass
class Step:
    """An installation: where it is asked, what is sent, and the servers that answer."""

    name: str
    port: int
    requests: list[bytes]
    servers: list[Server]
    size: Callable[[], int] | None = None
    """Bytes of its database, where it grows."""
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    done: int = 0


def get(path: str, key: str) -> bytes:
    """The bytes of a GET, as they go over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def open_steps(stack: ExitStack) -> list[Step]:
    """Every step, running; each has a database of its own, but reads, which share one."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-capacity-")))
    primary = stack.enter_context(postgres_cluster(durable=True))
    replica = stack.enter_context(postgres_replica(primary))
    embedded = folder / "assessment.db"
    steps = [_alone(stack, "SQLite, one process", f"sqlite+aiosqlite:///{embedded}", _sqlite_size(embedded))]
    for workers in (1, 2):
        url = create_database(primary.url, f"workers_{workers}")
        name = f"PostgreSQL, {workers} worker{'s' if workers > 1 else ''}"
        steps.append(_alone(stack, name, url, _postgres_size(url), "--workers", str(workers)))
    url = create_database(primary.url, "machines")
    steps.append(_behind_a_proxy(stack, "PostgreSQL, three servers, proxy", url, {}, None))
    key = steps[-1].servers[0].keys.secret
    for name, settings in (
        ("reads, three servers, primary alone", {}),
        (
            "reads, three servers, with a replica",
            {"ASSESSMENT_READ_DATABASE_URL": _elsewhere(url, str(replica.folder))},
        ),
    ):
        steps.append(_behind_a_proxy(stack, name, url, settings, key))
    return steps


def _alone(stack: ExitStack, name: str, url: str, size: Callable[[], int], *arguments: str) -> Step:
    server = stack.enter_context(serving(url, settings=SETTINGS, arguments=arguments))
    requests = [post(PATH, body, server.keys.secret) for body in sample.assessment_bodies()]
    return Step(name, server.port, requests, [server], size)


def _behind_a_proxy(stack: ExitStack, name: str, url: str, settings: dict[str, str], key: str | None) -> Step:
    """Three servers; with the key of a database that is there already, they are read from."""
    servers = [stack.enter_context(serving(url, settings=SETTINGS | settings, host=host)) for host in HOSTS]
    proxy = stack.enter_context(haproxy([f"{server.host}:{server.port}" for server in servers]))
    if key is None:
        key = servers[0].keys.secret
        requests = [post(PATH, body, key) for body in sample.assessment_bodies()]
        return Step(name, proxy.port, requests, servers, _postgres_size(url))
    for body in sample.assessment_bodies():
        _ask(proxy.port, "POST", key, body)
    found = _ask(proxy.port, "GET", key)["data"]
    requests = [get(f"{PATH}/{one['id']}", key) for one in found] + [get(f"{PATH}?limit=20", key)]
    return Step(name, proxy.port, requests, servers)


def _ask(port: int, method: str, key: str, body: bytes | None = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, PATH, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    with connection.getresponse() as response:
        found = json.load(response)
    connection.close()
    if response.status >= 300:
        raise RuntimeError(f"The service answered {response.status}: {found}")
    return found


def _elsewhere(url: str, folder: str) -> str:
    return make_url(url).update_query_dict({"host": folder}).render_as_string(hide_password=False)


def _sqlite_size(file: Path) -> Callable[[], int]:
    def measure() -> int:
        with sqlite3.connect(file) as connection:
            pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        connection.close()
        return int(pages * size)

    return measure


def _postgres_size(url: str) -> Callable[[], int]:
    async def ask() -> int:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.connect() as connection:
            size = await connection.scalar(text("SELECT pg_database_size(current_database())"))
        await engine.dispose()
        return int(size or 0)

    return lambda: asyncio.run(ask())


def processes_of(server: Server) -> list[int]:
    """The processes that answer: those that the parent has started, or itself."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    # One of them is multiprocessing's own, which takes care of what is shared, and is idle.
    return [server.pid, *map(int, children)]


def memory_of(step: Step) -> float:
    """MB of the largest process of the step."""
    pages = [
        int(line.split()[1])
        for server in step.servers
        for pid in processes_of(server)
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    ]
    return max(pages) / 1000


def measure(step: Step) -> None:
    """One turn of the step."""
    pids = [pid for server in step.servers for pid in processes_of(server)]
    before = sum(map(cpu_seconds, pids))
    load = drive(step.port, step.requests, connections=CLIENTS, seconds=SECONDS, pid=step.servers[0].pid)
    step.rates.append(load.requests / load.seconds)
    step.cpu.append((sum(map(cpu_seconds, pids)) - before) / load.requests)
    step.done += load.requests


@click.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 100), help="Turns each step has.")
def main(rounds: int) -> None:
    """Measure what each step of the production page carries, in turns, over 32 connections."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    with ExitStack() as stack, console.status("starting"):
        steps = open_steps(stack)
        for step in steps:
            measure(step)  # which does not count
            step.rates, step.cpu, step.done = [], [], 0
        sizes = [0 if step.size is None else step.size() for step in steps]
        for _ in range(rounds):
            for step in steps:
                measure(step)
        console.print(_table(steps, sizes))


def _table(steps: list[Step], sizes: list[int]) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("step", "requests/s", "spread", "CPU a request, ms", "MB a process", "bytes an assessment"):
        shown.add_column(heading, justify="left" if heading == "step" else "right")
    for step, before in zip(steps, sizes, strict=True):
        grown = "–" if step.size is None else f"{(step.size() - before) / step.done:,.0f}"
        spread = f"{min(step.rates):,.0f}–{max(step.rates):,.0f}"
        cpu = f"{statistics.median(step.cpu) * 1000:.2f}"
        shown.add_row(step.name, f"{statistics.median(step.rates):,.0f}", spread, cpu, f"{memory_of(step):.0f}", grown)
    return shown


if __name__ == "__main__":
    main()
