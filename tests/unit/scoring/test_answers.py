"""What an answer may be, and what is said of one that may not."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.errors import InvalidAnswers
from assessment.scoring.answers import Response, check_answers, read_responses, target_problems
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, single

RUBRIC = build({"one": dimension({"a": single(), "b": multiple((2, 1, 1)), "c": single((0, 2, 4))})})


def _read(answers: Any) -> tuple[list[float | None], list[str]]:
    sheet = read_responses(RUBRIC, [Response(answers)])[0]
    return sheet.levels, list(sheet.states)


@pytest.mark.parametrize(
    ("answer", "level", "state"),
    [
        ("o3", 3, "answered"),
        ({"option": "o1"}, 1, "answered"),
        ({"option": "o4", "note": "since May", "evidence": "wiki/plan"}, 4, "answered"),
        ({"state": "dont_know"}, None, "dont_know"),
        ({"state": "not_applicable", "reason": "no such thing"}, None, "not_applicable"),
    ],
)
def test_an_answer_to_a_single_choice(answer: Any, level: float | None, state: str) -> None:
    levels, states = _read({"a": answer})
    assert (levels[0], states[0]) == (level, state)
    assert states[1:] == ["unanswered", "unanswered"]


@pytest.mark.parametrize(
    ("answer", "level"),
    [([], 0), (["o0"], 2), (["o2", "o0"], 3), (["o0", "o1", "o2"], 4), ({"option": ["o1"], "note": "x"}, 1)],
)
def test_an_answer_to_a_multiple_choice_adds_up_its_points(answer: Any, level: float) -> None:
    levels, states = _read({"b": answer})
    assert (levels[1], states[1]) == (level, "answered")


def test_points_beyond_the_highest_level_do_not_count() -> None:
    rubric = build({"one": dimension({"a": multiple((3, 3))})})
    assert read_responses(rubric, [Response({"a": ["o0", "o1"]})])[0].levels == [4.0]


ALLOWED_A = "Allowed options: o0, o1, o2, o3, o4."


@pytest.mark.parametrize(
    ("answers", "pointer", "code", "detail"),
    [
        ({"a": "o9"}, "/answers/a", "unknown_option", f"'a' has no option 'o9'. {ALLOWED_A}"),
        ({"a": 3}, "/answers/a", "wrong_type", f"'a' takes one option id as a text. {ALLOWED_A}"),
        ({"a": None}, "/answers/a", "wrong_type", f"'a' takes one option id as a text. {ALLOWED_A}"),
        ({"a": True}, "/answers/a", "wrong_type", f"'a' takes one option id as a text. {ALLOWED_A}"),
        ({"a": ["o1"]}, "/answers/a", "wrong_type", f"'a' takes one option id as a text. {ALLOWED_A}"),
        ({"a": {}}, "/answers/a", "missing_option", f"The answer to 'a' needs 'option' or 'state'. {ALLOWED_A}"),
        ({"a": {"option": "o9"}}, "/answers/a/option", "unknown_option", f"'a' has no option 'o9'. {ALLOWED_A}"),
        (
            {"a": {"option": "o1", "why": "x"}},
            "/answers/a/why",
            "unknown_field",
            "Unknown field 'why': an answer with 'option' may have option, note, evidence.",
        ),
        (
            {"a": {"option": "o1", "note": 5}},
            "/answers/a/note",
            "invalid_text",
            "'note' must be a text of at most 2000 characters.",
        ),
        (
            {"a": {"state": "dont_know", "option": "o1"}},
            "/answers/a/option",
            "unknown_field",
            "Unknown field 'option': an answer with 'state' may have state, reason.",
        ),
        (
            {"a": {"state": "skipped"}},
            "/answers/a/state",
            "unknown_state",
            "'state' must be one of dont_know, not_applicable.",
        ),
        (
            {"a": {"state": "not_applicable"}},
            "/answers/a/reason",
            "missing_reason",
            "A question that does not apply needs a 'reason' in words.",
        ),
        (
            {"a": {"state": "not_applicable", "reason": "  "}},
            "/answers/a/reason",
            "missing_reason",
            "A question that does not apply needs a 'reason' in words.",
        ),
        ({"b": "o1"}, "/answers/b", "wrong_type", "'b' takes a list of options. Allowed options: o0, o1, o2."),
        ({"b": ["o1", "x"]}, "/answers/b/1", "unknown_option", "'b' has no option 'x'. Allowed options: o0, o1, o2."),
        ({"b": ["o1", 7]}, "/answers/b/1", "unknown_option", "'b' has no option 7. Allowed options: o0, o1, o2."),
        ({"b": ["o1", "o1"]}, "/answers/b/1", "duplicate_option", "'o1' is given twice."),
        (
            {"z/y~": "o1"},
            "/answers/z~1y~0",
            "unknown_question",
            "kitchen@2026.1 has no question with this id. Its questions: a, b, c.",
        ),
    ],
)
def test_a_bad_answer_is_named_with_what_is_allowed(answers: Any, pointer: str, code: str, detail: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        check_answers(RUBRIC, [Response(answers)])
    (problem,) = refused.value.errors
    assert (problem.pointer, problem.code, problem.detail) == (pointer, code, detail)


def test_all_bad_answers_of_all_responses_are_reported_at_once() -> None:
    responses = [
        Response({"a": "o9", "b": ["x", "y"]}, FUNCTIONS[0], ("responses", 0, "answers")),
        Response({"c": "o3"}, "garden", ("responses", 1, "answers")),
    ]
    with pytest.raises(InvalidAnswers) as refused:
        check_answers(RUBRIC, responses)
    assert [(p.pointer, p.code) for p in refused.value.errors] == [
        ("/responses/0/answers/a", "unknown_option"),
        ("/responses/0/answers/b/0", "unknown_option"),
        ("/responses/0/answers/b/1", "unknown_option"),
        ("/responses/1/function", "unknown_function"),
        ("/responses/1/answers/c", "unknown_option"),
    ]
    assert refused.value.errors[3].detail == "kitchen knows no such function. Allowed: kitchen, service."


def test_a_very_long_option_is_not_repeated_in_full() -> None:
    with pytest.raises(InvalidAnswers) as refused:
        check_answers(RUBRIC, [Response({"a": "x" * 5000})])
    assert len(refused.value.errors[0].detail) < 200


def test_a_rubric_with_levels_takes_any_target() -> None:
    rubric = build({"one": dimension({"a": single()})})
    assert target_problems(rubric, 4, "assessment") == target_problems(rubric, None) == []
