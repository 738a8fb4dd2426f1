"""What a grouped result may show of a few people, and what somebody who tries to find out more is left with."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.confidential import may_name_dispute
from assessment.scoring.perceived import Gap, GroupLevel, Perception
from assessment.scoring.result import Result
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, single

KITCHEN, SERVICE = FUNCTIONS
BY_FUNCTION = {
    "id": "by-function",
    "kind": "perception_gap",
    "by_function": {
        KITCHEN: [{"id": "no", "title": "x", "share": 0.5}, {"id": "yes", "title": "x", "share": 0.5}],
        SERVICE: [{"id": "no", "title": "x", "share": 0.9}, {"id": "yes", "title": "x", "share": 0.1}],
    },
}
FOR_ALL = {
    "id": "for-all",
    "kind": "distribution",
    "shares": [{"id": f"c{i}", "title": "x", "share": share} for i, share in enumerate((0.18, 0.13, 0.2, 0.37, 0.12))],
}
HALVES = [{"levels": [0, 1], "categories": ["no"]}, {"levels": [2, 3, 4], "categories": ["yes"]}]
FIFTHS = [{"levels": [i], "categories": [f"c{i}"]} for i in range(5)]
BENCHMARKS = [
    *({"finding": "by-function", "function": f, "groups": HALVES, "judgement": "x"} for f in FUNCTIONS),
    {"finding": "for-all", "groups": FIFTHS, "judgement": "x"},
]
GAP = {"finding": "by-function", "category": "yes", "level": 2, "judgement": "x"}
RUBRIC = build(
    {
        "one": dimension({"a": single(benchmarks=BENCHMARKS, published_gaps=[GAP], about=SERVICE)}),
        "two": dimension({"b": single(nature="perception", benchmarks=BENCHMARKS)}),
        "three": dimension({"c": multiple((1, 1, 0.5, 1.5, 1))}),
    },
    gates=[{"id": "both", "level": 4, "requires": {"kind": "perception", "functions": [KITCHEN, SERVICE]}}],
    findings=[BY_FUNCTION, FOR_ALL],
    recommendations=[
        {"id": "do-a", "effort": "S", "when": [{"question": "a", "below": 4}]},
        {"id": "do-c", "effort": "S", "when": [{"question": "c", "below": 4}]},
    ],
)


def at(kitchen: list[int], service: list[int], question: str = "a", nobody: tuple[int, ...] = ()) -> Result:
    groups: list[tuple[str | None, Any]] = [(KITCHEN, kitchen), (SERVICE, service), (None, nobody)]
    return assess(RUBRIC, [Response({question: f"o{level}"}, f) for f, levels in groups for level in levels])


def perception_of(result: Result) -> Perception:
    assert result.perception is not None
    return result.perception


def on_question(result: Result) -> Gap:
    functions = perception_of(result).functions
    assert functions is not None
    return functions.questions[0]


def test_three_people_are_withheld_and_with_them_the_group_they_could_be_told_from() -> None:
    gap = on_question(at([4, 3, 4, 3, 2], [1, 1, 1]))
    assert gap.groups == [GroupLevel(KITCHEN, 5, None), GroupLevel(SERVICE, None, None)]
    assert (gap.gap, gap.delta, gap.size, gap.own_behaviour) == (None, None, None, None)
    assert gap.published[0].own_shares is None
    assert perception_of(at([4, 3, 4, 3, 2], [1, 1, 1])).withheld == [KITCHEN, SERVICE]


def test_from_four_people_on_a_groups_figures_are_given() -> None:
    gap = on_question(at([4, 3, 4, 3, 2], [1, 1, 1, 2]))
    assert gap.groups == [GroupLevel(KITCHEN, 5, 3.2), GroupLevel(SERVICE, 4, 1.25)]
    assert gap.gap == 1.95


def test_somebody_beside_two_large_groups_hides_their_means_but_not_their_difference() -> None:
    gap = on_question(at([4, 3, 4, 3, 2], [1, 1, 1, 2], nobody=(4,)))
    assert gap.groups == [GroupLevel(KITCHEN, 5, None), GroupLevel(SERVICE, 4, None)]
    assert (gap.gap, gap.supported) == (1.95, True)
    assert gap.published[0].own_shares is None
    four = on_question(at([4, 3, 4, 3, 2], [1, 1, 1, 2], nobody=(4, 4, 4, 0)))
    assert [group.mean for group in four.groups] == [3.2, 1.25]


def test_agreement_of_a_few_and_of_everybody_beside_a_few_is_withheld() -> None:
    assert perception_of(at([4, 3, 4, 3], [1])).agreement == []
    assert perception_of(at([4], [1])).agreement == []
    beside_four = perception_of(at([4, 3, 4, 3, 2], [1, 1, 1, 2])).agreement
    assert [one.group for one in beside_four] == [None, KITCHEN, SERVICE]
    # One person more, of neither: of the two groups the smaller goes, so that five are left over.
    assert [one.group for one in perception_of(at([4, 3, 4, 3, 2], [1, 1, 1, 2], nobody=(4,))).agreement] == [KITCHEN]


@pytest.mark.parametrize(
    ("question", "lower", "few", "named"),
    [
        # Two people answered 1.9 on average, which they cannot, or 4 both.
        (single(), 1.9, 2, False),
        (single(), 2.0, 2, True),
        # Three answered 0, 1 and 4, or all of them 4.
        (single((0, 1, 4)), 5 / 3, 3, True),
        (single((0, 1, 4)), 2.0, 3, True),
        (single((0, 1, 4)), 1.9, 3, False),
        # The levels of a multiple choice are sums of points: 0, 1.75, 2.25 and 4, or 0, 1.95, 2.05 and 4.
        (multiple((1.75, 2.25)), 1.75, 1, True),
        (multiple((1.75, 2.25)), 2.0, 1, False),
        (multiple((1.95, 2.05)), 1.95, 3, True),
        (multiple((1.95, 2.05)), 1.94, 3, False),
    ],
)
def test_a_dispute_is_named_where_its_level_leaves_two_answers_open(
    question: dict[str, Any], lower: float, few: int, named: bool
) -> None:
    rubric = build({"one": dimension({"a": question})})
    assert may_name_dispute(rubric.questions[0], lower, [few, 5]) is named


def test_a_named_assessment_shows_everybody() -> None:
    named = assess(RUBRIC, [Response({"a": "o4"}, KITCHEN), Response({"a": "o1"}, SERVICE)], confidentiality="named")
    gap = on_question(named)
    assert gap.groups == [GroupLevel(KITCHEN, 1, 4.0), GroupLevel(SERVICE, 1, 1.0)]
    assert (gap.gap, gap.delta) == (3.0, 1.0)
    assert perception_of(named).withheld == []
    assert [one.group for one in perception_of(named).agreement] == [None]


def test_three_beside_somebody_of_no_function_are_four_whom_the_large_group_does_not_tell() -> None:
    gap = on_question(at([4, 3, 4, 3, 2], [1, 1, 1], nobody=(4,)))
    assert gap.groups == [GroupLevel(KITCHEN, 5, 3.2), GroupLevel(SERVICE, None, None)]
    assert gap.published[0].own_shares is None


def ranked(*people: tuple[str | None, str, dict[str, Any]]) -> Gap:
    """Leadership beside the rest on the first question that either answered."""
    result = assess(RUBRIC, [Response(answers, function, seniority=rank) for function, rank, answers in people])
    seniority = perception_of(result).seniority
    assert seniority is not None
    return seniority.questions[0]


def test_where_all_are_of_one_function_seniorities_cut_nobody_out_of_it() -> None:
    gap = ranked(*[(KITCHEN, "director", {"a": "o3"})] * 5, *[(KITCHEN, "specialist", {"b": "o1"})] * 3)
    assert gap.groups == [GroupLevel("leadership", 5, 3.0), GroupLevel("rest", None, None)]


def test_a_function_of_which_one_person_leads_hides_what_seniorities_differ_by() -> None:
    lead, rest = (KITCHEN, "director", {"a": "o3"}), (KITCHEN, "specialist", {"a": "o1"})
    gap = ranked(*[lead] * 4, *[rest] * 5, (SERVICE, "director", {"a": "o3"}))
    assert (gap.groups, gap.gap) == ([GroupLevel("leadership", 5, None), GroupLevel("rest", 5, None)], None)
    assert ranked(*[lead] * 5, *[rest] * 5).gap == 2.0


def test_only_facts_on_which_seniorities_lie_two_levels_apart_are_disputed() -> None:
    for question, lead, disputed in (("a", "o3", True), ("a", "o2", False), ("b", "o4", False)):
        people = [(None, "director", {question: lead})] * 4 + [(None, "specialist", {question: "o1"})] * 4
        gap = ranked(*people)
        assert (gap.disputed, gap.request is not None) == (disputed, disputed)


def test_benchmarks_of_a_question_that_few_answered_do_not_say_which_function_stands_where() -> None:
    one, other = at([4], [1], "b"), at([1], [4], "b")
    assert one.questions == other.questions
    assert [b.ridit for b in one.questions[1].benchmarks] == [0.75, 0.95, 0.5525]
    alone = assess(RUBRIC, [Response({"b": "o4"}, SERVICE)])
    assert [(b.function, b.ridit) for b in alone.questions[1].benchmarks] == [(SERVICE, 0.95)]


@pytest.mark.parametrize(
    ("kitchen", "service", "named"),
    [
        # At 1 the lower may be either of the two.
        ([1], [4], True),
        ([1, 1, 1, 1, 1], [4], True),
        ([4, 4, 4, 4, 4], [0], True),
        # 1.2 is no answer of one person, so it would be the five's, and the one's would be 4.
        ([1, 1, 1, 1, 2], [4], False),
        # Of two people it could be 3.5 or 4, and 1.5 their own.
        ([1, 1, 2, 2], [4, 4], True),
        ([1, 1, 1, 1, 2], [4, 4, 4, 4], True),
    ],
)
def test_a_dispute_is_named_unless_its_level_tells_what_a_few_answered(
    kitchen: list[int], service: list[int], named: bool
) -> None:
    question = at(kitchen, service).questions[0]
    assert question.disputed is named
    assert question.level == min(sum(kitchen) / len(kitchen), sum(service) / len(service))


def test_seniorities_that_cut_a_few_out_of_a_function_show_no_means() -> None:
    def people(function: str, seniority: str, level: int, count: int) -> list[Response]:
        return [Response({"a": f"o{level}"}, function, seniority=seniority)] * count

    crossed = people(KITCHEN, "executive", 4, 5) + people(KITCHEN, "manager", 1, 1) + people(SERVICE, "manager", 2, 5)
    seniority = perception_of(assess(RUBRIC, crossed)).seniority
    assert seniority is not None
    (gap,) = seniority.questions
    assert [group.mean for group in gap.groups] == [None, None]
    assert (gap.gap, gap.delta, gap.supported) == (None, 1.0, True)
    apart = people(KITCHEN, "executive", 4, 5) + people(SERVICE, "manager", 2, 5)
    seniority = perception_of(assess(RUBRIC, apart)).seniority
    assert seniority is not None
    assert [group.mean for group in seniority.questions[0].groups] == [4.0, 2.0]


def fives() -> list[list[int]]:
    """Five people's levels, one set for each mean that they can have."""
    return [[4] * (total // 4) + [total % 4] * (total < 20) + [0] * (4 - total // 4) for total in range(21)]


@pytest.mark.parametrize(("question", "fact"), [("a", True), ("b", False)])
def test_the_rest_of_a_result_tells_nothing_of_one_person_beyond_level_and_dispute(question: str, fact: bool) -> None:
    """The attacker knows everything but the answers: head-counts, rubric, engine. Whatever the one person answered, two
    results that show the same level and dispute are the same to the byte, so the rest of them tells nothing."""
    results: dict[tuple[float | None, bool], set[bytes]] = {}
    answers: dict[tuple[float | None, bool], set[int]] = {}
    for one, five in itertools.product(range(5), fives()):
        result = at(five, [one], question)
        asked = next(q for q in result.questions if q.id == question)
        results.setdefault((asked.level, asked.disputed), set()).add(msgspec.json.encode(result))
        answers.setdefault((asked.level, asked.disputed), set()).add(one)
    assert all(len(same) == 1 for same in results.values())
    assert all(len(ones) >= 2 for (_, disputed), ones in answers.items() if disputed)
    told = sorted(level for (level, _), ones in answers.items() if level is not None and len(ones) == 1)
    # An opinion's level tells alone only where all but one answer would need more, or less, than the scale has.
    assert fact or told == [0.0, 0.1, 0.2, 0.3, 0.4, 3.6, 3.7, 3.8, 3.9, 4.0]


def test_a_multiple_choice_tells_no_more_than_its_level_and_what_all_chose() -> None:
    def result(kitchen: list[list[str]], service: list[str]) -> bytes:
        given = [Response({"c": picks}, KITCHEN) for picks in kitchen] + [Response({"c": service}, SERVICE)]
        return msgspec.json.encode(assess(RUBRIC, given))

    # Level 1 either way: four at 0 or 2 beside one at 2 or 0.
    assert result([[]] * 5, ["o0", "o1"]) == result([["o0", "o1"]] * 5, [])


everything = st.fixed_dictionaries(
    {"a": st.sampled_from([f"o{i}" for i in range(5)]), "b": st.sampled_from([f"o{i}" for i in range(5)])},
    optional={"c": st.lists(st.sampled_from([f"o{i}" for i in range(5)]), unique=True)},
)
person = st.tuples(everything, st.sampled_from([*FUNCTIONS, None]), st.sampled_from([None, "director", "specialist"]))


@given(st.lists(person, min_size=2, max_size=12), st.sampled_from(["grouped", "named"]), st.randoms())
@settings(deadline=None)
def test_the_order_of_people_is_irrelevant_and_every_number_lies_in_its_bounds(
    people: list[Any], confidentiality: Any, chance: Any
) -> None:
    responses = [Response(answers, function, seniority=rank) for answers, function, rank in people]
    result = msgspec.json.encode(assess(RUBRIC, responses, confidentiality=confidentiality))
    chance.shuffle(responses)
    assert msgspec.json.encode(assess(RUBRIC, responses, confidentiality=confidentiality)) == result
    # The structs' own constraints are checked on decoding.
    msgspec.json.decode(result, type=Result)


@given(st.lists(person, min_size=2, max_size=12), st.sampled_from(["grouped", "named"]))
@settings(deadline=None)
def test_exchanging_the_functions_answers_turns_every_difference_round(people: list[Any], confidentiality: Any) -> None:
    other = {KITCHEN: SERVICE, SERVICE: KITCHEN, None: None}
    one, turned = (
        assess(RUBRIC, [Response(a, name(f)) for a, f, _ in people], confidentiality=confidentiality).perception
        for name in (lambda f: f, other.__getitem__)
    )
    assert (one is None) == (turned is None)
    if one is None or turned is None or one.functions is None or turned.functions is None:
        return
    for before, after in zip(one.functions.questions, turned.functions.questions, strict=True):
        assert (before.p, before.p_adjusted, before.size, before.supported) == (
            after.p,
            after.p_adjusted,
            after.size,
            after.supported,
        )
        assert [group.mean for group in before.groups] == [group.mean for group in reversed(after.groups)]
        for figure, turned_figure in ((before.gap, after.gap), (before.delta, after.delta)):
            assert figure is None or turned_figure is None or figure == -turned_figure
            assert (figure is None) == (turned_figure is None)


@given(st.lists(person, min_size=2, max_size=12))
@settings(deadline=None)
def test_a_grouped_result_gives_no_mean_of_fewer_than_four(people: list[Any]) -> None:
    perception = assess(RUBRIC, [Response(a, f, seniority=rank) for a, f, rank in people]).perception
    if perception is None:
        return
    for comparison in (perception.functions, perception.seniority):
        for gap in [*comparison.dimensions, *comparison.questions] if comparison else []:
            assert all(group.mean is None or (group.respondents or 0) >= 4 for group in gap.groups)
            assert gap.gap is None or all((group.respondents or 0) >= 4 for group in gap.groups)
    assert all(one.respondents >= 4 for one in perception.agreement)
