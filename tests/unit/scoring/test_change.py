"""Two results side by side: what has changed, and whether it is more than chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rubric.bridges import Span
from assessment.rubric.head import Reliability
from assessment.scoring.change import ScoreChange, Side, compare
from assessment.scoring.past import PastDimension, PastResult
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.result import RubricUsed
from assessment.scoring.spread import Sample, Spread

SAME = Span(("2026.1",))
QUIET = Sample(4, 16.0)


def result(
    score: float | None, dimensions: dict[str, float | None] | None = None, rubric: str = "kitchen"
) -> PastResult:
    return PastResult(
        rubric=RubricUsed(rubric, "2026.1", "sha256:0"),
        score=score,
        rating=None,
        dimensions=[PastDimension(name, name.title(), value) for name, value in (dimensions or {}).items()],
        questions=[],
        recommendations=[],
        target=None,
    )


def side(score: float | None, sample: Sample | None = QUIET, kind: Confidentiality = "grouped", **more: Any) -> Side:
    spread = None if sample is None else Spread(sample, dict.fromkeys(more, sample))
    return Side(result(score, more), spread, kind)


def measured(deviation: float, retest: float) -> Span:
    reliability = Reliability(deviation=deviation, retest=retest, source="A pilot of 2027, n 60")
    return Span(("2026.1",), reliability=reliability)


def told(change: ScoreChange) -> tuple[Any, ...]:
    return change.status, change.change, change.significant, change.reason


def test_a_change_is_reliable_beyond_what_measurement_error_explains() -> None:
    # TV-C1: SD 7.6, r .95; the published worked case.
    changed = compare(side(50.0), side(54.72), measured(7.6, 0.95)).overall
    assert told(changed) == ("reliable", 4.72, True, None)
    assert (changed.standard_error, changed.index, changed.detectable) == (2.4, 1.96, 4.71)
    assert changed.explanation == "Judged by the rubric's test-retest reliability (A pilot of 2027, n 60)."
    assert compare(side(50.0), side(54.7), measured(7.6, 0.95)).overall.significant is False


def test_a_change_within_measurement_error_is_not_significant() -> None:
    # TV-C2: SD 12, r .85, from 52 to 61.
    changed = compare(side(52.0), side(61.0), measured(12, 0.85)).overall
    assert told(changed) == ("reliable", 9.0, False, None)
    assert (changed.standard_error, changed.index, changed.detectable) == (6.57, 1.37, 12.88)


def test_without_a_reliability_a_change_is_judged_by_the_respondents_spread() -> None:
    # SE² = 64 / 4 + 36 / 4 = 25
    before, after = Sample(4, 64.0), Sample(4, 36.0)
    changed = compare(side(50.0, before), side(60.0, after), SAME).overall
    assert told(changed) == ("provisional", 10.0, True, None)
    assert (changed.standard_error, changed.index, changed.detectable) == (5.0, 2.0, 9.8)
    assert compare(side(50.0, before), side(59.79, after), SAME).overall.significant is False
    assert compare(side(50.0, before), side(40.0, after), SAME).overall.significant is True
    assert compare(side(50.0, before), side(60.004, after), SAME).overall.change == 10.0


def test_a_reliability_is_of_the_overall_score_alone() -> None:
    compared = compare(side(50.0, d=40.0), side(60.0, d=48.0), measured(7.6, 0.95))
    assert compared.overall.status == "reliable"
    [dimension] = compared.dimensions
    assert (dimension.dimension, dimension.title) == ("d", "D")
    # SE² = 16 / 4 + 16 / 4 = 8
    assert told(dimension) == ("provisional", 8.0, True, None)
    assert (dimension.standard_error, dimension.detectable) == (2.83, 5.54)


@pytest.mark.parametrize(
    ("one", "other"), [(Sample(1, None), QUIET), (QUIET, Sample(1, None)), (QUIET, Sample(0, None))]
)
def test_one_person_on_a_side_has_no_spread_and_nothing_is_said_of_chance(one: Sample, other: Sample) -> None:
    changed = compare(side(50.0, one), side(60.0, other), SAME).overall
    assert told(changed) == ("provisional", 10.0, None, "too_few_respondents")
    assert (changed.standard_error, changed.index, changed.detectable) == (None, None, None)
    assert changed.explanation.startswith("Whether it is more than the respondents' spread cannot be told")


def test_without_responses_the_change_is_given_and_nothing_is_said_of_chance() -> None:
    changed = compare(side(50.0, None), side(60.0), SAME).overall
    assert told(changed) == ("provisional", 10.0, None, "no_responses")


def test_the_spread_of_fewer_than_four_people_is_withheld_from_a_grouped_comparison() -> None:
    few = Sample(3, 12.0)
    # SE² = 12 / 3 + 16 / 4 = 8
    hidden = compare(side(50.0, few), side(60.0), SAME).overall
    assert told(hidden) == ("provisional", 10.0, True, "withheld")
    assert (hidden.standard_error, hidden.index, hidden.detectable) == (None, None, None)
    assert hidden.explanation.endswith("so the figures of their spread are withheld.")
    assert compare(side(50.0), side(55.0, few), SAME).overall.reason == "withheld"
    assert compare(side(50.0), side(55.0, few), SAME).overall.significant is False


def test_named_respondents_spread_is_given_however_few_they_are() -> None:
    two = Sample(2, 8.0)
    shown = compare(side(50.0, two, "named"), side(60.0, QUIET), SAME).overall
    assert (shown.reason, shown.standard_error) == (None, 2.83)
    # Four grouped people on the other side are enough; three are not.
    assert compare(side(50.0, two, "named"), side(60.0, Sample(3, 9.0)), SAME).overall.reason == "withheld"


def test_other_rubrics_and_versions_are_not_compared() -> None:
    other = Side(result(60.0, {"d": 50.0}, rubric="pantry"))
    compared = compare(side(50.0, d=40.0), other, None)
    assert (compared.comparable, compared.reason) == (False, "other_rubric")
    assert compared.explanation == "The two were scored with different rubrics."
    compared = compare(side(50.0, d=40.0), side(60.0, d=50.0), None)
    assert (compared.comparable, compared.reason) == (False, "other_version")
    assert told(compared.overall) == ("not_comparable", None, None, "other_version")
    assert (compared.overall.before, compared.overall.after) == (50.0, 60.0)
    assert [told(one) for one in compared.dimensions] == [("not_comparable", None, None, "other_version")]


def test_a_bridge_says_what_of_two_versions_is_compared() -> None:
    span = Span(("2026.2", "2026.1"), overall=False, dimensions=frozenset({"d", "gone"}), reasons=("Reworded only.",))
    compared = compare(side(50.0, d=40.0, e=30.0, gone=20.0), side(60.0, d=50.0, e=40.0, new=10.0), span)
    assert (compared.comparable, compared.reason, compared.bridges) == (True, None, ["Reworded only."])
    assert compared.overall.reason == "not_in_bridge"
    assert [(one.dimension, one.title, one.change, one.reason) for one in compared.dimensions] == [
        ("d", "D", 10.0, None),
        ("e", "E", None, "not_in_bridge"),
        ("new", "New", None, "not_in_both"),
        ("gone", "Gone", None, "not_in_both"),
    ]


def test_a_score_that_is_missing_is_not_compared() -> None:
    compared = compare(side(None, d=None), side(60.0, d=50.0), SAME)
    assert compared.comparable
    assert told(compared.overall) == ("not_comparable", None, None, "no_score")
    assert [told(one) for one in compared.dimensions] == [("not_comparable", None, None, "no_score")]


scores = st.floats(0, 100).map(lambda value: round(value, 2))
samples = st.builds(Sample, st.integers(2, 30), st.floats(0, 2500))
spans = st.sampled_from([SAME, measured(7.6, 0.95), measured(0.5, 0.99)])


@given(scores, scores, samples, samples, spans)
def test_the_way_back_is_as_long_and_as_certain(
    one: float, other: float, first: Sample, second: Sample, span: Span
) -> None:
    there = compare(side(one, first), side(other, second), span).overall
    back = compare(side(other, second), side(one, first), span).overall
    assert there.change is not None
    assert back.change == -there.change
    assert back.significant == there.significant
    assert (back.standard_error, back.detectable) == (there.standard_error, there.detectable)


@given(scores, samples, samples, spans)
def test_no_change_is_zero_and_never_significant(score: float, first: Sample, second: Sample, span: Span) -> None:
    changed = compare(side(score, first), side(score, second), span).overall
    assert (changed.change, changed.significant) == (0, False)


def test_whoever_all_agree_twice_have_no_spread_to_hide_a_change_in() -> None:
    agreed = Sample(4, 0.0)
    changed = compare(side(50.0, agreed), side(50.01, agreed), SAME).overall
    assert (changed.significant, changed.standard_error, changed.index, changed.detectable) == (True, 0.0, None, 0.0)
