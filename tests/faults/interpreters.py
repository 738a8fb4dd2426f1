"""Other Pythons of this machine, given what the package needs to be imported."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "serve.lock"
LOWEST = (3, 11)
SECONDS = 300
ASK = "import json, sys, platform; print(json.dumps([platform.python_implementation(), platform.python_version()]))"
NEEDED = "import msgspec, pydantic, yaml"


@dataclass(frozen=True)
class Interpreter:
    """A Python: `name` says which, as `CPython 3.12.1`."""

    name: str
    program: Path


def usable() -> tuple[list[Interpreter], list[str]]:
    """The running Python and every other minor version found, each such that the scorer runs on it; and a sentence
    for each one that could not be made so. One that lacks the dependencies gets them in an environment of its own
    inside the running one, where the next run finds it."""
    ready: list[Interpreter] = []
    refused: list[str] = []
    for found in _found():
        if _runs(found.program):
            ready.append(found)
            continue
        try:
            ready.append(Interpreter(found.name, _equipped(found)))
        except (OSError, subprocess.SubprocessError):
            refused.append(f"{found.name} is here, but what the package needs could not be installed for it")
    return ready, refused


def _found() -> list[Interpreter]:
    """One program for each minor version, the running one for its own."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    places = [Path(place) for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    programs = [Path(sys.executable), *sorted(pyenv.glob("*/bin/python3"))]
    programs += [program for place in places for program in sorted(place.glob("python3.[0-9][0-9]"))]
    found: dict[tuple[str, str], Interpreter] = {}
    for program in programs:
        try:
            said = json.loads(_run([program, "-c", ASK]))
        except (OSError, subprocess.SubprocessError, ValueError):
            continue  # a name without a program behind it
        major, minor, *_ = said[1].split(".")
        if (int(major), int(minor)) >= LOWEST:
            found.setdefault((said[0], f"{major}.{minor}"), Interpreter(" ".join(said), program))
    return list(found.values())


def _runs(program: Path) -> bool:
    try:
        _run([program, "-c", NEEDED])
    except subprocess.CalledProcessError:
        return False
    return True


def _equipped(found: Interpreter) -> Path:
    """A virtual environment of the interpreter with the locked requirements."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    folder = Path(sys.prefix, "pythons", f"{found.name.replace(' ', '-')}-{digest}")
    program = folder / "bin" / "python"
    if program.exists() and _runs(program):
        return program
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    lock: list[str | Path] = ["--require-hashes", "-r", LOCK]
    if uv:
        _run([uv, "venv", "--quiet", "--clear", "--python", found.program, folder])
        _run([uv, "pip", "install", "--quiet", "--python", program, *lock])
    else:
        _run([found.program, "-m", "venv", "--clear", folder])
        _run([program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *lock])
    return program


def _run(command: list[str | Path]) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    return done.stdout
