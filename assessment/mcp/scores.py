"""The tool that scores answers, and how it and its neighbours are told what to score."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from assessment.mcp.desk import Desk
from assessment.mcp.said import Told, percent
from assessment.report.source import read_result
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.perceived import Gap
from assessment.scoring.result import (
    BenchmarkPosition,
    Bounds,
    DimensionResult,
    Inconsistency,
    NextLevel,
    Rating,
    RecommendationResult,
    Result,
    RubricUsed,
    TargetReached,
    Unit,
)

MOVES_SHOWN = 5


class Move(Struct, frozen=True):
    """A recommendation in short."""

    id: Annotated[str, Meta(description="Recommendation id.")]
    title: Annotated[str, Meta(description="The move in a line.")]
    action: Annotated[str, Meta(description="What to do.")]
    owner: Annotated[str, Meta(description="Who should own it.")]
    effort: Annotated[str, Meta(description="S, M or L.")]
    gain: Annotated[float, Meta(description="Points of score for one step up. Never a promise of revenue.")]
    opens_gate: Annotated[str | None, Meta(description="The gate for which this is the last thing missing.")]
    because: Annotated[list[str], Meta(description="Ids of the questions whose answers it responds to.")]
    expected: Annotated[str, Meta(description="What the studies say of it, with their figures.")]
    evidence: Annotated[list[str], Meta(description="Ids of findings and practices: look_up_finding has them.")]
    judgement: Annotated[bool, Meta(description="Whether it rests on judgement alone, with no published figure.")]


class Verdict(Struct, frozen=True):
    """A result without its questions, which explain_result tells of."""

    rubric: Annotated[RubricUsed, Meta(description="The rubric version that was used.")]
    engine: Annotated[str, Meta(description="Version of the scorer.")]
    score: Annotated[float | None, Meta(description="Overall score, 0–100; null with `reason`.")]
    rating: Annotated[
        Rating | None, Meta(description="Level awarded, and every condition not met; null with `reason`.")
    ]
    reason: Annotated[str | None, Meta(description="Why there is no score.")]
    bounds: Annotated[Bounds | None, Meta(description="The range that missing answers leave open.")]
    completeness: Annotated[Unit, Meta(description="Answered over applicable weight.")]
    single_perspective: Annotated[
        bool, Meta(description="Whether one function alone has answered where the rubric wants two to.")
    ]
    dimensions: Annotated[list[DimensionResult], Meta(description="Every dimension, in the rubric's order.")]
    benchmark_position: Annotated[BenchmarkPosition | None, Meta(description="Null without a benchmarked answer.")]
    gaps: Annotated[
        list[Gap], Meta(description="How the two functions differ by dimension; empty unless both answered.")
    ]
    inconsistencies: Annotated[list[Inconsistency], Meta(description="Answers that contradict each other.")]
    recommendations: Annotated[list[Move], Meta(description="The best five, best first.")]
    more_recommendations: Annotated[int, Meta(description="How many more there are.")]
    next_level: Annotated[NextLevel | None, Meta(description="A smallest set of steps to the next level, if any.")]
    target: Annotated[TargetReached | None, Meta(description="The target level; null in a rubric without levels.")]


class OfAssessment(Struct, frozen=True, forbid_unknown_fields=True):
    """A result that is stored."""

    assessment: Annotated[
        str,
        Meta(max_length=100, description="Id of a completed assessment (asmt_…), in place of `rubric` and answers."),
    ]


async def score_answers(desk: Desk, arguments: Any) -> Told:
    desk.require("scores:write")
    result = desk.documents.score(desk.rubrics, arguments)
    verdict = Verdict(
        rubric=result.rubric,
        engine=result.engine,
        score=result.score,
        rating=result.rating,
        reason=result.reason,
        bounds=result.bounds,
        completeness=result.completeness,
        single_perspective=result.single_perspective,
        dimensions=result.dimensions,
        benchmark_position=result.benchmark_position,
        gaps=_gaps(result),
        inconsistencies=result.inconsistencies,
        recommendations=[move_of(one) for one in result.recommendations[:MOVES_SHOWN]],
        more_recommendations=max(0, len(result.recommendations) - MOVES_SHOWN),
        next_level=result.next_level,
        target=result.target,
    )
    return Told(verdict, _text(verdict, desk.rubrics.get(f"{result.rubric.id}@{result.rubric.version}")))


async def find_result(desk: Desk, arguments: Any) -> tuple[Result, CompiledRubric]:
    """The result of a stored assessment, or of answers that are scored again: the same answers give the same result.
    It is not taken from whoever asks, who could hand in figures that nothing gave."""
    stored = desk.stored_result
    if stored is not None and "assessment" in arguments:
        desk.require("assessments:read", publishable=False)
        asked = desk.documents.fit(arguments, OfAssessment)
        result = read_result(await stored(asked.assessment))
    else:
        desk.require("scores:write")
        result = desk.documents.score(desk.rubrics, arguments)
    used = result.rubric
    return result, desk.rubrics.pinned(used.id, used.version, used.digest)


def move_of(one: RecommendationResult) -> Move:
    return Move(
        id=one.id,
        title=one.title,
        action=one.action,
        owner=one.owner,
        effort=one.effort,
        gain=one.gain,
        opens_gate=one.opens_gate,
        because=[answer.question for answer in one.because],
        expected=one.expected,
        evidence=one.evidence,
        judgement=one.judgement,
    )


def say_move(one: Move) -> str:
    basis = "Judgement, with no published figure." if one.judgement else one.expected
    return f"- {one.title} ({one.owner}, effort {one.effort}, +{one.gain:.2f} points): {one.action} {basis}"


def say_standing(result: Result | Verdict, rubric: CompiledRubric) -> str:
    """Score and level."""
    name = f"{result.rubric.id}@{result.rubric.version}"
    if result.rating is None or result.score is None:
        return f"{name}: no score and no level ({result.reason})."
    names = {level.number: level.name for level in rubric.source.head.levels}
    rating, by_score = result.rating, result.rating.level_by_score
    said = f"{name}: score {result.score:.2f} of 100, level {rating.level} of {len(names)} ({rating.name})."
    if rating.level < by_score:
        said += f" The score alone would give level {by_score} ({names[by_score]})."
    return said


def say_position(position: BenchmarkPosition | None) -> list[str]:
    """Where the answers lie among the respondents of the studies, if anywhere."""
    if position is None:
        return []
    return [f"Mean position beside the studies: {percent(position.mean_ridit)}. {position.meaning}"]


def _gaps(result: Result) -> list[Gap]:
    if result.perception is None or result.perception.functions is None:
        return []
    return result.perception.functions.dimensions


def _text(verdict: Verdict, rubric: CompiledRubric) -> str:
    lines = [say_standing(verdict, rubric), *say_position(verdict.benchmark_position)]
    bounds = verdict.bounds
    if bounds is not None and bounds.lower < bounds.upper:
        firm = "the level stands" if bounds.firm else f"the level could be {' or '.join(map(str, bounds.levels))}"
        lines.append(f"Missing answers leave {bounds.lower:.2f} to {bounds.upper:.2f} open; {firm}.")
    if verdict.single_perspective:
        lines.append("One function alone has answered; the highest level wants two.")
    if verdict.rating is not None:
        binding = [cap for cap in verdict.rating.caps if cap.limit < verdict.rating.level_by_score]
        lines += [f"Held at level {cap.limit}: {cap.reason}" for cap in binding]
    scored = [one for one in verdict.dimensions if one.score is not None]
    lines += [f"- {one.title} ({one.id}): {one.score:.2f}, level {one.level}" for one in scored]
    lines += [_say_gap(one) for one in verdict.gaps]
    lines += [f"Contradiction: {one.title}. {one.explanation}" for one in verdict.inconsistencies]
    if verdict.recommendations:
        lines += ["Best moves first:", *(say_move(one) for one in verdict.recommendations)]
    return "\n".join(lines)


def _say_gap(gap: Gap) -> str:
    sides = [f"{side.group} {'withheld' if side.mean is None else format(side.mean, '.2f')}" for side in gap.groups]
    verdict = {True: "more than chance", False: "no more than chance would give", None: "too few people to test"}
    return f"Seen by function, {gap.id}: {', '.join(sides)}; {verdict[gap.supported]}."
