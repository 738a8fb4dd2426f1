"""An observer of benchmark editions who subtracts: what he can conclude about the scores of members he does not know.

He holds every release of every cohort, knows whose vote each of them counted and, by assessment, whether a vote is the
same as before, and knows the scores of some members. From a release he reads how many votes may lie at or below each
step; for two releases of a cohort, and for everybody's less released cohorts of a cut, he takes the difference. Then
he follows what that forces, from one constraint to the next, until nothing more follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from assessment.scoring.cohort import EVERYBODY, Cohort
from assessment.scoring.histogram import median_ranks
from assessment.scoring.release import Figures

Vote = tuple[int, int]
"""An organisation and the number of its assessment."""
Range = tuple[int, int]
"""Lowest and highest step that a vote can lie in."""
MOST_LEFT = 40
"""A difference of more votes than this forces nothing."""


@dataclass(frozen=True)
class Seen:
    """A release, as the observer has it."""

    edition: int
    cohort: Cohort
    votes: frozenset[Vote]
    figures: Figures


@dataclass
class _Sum:
    """`low` ≤ votes of `plus` at or below a step − votes of `minus` there ≤ `high`."""

    step: int
    plus: frozenset[Vote]
    minus: frozenset[Vote]
    low: int
    high: int


def conclude(seen: Sequence[Seen], known: Mapping[Vote, float], step: int) -> dict[Vote, Range]:
    """The range of steps that each vote can lie in, for all that the observer can tell. `known` are scores."""
    last = 100 // step - 1
    ranges = {vote: (0, last) for one in seen for vote in one.votes}
    for vote, score in known.items():
        if vote in ranges:
            place = min(int(score) // step, last)
            ranges[vote] = (place, place)
    bounds = [_bounds(one.figures, step) for one in seen]
    sums = [
        _Sum(place, one.votes, frozenset(), low, high)
        for one, found in zip(seen, bounds, strict=True)
        for place, (low, high) in enumerate(found)
        if low > 0 or high < len(one.votes)
    ]
    for plus, minus in _differences(seen):
        gained, lost = seen[plus].votes, frozenset[Vote]().union(*(seen[place].votes for place in minus))
        if len(gained ^ lost) > MOST_LEFT:
            continue
        for place in range(last):
            low, high = bounds[plus][place]
            low -= sum(bounds[other][place][1] for other in minus)
            high -= sum(bounds[other][place][0] for other in minus)
            sums.append(_Sum(place, gained - lost, lost - gained, low, high))
    while sum(_follow(one, ranges) for one in sums):
        pass  # all of them are followed each time
    return ranges


def _differences(seen: Sequence[Seen]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Pairs of releases of a cohort, and everybody's with releases of the cohorts of a cut, the nearest of each."""
    places = range(len(seen))
    for one, other in combinations(places, 2):
        if seen[one].cohort == seen[other].cohort:
            yield one, (other,)
    for parent in (place for place in places if seen[place].cohort == EVERYBODY):
        for cut in ("industry", "size"):
            children: dict[Cohort, list[int]] = {}
            for place in places:
                if seen[place].cohort.cut == cut:
                    children.setdefault(seen[place].cohort, []).append(place)
            for size in range(1, len(children) + 1):
                for chosen in combinations(children.values(), size):
                    nearest = [
                        min(places_, key=lambda place: len(seen[place].votes - seen[parent].votes))
                        for places_ in chosen
                    ]
                    latest = [max(places_, key=lambda place: seen[place].edition) for places_ in chosen]
                    yield from {(parent, tuple(nearest)), (parent, tuple(latest))}


def _follow(one: _Sum, ranges: dict[Vote, Range]) -> bool:
    """Narrow what the constraint forces; whether it did."""
    open_plus: list[Vote] = []
    open_minus: list[Vote] = []
    sure = 0
    for votes, sign, undecided in ((one.plus, 1, open_plus), (one.minus, -1, open_minus)):
        for vote in votes:
            low, high = ranges[vote]
            if high <= one.step:
                sure += sign
            elif low <= one.step:
                undecided.append(vote)
    if not open_plus and not open_minus:
        return False
    if sure + len(open_plus) == one.low:
        below, above = open_plus, open_minus
    elif sure - len(open_minus) == one.high:
        below, above = open_minus, open_plus
    else:
        return False
    for vote in below:
        ranges[vote] = (ranges[vote][0], one.step)
    for vote in above:
        ranges[vote] = (one.step + 1, ranges[vote][1])
    return True


def _bounds(figures: Figures, step: int) -> list[Range]:
    """For each step but the last, how many votes there may be in it and below."""
    n, steps = figures.n, 100 // step
    low, high = [0] * steps, [n] * steps
    low[-1] = n

    def at_least(rank: int, score: float) -> None:
        """The vote of this rank, from 1, is `score` or more."""
        for place in range(steps):
            if (place + 0.5) * step < score - 1e-9:
                high[place] = min(high[place], rank - 1)

    def at_most(rank: int, score: float) -> None:
        """The vote of this rank is `score` or less."""
        for place in range(steps):
            if (place + 1.5) * step > score + 1e-9:
                low[place] = max(low[place], rank)

    ranks = median_ranks(n)
    if figures.median_interval is not None and ranks is not None:
        for rank, score in zip(ranks[:2], figures.median_interval, strict=True):
            at_least(rank, score)
            at_most(rank, score)
    for share, score in _quantiles(figures):
        place = (n - 1) * share
        rank = math.floor(place) + 1
        exact = place == math.floor(place)
        at_most(rank, score + step / 4)
        at_least(rank if exact else rank + 1, score - step / 4)
    for end, fewest, most in _cumulated(figures):
        if end % step == 0 and end < 100:
            place = end // step - 1
            low[place], high[place] = max(low[place], fewest), min(high[place], most)
    for place in range(1, steps):
        low[place] = max(low[place], low[place - 1])
    for place in range(steps - 2, -1, -1):
        high[place] = min(high[place], high[place + 1])
    return list(zip(low, high, strict=True))[:-1]


def _quantiles(figures: Figures) -> Iterator[tuple[float, float]]:
    yield 0.5, figures.median
    for share, pair in ((0.25, figures.quartiles), (0.1, figures.tails)):
        if pair is not None:
            yield share, pair[0]
            yield 1 - share, pair[1]


def _cumulated(figures: Figures) -> Iterator[tuple[int, int, int]]:
    """(end of a bar, fewest and most votes below it): shares were rounded to twentieths by largest remainder."""
    fewest, most = [0], [0]
    bars = figures.histogram or ()
    for bar in bars:
        units = round(bar.share * 20)
        exact = figures.n == 20
        fewest.append(math.floor((units - 1) * figures.n / 20) + 1 if not exact else units * figures.n // 20)
        most.append(math.ceil((units + 1) * figures.n / 20) - 1 if not exact else units * figures.n // 20)
    for place, bar in enumerate(bars, 1):
        below = (sum(fewest[: place + 1]), sum(most[: place + 1]))
        above = (sum(fewest[place + 1 :]), sum(most[place + 1 :]))
        yield bar.end, max(below[0], figures.n - above[1]), min(below[1], figures.n - above[0])
