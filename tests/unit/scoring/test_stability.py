"""The same answers computed in other ways, and with one of them left out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import LeaveOneOut, Stability
from assessment.scoring.score import Score, Tally
from assessment.scoring.stability import leave_one_out, scenario_grid
from tests.unit.scoring.builders import build, dimension, single

NONE: dict[str, Any] = {"state": "not_applicable", "reason": "x"}


def stability_of(rubric: CompiledRubric, **answers: Any) -> Stability:
    found = assess(rubric, [Response(answers)]).stability
    assert found is not None
    return found


def left_out(rubric: CompiledRubric, **answers: Any) -> LeaveOneOut | None:
    return stability_of(rubric, **answers).leave_one_out


PAIR = build({"one": dimension({"a": single(), "b": single()})})


def test_no_scenario_leaves_0_to_1() -> None:
    for tenth in range(40):
        rubric = build(
            {
                "one": dimension({"a": single()}, weight=1.0),
                "two": dimension({"b": single()}, weight=0.5 + tenth / 40),
                "six": dimension({"c": single()}, weight=1.5 - tenth / 80),
            }
        )
        for value, level in ((0.0, 0.0), (1.0, 4.0)):
            tallies = [Tally(value, 1.0, 1.0)] * 3
            scored = Score(tallies, [value] * 3, value, None, 1.0)
            grid = scenario_grid(rubric, scored, [level] * 3, [None] * 3)
            assert all(0 <= score <= 1 for score in grid.scores)
            assert grid.scores == pytest.approx([value] * 16)


def test_nothing_is_ever_minus_0() -> None:
    for questions in range(1, 9):
        names = "abcdefgh"[:questions]
        rubric = build({name: dimension({name: single()}, weight=0.6 + ord(name) / 100) for name in names})
        found = stability_of(rubric, **dict.fromkeys(names, "o0"))
        for figure in (found.lowest, found.highest):
            assert (figure, math.copysign(1, figure)) == (0, 1)
        if found.leave_one_out is not None:
            for figure in (found.leave_one_out.lowest, found.leave_one_out.highest):
                assert (figure, math.copysign(1, figure)) == (0, 1)


def test_of_two_answers_each_can_be_left_out() -> None:
    found = left_out(PAIR, a="o1", b="o3")
    assert found is not None
    assert (found.lowest, found.lowest_without, found.highest, found.highest_without) == (25, "b", 75, "a")


def test_a_dimension_whose_only_answer_is_left_out_leaves_the_mean() -> None:
    rubric = build({"one": dimension({"a": single()}), "two": dimension({"b": single()}, weight=1.5)})
    found = left_out(rubric, a="o1", b="o3")
    assert found is not None
    assert (found.lowest, found.lowest_without, found.highest, found.highest_without) == (25, "b", 75, "a")


def test_a_single_answer_cannot_be_left_out() -> None:
    assert left_out(PAIR, a="o3", b=NONE) is None


def test_of_equals_the_first_question_is_named() -> None:
    found = left_out(PAIR, a="o2", b="o2")
    assert found is not None
    assert (found.lowest_without, found.highest_without) == ("a", "a")


def test_without_a_score_nothing_is_compared() -> None:
    result = assess(PAIR, [Response({"a": {"state": "dont_know"}})])
    assert (result.score, result.stability, result.equal_weights_score) == (None, None, None)


def test_weights_alone_tell_the_score_from_the_one_with_equal_weights() -> None:
    rubric = build({"one": dimension({"a": single(weight=1.5), "b": single(weight=0.5)})})
    result = assess(rubric, [Response({"a": "o4", "b": "o0"})])
    assert (result.score, result.equal_weights_score) == (75, 50)
    assert result.stability is not None
    # Half of the scenarios weigh by evidence: 75, and half equally: 50, one dimension being its own mean.
    assert (result.stability.scenarios, result.stability.agreeing) == (16, 8)
    assert (result.stability.lowest, result.stability.highest) == (50, 75)


def test_where_studies_say_so_a_position_stands_in_for_the_level() -> None:
    groups = [{"levels": [0, 1], "categories": ["no"]}, {"levels": [2, 3, 4], "categories": ["yes"]}]
    finding = {
        "id": "f",
        "kind": "prevalence",
        "shares": [{"id": "no", "title": "x", "share": 0.8}, {"id": "yes", "title": "x", "share": 0.2}],
    }
    benchmark = {"finding": "f", "groups": groups, "judgement": "x"}
    rubric = build({"one": dimension({"a": single(benchmarks=[benchmark]), "b": single()})}, findings=[finding])
    found = stability_of(rubric, a="o2", b="o4")
    # By levels (0.5 + 1) / 2, by positions (0.9 + 1) / 2.
    assert (found.lowest, found.highest, found.agreeing) == (75, 95, 16)


def test_unanswered_questions_take_no_part() -> None:
    rubric = build({"one": dimension({"a": single(), "b": single(), "c": single()})})
    scored = Score([Tally(0.75, 2.0, 3.0)], [0.375], 0.375, None, 0.6667)
    found = leave_one_out(rubric, scored, [1.0, None, 2.0])
    assert found == LeaveOneOut(25, "c", 50, "a")
