"""What moved between two results: the questions answered differently, and the recommendations done or new."""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated

import msgspec
from msgspec import Meta

from assessment.rubric.bridges import Span
from assessment.scoring.past import PastRecommendation, PastResult


class QuestionMove(msgspec.Struct, frozen=True, gc=False):
    """A question whose level has changed."""

    question: Annotated[str, Meta(description="Question id.")]
    dimension: Annotated[str, Meta(description="Dimension id.")]
    before: Annotated[float, Meta(description="The earlier level, 0–4.")]
    after: Annotated[float, Meta(description="The later level, 0–4.")]
    change: Annotated[float, Meta(description="Later minus earlier.")]


class RecommendationSeen(msgspec.Struct, frozen=True, gc=False):
    """A recommendation by its id."""

    id: Annotated[str, Meta(description="Recommendation id.")]
    title: Annotated[str, Meta(description="The move in a line.")]


class RecommendationsMoved(msgspec.Struct, frozen=True, gc=False):
    """What has become of the recommendations."""

    done: Annotated[
        list[RecommendationSeen],
        Meta(description="Given earlier, and what they responded to was asked again and calls for them no more."),
    ]
    open: Annotated[list[RecommendationSeen], Meta(description="Given earlier and still.")]
    new: Annotated[list[RecommendationSeen], Meta(description="Given now and not earlier.")]


def questions_moved(before: PastResult, after: PastResult, span: Span | None) -> list[QuestionMove]:
    """Questions answered in both, in dimensions that `span` lets be compared, whose level differs: the largest changes
    first, equal ones in the rubric's order."""
    earlier = {question.id: question.level for question in before.questions}
    moves = []
    for question in after.questions:
        old, new = earlier.get(question.id), question.level
        if span is None or not span.covers(question.dimension) or old is None or new is None or old == new:
            continue
        moves.append(QuestionMove(question.id, question.dimension, old, new, round(new - old, 2)))
    return sorted(moves, key=lambda move: -abs(move.change))


def recommendations_moved(
    before: PastResult, after: PastResult, span: Span | None, known: Container[str]
) -> RecommendationsMoved:
    """What has become of the earlier recommendations, best first; nothing is said without `span`. `known` are those
    that the later result's rubric has: one that it dropped is not done."""
    if span is None:
        return RecommendationsMoved([], [], [])
    earlier = {one.id for one in before.recommendations}
    later = {one.id for one in after.recommendations}
    return RecommendationsMoved(
        done=[
            _seen(one)
            for one in before.recommendations
            if one.id not in later and one.id in known and _was_asked_again(one, after)
        ],
        open=[_seen(one) for one in after.recommendations if one.id in earlier],
        new=[_seen(one) for one in after.recommendations if one.id not in earlier],
    )


def _was_asked_again(recommendation: PastRecommendation, after: PastResult) -> bool:
    """Whether `after` could have given it: a question nobody answered, or a gap that could not be tested on every
    dimension, gives none."""
    if not recommendation.because:
        functions = None if after.perception is None else after.perception.functions
        return functions is not None and all(gap.testable for gap in functions.dimensions)
    answered = {question.id for question in after.questions if question.level is not None}
    return all(answer.question in answered for answer in recommendation.because)


def _seen(recommendation: PastRecommendation) -> RecommendationSeen:
    return RecommendationSeen(recommendation.id, recommendation.title)
