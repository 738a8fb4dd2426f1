"""Scores and bounds at their edges, and hundredths that add up."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Result
from assessment.scoring.score import Score, Tally, aggregate, points_lost, shifted_geometric_mean
from tests.unit.scoring.builders import build, dimension, single

NONE: dict[str, Any] = {"state": "not_applicable", "reason": "x"}
UNKNOWN: dict[str, Any] = {"state": "dont_know"}
SHIFTS = [n / 100 for n in range(1, 100)]


def three(*weights: float) -> CompiledRubric:
    """A rubric of three dimensions of one question each, of which the first is core."""
    return build(
        {
            name: dimension({name[0]: single()}, core=name == "one", weight=weight)
            for name, weight in zip(("one", "two", "six"), weights or (1.0, 1.0, 1.0), strict=True)
        }
    )


def result_of(rubric: CompiledRubric, **answers: Any) -> Result:
    return assess(rubric, [Response(answers)])


def test_a_mean_of_equal_scores_at_the_ends_stays_there_whatever_the_shift() -> None:
    for shift in SHIFTS:
        assert shifted_geometric_mean([1.0, 1.0, 1.0], [1.0, 1.5, 0.7], shift) <= 1
        assert shifted_geometric_mean([0.0, 0.0, 0.0], [1.0, 1.5, 0.7], shift) >= 0
    # Here the logarithms' rounding would come out above.
    assert shifted_geometric_mean([1.0] * 6, [0.9, 1.5, 1.25, 1.1, 1.0, 1.5], 0.98) == 1


def test_an_aggregate_at_the_ends_stays_there_whatever_the_weights() -> None:
    for tenth in range(1, 40):
        rubric = three(1.0, 0.5 + tenth / 40, 1.5 - tenth / 40)
        assert aggregate(rubric, [1.0, 1.0, 1.0]) <= 1
        assert aggregate(rubric, [0.0, 0.0, 0.0]) >= 0
    # Here the logarithms' rounding would come out above, and here below.
    assert aggregate(msgspec.structs.replace(three(0.85, 1.25, 0.9), shift=0.68), [1.0, 1.0, 1.0]) == 1
    assert aggregate(three(0.9, 1.1, 0.75), [0.0, 0.0, 0.0]) == 0


def test_nothing_answered_says_so() -> None:
    result = result_of(three(), o=UNKNOWN)
    assert (result.score, result.rating, result.reason) == (None, None, "nothing_answered")
    assert result.bounds is not None
    assert (result.completeness, result.bounds.lower, result.bounds.upper) == (0, 0, 100)


def test_a_core_dimension_without_an_answer_leaves_the_score_open() -> None:
    assert result_of(three(), t="o4").reason == "core_dimension_unscored"


def test_answers_in_no_dimension_by_half_leave_the_score_open() -> None:
    rubric = build({"one": dimension({"a": single(), "b": single(), "c": single()}, core=False)})
    result = result_of(rubric, a="o4")
    assert (result.score, result.reason) == (None, "no_dimension_scored")
    assert result.completeness == 0.3333


def test_half_of_the_weight_is_enough() -> None:
    rubric = build({"one": dimension({"a": single(), "b": single()})})
    result = result_of(rubric, a="o3")
    assert (result.score, result.completeness) == (75, 0.5)
    assert result.bounds is not None
    assert (result.bounds.lower, result.bounds.upper) == (37.5, 87.5)


def test_where_nothing_applies_nothing_is_known() -> None:
    result = result_of(three(), o=NONE, t=NONE, s=NONE)
    assert (result.score, result.reason, result.completeness) == (None, "nothing_answered", 0)
    assert result.bounds is not None
    assert (result.bounds.lower, result.bounds.upper, result.bounds.levels) == (0, 100, [1, 2, 3, 4])


def test_a_perfect_score_loses_nothing_where_there_is_a_score() -> None:
    result = result_of(three(), o="o4", t="o4", s=NONE)
    assert result.score == 100
    assert [one.points_lost for one in result.dimensions] == [0, 0, None]


def lost(rubric: CompiledRubric, values: list[float | None], overall: float) -> list[float | None]:
    tallies = [Tally(value or 0.0, 1.0, 1.0) for value in values]
    return points_lost(rubric, Score(tallies, values, overall, None, 1.0))


def test_a_hundredth_of_a_point_is_lost_where_most_is_missing() -> None:
    assert lost(three(), [1.0, 0.9996, 0.9999], 0.9999) == [0, 0.01, 0]


def test_hundredths_left_over_go_to_the_largest_remainders() -> None:
    # Shares of 33.33, 33.33 and 33.33 hundredths: one is left, and the first of equals has it.
    assert lost(three(), [0.5, 0.5, 0.5], 0.99) == [0.34, 0.33, 0.33]
    # 199.06 and 0.94: the smaller share has the larger remainder.
    assert lost(three(), [0.5, 0.99685, 1.0], 0.98) == [1.99, 0.01, 0]
    assert lost(three(), [0.5, None, 0.99685], 0.98) == [1.99, None, 0.01]


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (1.5, 1.0, 0.5), (0.7, 1.3, 1.1)])
def test_points_lost_add_up_to_what_is_missing(weights: tuple[float, float, float]) -> None:
    rubric = three(*weights)
    for n in range(200):
        values: list[float | None] = [(n * 37 % 101) / 100, (n * 53 % 101) / 100, (n * 71 % 101) / 100]
        overall = aggregate(rubric, values)
        parts = [part for part in lost(rubric, values, overall) if part is not None]
        assert round(100 * math.fsum(parts)) == 10_000 - round(10_000 * overall)
        assert min(parts) >= 0
