"""Which tests are put to a mutant, and in which order: those that run its line, the quickest first."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest

FIRST = 20
"""So many tests are tried before any other file is even read."""


class Seen(msgspec.Struct, frozen=True):
    """A test: how long it took, and which lines of the module it ran."""

    test: str
    seconds: float
    lines: frozenset[int]

    @property
    def file(self) -> str:
        return self.test.partition("::")[0]


class Watched(msgspec.Struct, frozen=True):
    """What the tests of a module run of it. `shared` are the lines that ran for several tests at once, when files were
    read or fixtures set up that outlive a test."""

    tests: list[Seen]
    shared: frozenset[int]

    def rounds(self, line: int) -> list[list[str]]:
        """The tests in the order in which they are tried: some of the first file that has any for the line, then the
        others that run it, and those that do not if its effect may reach them."""
        near = sorted((one for one in self.tests if line in one.lines), key=lambda one: one.seconds)
        if not near:
            return [[one.test for one in self.tests]]
        files = [one.file for one in self.tests]
        nearest = min((one.file for one in near), key=files.index)
        first = [one.test for one in near if one.file == nearest][:FIRST]
        far = [one for one in self.tests if line not in one.lines] if line in self.shared else []
        rest = [one.test for one in [*near, *far] if one.test not in first]
        return [tests for tests in (first, rest) if tests]


class Watch:
    """A plugin of pytest that notes what each test runs of a module."""

    def __init__(self, module: Path) -> None:
        self._module = str(module)
        self._shared: set[int] = set()
        self._lines = self._shared
        self._tests: list[Seen] = []
        threading.settrace(self._enter)
        sys.settrace(self._enter)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._lines = set()
        start = time.monotonic()
        try:
            return (yield)
        finally:
            self._tests.append(Seen(item.nodeid, time.monotonic() - start, frozenset(self._lines)))
            self._lines = self._shared

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        own = self._lines
        if fixturedef.scope != "function":
            self._lines = set()
        try:
            return (yield)
        finally:
            if self._lines is not own:
                self._shared |= self._lines
                own |= self._lines
                self._lines = own

    def _enter(self, frame: FrameType, event: str, arg: object) -> Any:
        return self._step if frame.f_code.co_filename == self._module else None

    def _step(self, frame: FrameType, event: str, arg: object) -> Any:
        self._lines.add(frame.f_lineno)
        return self._step

    def write(self, path: Path) -> None:
        path.write_bytes(msgspec.json.encode(Watched(self._tests, frozenset(self._shared))))


def read(path: Path) -> Watched:
    return msgspec.json.decode(path.read_bytes(), type=Watched)


class Only:
    """A plugin of pytest that runs these tests and no others, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._places = {test: place for place, test in enumerate(tests)}

    @property
    def files(self) -> list[str]:
        return list(dict.fromkeys(test.partition("::")[0] for test in self._places))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in items if item.nodeid in self._places]
        items[:] = sorted(chosen, key=lambda item: self._places[item.nodeid])
