"""How robust a score is: the same answers under 16 ways to compute it, and with each question left out.

The grid is fixed, so the answer is a fact and not a sample: evidence or equal question weights × levels or
ridits × shifts of half, once and twice the rubric's, or the plain mean. Sources: OECD/JRC Handbook step 7;
Saisana, Saltelli & Tarantola 2005 (JRSS A 168:307–323).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, fsum, log
from operator import itemgetter, mul

import msgspec

from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.rating import level_of
from assessment.scoring.result import LeaveOneOut, Stability
from assessment.scoring.rounding import points
from assessment.scoring.score import Score


class Grid(msgspec.Struct, gc=False):
    """The scenarios' scores, on 0–1; `equal_weights` is the one that differs from the score in weights alone."""

    scores: list[float]
    equal_weights: float


def scenario_grid(
    rubric: CompiledRubric, scored: Score, levels: Sequence[float | None], ridits: Sequence[float | None]
) -> Grid:
    """The 16 scores. Which dimensions count stays as the half rule decided on evidence weights."""
    weights: list[float] = []
    variants: tuple[list[float], ...] = ([], [], [], [])
    by_level, by_ridit, equal_by_level, equal_by_ridit = variants
    for dimension, value, sums in zip(rubric.dimensions, scored.dimensions, scored.tallies, strict=True):
        if value is None:
            continue
        total = weighted = unweighted = 0.0
        count = 0
        for index, weight in dimension.questions:
            level = levels[index]
            if level is not None:
                ridit = ridits[index]
                alternative = level / 4 if ridit is None else ridit
                count += 1
                total += level
                weighted += weight * alternative
                unweighted += alternative
        weights.append(dimension.weight)
        by_level.append(value)
        by_ridit.append(weighted / sums.answered)
        equal_by_level.append(total / 4 / count)
        equal_by_ridit.append(unweighted / count)
    # All variants in one list: a logarithm costs less than the loop around it.
    values = [*by_level, *by_ridit, *equal_by_level, *equal_by_ridit]
    size, whole, heavy = len(weights), fsum(weights), weights * len(variants)
    means = [[p / whole for p in _sums(map(mul, heavy, values), size)]]
    for shift in (rubric.shift / 2, rubric.shift, rubric.shift * 2):
        logs = map(mul, heavy, [log(value + shift) for value in values])
        means.append([min(1.0, max(0.0, exp(p / whole) - shift)) for p in _sums(logs, size)])
    return Grid([score for variant in zip(*means, strict=True) for score in variant], means[2][2])


def _sums(values: Iterable[float], size: int) -> list[float]:
    """The exact sums of every `size` values."""
    listed = list(values)
    return [fsum(listed[start : start + size]) for start in range(0, len(listed), size)]


def leave_one_out(rubric: CompiledRubric, scored: Score, levels: Sequence[float | None]) -> LeaveOneOut | None:
    """The lowest and the highest score with one answered question treated as if the rubric did not have it.

    A dimension whose only answer is left out leaves the mean. None with fewer than two answers.
    """
    shift = rubric.shift
    scorable = [(d, v) for d, v in zip(rubric.dimensions, scored.dimensions, strict=True) if v is not None]
    logs = [d.weight * log(v + shift) for d, v in scorable]
    weights = fsum([d.weight for d, _ in scorable])
    log_sum = fsum(logs)
    found: list[tuple[float, int]] = []
    for (dimension, _), own in zip(scorable, logs, strict=True):
        sums, share = scored.tallies[dimension.index], dimension.weight
        earned, answered = sums.earned, sums.answered
        others = log_sum - own
        before = len(found)
        found += [
            ((others + share * log((earned - weight * level / 4) / left + shift)) / weights, index)
            for index, weight in dimension.questions
            if (level := levels[index]) is not None and (left := answered - weight) > 1e-12
        ]
        if len(found) == before and weights > share:
            only = next(index for index, _ in dimension.questions if levels[index] is not None)
            found.append((others / (weights - share), only))
    if not found:
        return None
    lowest, highest = min(found), max(found, key=itemgetter(0))
    return LeaveOneOut(
        _points(lowest[0], shift),
        rubric.questions[lowest[1]].id,
        _points(highest[0], shift),
        rubric.questions[highest[1]].id,
    )


def _points(mean: float, shift: float) -> float:
    return points(max(0.0, exp(mean) - shift))


def stability(rubric: CompiledRubric, scored: Score, levels: Sequence[float | None], grid: Grid) -> Stability | None:
    """The grid's spread, and how many of its scenarios lie in the same level as the score; None without a score."""
    if scored.overall is None:
        return None
    level = level_of(rubric, scored.overall)
    lowest, highest = min(grid.scores), max(grid.scores)
    agreeing = len(grid.scores)
    if not level_of(rubric, lowest) == level == level_of(rubric, highest):
        agreeing = [level_of(rubric, value) for value in grid.scores].count(level)
    return Stability(
        scenarios=len(grid.scores),
        agreeing=agreeing,
        lowest=points(lowest),
        highest=points(highest),
        leave_one_out=leave_one_out(rubric, scored, levels),
    )
