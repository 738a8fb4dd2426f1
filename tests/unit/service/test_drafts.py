"""A draft after any changes is what was said last of each question, in whatever portions it was said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.errors import InvalidAnswers, InvalidInput, Problem
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import unpack_answers
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledQuestion
from assessment.service.drafts import DraftChange, changed
from assessment.service.views import Respondent
from assessment.store.assessments import AssessmentRow, Found
from assessment.store.organisations import OrganisationRow
from assessment.store.responses import ResponseRow

CATALOG = Catalog.load(default_directory())
ENTRY = CATALOG.find("alignment-quick", "2026.1")
RUBRIC = compile_rubric(ENTRY.rubric, CATALOG.studies, ENTRY.digest)


def found(functions: list[str] | None = None) -> Found:
    return AssessmentRow(functions=functions), OrganisationRow()


def _answer(question: CompiledQuestion) -> st.SearchStrategy[Any]:
    options = st.sampled_from(question.option_ids)
    picked = st.lists(options, unique=True) if question.multiple else options
    remarked = st.builds(lambda option, note: {"option": option, "note": note}, picked, st.text(max_size=5))
    return st.one_of(st.none(), picked, remarked, st.just({"state": "dont_know"}))


changes = st.fixed_dictionaries({}, optional={question.id: _answer(question) for question in RUBRIC.questions})


def saved(*said: dict[str, Any]) -> ResponseRow:
    """The draft after these changes, one by one."""
    row: ResponseRow | None = None
    for answers in said:
        row = ResponseRow(**changed(RUBRIC, found(), row, DraftChange(answers, "sales")))
    assert row is not None
    return row


def answers_of(row: ResponseRow) -> dict[str, Any]:
    return unpack_answers(RUBRIC, row.answers)


@settings(deadline=None)  # the first row that is made has SQLAlchemy set itself up
@given(st.lists(changes, min_size=1, max_size=8))
def test_the_last_word_on_each_question_stands_and_null_takes_it_back(said: list[dict[str, Any]]) -> None:
    last: dict[str, Any] = {}
    for answers in said:
        last |= answers
    assert answers_of(saved(*said)) == {name: answer for name, answer in last.items() if answer is not None}


@given(changes, st.randoms(use_true_random=False), st.integers(1, 12))
def test_the_order_and_the_portions_of_answers_make_no_difference(
    said: dict[str, Any], chance: Any, portions: int
) -> None:
    given_by_name = list(said.items())
    chance.shuffle(given_by_name)
    pieces = [dict(given_by_name[start::portions]) for start in range(portions)]
    # To the byte, so that the ETag is the same as well.
    assert saved(*pieces).answers == saved(said).answers


@given(changes)
def test_saying_the_same_again_changes_nothing(said: dict[str, Any]) -> None:
    assert saved(said, said).answers == saved(said).answers == saved(said, {}).answers


def test_what_is_wrong_names_the_question_also_where_it_is_taken_back() -> None:
    draft = saved({"kpi-set": "one-joint-target"})
    change = DraftChange({"kpi-set": "no-such-option", "no-such-question": None})
    with pytest.raises(InvalidAnswers) as caught:
        changed(RUBRIC, found(), draft, change)
    assert {problem.pointer: problem.code for problem in caught.value.errors} == {
        "/answers/kpi-set": "unknown_option",
        "/answers/no-such-question": "unknown_question",
    }


def test_everything_that_is_wrong_is_told_at_once() -> None:
    change = DraftChange({"kpi-set": 7}, "marketing")
    with pytest.raises(InvalidInput) as caught:
        changed(RUBRIC, found(["sales"]), None, change, [Problem("/respondent/reference", "invalid_text", "Too long.")])
    assert [(problem.pointer, problem.code) for problem in caught.value.errors] == [
        ("/respondent/reference", "invalid_text"),
        ("/function", "function_not_asked"),
        ("/answers/kpi-set", "wrong_type"),
    ]


def test_a_function_that_the_rubric_does_not_know_is_told_once() -> None:
    with pytest.raises(InvalidAnswers) as caught:
        changed(RUBRIC, found(["sales"]), None, DraftChange({}, "catering"))
    assert [(problem.pointer, problem.code) for problem in caught.value.errors] == [("/function", "unknown_function")]


def test_what_is_left_out_stays() -> None:
    draft = ResponseRow(**changed(RUBRIC, found(), None, DraftChange({}, "sales", Respondent("u-1", "director"))))
    kept = changed(RUBRIC, found(), draft, DraftChange({"kpi-set": "one-joint-target"}))
    assert kept["function"] == "sales"
    assert "respondent_reference" not in kept
    unsaid = changed(RUBRIC, found(), draft, DraftChange({}, None, None))
    assert (unsaid["function"], unsaid["respondent_reference"], unsaid["respondent_seniority"]) == (None, None, None)


def test_of_several_problems_the_first_is_said_in_words() -> None:
    problems = [Problem("/respondent", "unknown_field", "is none"), Problem("/more", "unknown_field", "is one more")]
    with pytest.raises(InvalidInput, match=r"^/respondent: is none$"):
        changed(RUBRIC, found(), None, DraftChange({}, "sales"), problems)
