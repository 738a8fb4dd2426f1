"""Levels to dimension scores to one overall score, and how far missing answers leave it open.

Inside a dimension: the weighted mean of level / 4. Between dimensions: a shifted geometric mean, which is
monotone, equals the scores when they are all equal, and neither hides a zero (as a mean does) nor lets one
erase everything (as a geometric mean does). Source: OECD/JRC Handbook on Constructing Composite Indicators
(Nardo et al. 2008); bounds: Horowitz & Manski 2000 (JASA 95:77–84). All scores in this module lie on 0–1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from assessment.scoring.compiled import CompiledDimension, CompiledRubric
from assessment.scoring.result import State

TOLERANCE = 1e-9
"""Slack when a score meets a cut: 0.75 computed as 0.7499999999999999 is 0.75."""


class Tally(msgspec.Struct, frozen=True, gc=False):
    """One dimension's sums of question weights."""

    earned: float
    """Weight times value, over answered questions."""
    answered: float
    applicable: float


class Score(msgspec.Struct, gc=False):
    """The overall score with its dimensions; `reason` says why `overall` is None."""

    tallies: list[Tally]
    dimensions: list[float | None]
    overall: float | None
    reason: str | None
    completeness: float


class Extremes(msgspec.Struct, gc=False):
    """Overall and dimension scores with every missing answer at the worst and at the best level."""

    lower: float
    upper: float
    lower_dimensions: list[float | None]
    upper_dimensions: list[float | None]


def shifted_geometric_mean(scores: Sequence[float], weights: Sequence[float], shift: float) -> float:
    """``prod((s + shift) ** (w / sum(w))) - shift``: strictly increasing in each score, between their minimum and
    arithmetic mean, 0 only when all are 0. `scores` on 0–1, `weights` and `shift` positive."""
    total = math.fsum(weights)
    mean = math.fsum([w * math.log(s + shift) for s, w in zip(scores, weights, strict=True)]) / total
    return min(1.0, max(0.0, math.exp(mean) - shift))


def tally(rubric: CompiledRubric, levels: Sequence[float | None], states: Sequence[State]) -> list[Tally]:
    """Sum the weights of each dimension. A question that does not apply leaves the sums; one that is unanswered
    or answered "don't know" stays in the applicable weight."""
    return [tally_of(dimension, levels, states) for dimension in rubric.dimensions]


def tally_of(dimension: CompiledDimension, levels: Sequence[float | None], states: Sequence[State]) -> Tally:
    """The sums of one dimension."""
    earned = answered = missing = 0.0
    for index, weight in dimension.questions:
        level = levels[index]
        if level is not None:
            earned += weight * level
            answered += weight
        elif states[index] != "not_applicable":
            missing += weight
    return Tally(earned / 4, answered, answered + missing)


def dimension_score(rubric: CompiledRubric, sums: Tally) -> float | None:
    """One dimension's score, under the half rule: none below half of the applicable weight answered."""
    if sums.answered > 0 and sums.answered >= rubric.half_rule * sums.applicable - TOLERANCE:
        return sums.earned / sums.answered
    return None


def score(rubric: CompiledRubric, tallies: list[Tally]) -> Score:
    """Dimension scores and their aggregate, under the half rule: no dimension score below half of the applicable
    weight answered, and no overall score when a core dimension has none."""
    dimensions: list[float | None] = []
    reason: str | None = None
    answered = applicable = 0.0
    for dimension, sums in zip(rubric.dimensions, tallies, strict=True):
        answered += sums.answered
        applicable += sums.applicable
        value = dimension_score(rubric, sums)
        dimensions.append(value)
        if value is None and dimension.core:
            reason = "core_dimension_unscored"
    if answered == 0:
        reason = "nothing_answered"
    elif all(value is None for value in dimensions):
        reason = reason or "no_dimension_scored"
    overall = None if reason else aggregate(rubric, dimensions)
    return Score(tallies, dimensions, overall, reason, answered / applicable if applicable else 0.0)


def aggregate(rubric: CompiledRubric, dimensions: Sequence[float | None]) -> float:
    """The shifted geometric mean of the dimensions that have a score."""
    shift = rubric.shift
    total = weights = 0.0
    for dimension, value in zip(rubric.dimensions, dimensions, strict=True):
        if value is not None:
            total += dimension.weight * math.log(value + shift)
            weights += dimension.weight
    return min(1.0, max(0.0, math.exp(total / weights) - shift))


def extremes(rubric: CompiledRubric, scored: Score) -> Extremes:
    """Manski bounds: every missing answer counted 0, then 1. They are widened, where the half rule has left a
    dimension out of the score, to contain the score itself. With nothing applicable they are 0 and 1."""
    if all(sums.answered == sums.applicable for sums in scored.tallies) and scored.overall is not None:
        return Extremes(scored.overall, scored.overall, scored.dimensions, scored.dimensions)
    lower: list[float | None] = []
    upper: list[float | None] = []
    for sums in scored.tallies:
        if sums.applicable > 0:
            lower.append(sums.earned / sums.applicable)
            upper.append((sums.earned + sums.applicable - sums.answered) / sums.applicable)
        else:
            lower.append(None)
            upper.append(None)
    if all(value is None for value in lower):
        return Extremes(0.0, 1.0, lower, upper)
    low, high = aggregate(rubric, lower), aggregate(rubric, upper)
    if scored.overall is not None:
        low, high = min(low, scored.overall), max(high, scored.overall)
    return Extremes(low, high, lower, upper)


def points_lost(rubric: CompiledRubric, scored: Score) -> list[float | None]:
    """Each dimension's share of the points missing to 100, in hundredths that add up exactly to
    100 minus the rounded score.

    The share is that of ``w · ln((1 + shift) / (s + shift))``; hundredths left over by rounding go to the
    largest remainders, earlier dimensions first.
    """
    if scored.overall is None:
        return [None] * len(scored.dimensions)
    best = math.log(1 + rubric.shift)
    losses = [
        None if value is None else dimension.weight * (best - math.log(value + rubric.shift))
        for dimension, value in zip(rubric.dimensions, scored.dimensions, strict=True)
    ]
    total = math.fsum([loss for loss in losses if loss is not None])
    missing = 10_000 - round(scored.overall * 10_000)
    if total <= 0:
        return [None if loss is None else 0.0 for loss in losses]
    exact = [0.0 if loss is None else loss / total * missing for loss in losses]
    whole = [int(part) for part in exact]
    remainders = [-1.0 if loss is None else part - int(part) for loss, part in zip(losses, exact, strict=True)]
    left = missing - sum(whole)
    for i in sorted(range(len(whole)), key=remainders.__getitem__, reverse=True)[:left]:
        whole[i] += 1
    return [None if loss is None else part / 100 for loss, part in zip(losses, whole, strict=True)]
