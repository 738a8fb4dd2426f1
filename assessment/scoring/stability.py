"""How robust a score is: the same answers under 16 ways to compute it, and with each question left out.

The grid is fixed, so the answer is a fact and not a sample: evidence or equal question weights × levels or
ridits × shifts of half, once and twice the rubric's, or the plain mean. Sources: OECD/JRC Handbook step 7;
Saisana, Saltelli & Tarantola 2005 (JRSS A 168:307–323).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum
from operator import itemgetter, mul

import msgspec

from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.figures import Figures
from assessment.scoring.rating import level_of
from assessment.scoring.result import LeaveOneOut, Stability
from assessment.scoring.rounding import points
from assessment.scoring.score import Score


class Grid(msgspec.Struct, gc=False):
    """The scenarios' scores, on 0–1; `equal_weights` is the one that differs from the score in weights alone."""

    scores: list[float]
    equal_weights: float


def scenario_grid(rubric: CompiledRubric, figures: Sequence[Figures]) -> Grid:
    """The 16 scores. Which dimensions count stays as the half rule decided on evidence weights."""
    counting = [one for one in figures if one.score is not None]
    weights = [d.weight for d, one in zip(rubric.dimensions, figures, strict=True) if one.score is not None]
    total = fsum(weights)
    shifts = (rubric.shift / 2, rubric.shift, rubric.shift * 2)
    scores = []
    columns = zip(*[one.worth for one in counting], strict=True)
    for means in zip(*[one.means for one in counting], strict=True):
        for shift, column in zip(shifts, columns, strict=False):
            score = exp(fsum(column) / total) - shift
            scores.append(0.0 if score <= 0 else min(1.0, score))
        scores.append(fsum(map(mul, weights, means)) / total)
    return Grid(scores, scores[9])


def leave_one_out(rubric: CompiledRubric, figures: Sequence[Figures]) -> LeaveOneOut | None:
    """The lowest and the highest score with one answered question treated as if the rubric did not have it.

    A dimension whose only answer is left out leaves the mean. None with fewer than two answers.
    """
    counting = [(d.weight, one) for d, one in zip(rubric.dimensions, figures, strict=True) if one.score is not None]
    weights = fsum([weight for weight, _ in counting])
    log_sum = fsum([one.worth[1] for _, one in counting])
    found: list[tuple[float, int]] = []
    for weight, one in counting:
        others = log_sum - one.worth[1]
        for own, index in one.left_out:
            found.append(((others + own) / weights, index))
        if one.only is not None and weights > weight:
            found.append((others / (weights - weight), one.only))
    if not found:
        return None
    lowest, highest = min(found), max(found, key=itemgetter(0))
    return LeaveOneOut(
        _points(lowest[0], rubric.shift),
        rubric.questions[lowest[1]].id,
        _points(highest[0], rubric.shift),
        rubric.questions[highest[1]].id,
    )


def _points(mean: float, shift: float) -> float:
    return points(max(0.0, exp(mean) - shift))


def stability(rubric: CompiledRubric, scored: Score, figures: Sequence[Figures], grid: Grid) -> Stability | None:
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
        leave_one_out=leave_one_out(rubric, figures),
    )
