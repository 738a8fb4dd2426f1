"""Two groups side by side in a result: figures, tests, disputed facts, own behaviour, published gaps, seniority."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.perceived import Confidentiality, Gap, GroupLevel, Perception
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, single

KITCHEN, SERVICE = FUNCTIONS
BOTH = {"id": "both", "level": 4, "requires": {"kind": "perception", "functions": [SERVICE, KITCHEN]}}
CHECKED = {
    "id": "checked",
    "kind": "perception_gap",
    "by_function": {
        KITCHEN: [{"id": "no", "title": "x", "share": 0.65}, {"id": "yes", "title": "x", "share": 0.35}],
        SERVICE: [{"id": "no", "title": "x", "share": 0.88}, {"id": "yes", "title": "x", "share": 0.12}],
    },
}
GAP = {"finding": "checked", "category": "yes", "level": 4, "judgement": "Four is yes."}
RUBRIC = build(
    {
        "one": dimension({"a": single(about=SERVICE, published_gaps=[GAP]), "b": single(nature="perception")}),
        "two": dimension({"c": single(nature="perception")}),
    },
    gates=[BOTH],
    findings=[CHECKED],
)
X, Y = [4, 3, 4, 3], [2, 1, 3, 2]


def seen(
    kitchen: Sequence[int], service: Sequence[int], confidentiality: Confidentiality = "grouped", question: str = "a"
) -> Perception:
    responses = [
        Response({question: f"o{level}"}, function)
        for function, levels in ((KITCHEN, kitchen), (SERVICE, service))
        for level in levels
    ]
    found = assess(RUBRIC, responses, confidentiality=confidentiality).perception
    assert found is not None
    return found


def gap_on(perception: Perception, name: str) -> Gap:
    assert perception.functions is not None
    every = [*perception.functions.dimensions, *perception.functions.questions]
    return next(gap for gap in every if gap.id == name)


def test_the_gap_of_vector_d1_is_large_and_not_supported() -> None:
    perception = seen(X, Y)
    gap = gap_on(perception, "a")
    assert gap.groups == [GroupLevel(KITCHEN, 4, 3.5), GroupLevel(SERVICE, 4, 2.0)]
    assert (gap.gap, gap.delta, gap.size) == (1.5, 0.875, "large")
    assert (gap.testable, gap.p, gap.p_method, gap.p_adjusted, gap.supported) == (True, 0.0857, "exact", 0.0857, False)
    assert perception.functions is not None
    assert perception.functions.groups == [KITCHEN, SERVICE]
    assert perception.withheld == []


def test_a_dimension_is_compared_by_its_scores() -> None:
    gap = gap_on(seen([4, 4, 4, 4], [0, 0, 0, 1], question="c"), "two")
    assert gap.groups == [GroupLevel(KITCHEN, 4, 100.0), GroupLevel(SERVICE, 4, 6.25)]
    assert (gap.gap, gap.delta, gap.p, gap.supported) == (93.75, 1.0, 0.0286, True)


def test_three_a_side_are_not_testable_however_far_apart() -> None:
    gap = gap_on(seen([4, 4, 4], [1, 1, 1], "named"), "a")
    assert (gap.gap, gap.delta, gap.size) == (3.0, 1.0, "large")
    assert (gap.testable, gap.p, gap.p_method, gap.p_adjusted, gap.supported) == (False, None, None, None, None)


def test_groups_stand_in_alphabetical_order_whatever_the_order_of_the_gate() -> None:
    turned = seen(Y, X)
    gap = gap_on(turned, "a")
    assert [group.group for group in gap.groups] == [KITCHEN, SERVICE]
    assert (gap.gap, gap.delta, gap.p) == (-1.5, -0.875, 0.0857)


def test_p_is_adjusted_over_the_questions_that_were_tested() -> None:
    responses = [Response({"a": f"o{level}", "b": "o2", "c": "o2"}, KITCHEN) for level in (4, 4, 4, 4)]
    responses += [Response({"a": f"o{level}", "b": "o2"}, SERVICE) for level in (1, 1, 1, 1)]
    perception = assess(RUBRIC, responses).perception
    assert perception is not None
    gap = gap_on(perception, "a")
    assert (gap.p, gap.p_adjusted, gap.supported) == (0.0286, 0.0571, False)
    assert gap_on(perception, "b").p == 1.0
    assert not gap_on(perception, "c").testable


def test_nobody_answering_a_question_leaves_it_out_and_one_side_alone_has_no_gap() -> None:
    responses = [Response({"a": "o4", "b": "o1"}, KITCHEN), Response({"a": "o3"}, SERVICE)]
    perception = assess(RUBRIC, responses, confidentiality="named").perception
    assert perception is not None
    assert perception.functions is not None
    assert [gap.id for gap in perception.functions.questions] == ["a", "b"]
    gap = gap_on(perception, "b")
    assert gap.groups == [GroupLevel(KITCHEN, 1, 1.0), GroupLevel(SERVICE, 0, None)]
    assert (gap.gap, gap.delta, gap.size) == (None, None, None)


def test_a_disputed_fact_asks_for_the_record() -> None:
    gap = gap_on(seen([4], [1]), "a")
    assert gap.disputed
    assert gap.request == "Look for the record that settles it; until then the lower answer counts."
    assert not gap_on(seen([4], [3]), "a").disputed
    assert gap_on(seen([4], [3]), "a").request is None


@pytest.mark.parametrize(
    ("kitchen", "service", "flagged"),
    [
        ([1, 1, 1, 2], [3, 3, 3, 3], SERVICE),
        ([1, 1, 1, 4], [3, 3, 3, 3], SERVICE),
        # Whoever judges others more kindly than they do themselves flatters nobody.
        ([3, 3, 3, 3], [1, 1, 1, 2], None),
        # Delta -.33 is medium already.
        ([1, 2, 2, 2, 2, 2, 3, 3, 3, 3], [1, 1, 2, 3, 3, 3, 3, 4, 4, 4], SERVICE),
        # Delta .25 is small.
        ([2, 2, 2, 3], [3, 3, 2, 2], None),
    ],
)
def test_a_function_that_sees_its_own_behaviour_markedly_better_is_named(
    kitchen: list[int], service: list[int], flagged: str | None
) -> None:
    assert gap_on(seen(kitchen, service), "a").own_behaviour == flagged
    assert gap_on(seen(kitchen, service, question="b"), "b").own_behaviour is None


def test_the_published_gap_stands_beside_the_organisations_own() -> None:
    (beside,) = gap_on(seen([4, 4, 4, 3], [4, 1, 1, 1]), "a").published
    assert (beside.finding, beside.study, beside.year, beside.n) == ("checked", "study", 2010, None)
    assert (beside.category, beside.shares, beside.difference) == ("yes", [0.35, 0.12], 0.23)
    assert beside.cohens_h == 0.5586
    assert (beside.interval, beside.interval_reason) == (None, "n_not_published")
    assert (beside.own_shares, beside.own_difference, beside.own_cohens_h) == ([0.75, 0.25], 0.5, 1.0472)
    assert beside.own_interval == (-0.1355, 0.7891)
    assert beside.judgement == "Four is yes."


def test_a_published_gap_has_newcombes_interval_where_both_groups_sizes_were_published() -> None:
    sized = {**CHECKED, "n_by_function": {KITCHEN: 50, SERVICE: 50}}
    rubric = build({"one": dimension({"a": single(published_gaps=[GAP])})}, gates=[BOTH], findings=[sized])
    perception = assess(rubric, [Response({"a": "o4"}, KITCHEN), Response({"a": "o1"}, SERVICE)]).perception
    assert perception is not None
    (beside,) = gap_on(perception, "a").published
    assert (beside.interval, beside.interval_reason) == ((0.0637, 0.3825), None)
    assert (beside.own_shares, beside.own_difference, beside.own_cohens_h, beside.own_interval) == (None,) * 4


def test_figures_are_rounded_levels_to_hundredths_and_the_rest_to_four_places() -> None:
    shares = {
        KITCHEN: [{"id": "no", "title": "x", "share": 0.64321}, {"id": "yes", "title": "x", "share": 0.35679}],
        SERVICE: [{"id": "no", "title": "x", "share": 0.87654}, {"id": "yes", "title": "x", "share": 0.12346}],
    }
    checked = {**CHECKED, "by_function": shares, "n_by_function": {KITCHEN: 60, SERVICE: 70}}
    rubric = build({"one": dimension({"a": single(published_gaps=[GAP])})}, gates=[BOTH], findings=[checked])
    levels = ((KITCHEN, (4, 4, 3, 3, 3, 2)), (SERVICE, (4, 4, 1, 1, 2, 2, 3)))
    responses = [Response({"a": f"o{level}"}, function) for function, given in levels for level in given]
    perception = assess(rubric, responses).perception
    assert perception is not None
    gap = gap_on(perception, "a")
    assert [group.mean for group in gap.groups] == [3.17, 2.43]
    assert (gap.gap, gap.delta, gap.p) == (0.74, 0.3571, 0.3182)
    whole = gap_on(perception, "one")
    assert [group.mean for group in whole.groups] == [79.17, 60.71]
    assert whole.gap == 18.45
    (beside,) = gap.published
    assert (beside.shares, beside.difference, beside.cohens_h) == ([0.3568, 0.1235], 0.2333, 0.5622)
    assert beside.interval == (0.0872, 0.3724)
    assert (beside.own_shares, beside.own_difference, beside.own_cohens_h) == ([0.3333, 0.2857], 0.0476, 0.1031)
    assert beside.own_interval == (-0.3793, 0.467)
    everybody, kitchen, _ = perception.agreement
    assert (everybody.r_wg_j, kitchen.r_wg_j, kitchen.average_deviation) == (0.4038, 0.7167, 0.5556)


@pytest.mark.parametrize("sized", [KITCHEN, SERVICE])
def test_a_published_gap_with_the_size_of_one_group_has_no_interval(sized: str) -> None:
    finding = {**CHECKED, "n_by_function": {sized: 50}}
    rubric = build({"one": dimension({"a": single(published_gaps=[GAP])})}, gates=[BOTH], findings=[finding])
    perception = assess(rubric, [Response({"a": "o4"}, KITCHEN), Response({"a": "o1"}, SERVICE)]).perception
    assert perception is not None
    (beside,) = gap_on(perception, "a").published
    assert (beside.interval, beside.interval_reason) == (None, "n_not_published")


def test_a_gap_published_between_other_functions_is_not_shown() -> None:
    rubric = build(
        {"one": dimension({"a": single(published_gaps=[GAP])})}, findings=[CHECKED], functions=[*FUNCTIONS, "bar"]
    )
    perception = assess(rubric, [Response({"a": "o4"}, KITCHEN), Response({"a": "o1"}, "bar")]).perception
    assert perception is not None
    assert gap_on(perception, "a").published == []


def test_a_question_that_one_function_left_out_has_no_own_shares() -> None:
    responses = [Response({"a": "o4"}, KITCHEN), Response({"b": "o3"}, SERVICE)]
    perception = assess(RUBRIC, responses, confidentiality="named").perception
    assert perception is not None
    (beside,) = gap_on(perception, "a").published
    assert (beside.own_shares, beside.own_interval) == (None, None)


@pytest.mark.parametrize(
    ("levels", "r_wg_j", "band"),
    [
        # One less half the variance: 19/12, 4/3, 11/12, 1/3 and 0.
        ([0, 2, 2, 3], 0.2083, "none"),
        ([1, 1, 3, 3], 0.3333, "weak"),
        ([1, 2, 3, 3], 0.5417, "moderate"),
        ([2, 2, 3, 3], 0.8333, "strong"),
        ([2, 2, 2, 2], 1.0, "very_strong"),
        # .50040 is moderate, .70003 is shown as .7 and moderate still.
        ([0] * 3 + [1] * 5 + [2] * 22 + [3] * 2 + [4] * 4, 0.5004, "moderate"),
        ([1] * 13 + [2] * 34 + [3] * 12 + [4] * 3, 0.7, "moderate"),
    ],
)
def test_agreement_is_called_by_the_published_bands(levels: list[int], r_wg_j: float, band: str) -> None:
    _, kitchen, _ = seen(levels, [1, 1, 1, 1]).agreement
    assert (kitchen.r_wg_j, kitchen.band) == (r_wg_j, band)
    assert (kitchen.alpha, kitchen.alpha_reading) == (None, None)


@pytest.mark.parametrize(
    ("answers", "alpha", "reading"),
    [
        # Alpha .79998.
        (["22222222", "44444444", "44444444", "22222222", "02222222", "11111114"], 0.8, "firm"),
        (["033333333", "133333333", "444444444", "111111111", "222222234", "344444444"], 0.7996, "tentative"),
        # Alpha .66704.
        (["2222222", "2222223", "3333333", "1111113"], 0.667, "tentative"),
        (["000000012", "222222224", "000000002", "000000223", "233333333"], 0.6665, "low"),
    ],
)
def test_alpha_is_read_as_it_is_shown(answers: list[str], alpha: float, reading: str) -> None:
    """One string a question, with the level that each person gave."""
    names = "abcdef"[: len(answers)]
    rubric = build({"one": dimension({name: single(nature="perception") for name in names})})
    people = [
        Response({name: f"o{level}" for name, level in zip(names, levels, strict=True)}, KITCHEN)
        for levels in zip(*answers, strict=True)
    ]
    perception = assess(rubric, [*people, *[Response({"a": "o1"}, SERVICE)] * 4]).perception
    assert perception is not None
    kitchen = perception.agreement[1]
    assert (kitchen.group, kitchen.alpha, kitchen.alpha_reading) == (KITCHEN, alpha, reading)


def test_two_people_who_are_named_agree_or_not_and_one_has_nobody_to_agree_with() -> None:
    responses = [Response({"a": "o4", "b": "o3"}, KITCHEN)] * 2 + [Response({"a": "o4", "b": "o2"}, SERVICE)]
    perception = assess(RUBRIC, responses, confidentiality="named").perception
    assert perception is not None
    assert [(one.group, one.alpha) for one in perception.agreement] == [(None, 0.875), (KITCHEN, 1.0)]


def test_one_group_alone_is_compared_with_nobody() -> None:
    assert assess(RUBRIC, [Response({"a": "o4"}, KITCHEN)]).perception is None
    assert assess(RUBRIC, [Response({"a": "o4"}, KITCHEN)] * 5).perception is None
    assert assess(RUBRIC, [Response({"a": "o4"})] * 5).perception is None
    unknowing = Response({"a": {"state": "dont_know"}}, SERVICE)
    assert assess(RUBRIC, [Response({"a": "o4"}, KITCHEN), unknowing]).perception is None


def test_without_a_gate_the_first_two_functions_that_answered_are_compared() -> None:
    rubric = build({"one": dimension({"a": single()})})
    perception = assess(rubric, [Response({"a": "o4"}, SERVICE), Response({"a": "o1"}, KITCHEN)]).perception
    assert perception is not None
    assert perception.functions is not None
    assert perception.functions.groups == [KITCHEN, SERVICE]
    assert assess(rubric, [Response({"a": "o4"}, SERVICE), Response({"a": "o1"})]).perception is None


@pytest.mark.parametrize(
    ("answered", "groups"),
    [([KITCHEN, SERVICE, "bar"], [KITCHEN, SERVICE]), ([SERVICE, "bar"], ["bar", SERVICE]), (["bar"], None)],
)
def test_of_three_functions_the_rubrics_order_says_which_two(answered: list[str], groups: list[str] | None) -> None:
    rubric = build({"one": dimension({"a": single()})}, functions=[*FUNCTIONS, "bar"])
    perception = assess(rubric, [Response({"a": "o4"}, function) for function in [*answered, None]]).perception
    assert (None if perception is None or perception.functions is None else perception.functions.groups) == groups


def test_whoever_answered_one_question_of_a_dimension_is_protected_in_it() -> None:
    people = [Response({"a": "o4", "b": "o3"}, KITCHEN)] * 4 + [Response({"a": "o1", "b": "o3"}, SERVICE)] * 4

    def means(**more: str) -> list[float | None]:
        perception = assess(RUBRIC, [*people, Response(more)]).perception
        assert perception is not None
        return [group.mean for group in gap_on(perception, "one").groups]

    assert means(a="o0") == [None, None]
    assert means(c="o0") == [87.5, 50.0]


def test_a_gap_whose_p_is_too_small_for_a_double_is_supported() -> None:
    gap = gap_on(seen([4] * 1100, [0] * 1100), "a")
    assert (gap.p, gap.p_adjusted, gap.supported) == (0.0, 0.0, True)


def test_leading_people_who_answered_nothing_are_compared_with_nobody() -> None:
    def ranks(answers: dict[str, object]) -> list[str] | None:
        lead, rest = Response(answers, seniority="director"), Response({"a": "o1"}, seniority="specialist")
        perception = assess(RUBRIC, [lead, rest], confidentiality="named").perception
        return None if perception is None or perception.seniority is None else perception.seniority.groups

    assert ranks({"a": "o4"}) == ["leadership", "rest"]
    assert ranks({"a": {"state": "dont_know"}}) is None


def test_those_who_lead_are_compared_with_the_rest_and_the_unknown_with_nobody() -> None:
    ranks = ["executive", "director", "executive", "director", "manager", "specialist", "specialist", "manager", None]
    levels = [4, 4, 4, 4, 1, 1, 1, 1, 0]
    responses = [Response({"a": f"o{level}"}, None, seniority=rank) for level, rank in zip(levels, ranks, strict=True)]
    perception = assess(RUBRIC, responses, confidentiality="named").perception
    assert perception is not None
    assert perception.functions is None
    assert perception.seniority is not None
    (gap,) = perception.seniority.questions
    assert gap.groups == [GroupLevel("leadership", 4, 4.0), GroupLevel("rest", 4, 1.0)]
    assert (gap.gap, gap.delta, gap.p, gap.supported, gap.disputed) == (3.0, 1.0, 0.0286, True, True)
    assert (gap.own_behaviour, gap.published) == (None, [])


def test_agreement_is_that_of_vectors_g2_and_g1() -> None:
    raters = [[3, 4, 3, 2], [3, 3, 3, 2], [4, 4, 3, 3], [2, 3, 3, 1]]
    rubric = build({"one": dimension({name: single(nature="perception") for name in "abcd"})}, gates=[BOTH])
    responses = [
        Response({name: f"o{level}" for name, level in zip("abcd", levels, strict=True)}, function)
        for function in (KITCHEN, SERVICE)
        for levels in raters
    ]
    perception = assess(rubric, responses).perception
    assert perception is not None
    everybody, kitchen, service = perception.agreement
    assert (everybody.group, everybody.respondents, everybody.questions) == (None, 8, 4)
    assert (kitchen.group, service.group) == (KITCHEN, SERVICE)
    assert (kitchen.r_wg_j, kitchen.band) == (0.9383, "very_strong")
    assert (kitchen.alpha, kitchen.alpha_reading) == (0.3478, "low")
    assert kitchen.average_deviation == 0.375


def test_agreement_is_over_the_questions_that_all_answered_and_alpha_over_all() -> None:
    responses = [Response({"a": "o4", "b": "o3"}, KITCHEN)] * 4 + [Response({"a": "o4"}, SERVICE)] * 4
    perception = assess(RUBRIC, responses).perception
    assert perception is not None
    everybody, kitchen, _ = perception.agreement
    assert (everybody.questions, everybody.r_wg_j, everybody.alpha) == (1, 1.0, 1.0)
    assert (kitchen.questions, kitchen.alpha_reading) == (2, "firm")
    apart = [Response({"a": "o4"}, KITCHEN)] * 4 + [Response({"b": "o4"}, SERVICE)] * 4
    perception = assess(RUBRIC, apart).perception
    assert perception is not None
    assert (perception.agreement[0].questions, perception.agreement[0].r_wg_j) == (0, None)
    assert perception.agreement[0].band is None
