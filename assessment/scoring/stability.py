"""How robust a score is: the same answers under 16 ways to compute it, and with each question left out.

The grid is fixed, so the answer is a fact and not a sample: evidence or equal question weights × levels or
ridits × shifts of half, once and twice the rubric's, or the plain mean. Sources: OECD/JRC Handbook step 7;
Saisana, Saltelli & Tarantola 2005 (JRSS A 168:307–323).
"""

from __future__ import annotations

from collections.abc import Sequence
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
    for dimension, value, sums in zip(rubric.dimensions, scored.dimensions, scored.tallies, strict=True):
        if value is None:
            continue
        equal = by_ridit = equal_by_ridit = 0.0
        count = 0
        for index, weight in dimension.questions:
            level = levels[index]
            if level is not None:
                ridit = ridits[index]
                alternative = level / 4 if ridit is None else ridit
                count += 1
                equal += level
                by_ridit += weight * alternative
                equal_by_ridit += alternative
        weights.append(dimension.weight)
        variants[0].append(value)
        variants[1].append(by_ridit / sums.answered)
        variants[2].append(equal / 4 / count)
        variants[3].append(equal_by_ridit / count)
    total = fsum(weights)
    scores = []
    for values in variants:
        for shift in (rubric.shift / 2, rubric.shift, rubric.shift * 2):
            score = exp(fsum(map(mul, weights, [log(value + shift) for value in values])) / total) - shift
            scores.append(0.0 if score <= 0 else min(1.0, score))
        scores.append(fsum(map(mul, weights, values)) / total)
    return Grid(scores, scores[9])


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
        for index, weight in dimension.questions:
            level = levels[index]
            if level is None:
                continue
            left = answered - weight
            if left > 1e-12:
                rest = (earned - weight * level / 4) / left
                found.append(((others + share * log(rest + shift)) / weights, index))
            elif weights > share:
                found.append((others / (weights - share), index))
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
