"""What may be said of a cohort's scores: the rules of a release, its figures, and where a score stands among them.

The numbers in `Rules` are judgement. They follow from what an observer could do who holds every release, knows who
was a member when, and knows some members' scores: see `assessment.scoring.edition` for the rules between releases.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from assessment.scoring.histogram import Histogram, median_ranks, quantile
from assessment.scoring.interval import wilson

Position = Literal["lower", "middle", "higher"]


class Rules(msgspec.Struct, frozen=True):
    """When a cohort may be released, and how finely."""

    minimum: int = 10
    """Votes that a cohort needs; fewer are not spoken of."""
    quartiles_from: int = 20
    """Votes from which quartiles and the histogram are released, and a score is given its percentile."""
    tails_from: int = 36
    """Votes from which P10 and P90 are: 1 − 0.9³⁶ is the first to leave a 97.5 % bound for P90 inside the sample."""
    changes: int = 5
    """Votes that of two releases either has and the other has not, or none; fewer only beside `complement` others."""
    complement: int = 10
    """Votes that everybody's cohort has beyond those of the released cohorts of a cut, or none."""
    apart: int = 5
    """Votes, and changes, that no single partner knows, or none: whoever sent the others knows their scores."""
    largest_share: float = 0.25
    """What one organisation may count for."""
    step: int = 5
    """Points to which each single score is coarsened before anything is computed."""
    smallest_bar: int = 5
    """Votes in a bar of the histogram, or none; smaller bars are merged with their neighbours."""
    share: float = 0.05
    """To which shares of a histogram are rounded."""


RULES = Rules()


class Bar(msgspec.Struct, frozen=True):
    """Scores from `start` up to `end` (the last bar holds 100 too), and their share of all."""

    start: int
    end: int
    share: float


class Figures(msgspec.Struct, frozen=True):
    """What is released of the scores of a cohort. None stands where there are too few for it."""

    n: int
    median: float
    median_interval: tuple[float, float] | None
    median_coverage: float | None
    quartiles: tuple[float, float] | None
    tails: tuple[float, float] | None
    histogram: tuple[Bar, ...] | None


class Place(msgspec.Struct, frozen=True):
    """Where a score stands: below `quartiles_from` only in words."""

    position: Position
    percentile: float | None
    interval: tuple[float, float] | None


def figures_of(scores: Histogram, rules: Rules = RULES) -> Figures:
    """The figures of a cohort that may be released.

    Every figure is computed from scores in steps, so that nothing of it depends on where inside its step a score lies:
    whoever knows all the others' scores still learns no more than one step. ValueError below the minimum.
    """
    n = scores.n
    if n < rules.minimum:
        raise ValueError(f"{n} votes are fewer than {rules.minimum}")
    ordered = scores.in_steps(rules.step)
    ranks = median_ranks(n)
    return Figures(
        n=n,
        median=_rounded(quantile(ordered, 0.5), rules),
        median_interval=None if ranks is None else (ordered[ranks[0] - 1], ordered[ranks[1] - 1]),
        median_coverage=None if ranks is None else round(ranks[2], 4),
        quartiles=_pair(ordered, 0.25, rules) if n >= rules.quartiles_from else None,
        tails=_pair(ordered, 0.1, rules) if n >= rules.tails_from else None,
        histogram=_bars(ordered, rules) if n >= rules.quartiles_from else None,
    )


def place_of(figures: Figures, score: float) -> Place:
    """Where a score stands among released figures. It is computed from these alone: asking for any number of scores
    tells nothing that they do not."""
    low, high = figures.median_interval or (figures.median, figures.median)
    position: Position = "lower" if score < low else "higher" if score > high else "middle"
    if figures.histogram is None:
        return Place(position, None, None)
    below = sum(
        bar.share * min(1.0, max(0.0, (score - bar.start) / (bar.end - bar.start))) for bar in figures.histogram
    )
    lower, upper = wilson(below * figures.n, figures.n)
    return Place(position, round(100 * below, 1), (round(100 * lower, 1), round(100 * upper, 1)))


def _pair(ordered: list[float], share: float, rules: Rules) -> tuple[float, float]:
    return _rounded(quantile(ordered, share), rules), _rounded(quantile(ordered, 1 - share), rules)


def _rounded(score: float, rules: Rules) -> float:
    """To half a step, in which every single score lies: interpolation would else show figures that look finer."""
    half = rules.step / 2
    return int(score / half + 0.5) * half


def _bars(ordered: list[float], rules: Rules) -> tuple[Bar, ...]:
    """Bars of ten points, merged from below until each holds enough, with shares that add up to 1."""
    counts: list[tuple[int, int, int]] = []
    start = held = 0
    for end in range(10, 101, 10):
        held += sum(end - 10 < score <= end for score in ordered)
        if held >= rules.smallest_bar:
            counts.append((start, end, held))
            start, held = end, 0
    if start < 100:
        # What is left above is too little for a bar of its own.
        first, _, below = counts.pop() if counts else (0, 0, 0)
        counts.append((first, 100, below + held))
    shares = _shares([held for _, _, held in counts], rules.share)
    return tuple(Bar(start, end, share) for (start, end, _), share in zip(counts, shares, strict=True))


def _shares(counts: list[int], unit: float) -> list[float]:
    """Shares in whole units that add up to 1, by largest remainder."""
    units = round(1 / unit)
    exact = [count * units / sum(counts) for count in counts]
    whole = [int(one) for one in exact]
    by_remainder = sorted(range(len(counts)), key=lambda place: (whole[place] - exact[place], place))
    for place in by_remainder[: units - sum(whole)]:
        whole[place] += 1
    return [round(one * unit, 4) for one in whole]
