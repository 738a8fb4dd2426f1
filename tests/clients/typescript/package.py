"""The TypeScript client as a folder of Node: built once, and its programs run with what a test sets."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.faults.servers import ROOT

FOLDER = ROOT / "clients" / "typescript"
MINUTES = 5
_WANTED = 20


@cache
def built() -> Path:
    """The folder, with what it depends on installed and the client built. RuntimeError without Node."""
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else "v0"
    if int(version.removeprefix("v").split(".")[0]) < _WANTED or shutil.which("npm") is None:
        raise RuntimeError(f"The tests need Node {_WANTED} or later and npm. Run: sudo apt-get install nodejs npm")
    made = subprocess.run(
        ["make", "typescript-build"], cwd=ROOT, capture_output=True, text=True, timeout=MINUTES * 60, check=False
    )
    if made.returncode:
        raise RuntimeError(f"make typescript-build failed:\n{made.stdout}{made.stderr}")
    return FOLDER


async def run(*command: str | Path, folder: Path = FOLDER, settings: Mapping[str, str] | None = None) -> str:
    """What a program prints. AssertionError with all of it if it fails."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSMENT_")}
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=folder, env={**inherited, "NO_COLOR": "1", **(settings or {})},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(process.communicate(), MINUTES * 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, f"{' '.join(map(str, command))} failed:\n{said.decode()}"
    return said.decode()
