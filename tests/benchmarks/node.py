"""Peers on Node: their packages, and a program that does a piece of work as often as it is told and keeps the time."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import SLICE_SECONDS, Slice

PEERS = Path(__file__).parent / "peers"
INSTALL_SECONDS = 120


def packages(name: str) -> Path:
    """The folder of a group of peers, with the packages that its lock names."""
    folder = PEERS / name
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise RuntimeError(f"The peers in {folder} need Node 20 with npm. Choose rows without them with --only.")
    if not (folder / "node_modules").is_dir():
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(install, check=False, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode:
            raise RuntimeError(f"npm could not install the peers in {folder}:\n{done.stderr}")
    return folder


@contextmanager
def program(script: str, *arguments: Path, require: Callable[[str, Any], None]) -> Iterator[Slice]:
    """A script of `peers/node` in a process of its own. The first line that it says is what it computes, which
    `require` looks at; afterwards it takes how often to do it, and says how many seconds that took."""
    command = ["node", script, *map(str, arguments)]
    folder = packages("node")
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, said = process.stdin, process.stdout
        found = said.readline()
        if not found:
            raise RuntimeError(f"{script} did not start; its message is above.")
        require(script, json.loads(found))
        count = 1

        def run() -> float:
            nonlocal count
            print(count, file=asked, flush=True)
            cost = float(said.readline()) / count
            count = max(1, int(2 * SLICE_SECONDS / cost))
            return cost

        yield run
        asked.close()
        process.wait(10)
