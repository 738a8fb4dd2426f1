"""Answers beside a study's own: positions, the share that answered the same, and whose answers are withheld."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from assessment.errors import InvalidAnswers, InvalidInput
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response, pack_answers, unpack_answers
from assessment.scoring.assess import Rated, assess, rate
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.confidential import leaves_enough
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.result import QuestionBenchmark, QuestionResult, Result

CATALOG = Catalog.load(default_directory())

TOOLS = [("marketing", "under-quarter"), *[("marketing", "quarter-to-most")] * 3]
TOOLS += [*[("sales", "virtually-all")] * 3, ("sales", "quarter-to-most")]


def compiled(name: str) -> CompiledRubric:
    entry = CATALOG.find(name, "2026.1")
    return compile_rubric(entry.rubric, CATALOG.studies, entry.digest)


INTEGRATION = compiled("integration-2008")
SENTIMENT = compiled("sentiment-2014")
COLLABORATION = compiled("collaboration-2016")
RATING = compiled("collaboration-rating")
ALL = (INTEGRATION, SENTIMENT, COLLABORATION, RATING)


def question(result: Result, name: str) -> QuestionResult:
    return next(one for one in result.questions if one.id == name)


def beside(result: Result, name: str, function: str | None = None) -> QuestionBenchmark:
    return next(one for one in question(result, name).benchmarks if one.function == function)


def answered(rubric: CompiledRubric, function: str | None = None, **answers: Any) -> Result:
    given = {name.replace("_", "-"): answer for name, answer in answers.items()}
    return assess(rubric, [Response(given, function)])


def rated(marketing: list[int], sales: list[int], confidentiality: Confidentiality = "grouped") -> Result:
    """The collaboration rated by people of each function, marks out of 10."""
    given = [Response({"collaboration-rating": f"{mark}-of-10"}, "marketing") for mark in marketing]
    given += [Response({"collaboration-rating": f"{mark}-of-10"}, "sales") for mark in sales]
    return assess(RATING, given, confidentiality=confidentiality)


@pytest.mark.parametrize(
    ("rubric", "name", "ridits"),
    [
        # TV-R1 to TV-R6 of the method.
        (INTEGRATION, "system-visibility", [0.09, 0.09, 0.245, 0.41, 0.695, 0.94]),
        (INTEGRATION, "crm-standing", [0.104, 0.2574, 0.3812, 0.6634, 0.9356]),
        (INTEGRATION, "analytics-access", [0.19, 0.46, 0.77]),
        (INTEGRATION, "lifetime-value", [0.24, 0.71, 0.97]),
        (SENTIMENT, "process-automation", [0.1665, 0.6015, 0.935]),
        (INTEGRATION, "alignment-programme", [0.2835, 0.6818, 0.8982]),
        (INTEGRATION, "relationship", [0.22, 0.64, 0.92]),
    ],
)
def test_the_position_of_each_option_is_its_ridit(rubric: CompiledRubric, name: str, ridits: list[float]) -> None:
    options = rubric.by_id[name].option_ids
    found = [beside(assess(rubric, [Response({name: option})]), name).ridit for option in options]
    assert found == ridits


@pytest.mark.parametrize(
    ("name", "option", "share", "interval"),
    [
        ("sales-rewarded", "not-rewarded", 0.669, (0.5818, 0.7459)),
        ("sales-rewarded", "rewarded", 0.331, (0.2541, 0.4182)),
        ("lead-follow-up", "under-85-percent", 0.57, (0.4817, 0.6541)),
        ("lead-follow-up", "95-percent-or-more", 0.43, (0.3459, 0.5183)),
    ],
)
def test_the_share_that_answered_the_same_has_wilsons_interval_where_n_is_known(
    name: str, option: str, share: float, interval: tuple[float, float]
) -> None:
    found = beside(assess(COLLABORATION, [Response({name: option})]), name)
    assert (found.n, found.same, found.same_interval) == (123, share, interval)
    assert found.interval is not None


def test_without_a_published_n_there_is_no_interval_and_the_reason_says_so() -> None:
    found = beside(answered(INTEGRATION, system_visibility="sales-sees"), "system-visibility")
    assert (found.same, found.same_interval, found.interval) == (0.37, None, None)
    assert (found.n, found.interval_reason) == (None, "n_not_published")


def test_answers_without_an_order_have_a_share_and_no_position() -> None:
    result = answered(INTEGRATION, impact_metric="pipeline-flow")
    found = beside(result, "impact-metric")
    assert (found.same, found.ridit, found.interval_reason) == (0.19, None, "n_not_published")
    assert result.benchmark_position is None


def test_each_share_says_the_studys_answer_and_ours() -> None:
    found = beside(answered(INTEGRATION, system_visibility="spreadsheets"), "system-visibility")
    assert found.shares == [0.18, 0.13, 0.2, 0.37, 0.12]
    assert found.own == [1, 0, 0, 0, 0]
    assert found.options[0] == ["no-crm", "spreadsheets"]
    assert found.titles[0] == "No CRM system or on-demand CRM service; Spreadsheets for targets and prospects"
    assert found.levels == []


def test_a_multiple_choice_stands_beside_the_share_that_chose_each_option() -> None:
    result = answered(INTEGRATION, integration_challenges=["silos", "limited-processes"])
    found = beside(result, "integration-challenges")
    assert found.options == [["limited-processes"], ["structures"], ["silos"], ["no-shared-data"]]
    assert found.shares == [0.41, 0.3, 0.29, 0.2]
    assert found.own == [1, 0, 1, 0]
    assert (found.same, found.ridit) == (None, None)
    chosen = question(result, "integration-challenges").chosen
    assert [(one.option, one.share) for one in chosen] == [("limited-processes", 1), ("silos", 1)]


def test_none_of_several_is_an_answer() -> None:
    result = answered(INTEGRATION, integration_challenges=[])
    assert question(result, "integration-challenges").state == "answered"
    assert question(result, "integration-challenges").chosen == []
    assert beside(result, "integration-challenges").own == [0, 0, 0, 0]


def test_where_no_share_is_published_the_question_says_so_and_what_is_known() -> None:
    found = question(answered(COLLABORATION, pipeline_acceleration="owns-acceleration"), "pipeline-acceleration")
    assert (found.benchmark_kind, found.benchmarks) == ("none", [])
    assert found.known is not None
    assert found.known.startswith("No share was published.")
    assert [(one.ratio, one.kind, one.n) for one in found.associations] == [(3.0, "likelihood_ratio", 123)]
    assert found.associations[0].caution.startswith("A likelihood ratio")
    formats = question(answered(COLLABORATION, formats=["email"]), "formats")
    assert [(one.ratio, one.kind) for one in formats.associations] == [(3.5, "likelihood_ratio")]
    kpis = question(answered(COLLABORATION, kpis_shared="shared"), "kpis-shared")
    assert [(one.ratio, one.kind) for one in kpis.associations] == [(2.0, "risk_ratio")]


def test_a_function_stands_beside_its_own_distribution_and_that_of_everybody() -> None:
    result = answered(COLLABORATION, "marketing", sales_rewarded="not-rewarded")
    found = question(result, "sales-rewarded").benchmarks
    assert [(one.function, one.same) for one in found] == [(None, 0.669), ("marketing", 0.8)]
    assert result.single_perspective


def test_somebody_whose_function_is_not_known_stands_beside_all_of_them() -> None:
    result = answered(COLLABORATION, sales_rewarded="not-rewarded")
    found = question(result, "sales-rewarded").benchmarks
    assert [(one.function, one.same) for one in found] == [(None, 0.669), ("sales", 0.45), ("marketing", 0.8)]
    assert not result.single_perspective


def test_there_is_no_score_no_level_and_nothing_to_recommend() -> None:
    result = answered(INTEGRATION, crm_standing="valued")
    assert (result.score, result.rating, result.reason) == (None, None, "rubric_without_levels")
    assert (result.bounds, result.stability, result.equal_weights_score, result.target) == (None, None, None, None)
    assert (result.recommendations, result.next_level) == ([], None)
    assert {(one.score, one.level, one.weight, one.points_lost) for one in result.dimensions} == {(None,) * 4}
    assert {(one.level, one.value, one.weight) for one in result.questions} == {(None, None, None)}
    assert rate(INTEGRATION, [Response({"crm-standing": "valued"})]) == Rated(None, None, None, None, firm=False)


def test_completeness_counts_questions_and_leaves_out_what_does_not_apply() -> None:
    none = {"state": "not_applicable", "reason": "we have no CRM"}
    unknown = {"state": "dont_know"}
    result = answered(SENTIMENT, fully_aligned="fully-aligned", analyst_talent=none, technology_adoption=unknown)
    assert result.completeness == 0.1667
    assert [one.completeness for one in result.dimensions] == [0.0, 1.0, 0.0]
    assert question(result, "technology-adoption").state == "dont_know"
    assert question(result, "analyst-talent").state == "not_applicable"
    assert question(result, "biggest-hindrance").state == "unanswered"


def test_nothing_answered_is_a_result_too() -> None:
    result = assess(RATING, [Response({})])
    assert (result.completeness, result.benchmark_position) == (0.0, None)
    assert question(result, "collaboration-rating").state == "unanswered"


def test_the_mean_position_is_over_the_questions_that_have_one() -> None:
    result = answered(INTEGRATION, impact_metric="other", crm_standing="valued", lifetime_value="working")
    assert result.benchmark_position is not None
    assert (result.benchmark_position.mean_ridit, result.benchmark_position.answers) == (0.8228, 2)


def test_several_people_are_counted_by_head() -> None:
    result = rated([9, 9, 10, 7], [9, 6, 5, 3])
    marketing, sales = (beside(result, "collaboration-rating", one) for one in ("marketing", "sales"))
    assert (marketing.own, marketing.ridit, marketing.same) == ([0.25, 0.75], 0.7, 0.425)
    assert (sales.own, sales.ridit, sales.same) == ([0.75, 0.25], 0.565, 0.69)
    chosen = question(result, "collaboration-rating").chosen
    assert [(one.option, one.share) for one in chosen] == [
        ("3-of-10", 0.125),
        ("5-of-10", 0.125),
        ("6-of-10", 0.125),
        ("7-of-10", 0.125),
        ("9-of-10", 0.375),
        ("10-of-10", 0.125),
    ]


def test_answers_that_differ_take_the_interval_of_the_mean_of_their_shares() -> None:
    given = [Response({"sales-rewarded": option}) for option in ("rewarded", "rewarded", "not-rewarded", "rewarded")]
    found = beside(assess(COLLABORATION, given), "sales-rewarded")
    assert (found.own, found.same, found.same_interval) == ([0.25, 0.75], 0.4155, (0.3752, 0.4577))


@pytest.mark.parametrize(
    ("marketing", "sales", "shown"),
    [
        ([9], [], {"marketing": True}),
        ([9, 8], [], {"marketing": False}),
        ([9], [4], {"marketing": False, "sales": False}),
        ([9, 8, 7, 9], [4, 4, 5], {"marketing": True, "sales": False}),
        ([9, 8, 7, 9], [4, 4, 5, 6], {"marketing": True, "sales": True}),
    ],
)
def test_answers_are_shown_of_four_of_a_function_or_of_one_alone(
    marketing: list[int], sales: list[int], shown: dict[str, bool]
) -> None:
    result = question(rated(marketing, sales), "collaboration-rating")
    assert {one.function: one.own is not None for one in result.benchmarks} == shown
    for one in result.benchmarks:
        assert (one.ridit is None) == (one.same is None) == (one.own is None)
    assert result.withheld is not all(shown.values())


def test_the_whole_is_withheld_where_a_shown_function_would_leave_a_small_one_over() -> None:
    assert question(rated([9, 8, 7, 9, 9], [4, 4]), "collaboration-rating").chosen == []
    assert question(rated([9, 8], [4, 4]), "collaboration-rating").chosen != []


def test_a_seniority_that_is_left_over_is_protected_too() -> None:
    levels = ["director", "executive", "director", "director", "specialist"]
    given = [
        Response({"collaboration-rating": "9-of-10"}, "marketing", ("responses", place, "answers"), seniority)
        for place, seniority in enumerate(levels)
    ]
    assert beside(assess(RATING, given), "collaboration-rating", "marketing").own is None
    named = assess(RATING, given, confidentiality="named")
    assert beside(named, "collaboration-rating", "marketing").own == [0, 1]


@pytest.mark.parametrize(
    ("groups", "fine"),
    [([], False), ([3], False), ([4], True), ([2, 2], True), ([5, 2], False), ([5, 2, 2], True), ([4, 4], True)],
)
def test_four_people_or_more_have_to_be_left(groups: list[int], fine: bool) -> None:
    assert leaves_enough(groups) is fine


def test_answers_are_shown_to_respondents_who_know_that_they_are_named() -> None:
    result = question(rated([9], [4], "named"), "collaboration-rating")
    assert [(one.function, one.same, one.ridit) for one in result.benchmarks] == [
        ("marketing", 0.35, 0.825),
        ("sales", 0.88, 0.44),
    ]
    assert not result.withheld


def test_a_target_level_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        assess(RATING, [Response({})], target_level=3)
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/target_level", "rubric_without_levels")]


def test_a_bad_answer_is_refused_as_elsewhere() -> None:
    with pytest.raises(InvalidAnswers) as refused:
        answered(INTEGRATION, crm_standing="wonderful", integration_challenges="silos")
    assert [(one.pointer, one.code) for one in refused.value.errors] == [
        ("/answers/crm-standing", "unknown_option"),
        ("/answers/integration-challenges", "wrong_type"),
    ]


@pytest.mark.parametrize("rubric", ALL, ids=lambda rubric: rubric.used.id)
def test_a_result_is_whole_the_same_in_any_order_and_can_be_kept(rubric: CompiledRubric) -> None:
    firsts: dict[str, Any] = {one.id: one.option_ids[0] for one in rubric.questions if not one.multiple}
    lasts: dict[str, Any] = {one.id: one.option_ids[-1] for one in rubric.questions if not one.multiple}
    lasts |= {one.id: list(one.option_ids) for one in rubric.questions if one.multiple}
    given = [Response(firsts, "sales"), Response(lasts, "marketing"), Response(lasts, "sales"), Response({}, "sales")]
    for confidentiality in ("grouped", "named"):
        result = assess(rubric, given, confidentiality=confidentiality)
        encoded = msgspec.json.encode(result)
        assert msgspec.json.decode(encoded, type=Result) == result
        assert encoded == msgspec.json.encode(assess(rubric, given[::-1], confidentiality=confidentiality))
    assert unpack_answers(rubric, pack_answers(rubric, lasts)) == {one.id: lasts[one.id] for one in rubric.questions}


@pytest.mark.parametrize("rubric", ALL, ids=lambda rubric: rubric.used.id)
def test_the_studys_own_mean_position_is_in_the_middle(rubric: CompiledRubric) -> None:
    for one in rubric.questions:
        for benchmark in one.benchmarks:
            if benchmark.ridit_of_level:
                ridit_of = dict(zip(benchmark.group_of_level, benchmark.ridit_of_level, strict=True))
                shares = benchmark.template.shares
                assert sum(share * ridit_of[group] for group, share in enumerate(shares)) == pytest.approx(
                    0.5, abs=1e-4
                )


def test_functions_differ_here_as_far_as_the_study_found_them_to() -> None:
    perception = rated([9, 9, 10, 7], [9, 6, 5, 3]).perception
    assert perception is not None
    assert perception.functions is not None
    assert perception.functions.dimensions == []
    (gap,) = perception.functions.questions
    assert [(one.group, one.mean) for one in gap.groups] == [("marketing", 8.75), ("sales", 5.75)]
    assert (gap.gap, gap.delta, gap.testable) == (3.0, 0.75, True)
    # One less the variance of 19/12 over that of even answers to ten options, 8.25.
    assert [one.r_wg_j for one in perception.agreement if one.group == "marketing"] == [0.8081]
    (published,) = gap.published
    assert (published.shares, published.difference, published.cohens_h) == ([0.35, 0.12], 0.23, 0.5586)
    assert (published.own_shares, published.own_difference) == ([0.75, 0.25], 0.5)


def test_of_several_choices_functions_are_compared_by_how_many_they_made() -> None:
    several = list(COLLABORATION.by_id["formats"].option_ids[:2])
    given = [Response({"formats": several}, "marketing"), Response({"formats": several[:1]}, "sales")] * 4
    perception = assess(COLLABORATION, given).perception
    assert perception is not None
    assert perception.functions is not None
    (gap,) = perception.functions.questions
    assert (gap.gap, gap.delta) == (1.0, 1.0)


def test_a_rubric_of_three_functions_compares_the_first_two() -> None:
    rubric = CATALOG.find("collaboration-rating", "2026.1").rubric
    third = rubric.head.functions[0].model_copy(update={"id": "service"})
    head = rubric.head.model_copy(update={"functions": [*rubric.head.functions, third]})
    found = compile_rubric(rubric.model_copy(update={"head": head}), CATALOG.studies, "sha256:test")
    assert found.perspectives == tuple(function.id for function in rubric.head.functions)


def test_the_use_of_tools_is_compared_with_both_published_gaps() -> None:
    given = [Response({"tool-use": option}, function) for function, option in TOOLS]
    perception = assess(COLLABORATION, given).perception
    assert perception is not None
    assert perception.functions is not None
    (gap,) = perception.functions.questions
    assert gap.own_behaviour == "sales"
    assert [(one.category, one.shares, one.cohens_h, one.own_shares) for one in gap.published] == [
        ("virtually-all", [0.15, 0.5], -0.7754, [0.0, 0.75]),
        ("under-quarter-used", [0.25, 0.03], 0.699, [0.25, 0.0]),
    ]


def test_answers_without_an_order_are_set_beside_the_published_gap_and_not_tested() -> None:
    options = ["lead-quantity", "lead-quality", "lead-quality", "other"]
    given = [Response({"biggest-hindrance": one}, "sales") for one in options]
    given += [Response({"biggest-hindrance": "lead-quantity"}, "marketing") for _ in range(4)]
    perception = assess(SENTIMENT, given).perception
    assert perception is not None
    assert perception.functions is not None
    (gap,) = perception.functions.questions
    assert (gap.gap, gap.delta, gap.testable) == (None, None, False)
    assert {(one.questions, one.alpha) for one in perception.agreement} == {(0, None)}
    (published,) = gap.published
    assert (published.shares, published.own_shares) == ([0.1346, 0.2041], [0.0, 0.5])


def test_shares_of_people_are_rounded_to_four_places() -> None:
    given = [Response({"sales-rewarded": option}) for option in ("rewarded", "rewarded", "not-rewarded")]
    result = assess(COLLABORATION, given, confidentiality="named")
    found = beside(result, "sales-rewarded")
    # (0.669 + 2 × 0.331) / 3 = 0.443667
    assert (found.own, found.same) == ([0.3333, 0.6667], 0.4437)
    assert [one.share for one in question(result, "sales-rewarded").chosen] == [0.3333, 0.6667]
    # 0.567010 of the study, as 0.55 of 0.97.
    assert beside(answered(INTEGRATION, alignment_programme="none-or-planning"), "alignment-programme").same == 0.567
    # (18 + 13 + 18) / 300 = 0.163333, without a published n.
    options = ("no-crm", "never-captured", "spreadsheets")
    mixed = assess(INTEGRATION, [Response({"system-visibility": one}) for one in options], confidentiality="named")
    assert beside(mixed, "system-visibility").same == 0.1633
