"""Server processes to measure: this service as `assessment serve` runs it, and the peers on the same uvicorn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.node import packages

START_SECONDS = 60
STOP_SECONDS = 20
ROOT = Path(__file__).parents[2]
UNREACHED = {"ASSESSMENT_RATE_LIMIT_SECRET": "999999999/minute"}
"""Requests are counted as ever, and nobody is refused."""


@dataclass(frozen=True)
class Server:
    """A server that listens; `key` is a secret key of it, where it wants one."""

    port: int
    pid: int
    key: str | None = None


@contextmanager
def service(
    folder: Path, database_url: str | None = None, *, key: str | None = None, sampled: Path | None = None
) -> Iterator[Server]:
    """`assessment serve` with one worker: on an empty database, or on one that has shown `key` before. With `sampled`
    it writes there what it does, as `sampler` says."""
    module = ["assessment"] if sampled is None else ["tests.benchmarks.sampler", str(sampled)]
    address = ["--database-url", database_url] if database_url else []
    command = [sys.executable, "-m", *module, "serve", "--port", "0", "--data-dir", str(folder), *address]
    with _running(command, UNREACHED, r"listens on http://127\.0\.0\.1:(\d+)") as (process, port, said):
        shown = re.search(r"secret key\s+(\S+)", said)
        if shown is None and key is None:
            raise RuntimeError(f"The service showed no key:\n{said}")
        yield Server(port, process.pid, key if shown is None else shown[1])


@contextmanager
def peer(name: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A module of `peers` that holds an ASGI application called `app`."""
    command = [sys.executable, "-m", "tests.benchmarks.peers.serve", name]
    with _running(command, environment or {}, r"listens on port (\d+)") as (process, port, _):
        yield Server(port, process.pid)


@contextmanager
def node_peer(script: str, environment: dict[str, str]) -> Iterator[Server]:
    """A script of `peers/node` that serves, as one process in production."""
    command = ["node", str(packages("node") / script)]
    with _running(command, environment | {"NODE_ENV": "production"}, r"listens on port (\d+)") as (process, port, _):
        yield Server(port, process.pid)


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], pattern: str
) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """A process that has said its port, and all it said until then. It is stopped at the end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSMENT_")}
    process = subprocess.Popen(
        command, cwd=ROOT, env=inherited | dict(environment),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        said, port = "", None
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            found = re.search(pattern, line)
            if found:
                port = int(found[1])
                break
        timer.cancel()
        if port is None:
            raise RuntimeError(f"{' '.join(command)} did not start:\n{said}")
        # What it says later is taken away, so that a full pipe never stops it.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield process, port, said
    finally:
        timer.cancel()
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
