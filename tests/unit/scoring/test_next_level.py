"""The way to the next level where answers are missing, gates offer a choice, or the core rule binds."""

from __future__ import annotations

from typing import Any

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from tests.unit.scoring.builders import build, dimension, multiple, single

NONE: dict[str, Any] = {"state": "not_applicable", "reason": "x"}


def gate(level: int, *clauses: dict[str, int]) -> dict[str, Any]:
    """Each clause holds when any of its questions reaches its level."""
    parts = [{"any_of": [{"question": q, "level": needed} for q, needed in clause.items()]} for clause in clauses]
    return {"id": f"gate-{level}", "level": level, "all_of": parts}


def way(rubric: CompiledRubric, **answers: Any) -> tuple[list[tuple[str, float | None, float]], float] | None:
    """The changes and the score after them, or None."""
    found = assess(rubric, [Response(answers)]).next_level
    if found is None:
        return None
    return [(c.question, c.from_level, c.to_level) for c in found.changes], found.score_after


def three(*gates: dict[str, Any], **questions: dict[str, Any]) -> CompiledRubric:
    return build({"one": dimension({"a": single(), "b": single(), "c": single()} | questions)}, gates=gates)


def test_an_answer_that_a_gate_needs_is_a_step_even_where_it_lowers_the_score() -> None:
    assert way(three(gate(4, {"a": 2})), b="o4", c="o4") == ([("a", None, 2)], 83.33)


def test_a_first_answer_enters_higher_where_the_score_needs_it() -> None:
    # Two and three would be enough for the gate; with less than a four the cut of 75 is missed.
    assert way(three(gate(4, {"a": 2})), b="o3", c="o3") == ([("a", None, 4)], 83.33)
    assert way(three(gate(4, {"a": 2})), b="o4", c="o3") == ([("a", None, 2)], 75.0)


def test_a_multiple_choice_that_a_gate_needs_is_entered_by_its_largest_option() -> None:
    rubric = three(gate(4, {"a": 3}), a=multiple((1, 3)))
    assert way(rubric, b="o4", c="o4") == ([("a", None, 3)], 91.67)


def test_an_unanswered_multiple_choice_that_nothing_needs_is_no_step() -> None:
    rubric = three(a=multiple((1, 3)))
    assert way(rubric, b="o2", c="o3") == ([("b", 2, 3)], 75.0)


def test_what_does_not_apply_is_no_step_however_far_it_would_lead() -> None:
    rubric = three(m=multiple((1, 3)))
    assert way(rubric, a=NONE, b="o0", c="o0") == ([("b", 0, 1), ("b", 1, 2)], 25.0)


def test_what_no_option_reaches_cannot_be_demanded() -> None:
    rubric = three(gate(4, {"a": 4}), a=single((0, 2, 3)))
    assert way(rubric, a="o1", b="o4", c="o4") is None
    assert way(rubric, b="o4", c="o4") is None


def test_of_alternatives_the_one_with_fewer_steps_is_taken() -> None:
    rubric = three(gate(4, {"a": 4, "b": 4}))
    assert way(rubric, a="o2", b="o3", c="o4") == ([("b", 3, 4)], 83.33)
    assert way(rubric, a="o3", b="o2", c="o4") == ([("a", 3, 4)], 83.33)


def test_of_alternatives_alike_the_one_with_less_effort_is_taken_and_else_the_first() -> None:
    questions = {"a": single(), "b": single(), "c": single()}
    moves = [
        {"id": "m", "effort": "L", "when": [{"question": "a", "below": 4}]},
        {"id": "s", "effort": "S", "when": [{"question": "b", "below": 4}]},
    ]
    rubric = build({"one": dimension(questions)}, gates=[gate(4, {"a": 4, "b": 4})], recommendations=moves)
    assert way(rubric, a="o3", b="o3", c="o4") == ([("b", 3, 4)], 91.67)
    assert way(three(gate(4, {"a": 4, "b": 4})), a="o3", b="o3", c="o4") == ([("a", 3, 4)], 91.67)


