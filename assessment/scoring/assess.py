"""The one entry to scoring: responses in, a result out, the same for ever for the same rubric and engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from assessment.scoring.answers import Response, Sheet, check_target, read_responses
from assessment.scoring.caps import caps
from assessment.scoring.combine import Combined, combine, outline
from assessment.scoring.compile import ENGINE_VERSION
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.consistency import inconsistencies
from assessment.scoring.perceive import perceive
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.plan import next_level
from assessment.scoring.position import benchmark_position, set_beside
from assessment.scoring.rating import PerceptionVerdict, awarded, level_of
from assessment.scoring.recommend import Fired, fire, recommendations
from assessment.scoring.result import (
    Bounds,
    DimensionResult,
    Rating,
    Result,
    State,
    TargetReached,
)
from assessment.scoring.rounding import points
from assessment.scoring.score import Extremes, Score, Tally, extremes, points_lost, score, tally
from assessment.scoring.stability import scenario_grid, stability
from assessment.scoring.straight import straight


class Rated(msgspec.Struct, frozen=True, gc=False):
    """A score without its evidence: 0–100 with two decimals, the level awarded, and the bounds. In a rubric without
    levels there is nothing of it."""

    score: float | None
    level: int | None
    lower: float | None
    upper: float | None
    firm: bool


def assess(
    rubric: CompiledRubric,
    responses: Sequence[Response],
    *,
    target_level: int | None = None,
    confidentiality: Confidentiality = "grouped",
) -> Result:
    """Score one or more responses of one organisation.

    `target_level` (1–4) is the level that recommendations aim at, the rubric's own by default. With `confidentiality`
    "grouped" no figure of fewer than four people of a group is given, nor what would give it away
    (`assessment.scoring.confidential`); "named" gives them all. Raises
    InvalidAnswers that lists every answer the rubric does not allow; never fails on answers that are allowed,
    however few: then `score` and `rating` are None and `reason` says why. A rubric without levels scores nothing: it
    sets the answers beside a study's, and a `target_level` for it is InvalidInput.
    """
    check_target(rubric, target_level)
    sheets = read_responses(rubric, responses)
    if not rubric.has_levels:
        return set_beside(rubric, sheets, confidentiality)
    found = work_out(rubric, sheets, target_level, confidentiality)
    parts = found.combined.parts
    return msgspec.structs.replace(found.frame, questions=parts, recommendations=recommendations(found.fired, parts))


class Assessed(NamedTuple):
    """A result: its frame, without questions and recommendations, and what those are put down from."""

    frame: Result
    combined: Combined
    fired: list[Fired]


def work_out(
    rubric: CompiledRubric, sheets: Sequence[Sheet], target_level: int | None, confidentiality: Confidentiality
) -> Assessed:
    """All that `assess` finds, in a rubric with levels."""
    combined = combine(rubric, sheets, confidentiality)
    scored = score(rubric, tally(rubric, combined.levels, combined.states))
    limits = extremes(rubric, scored)
    target = rubric.target if target_level is None else target_level
    rating = _rating(rubric, combined, scored)
    grid = None if scored.overall is None else scenario_grid(rubric, scored, combined.levels, combined.ridits)
    frame = Result(
        rubric=rubric.used,
        engine=ENGINE_VERSION,
        score=None if scored.overall is None else points(scored.overall),
        rating=rating,
        reason=scored.reason,
        bounds=_bounds(rubric, combined, rating, limits),
        stability=None if grid is None else stability(rubric, scored, combined.levels, grid),
        completeness=round(scored.completeness, 4),
        equal_weights_score=None if grid is None else points(grid.equal_weights),
        single_perspective=combined.perception.verdict == "unverified",
        respondents=combined.respondents,
        dimensions=_dimensions(rubric, scored),
        questions=[],
        benchmark_position=benchmark_position(combined.ridits),
        perception=perceive(rubric, sheets, combined, confidentiality),
        inconsistencies=inconsistencies(rubric, combined.levels),
        recommendations=[],
        next_level=None if rating is None else next_level(rubric, combined, scored, rating.level),
        target=TargetReached(target, None if rating is None else rating.level >= target),
    )
    return Assessed(frame, combined, fire(rubric, combined, scored, target))


def rate(rubric: CompiledRubric, responses: Sequence[Response]) -> Rated:
    """The score, level and bounds of `assess`, and nothing else: for bulk work and quick answers."""
    if len(responses) == 1 and (complete := _rate_complete(rubric, responses[0])):
        return complete
    sheets = read_responses(rubric, responses)
    if not rubric.has_levels:
        return Rated(None, None, None, None, firm=False)
    levels, states, perception = outline(rubric, sheets)
    scored = score(rubric, tally(rubric, levels, states))
    limits = extremes(rubric, scored)
    lower, upper = _possible(rubric, levels, states, perception, limits)
    level = overall = None
    if scored.overall is not None:
        level = awarded(rubric, scored.overall, levels, scored.dimensions, perception)
        overall = points(scored.overall)
    return Rated(overall, level, points(limits.lower), points(limits.upper), level is not None and lower == upper)


def _rate_complete(rubric: CompiledRubric, response: Response) -> Rated | None:
    """The short way for one person who has answered everything, with no more than an option: nothing is open then,
    so the bounds are the score. None where any of that is not so."""
    answers, function = response.answers, response.function
    if not isinstance(answers, rubric.reader.kind) or not rubric.has_levels:
        return None
    if function is not None and function not in rubric.functions:
        return None
    perceived = function is None or all(wanted == function for wanted in rubric.perspectives)
    found = rubric.once(straight)(answers, perceived)
    if found is None:
        return None
    score, level = found
    return Rated(score, level, score, score, firm=True)


def _rating(rubric: CompiledRubric, combined: Combined, scored: Score) -> Rating | None:
    if scored.overall is None:
        return None
    by_score = level_of(rubric, scored.overall)
    found = caps(rubric, combined, scored.dimensions)
    level = min([by_score, *(cap.limit for cap in found)])
    return Rating(level, rubric.level_names[level - 1], by_score, found)


def _bounds(rubric: CompiledRubric, combined: Combined, rating: Rating | None, limits: Extremes) -> Bounds:
    if rating is not None and None not in combined.levels:
        lowest = highest = rating.level
    else:
        lowest, highest = _possible(rubric, combined.levels, combined.states, combined.perception, limits)
    return Bounds(
        lower=points(limits.lower),
        upper=points(limits.upper),
        levels=list(range(lowest, highest + 1)),
        firm=rating is not None and lowest == highest,
    )


def _possible(
    rubric: CompiledRubric,
    levels: Sequence[float | None],
    states: Sequence[State],
    perception: PerceptionVerdict,
    limits: Extremes,
) -> tuple[int, int]:
    """The levels awarded if every missing answer were the worst, and the best; gates and core rule included."""
    if None not in levels:
        level = awarded(rubric, limits.lower, levels, limits.lower_dimensions, perception)
        return level, level
    unknown = [state in ("unanswered", "dont_know") for state in states]
    worst = [0.0 if missing else level for level, missing in zip(levels, unknown, strict=True)]
    best = [4.0 if missing else level for level, missing in zip(levels, unknown, strict=True)]
    return (
        awarded(rubric, limits.lower, worst, limits.lower_dimensions, perception),
        awarded(rubric, limits.upper, best, limits.upper_dimensions, perception),
    )


def _dimensions(rubric: CompiledRubric, scored: Score) -> list[DimensionResult]:
    return [
        DimensionResult(
            dimension.id,
            dimension.title,
            dimension.core,
            dimension.weight,
            None if value is None else points(value),
            None if value is None else level_of(rubric, value),
            _completeness(sums),
            lost,
        )
        for dimension, value, sums, lost in zip(
            rubric.dimensions, scored.dimensions, scored.tallies, points_lost(rubric, scored), strict=True
        )
    ]


def _completeness(sums: Tally) -> float | None:
    if sums.answered == sums.applicable:
        return 1.0 if sums.applicable else None
    return round(sums.answered / sums.applicable, 4)
