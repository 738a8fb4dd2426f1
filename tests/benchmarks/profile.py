"""The command behind `make profile`: where the time of a request goes, by stage and by function."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.benchmarks import sample
from tests.benchmarks.load import Load, drive, post
from tests.benchmarks.postgres import create_database
from tests.benchmarks.report import duration
from tests.benchmarks.servers import Server, service
from tests.benchmarks.stages import Stack, by_function, by_stage, read_stacks
from tests.postgres import postgres_server

CONNECTIONS = 32
WARM_SECONDS = 1
WAIT_SECONDS = 30
SUFFICIENT = 500
"""Samples that a table needs for its larger figures to mean something."""


def requests_of(key: str | None) -> dict[str, Sequence[bytes]]:
    """What is profiled, by name."""
    return {
        "POST /v1/scores": [post("/v1/scores", sample.score_body(given), key) for given in sample.answer_sets()],
        "POST /v1/assessments": [post("/v1/assessments", body, key) for body in sample.assessment_bodies()],
    }


def take(server: Server, file: Path, requests: Sequence[bytes], seconds: float) -> tuple[Load, dict[Stack, int]]:
    """Send the requests in turns and sample the server meanwhile."""
    drive(server.port, requests, connections=CONNECTIONS, seconds=WARM_SECONDS, pid=server.pid)
    os.kill(server.pid, signal.SIGUSR1)
    load = drive(server.port, requests, connections=CONNECTIONS, seconds=seconds, pid=server.pid)
    os.kill(server.pid, signal.SIGUSR2)
    end = time.monotonic() + WAIT_SECONDS
    while not file.exists():
        if time.monotonic() > end:
            raise RuntimeError("The server wrote no samples.")
        time.sleep(0.05)
    return load, read_stacks(file.read_text())


def show(title: str, load: Load, stacks: dict[Stack, int], functions: int, console: Console) -> None:
    """Two tables: stages in the order of a request, and the functions that cost most themselves."""
    cost = load.cpu_seconds / load.requests
    count = sum(stacks.values())
    console.print(f"{title}: {duration(cost)} of CPU a request, {count} samples of {load.requests} requests")
    for name, rows in (("stage", by_stage(stacks)), ("function", by_function(stacks, functions))):
        table = Table()
        for column in (name, "a request", "share"):
            table.add_column(column, justify="left" if column == name else "right", min_width=8)
        for what, share in rows:
            table.add_row(what, duration(share * cost), f"{100 * share:.1f} %")
        console.print(table)
    if count < SUFFICIENT:
        console.print(f"{count} samples are few: give more --seconds.")


@click.command()
@click.option(
    "--seconds", default=10.0, show_default=True, type=click.FloatRange(1, 600), help="How long each request is sent."
)
@click.option("--functions", default=20, show_default=True, type=click.IntRange(1, 200), help="Functions to show.")
@click.option(
    "--output",
    default=Path(tempfile.gettempdir()) / "assessment-profile",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the stacks are written, one file a request, for flamegraph.pl or speedscope.app.",
)
def main(seconds: float, functions: int, output: Path) -> None:
    """Say where the CPU time of a request goes, on `assessment serve` with one worker and a PostgreSQL.

    A stage is what our own modules of it do, and the libraries that they call. Sampling takes a few per cent.

    \b
    make profile
    make profile ARGS="--seconds 60 --functions 40 --output /tmp/before"
    """
    console = Console(width=None if sys.stdout.isatty() else 120)
    output.mkdir(parents=True, exist_ok=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with tempfile.TemporaryDirectory(prefix="assessment-profile-") as name, postgres_server(durable=True) as postgres:
        samples = Path(name) / "samples"
        with service(Path(name), create_database(postgres, "bench_profile"), sampled=samples) as server:
            for title, requests in requests_of(server.key).items():
                with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
                    progress.add_task(f"sampling {title}")
                    load, stacks = take(server, samples, requests, seconds)
                kept = output / f"{title.rpartition('/')[2]}.folded"
                kept.write_text(samples.read_text())
                samples.unlink()
                show(title, load, stacks, functions, console)
                console.print(f"Stacks: {kept}\n")


if __name__ == "__main__":
    main()
