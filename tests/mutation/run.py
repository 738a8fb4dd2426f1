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
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, ModuleType
from typing import Literal

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutate import Mutant, mutants
from tests.mutation.order import Only, Watch, Watched
from tests.mutation.order import read as read_watched
from tests.mutation.targets import Target

ROOT = Path(__file__).parents[2]
COPIED = ("assessment", "tests", "rubrics", "openapi", "pyproject.toml", "README.md")
LEAST_SECONDS = 15.0
PATIENCE = 4
"""A mutant may take so many times as long as the tests take without one; then it counts as noticed."""
PYTEST = ("-x", "-q", "--no-header", "--tb=line", "--assert=plain", "-p", "no:cacheprovider",
          "-p", "no:faker", "-p", "no:schemathesis")  # fmt: skip
"""Without what the tests do not use and takes long to load."""

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
    with redirect_stdout(StringIO()):
        # Forks then have every library that the tests import.
        pytest.main([*PYTEST, *target.options, *target.files, "--collect-only"])
    forgotten = _built_on(target.module)
    watched = _watch(target, forgotten, folder)
    start = time.monotonic()
    report = folder / "unchanged.log"
    # In an order that is not that of the files: tests that need one would be killers of mutants by accident.
    by_time = [one.test for one in sorted(watched.tests, key=lambda one: one.seconds)]
    if _wait(_fork(target, forgotten, folder, None, [by_time], report)) != 0:
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
                order = watched.rounds(mutant.line)
                pid = _fork(target, forgotten, folder, mutant, order, Path(os.devnull))
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


def _watch(target: Target, forgotten: set[str], folder: Path) -> Watched:
    """What each test runs of the module. Raises BrokenTests when one fails."""
    report, seen = folder / "watched.log", folder / "watched.json"

    def work() -> int:
        watch = Watch(folder / target.path)
        status = int(pytest.main([*PYTEST, *target.options, *target.files], plugins=[watch]))
        watch.write(seen)
        return status

    if _wait(_fork_to(work, forgotten, report)) != 0:
        raise BrokenTests(report.read_text())
    return read_watched(seen)


def _fork(
    target: Target, forgotten: set[str], folder: Path, mutant: Mutant | None, order: Sequence[list[str]], report: Path
) -> int:
    """The process that runs the target's tests in this order, with the mutant in place of its module."""

    def work() -> int:
        if mutant is not None:
            sys.meta_path.insert(0, _Mutated(target.module, folder / target.path, mutant))
        for tests in order:
            only = Only(tests)
            if status := int(pytest.main([*PYTEST, *target.options, *only.files], plugins=[only])):
                return status
        return 0

    return _fork_to(work, forgotten, report)


def _fork_to(work: Callable[[], int], forgotten: set[str], report: Path) -> int:
    """A process of its own that ends with the status that the work has."""
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
        status = work()
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
        package, _, last = name.rpartition(".")
        # `from package import module` asks the package first, which would answer with the module as it was.
        if package in sys.modules:
            vars(sys.modules[package]).pop(last, None)


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
    # A table is made known to its base, which takes it once.
    found = {module, "assessment.store.base"} if module.startswith("assessment.store.") else {module}
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
