"""Which moves fire, what they gain, and which gate each opens."""

from __future__ import annotations

from typing import Any

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Result
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, single

KITCHEN, SERVICE = FUNCTIONS
BOTH = {"id": "both", "level": 4, "requires": {"kind": "perception", "functions": [KITCHEN, SERVICE]}}


def gate(name: str, level: int, **needed: int) -> dict[str, Any]:
    clauses = [{"any_of": [{"question": question, "level": wanted}]} for question, wanted in needed.items()]
    return {"id": name, "level": level, "all_of": clauses}


def move(name: str, effort: str = "S", *, gap: bool = False, **below: float) -> dict[str, Any]:
    triggers = [{"question": question, "below": limit} for question, limit in below.items()]
    return {"id": name, "effort": effort, "when": triggers, "when_gap": gap}


def rubric(*moves: dict[str, Any], gates: tuple[dict[str, Any], ...] = ()) -> CompiledRubric:
    questions = {"a": single(nature="perception"), "b": single(nature="perception")}
    return build({"one": dimension(questions)}, gates=gates, recommendations=moves)


def moves(result: Result) -> list[tuple[str, float, str | None]]:
    return [(found.id, found.gain, found.opens_gate) for found in result.recommendations]


def answered(used: CompiledRubric, a: int, b: int) -> Result:
    return assess(used, [Response({"a": f"o{a}", "b": f"o{b}"})])


def test_a_move_fires_below_its_level_and_not_at_it() -> None:
    used = rubric(move("lift-a", a=3.0), move("lift-b", b=3.0))
    assert moves(answered(used, 2, 3)) == [("lift-a", 12.5, None)]
    assert moves(answered(used, 3, 3)) == []


def test_a_question_that_nobody_answered_fires_nothing() -> None:
    used = rubric(move("lift-a", a=4.0))
    assert moves(assess(used, [Response({"b": "o2"})])) == []


def test_moves_are_ranked_by_gain_for_effort_and_equal_ones_in_their_order() -> None:
    used = rubric(move("large", "L", a=4.0), move("first", b=4.0), move("second", b=4.0), move("medium", "M", a=4.0))
    result = answered(used, 1, 1)
    assert [(found.id, found.rank) for found in result.recommendations] == [
        ("first", 1),
        ("second", 2),
        ("medium", 3),
        ("large", 4),
    ]
    assert {found.gain for found in result.recommendations} == {12.5}


def test_a_move_that_opens_a_gate_on_the_way_to_the_target_comes_first() -> None:
    used = rubric(move("plain", b=4.0), move("opening", "M", a=4.0), gates=(gate("good", 3, a=3),))
    assert moves(answered(used, 2, 2)) == [("plain", 12.5, None), ("opening", 12.5, "good")]
    used = rubric(move("plain", "M", b=4.0), move("opening", "M", a=4.0), gates=(gate("good", 3, a=3),))
    assert moves(answered(used, 2, 2)) == [("opening", 12.5, "good"), ("plain", 12.5, None)]


def test_beyond_the_target_a_gate_lifts_no_rank_and_is_still_named() -> None:
    used = rubric(move("plain", "M", b=4.0), move("opening", "M", a=4.0), gates=(gate("fine", 4, a=4),))
    assert moves(answered(used, 2, 2)) == [("plain", 12.5, None), ("opening", 12.5, "fine")]
    aimed = assess(used, [Response({"a": "o2", "b": "o2"})], target_level=4)
    assert moves(aimed) == [("opening", 12.5, "fine"), ("plain", 12.5, None)]


def test_a_gate_with_two_things_missing_is_opened_by_no_single_move() -> None:
    used = rubric(move("lift", a=4.0, b=4.0), gates=(gate("good", 3, a=3, b=3),))
    assert moves(answered(used, 2, 2)) == [("lift", 12.5, None)]
    assert moves(answered(used, 2, 3)) == [("lift", 12.5, "good")]


def test_a_move_that_stops_short_of_what_a_gate_needs_does_not_open_it() -> None:
    used = rubric(move("lift", a=2.0), gates=(gate("good", 3, a=3),))
    assert moves(answered(used, 1, 4)) == [("lift", 12.5, None)]


def test_of_two_gates_the_lower_is_the_one_opened() -> None:
    used = rubric(move("lift", a=4.0), gates=(gate("fine", 4, a=4), gate("good", 3, a=3)))
    assert moves(answered(used, 2, 4)) == [("lift", 12.5, "good")]


def test_a_move_against_a_gap_fires_on_a_gap_alone_and_gains_no_points() -> None:
    used = rubric(move("lift", a=4.0), move("talk", gap=True, b=1.0), gates=(BOTH,))
    people = [Response({"a": "o4", "b": "o4"}, KITCHEN)] * 5 + [Response({"a": "o1", "b": "o4"}, SERVICE)] * 5
    result = assess(used, people)
    assert [(found.id, found.gain, found.opens_gate, len(found.because)) for found in result.recommendations] == [
        ("lift", 6.25, None, 1),
        ("talk", 0, "both", 0),
    ]
    # Without a gap it fires by its question, and then has nothing to do with the gate.
    alone = assess(used, [Response({"a": "o4", "b": "o0"}, KITCHEN), Response({"a": "o4", "b": "o0"}, SERVICE)])
    assert moves(alone) == [("talk", 12.5, None)]


def test_without_a_score_nothing_is_gained() -> None:
    used = build(
        {"one": dimension({"a": single()}), "two": dimension({"b": single()})}, recommendations=[move("lift", a=4.0)]
    )
    result = assess(used, [Response({"a": "o1"})])
    assert result.score is None
    assert moves(result) == [("lift", 0, None)]
