"""Ratios between things that are measured in turns, so that a noisy machine is noisy for all of them alike."""

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
"""Does a short piece of work and returns what one unit of it cost, in seconds."""

Advance = Callable[[int, int], None]
"""Told after each slice how many of how many are done."""


@dataclass(frozen=True)
class Aim:
    """What a ratio should be: `at most` compares costs, `at least` compares speeds."""

    kind: Literal["at most", "at least"]
    ratio: float

    def met(self, ratio: float) -> bool:
        return ratio <= self.ratio if self.kind == "at most" else ratio >= self.ratio

    def __str__(self) -> str:
        return f"{'≤' if self.kind == 'at most' else '≥'} {self.ratio:g}"


@dataclass(frozen=True)
class Comparison:
    """One line of the table: contender `ours` (without the cost of `less`) against contender `theirs`.

    `judged` is False where the figure only helps to read another one: there is nothing to meet then, and the kind
    of `aim` says which way the ratio is taken. `said` is what was measured, and against what.
    """

    row: str
    what: str
    against: str
    aim: Aim
    ours: str
    theirs: str
    said: str
    less: str | None = None
    judged: bool = True


@dataclass(frozen=True)
class Outcome:
    """A comparison with the ratio of every round, and the median cost of each side."""

    comparison: Comparison
    ratios: tuple[float, ...]
    ours: float
    theirs: float

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> float:
        """Distance between the quartiles of the ratios."""
        low, _, high = statistics.quantiles(self.ratios, n=4, method="inclusive")
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
    """Ratios round by round: cost over cost for `at most`, speed over speed for `at least`."""
    theirs = costs[comparison.theirs]
    less = costs[comparison.less] if comparison.less else [0.0] * len(theirs)
    ours = [whole - part for whole, part in zip(costs[comparison.ours], less, strict=True)]
    pairs = zip(ours, theirs, strict=True)
    ratios = tuple(a / b if comparison.aim.kind == "at most" else b / a for a, b in pairs)
    return Outcome(comparison, ratios, statistics.median(ours), statistics.median(theirs))


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
