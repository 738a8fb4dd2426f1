"""Contradictions: when answers are named as one, and what is said of them."""

from __future__ import annotations

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.result import Because
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, single

CHECK = {
    "id": "tracked-without",
    "title": "Tracked, and not there",
    "when": [{"question": "tracked", "at_least": 2}, {"question": "there", "at_most": 0.5}],
    "explanation": "Ask for it.",
}
RUBRIC = build(
    {"one": dimension({"tracked": single(), "there": single(), "parts": multiple((1, 1, 1, 1))})},
    checks=[
        CHECK,
        {**CHECK, "id": "parts-of-nothing", "when": [{"question": "parts", "at_least": 1}, CHECK["when"][1]]},
    ],
)


def named(*answers: dict[str, object]) -> list[str]:
    responses = [Response(given, function) for given, function in zip(answers, FUNCTIONS, strict=False)]
    return [one.id for one in assess(RUBRIC, responses).inconsistencies]


def test_answers_that_cannot_both_be_right_are_named_with_their_levels() -> None:
    (found,) = assess(RUBRIC, [Response({"tracked": "o3", "there": "o0"})]).inconsistencies
    assert (found.id, found.title, found.explanation) == ("tracked-without", "Tracked, and not there", "Ask for it.")
    assert found.answers == [Because("tracked", 3.0), Because("there", 0.0)]


def test_each_bound_is_met_from_its_level_on() -> None:
    assert named({"tracked": "o2", "there": "o0"}) == ["tracked-without"]
    assert named({"tracked": "o1", "there": "o0"}) == []
    assert named({"tracked": "o2", "there": "o1"}) == []


def test_an_unanswered_question_contradicts_nothing() -> None:
    assert named({"tracked": "o4"}) == []
    assert named({"there": "o0"}) == []
    assert named({"tracked": "o4", "there": {"state": "dont_know"}}) == []


def test_the_level_of_several_is_said_to_hundredths() -> None:
    responses = [Response({"tracked": option, "there": "o0"}) for option in ("o2", "o2", "o4")]
    (found,) = assess(RUBRIC, responses).inconsistencies
    assert found.answers == [Because("tracked", 2.67), Because("there", 0.0)]


def test_several_contradictions_stand_in_the_rubrics_order() -> None:
    assert named({"tracked": "o4", "there": "o0", "parts": ["o1"]}) == ["tracked-without", "parts-of-nothing"]
    assert named({"tracked": "o4", "there": "o0", "parts": []}) == ["tracked-without"]


def test_of_several_people_the_combined_answer_counts() -> None:
    assert named({"tracked": "o3", "there": "o0"}, {"tracked": "o2", "there": "o1"}) == ["tracked-without"]
    assert named({"tracked": "o2", "there": "o0"}, {"tracked": "o1", "there": "o0"}) == []
