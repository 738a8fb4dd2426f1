"""How much of bad answers is told, and how long what people write may be."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.errors import InvalidAnswers, Problem
from assessment.scoring.answers import Response, check_answers
from assessment.scoring.assess import assess
from tests.unit.scoring.builders import build, dimension, multiple, single

RUBRIC = build({"one": dimension({"a": single(), "b": multiple((1, 1, 1, 1)), "c": single()})})


def problems(*answers: dict[str, Any]) -> list[Problem]:
    with pytest.raises(InvalidAnswers) as caught:
        check_answers(RUBRIC, [Response(given) for given in answers])
    return list(caught.value.errors)


def test_every_bad_answer_is_told_whatever_stands_before_it() -> None:
    found = problems({"none": "o1", "a": "o9", "other": 1, "c": ["o1"]})
    assert [(problem.pointer, problem.code) for problem in found] == [
        ("/answers/none", "unknown_question"),
        ("/answers/a", "unknown_option"),
        ("/answers/other", "unknown_question"),
        ("/answers/c", "wrong_type"),
    ]


def test_of_more_bad_answers_than_anybody_reads_500_are_told() -> None:
    assert len(problems({f"q{n}": "o1" for n in range(499)})) == 499
    assert len(problems({f"q{n}": "o1" for n in range(500)})) == 500
    assert len(problems({f"q{n}": "o1" for n in range(501)})) == 500
    assert len(problems({f"q{n}": "o1" for n in range(300)}, {f"q{n}": "o1" for n in range(300)})) == 500


def test_of_more_bad_options_than_anybody_reads_500_are_told() -> None:
    assert len(problems({"b": [f"x{n}" for n in range(499)]})) == 499
    assert len(problems({"b": [f"x{n}" for n in range(900)]})) == 500


@pytest.mark.parametrize("field", ["note", "evidence"])
def test_a_remark_has_2000_characters_at_most(field: str) -> None:
    check_answers(RUBRIC, [Response({"a": {"option": "o1", field: "é" * 2000}})])
    (problem,) = problems({"a": {"option": "o1", field: "é" * 2001}})
    assert (problem.pointer, problem.code) == (f"/answers/a/{field}", "invalid_text")


def test_a_reason_has_2000_characters_at_most() -> None:
    check_answers(RUBRIC, [Response({"a": {"state": "not_applicable", "reason": "x" * 2000}})])
    (problem,) = problems({"a": {"state": "not_applicable", "reason": "x" * 2001}})
    assert (problem.pointer, problem.code) == ("/answers/a/reason", "invalid_text")


def test_a_long_unknown_option_is_shown_in_part() -> None:
    allowed = "Allowed options: o0, o1, o2, o3, o4."
    (problem,) = problems({"a": "x" * 78})
    assert problem.detail == f"'a' has no option '{'x' * 78}'. {allowed}"
    (problem,) = problems({"a": "x" * 79})
    assert problem.detail == f"'a' has no option '{'x' * 76}…. {allowed}"


def test_an_answer_in_the_long_form_counts_like_the_short_one() -> None:
    short = assess(RUBRIC, [Response({"a": "o3", "b": ["o0", "o2"]})])
    long = assess(RUBRIC, [Response({"a": {"option": "o3", "note": "x"}, "b": {"option": ["o2", "o0"]}})])
    assert long == short
