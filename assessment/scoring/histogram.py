"""Counts of scores by whole point: exact at that resolution, they add up, and a score can be taken out again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

BINS = 101
"""One for each whole point from 0 to 100."""


class Histogram:
    """How many scores lie in each whole point; 52.03 counts as 52."""

    __slots__ = ("counts",)

    def __init__(self, scores: Iterable[float] = ()) -> None:
        self.counts = [0] * BINS
        for score in scores:
            self.add(score)

    def add(self, score: float) -> None:
        """Count a score of 0 to 100; IndexError for any other."""
        self.counts[_bin_of(score)] += 1

    def remove(self, score: float) -> None:
        """Take out a score that was counted; ValueError when there is none of its point."""
        place = _bin_of(score)
        if not self.counts[place]:
            raise ValueError(f"no score of {place} points was counted")
        self.counts[place] -= 1

    def __add__(self, other: Histogram) -> Histogram:
        merged = Histogram()
        merged.counts = [one + two for one, two in zip(self.counts, other.counts, strict=True)]
        return merged

    @property
    def n(self) -> int:
        return sum(self.counts)

    def percentile(self, score: float) -> float:
        """0–100: mid-rank percentile of a score; that of no score at all is undefined (ZeroDivisionError)."""
        place = _bin_of(score)
        return 100 * (sum(self.counts[:place]) + self.counts[place] / 2) / self.n

    def in_steps(self, step: int) -> list[float]:
        """The scores in ascending order, each as the middle of its step: with 5, 52.03 becomes 52.5 and 100 joins
        those from 95. Whatever is computed from these holds no more of a score than its step."""
        last = 100 - step
        return [
            min(place // step * step, last) + step / 2 for place, count in enumerate(self.counts) for _ in range(count)
        ]


def quantile(ordered: Sequence[float], share: float) -> float:
    """Type 7 of Hyndman & Fan 1996 (Am Stat 50:361–365), the default of R and NumPy: on the straight line between the
    two scores beside position (n − 1)·share of the ascending ones."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median_ranks(n: int, level: float = 0.95) -> tuple[int, int, float] | None:
    """The exact interval of a median from order statistics: (lower rank, upper rank, coverage), ranks from 1.

    It is the narrowest symmetric one whose coverage, by the binomial distribution with one half, is at least `level`:
    n = 10 gives x(2) to x(9) with 97.85 %. None where even x(1) to x(n) covers less (n < 6).
    """
    middle = n // 2
    # How likely it is that so many scores, and no more, lie below the median. As a product, and outwards from the
    # middle: binomial coefficients of a million scores would take days.
    likely = math.prod((2 * one - 1) / (2 * one) for one in range(1, middle + 1))
    if n % 2:
        likely *= n / (n + 1)
    fewer = 0.5 - (likely if n % 2 else likely / 2)
    for rank in range(middle, 0, -1):
        coverage = 1 - 2 * fewer
        if coverage >= level:
            return rank, n + 1 - rank, coverage
        likely *= rank / (n - rank + 1)
        fewer -= likely
    return None


def _bin_of(score: float) -> int:
    if not 0 <= score <= 100:
        raise IndexError(f"{score} is no score: it must lie between 0 and 100")
    return int(score)
