"""Several people's answers: equal voice for each function, disputed facts, missing functions, wide gaps."""

from __future__ import annotations

from typing import Any

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.result import QuestionResult, Result
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, single

KITCHEN, SERVICE = FUNCTIONS
BOTH = {"id": "both", "level": 4, "requires": {"kind": "perception", "functions": [KITCHEN, SERVICE]}}
BY_FUNCTION = {
    "id": "by-function",
    "kind": "perception_gap",
    "by_function": {
        KITCHEN: [{"id": "no", "title": "x", "share": 0.5}, {"id": "yes", "title": "x", "share": 0.5}],
        SERVICE: [{"id": "no", "title": "x", "share": 0.9}, {"id": "yes", "title": "x", "share": 0.1}],
    },
}
GROUPS = [{"levels": [0, 1], "categories": ["no"]}, {"levels": [2, 3, 4], "categories": ["yes"]}]
BENCHMARKS = [
    {"finding": "by-function", "function": function, "groups": GROUPS, "judgement": "x"} for function in FUNCTIONS
]
RUBRIC = build(
    {
        "one": dimension({"a": single(), "b": single(nature="perception")}),
        "two": dimension({"c": multiple((1, 1, 1, 1)), "d": single(benchmarks=BENCHMARKS)}),
    },
    gates=[BOTH],
    findings=[BY_FUNCTION],
    recommendations=[{"id": "talk", "effort": "S", "when_gap": True}],
)


def _assess(*answers: tuple[str | None, dict[str, Any]]) -> Result:
    return assess(RUBRIC, [Response(given, function) for function, given in answers], confidentiality="named")


def _question(result: Result, name: str) -> QuestionResult:
    return next(question for question in result.questions if question.id == name)


def test_each_function_has_an_equal_voice_whatever_its_head_count() -> None:
    result = _assess((KITCHEN, {"a": "o2"}), (KITCHEN, {"a": "o3"}), (KITCHEN, {"a": "o4"}), (SERVICE, {"a": "o4"}))
    assert _question(result, "a").level == 3.5
    assert [(f.function, f.respondents) for f in result.respondents] == [(KITCHEN, 3), (SERVICE, 1)]


def test_a_fact_seen_two_levels_apart_is_disputed_and_the_lower_answer_counts() -> None:
    result = _assess((KITCHEN, {"a": "o3", "b": "o3"}), (SERVICE, {"a": "o1", "b": "o1"}))
    fact, opinion = _question(result, "a"), _question(result, "b")
    assert (fact.disputed, fact.level) == (True, 1)
    assert (opinion.disputed, opinion.level) == (False, 2)


def test_facts_less_than_two_levels_apart_are_averaged() -> None:
    fact = _question(_assess((KITCHEN, {"a": "o3"}), (SERVICE, {"a": "o2"})), "a")
    assert (fact.disputed, fact.level) == (False, 2.5)


def test_only_those_who_answered_count() -> None:
    result = _assess(
        (KITCHEN, {"a": {"state": "dont_know"}, "b": "o4"}),
        (SERVICE, {"a": "o2", "b": {"state": "not_applicable", "reason": "x"}, "c": {"state": "dont_know"}}),
    )
    assert [q.level for q in result.questions] == [2, 4, None, None]
    assert [q.state for q in result.questions] == ["answered", "answered", "dont_know", "unanswered"]


def test_a_multiple_choice_is_averaged_and_its_next_step_is_an_option_not_all_have_chosen() -> None:
    rubric = build({"one": dimension({"a": single(), "c": multiple((1, 1, 1, 1))})})
    kitchen, service = {"a": "o4", "c": ["o0", "o1"]}, {"a": "o4", "c": ["o0"]}
    result = assess(rubric, [Response(kitchen, KITCHEN), Response(service, SERVICE)], confidentiality="named")
    assert _question(result, "c").level == 1.5
    assert result.rating is not None
    assert result.rating.level == 3
    assert result.next_level is not None
    assert [(c.question, c.from_level, c.to_level, c.option) for c in result.next_level.changes] == [
        ("c", 1.5, 2.5, "o2")
    ]


