"""Ridits and published ratios at their edges."""

from __future__ import annotations

import math

import pytest

from assessment.scoring.benchmark import (
    largest_mean_ridit_error,
    log_risk_ratio,
    ridit_coefficients,
    ridit_interval,
    ridits,
    weight_of_evidence,
)


@pytest.mark.parametrize("shares", [(), (0.0,), (0.0, 0.0)])
def test_shares_of_nobody_have_no_ridit(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must add up to more than 0"):
        ridits(shares)


def test_shares_may_be_on_any_scale_however_small() -> None:
    assert ridits((0.25, 0.75)) == ridits((25, 75)) == (0.125, 0.625)
    assert ridits((0.125, 0.125)) == (0.25, 0.75)


def test_a_category_nobody_chose_lies_between_its_neighbours() -> None:
    assert ridits((1, 0, 1)) == (0.25, 0.5, 0.75)


def test_the_mean_ridit_of_the_study_itself_is_a_half() -> None:
    shares = (18, 13, 20, 37, 12)
    assert math.fsum(s * r for s, r in zip(shares, ridits(shares), strict=True)) / 100 == pytest.approx(0.5)


def test_a_ridit_counts_what_is_below_whole_and_its_own_category_half() -> None:
    assert ridit_coefficients(4, 0) == (0.5, 0.0, 0.0, 0.0)
    assert ridit_coefficients(4, 2) == (1.0, 1.0, 0.5, 0.0)
    assert ridit_coefficients(4, 3) == (1.0, 1.0, 1.0, 0.5)


def test_the_interval_of_a_ridit_narrows_with_respondents() -> None:
    coefficients = ridit_coefficients(3, 1)
    few, many = ridit_interval((20, 50, 30), 100, coefficients), ridit_interval((2, 5, 3), 1000, coefficients)
    assert few == pytest.approx((0.383319, 0.519070), abs=1e-6)
    assert many == pytest.approx((0.428452, 0.471791), abs=1e-6)


def test_four_respondents_leave_a_mean_ridit_wide_open() -> None:
    assert largest_mean_ridit_error(4) == pytest.approx(0.144338, abs=1e-6)
    assert largest_mean_ridit_error(12) == pytest.approx(1 / 12)


def test_a_ratio_of_1_is_no_evidence() -> None:
    assert weight_of_evidence(1.0) == (0.0, 0.0)
    assert weight_of_evidence(0.1) == pytest.approx((-2.302585, -10.0), abs=1e-6)


def test_a_risk_ratio_turned_round_is_the_other_way_round() -> None:
    ratio, error, (low, high) = log_risk_ratio(30, 100, 15, 120)
    other, same, (other_low, other_high) = log_risk_ratio(15, 120, 30, 100)
    assert (ratio, error) == pytest.approx((2.4, 0.285774), abs=1e-6)
    assert (low, high) == pytest.approx((1.370756, 4.202061), abs=1e-6)
    assert other == pytest.approx(1 / 2.4)
    assert same == pytest.approx(error)
    assert (other_low, other_high) == pytest.approx((1 / high, 1 / low))
