"""Things that are measured in turns, so that a noisy machine is noisy for all of them alike, and how they compare."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

FEWEST_ROUNDS = 5
SLICE_SECONDS = 0.1

Slice = Callable[[], float]
"""Does a short piece of work and returns what one unit of it cost, in the unit of its comparison."""

Unit = Literal["seconds", "bytes"]

Advance = Callable[[int, int], None]
"""Told after each slice how many of how many are done."""


@dataclass(frozen=True)
class Aim:
    """What a figure should be: `at most` compares costs, `at least` compares speeds."""

    kind: Literal["at most", "at least"]
    figure: float

    def met(self, figure: float) -> bool:
        return figure <= self.figure if self.kind == "at most" else figure >= self.figure

    @property
    def sign(self) -> str:
        return "≤" if self.kind == "at most" else "≥"


@dataclass(frozen=True)
class Comparison:
    """One line of the table: contender `ours` (without the cost of `less`) against contender `theirs`.

    Its figure is their ratio; where there is no `theirs`, it is what ours costs, and so is the aim. `judged` is False
    where the figure only helps to read another one: there is nothing to meet then, and the kind of `aim` says which
    way the ratio is taken. `said` is what was measured, and against what. `limit` says what stood in the way of the
    aim and what was tried; it is shown where the aim is not met.
    """

    row: str
    what: str
    against: str
    aim: Aim
    ours: str
    theirs: str | None
    said: str
    less: str | None = None
    judged: bool = True
    unit: Unit = "seconds"
    limit: str = ""


@dataclass(frozen=True)
class Outcome:
    """A comparison with the figure of every round, and the median cost of each side."""

    comparison: Comparison
    figures: tuple[float, ...]
    ours: float
    theirs: float | None

    @property
    def median(self) -> float:
        return statistics.median(self.figures)

    @property
    def spread(self) -> float:
        """Distance between the quartiles of the figures."""
        low, _, high = statistics.quantiles(self.figures, n=4, method="inclusive")
        return high - low

    @property
    def verdict(self) -> str:
        """`met`, `not met`, or a dash where there is nothing to meet."""
        if not self.comparison.judged:
            return "–"
        return "met" if self.comparison.aim.met(self.median) else "not met"


@dataclass(frozen=True)
class Group:
    """Comparisons whose contenders are measured in turns. `open` starts what they need and stops it afterwards."""

    title: str
    comparisons: tuple[Comparison, ...]
    open: Callable[[], AbstractContextManager[Mapping[str, Slice]]]


def _go_on(done: int, total: int) -> None:
    """Show nothing."""


def interleave(slices: Mapping[str, Slice], rounds: int, advance: Advance = _go_on) -> dict[str, list[float]]:
    """The costs of each contender, one a round: A B C, A B C, … after one round that does not count."""
    if rounds < FEWEST_ROUNDS:
        raise ValueError(f"{rounds} rounds say little; {FEWEST_ROUNDS} is the fewest.")
    costs: dict[str, list[float]] = {name: [] for name in slices}
    done = 0
    for number in range(-1, rounds):
        for name, measure in slices.items():
            cost = measure()
            if number >= 0:
                costs[name].append(cost)
            done += 1
            advance(done, len(slices) * (rounds + 1))
    return costs


def compare(comparison: Comparison, costs: Mapping[str, Sequence[float]]) -> Outcome:
    """Figures round by round: cost over cost for `at most`, speed over speed for `at least`, or the cost of ours."""
    whole = costs[comparison.ours]
    less = costs[comparison.less] if comparison.less else [0.0] * len(whole)
    ours = [cost - part for cost, part in zip(whole, less, strict=True)]
    if comparison.theirs is None:
        return Outcome(comparison, tuple(ours), statistics.median(ours), None)
    theirs = costs[comparison.theirs]
    pairs = zip(ours, theirs, strict=True)
    figures = tuple(a / b if comparison.aim.kind == "at most" else b / a for a, b in pairs)
    return Outcome(comparison, figures, statistics.median(ours), statistics.median(theirs))


def measure(group: Group, rounds: int, advance: Advance = _go_on) -> Iterator[Outcome]:
    """Open the group, measure its contenders in turns, and compare them."""
    with group.open() as slices:
        costs = interleave(slices, rounds, advance)
    for comparison in group.comparisons:
        yield compare(comparison, costs)


def timed(
    work: Callable[[], object], clock: Callable[[], float] = time.perf_counter, seconds: float = SLICE_SECONDS
) -> Slice:
    """A slice that calls `work` as often as fits into about `seconds`."""
    count = 1

    def run() -> float:
        nonlocal count
        start = clock()
        for _ in range(count):
            work()
        cost = (clock() - start) / count
        count = max(1, int(seconds / cost)) if cost > 0 else count * 2
        return cost

    return run