def test_an_option_that_one_of_two_functions_chose_adds_half_of_what_it_is_worth() -> None:
    rubric = build({"one": dimension({"c": multiple((1, 3), nature="perception")})})
    given = [Response({"c": ["o1"]}, KITCHEN), Response({"c": []}, SERVICE)]
    result = assess(rubric, given, confidentiality="named")
    assert result.next_level is not None
    assert [(c.from_level, c.to_level, c.option) for c in result.next_level.changes] == [(1.5, 3.0, "o1")]


def test_two_functions_have_equal_shares_in_a_distribution_of_everybody() -> None:
    shares = [{"id": "no", "title": "x", "share": 0.6}, {"id": "yes", "title": "x", "share": 0.4}]
    rubric = build(
        {
            "one": dimension(
                {"a": single(nature="perception", benchmarks=[{"finding": "all", "groups": GROUPS, "judgement": "x"}])}
            )
        },
        findings=[{"id": "all", "kind": "prevalence", "shares": shares}],
    )
    given = [Response({"a": "o3"}, KITCHEN), Response({"a": "o3"}, KITCHEN), Response({"a": "o1"}, SERVICE)]
    # 0.8 and 0.3.
    result = assess(rubric, given, confidentiality="named")
    assert [b.ridit for b in _question(result, "a").benchmarks] == [0.55]


def test_a_function_is_held_against_its_own_distribution() -> None:
    alone = _question(_assess((SERVICE, {"d": "o3"})), "d")
    assert [(b.function, b.ridit) for b in alone.benchmarks] == [(SERVICE, 0.95)]
    both = _question(_assess((KITCHEN, {"d": "o3"}), (SERVICE, {"d": "o1"})), "d")
    assert both.disputed
    assert [(b.function, b.ridit) for b in both.benchmarks] == [(SERVICE, 0.45)]
    agreed = _assess((KITCHEN, {"d": "o3"}), (SERVICE, {"d": "o2"}))
    assert [(b.function, b.ridit) for b in _question(agreed, "d").benchmarks] == [(KITCHEN, 0.75), (SERVICE, 0.95)]
    assert agreed.benchmark_position is not None
    assert agreed.benchmark_position.mean_ridit == 0.85


def test_one_function_alone_keeps_level_4_closed() -> None:
    best = {"a": "o4", "b": "o4", "c": ["o0", "o1", "o2", "o3"], "d": "o4"}
    result = _assess((KITCHEN, best))
    assert result.score == 100
    assert result.single_perspective
    assert result.rating is not None
    assert result.rating.level == 3
    (cap,) = result.rating.caps
    assert (cap.gate, cap.limit, cap.status, cap.reason) == (
        "both",
        3,
        "unverified",
        "Nobody from service has answered.",
    )
    both = _assess((KITCHEN, best), (SERVICE, best))
    assert both.rating is not None
    assert both.rating.level == 4
    assert not both.single_perspective


def test_answers_of_nobody_in_particular_leave_the_perception_gate_aside() -> None:
    result = _assess((None, {"a": "o4", "b": "o4", "c": ["o0", "o1", "o2", "o3"], "d": "o4"}))
    assert result.rating is not None
    assert result.rating.level == 4
    assert result.respondents == []


def test_a_wide_and_supported_gap_fails_the_gate_and_fires_its_move() -> None:
    high = {"a": "o4", "b": "o4", "c": ["o0", "o1", "o2", "o3"], "d": "o4"}
    lower = {"a": "o3", "b": "o3", "c": ["o0", "o1", "o2"], "d": "o3"}
    four = [(KITCHEN, high)] * 4 + [(SERVICE, lower)] * 4
    result = _assess(*four)
    assert result.rating is not None
    assert result.score == 87.5
    (cap,) = result.rating.caps
    assert (cap.gate, cap.status) == ("both", "failed")
    assert cap.reason == "The views of kitchen and service differ widely, and by more than chance, on one, two."
    assert result.rating.level == 3
    assert [(m.id, m.opens_gate) for m in result.recommendations] == [("talk", "both")]


def test_with_three_a_side_no_gap_can_be_supported() -> None:
    high = {"a": "o4", "b": "o4", "c": ["o0", "o1", "o2", "o3"], "d": "o4"}
    lower = {"a": "o3", "b": "o3", "c": ["o0", "o1", "o2"], "d": "o3"}
    result = _assess(*[(KITCHEN, high)] * 3, *[(SERVICE, lower)] * 3)
    assert result.rating is not None
    assert result.rating.level == 4
