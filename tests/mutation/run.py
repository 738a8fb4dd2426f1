"""Runs the tests against mutants, in a copy of the tree and never in the tree itself.

One process imports every library; each mutant is a fork of it that imports the package anew with one module changed,
so that a mutant costs its tests and not the start of an interpreter.
"""

from __future__ import annotations

import ast
import gc
import importlib
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, ModuleType
from typing import Literal

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutate import Mutant, mutants
from tests.mutation.targets import Target

ROOT = Path(__file__).parents[2]
COPIED = ("assessment", "tests", "rubrics", "openapi", "pyproject.toml", "README.md")
LEAST_SECONDS = 15.0
PATIENCE = 4
"""A mutant may take so many times as long as the tests take without one; then it counts as noticed."""
PYTEST = ("-x", "-q", "--no-header", "--tb=line", "--assert=plain", "-p", "no:cacheprovider")

Verdict = Literal["killed", "timed out", "survived"]
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Tried:
    """One mutant and what became of it."""

    mutant: Mutant
    verdict: Verdict


@dataclass
class _Running:
    mutant: Mutant
    deadline: float


class BrokenTests(Exception):
    """The tests fail without any mutant: what they said."""


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of what the tests need, in which this process works from now on."""
    with TemporaryDirectory(prefix="assessment-mutants-") as name:
        folder = Path(name)
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, folder / part)
        back = Path.cwd()
        os.chdir(folder)
        sys.path.insert(0, name)
        try:
            yield folder
        finally:
            sys.path.remove(name)
            os.chdir(back)


def prepare() -> None:
    """Import the package with every library that tests use, so that forks have them, and make property tests repeat
    themselves."""
    importlib.import_module("assessment.app")
    importlib.import_module("tests.postgres")
    # Examples are the same for every mutant, and a failure is not made smaller: that it failed is enough.
    settings.register_profile("mutants", max_examples=30, derandomize=True, database=None,
                              phases=(Phase.explicit, Phase.generate))  # fmt: skip
    settings.load_profile("mutants")


def run(target: Target, folder: Path, *, jobs: int, advance: Advance) -> list[Tried]:
    """Try every mutant of a module, in its order. Raises BrokenTests when the tests do not pass without one."""
    path = folder / target.path
    found = mutants(path.read_text())
    start = time.monotonic()
    report = folder / "unchanged.log"
    forgotten = _built_on(target.module)
    if _wait(_fork(target, forgotten, folder, None, report)) != 0:
        raise BrokenTests(report.read_text())
    # Forks share this memory as long as their collector does not walk through it.
    gc.collect()
    gc.freeze()
    patience = max(LEAST_SECONDS, PATIENCE * (time.monotonic() - start))
    waiting, running, verdicts = list(reversed(found)), dict[int, _Running](), dict[str, Verdict]()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant = waiting.pop()
                pid = _fork(target, forgotten, folder, mutant, Path(os.devnull))
                running[pid] = _Running(mutant, time.monotonic() + patience)
            for pid, verdict in _ended(running):
                verdicts[running.pop(pid).mutant.name] = verdict
                advance(len(verdicts), len(found))
            time.sleep(0.005)
    finally:
        for pid in running:
            os.killpg(pid, signal.SIGKILL)
            _wait(pid)
    return [Tried(mutant, verdicts[mutant.name]) for mutant in found]


def _ended(running: dict[int, _Running]) -> list[tuple[int, Verdict]]:
    ended: list[tuple[int, Verdict]] = []
    for pid, one in running.items():
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            ended.append((pid, "survived" if status == 0 else "killed"))
        elif time.monotonic() > one.deadline:
            os.killpg(pid, signal.SIGKILL)
            _wait(pid)
            ended.append((pid, "timed out"))
    return ended


def _wait(pid: int) -> int:
    return os.waitpid(pid, 0)[1]


def _fork(target: Target, forgotten: set[str], folder: Path, mutant: Mutant | None, report: Path) -> int:
    """The process that runs the target's tests, with the mutant in place of its module."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        os.setsid()
        with report.open("w") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
        _forget(forgotten)
        if mutant is not None:
            sys.meta_path.insert(0, _Mutated(target.module, folder / target.path, mutant))
        for arguments in target.stages:
            status = int(pytest.main([*PYTEST, *arguments]))
            if status:
                break
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Not by SystemExit: the parent's clean-up is the parent's.
        os._exit(status)


def _forget(names: set[str]) -> None:
    for name in [name for name in sys.modules if name in names or name.split(".")[0] == "tests"]:
        del sys.modules[name]


def _built_on(module: str) -> set[str]:
    """The module and every one of the package that imports it, by however many steps: the rest may stay imported."""
    imports = {
        name: {
            found
            for node in ast.walk(ast.parse(Path(loaded.__file__).read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for found in _imported(node)
        }
        for name, loaded in sys.modules.items()
        if name.split(".")[0] == "assessment" and loaded.__file__ is not None
    }
    found = {module}
    while more := {name for name, of in imports.items() if of & found} - found:
        found |= more
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    # What is imported from a package may itself be a module.
    return {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}


class _Mutated(MetaPathFinder):
    """Finds one module, changed."""

    def __init__(self, module: str, path: Path, mutant: Mutant) -> None:
        self.module, self.path, self.mutant = module, path, mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.module:
            return None
        return spec_from_file_location(name, self.path, loader=_Loader(name, str(self.path), self.mutant))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.mutant.tree(), self.path, "exec")
