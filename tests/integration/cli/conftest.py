"""The command line as a user has it: real processes, an empty folder, nothing set."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(**extra: str) -> dict[str, str]:
    """The environment without settings, with an output that has no colours and a known width."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSMENT_")}
    return kept | {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"} | extra


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in an empty folder and wait for its end."""

    def run_command(*arguments: str, stdin: str | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "assessment", *arguments],
            cwd=tmp_path,
            env=environment(**extra),
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run_command


class Serving:
    """A service that was started with `assessment serve` and has said where it listens."""

    def __init__(self, process: subprocess.Popen[bytes], output: str, log: Path) -> None:
        self.process = process
        self.output = output
        self._log = log

    @property
    def log(self) -> str:
        """What it wrote to standard error so far."""
        return self._log.read_text()

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The fields of every line of the log about an event."""
        whole = self.log.rpartition("\n")[0]
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if line["event"] == event]

    @property
    def address(self) -> str:
        match = re.search(r"listens on (http://\S+)", self.output)
        assert match is not None, self.output
        return match[1]

    def stop(self, by: signal.Signals = signal.SIGINT) -> str:
        """Press Ctrl-C; what was printed after the start."""
        self.process.send_signal(by)
        return self.process.communicate(timeout=20)[0].decode()


def read_until(process: subprocess.Popen[bytes], text: str, seconds: float = 30) -> str:
    """What a process prints, up to and including the line with `text`."""
    assert process.stdout is not None
    output, deadline = b"", time.monotonic() + seconds
    while text.encode() not in output or not output.endswith(b"\n"):
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(process.stdout.fileno(), 65536) if ready else b""
        if not part:
            raise AssertionError(f"the process did not print {text!r}, but:\n{output.decode()}")
        output += part
    return output.decode()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    """Start `assessment serve` in an empty folder on a free port."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **extra: str) -> Serving:
        path = tmp_path / f"serve-{len(started)}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "assessment", "serve", "--port", "0", *arguments],
                cwd=tmp_path,
                env=environment(**extra),
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
            )
        started.append(process)
        try:
            return Serving(process, read_until(process, "  data "), path)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{path.read_text()}") from None

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()  # its workers see that and end by themselves
        process.communicate()
