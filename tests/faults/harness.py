"""How trials are found, run and reported: each tries to break one promise and says how often it tried.

A trial is a module `trial_<nn>_<name>.py` with

    NUMBER = 3                                   # of the promise; the table is sorted by it
    PROMISE = "a lost reply makes no duplicate"  # what the table says
    COUNTS = {"ci": 50, "full": 2_000}
    SYSTEM = True                                # only where it needs a program of the system

    async def run(count: int, report: Report) -> None:  # or `def run(...)`
        for engine in ENGINES:
            with report.on(engine):              # names the engine, and times its part of the table
                ...
                report.tried(1, "lost replies")  # at every attempt; moves the bar
                assert found == 1, f"{found} rows after a retry"
        report.note("7 of them were retried twice")

An AssertionError says what was found; any other exception fails the trial as well, with its traceback. So does a
trial, or an engine of one, that tried nothing.
"""

from __future__ import annotations

import asyncio
import inspect
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

ENGINES = ("sqlite", "postgresql")
NO_ENGINE = "–"

Advance = Callable[[int], None]
"""Told how many attempts were made since it was told last."""


class Trial(Protocol):
    """What a trial's module holds."""

    __name__: str
    NUMBER: int
    PROMISE: str
    COUNTS: Mapping[str, int]

    def run(self, count: int, report: Report, /) -> Awaitable[None] | None: ...


@dataclass
class Part:
    """What was tried on one engine."""

    engine: str
    tries: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class Report:
    """What a trial tells while it runs."""

    def __init__(self, advance: Advance = lambda done: None) -> None:
        self.parts: list[Part] = []
        self.notes: list[str] = []
        self._advance = advance
        self._current: Part | None = None

    @contextmanager
    def on(self, engine: str) -> Iterator[None]:
        """What is tried inside is tried on this engine. Entered again, it goes on where it was."""
        outer, self._current = self._current, self._part(engine)
        start = time.monotonic()
        try:
            yield
        finally:
            self._current.seconds += time.monotonic() - start
            self._current = outer

    def tried(self, n: int, what: str) -> None:
        """`n` more attempts of one kind were made; `what` is their plural."""
        part = self._current or self._part(NO_ENGINE)
        part.tries[what] += n
        self._advance(n)

    def note(self, text: str) -> None:
        """Something that the table says beside the verdict."""
        self.notes.append(text)

    def _part(self, engine: str) -> Part:
        for part in self.parts:
            if part.engine == engine:
                return part
        self.parts.append(Part(engine))
        return self.parts[-1]


@dataclass(frozen=True)
class Outcome:
    """A trial that ran: `failure` says what was found, and None that the promise held."""

    number: int
    promise: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    failure: str | None
    seconds: float


def trials(folder: Path = Path(__file__).parent, package: str = "tests.faults") -> list[Trial]:
    """Every trial of the folder, by number."""
    names = sorted(path.stem for path in folder.glob("trial_[0-9][0-9]_*.py"))
    found = [cast("Trial", import_module(f"{package}.{name}")) for name in names]
    for trial in found:
        if int(trial.__name__.rpartition(".")[2][6:8]) != trial.NUMBER or set(trial.COUNTS) != {"ci", "full"}:
            raise ValueError(f"{trial.__name__} does not say its number as its file does, or lacks a count.")
    return sorted(found, key=lambda trial: trial.NUMBER)


def chosen(found: Iterable[Trial], numbers: set[int]) -> list[Trial]:
    """The trials of these numbers, all of them for an empty set. ValueError names the numbers that have none."""
    found = list(found)
    missing = sorted(numbers - {trial.NUMBER for trial in found})
    if missing:
        known = ", ".join(str(number) for number in sorted({trial.NUMBER for trial in found}))
        raise ValueError(f"There is no trial {', '.join(map(str, missing))}; there are {known}.")
    return [trial for trial in found if not numbers or trial.NUMBER in numbers]


def conduct(trial: Trial, count: int, advance: Advance = lambda done: None) -> Outcome:
    """Run one trial and say how it went. Nothing but KeyboardInterrupt and the like leaves it."""
    report = Report(advance)
    start = time.monotonic()
    failure: str | None
    try:
        done = trial.run(count, report)
        if inspect.isawaitable(done):
            asyncio.run(_finish(done))
        failure = _emptiness(report)
    except AssertionError as error:
        failure = str(error) or traceback.format_exc()
    except Exception:
        failure = traceback.format_exc()
    seconds = time.monotonic() - start
    for part in report.parts:
        if part.engine == NO_ENGINE:
            part.seconds = seconds - sum(other.seconds for other in report.parts if other is not part)
    return Outcome(trial.NUMBER, trial.PROMISE, tuple(report.parts), tuple(report.notes), failure, seconds)


async def _finish(done: Awaitable[None]) -> None:
    await done


def _emptiness(report: Report) -> str | None:
    """What a trial that passed because it did nothing is told."""
    idle = [part.engine for part in report.parts if not part.tries.total()]
    if not report.parts:
        return "It tried nothing."
    return f"It tried nothing on {', '.join(idle)}." if idle else None