def test_one_question_in_two_gates_goes_to_the_higher_level() -> None:
    rubric = three(gate(3, {"a": 2}), gate(4, {"a": 4}))
    # Level 3 first: from 1 to 2. Then both gates speak of the same question.
    assert way(rubric, a="o1", b="o4", c="o4") == ([("a", 1, 2)], 83.33)
    assert way(rubric, a="o2", b="o4", c="o4") == ([("a", 2, 3), ("a", 3, 4)], 100.0)


def test_forced_steps_count_for_the_score_and_are_not_taken_twice() -> None:
    rubric = three(gate(3, {"a": 2}))
    assert way(rubric, a="o0", b="o2", c="o1") == ([("a", 0, 1), ("a", 1, 2), ("a", 2, 3)], 50.0)


def test_a_question_that_entered_by_a_gate_can_climb_on() -> None:
    rubric = build({"one": dimension({"a": single((0, 2, 3, 4)), "b": single((0, 1))})}, gates=[gate(3, {"a": 2})])
    assert way(rubric, b="o1") == ([("a", None, 2), ("a", 2, 3)], 50.0)


def test_a_question_that_does_not_apply_is_no_first_answer() -> None:
    rubric = build({"one": dimension({"a": single(weight=0.5), "b": single((0, 1)), "c": single((0, 1))})})
    assert way(rubric, a=NONE, b="o1", c="o1") is None
    found = way(rubric, b="o1", c="o1")
    assert found is None or found[0][0][1] is None


def test_each_core_dimension_is_lifted_as_far_as_the_core_rule_asks() -> None:
    def rubric(core_rule: int) -> CompiledRubric:
        return build(
            {
                "one": dimension({"a": single()}, weight=0.5),
                "two": dimension({"b": single()}, core=False, weight=1.5),
                "six": dimension({"c": single()}, core=False, weight=1.5),
            },
            core_rule=core_rule,
        )

    # The score is over 50 already; only the core dimension, at level 1, holds level 3 back.
    assert way(rubric(1), a="o0", b="o4", c="o4") == ([("a", 0, 1)], 83.4)
    # With a step of two it holds nothing back, and stays as it is.
    assert way(rubric(2), a="o0", b="o4", c="o0") == ([("c", 0, 1)], 37.81)


def test_a_core_dimension_that_cannot_be_lifted_closes_the_way() -> None:
    rubric = build(
        {"one": dimension({"a": single((0, 1))}), "two": dimension({"b": single()}, core=False, weight=1.5)},
    )
    assert way(rubric, a="o1", b="o4") is None


def test_a_dimension_without_a_score_is_left_alone() -> None:
    rubric = build(
        {
            "one": dimension({"a": single()}),
            "two": dimension({"b": single(), "c": single(), "d": single()}, core=False),
        }
    )
    assert way(rubric, a="o2", b="o0") == ([("a", 2, 3)], 75.0)


def test_where_only_the_lowest_entry_is_possible_the_gate_is_still_met() -> None:
    # The other answer of its dimension is at 4 already, so that no first answer could lift the score.
    rubric = build(
        {"one": dimension({"a": single(), "b": single()}), "two": dimension({"c": single()})}, gates=[gate(2, {"a": 2})]
    )
    assert way(rubric, b="o4", c="o0") == ([("a", None, 2), ("c", 0, 1)], 44.54)


def test_a_core_dimension_out_of_reach_closes_a_way_that_the_score_leaves_open() -> None:
    rubric = build(
        {
            "one": dimension({"a": single((0, 1))}, weight=0.5),
            "two": dimension({"b": single()}, core=False, weight=1.5),
            "six": dimension({"c": single()}, core=False, weight=1.5),
        }
    )
    assert way(rubric, a="o1", b="o4", c="o2") is None


def test_from_0_a_first_answer_can_be_the_shortest_way() -> None:
    rubric = build({"one": dimension({"a": single((0, 1)), "b": single((0, 3, 4)), "c": single((0, 1))})})
    assert way(rubric, a="o0", c="o0") == ([("b", None, 3)], 25.0)


def test_where_a_first_answer_brings_no_more_an_answer_is_raised() -> None:
    rubric = build({"one": dimension({"a": single(), "b": single((0, 2, 4))})})
    assert way(rubric, a="o0") == ([("a", 0, 1)], 25.0)
