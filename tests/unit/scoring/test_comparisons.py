"""Scores over time and among others: change, cohorts, published ratios."""

from __future__ import annotations

import pytest

from assessment.scoring.change import reliable_change
from assessment.scoring.cohort import laplace_scale, mid_rank_percentile


def test_the_index_of_a_change_is_the_difference_in_its_standard_errors() -> None:
    change = reliable_change(7.6, 0.95)
    assert change.index(50, 55) == pytest.approx(2.0804457, abs=1e-6)
    assert change.index(55, 50) == pytest.approx(-2.0804457, abs=1e-6)
    assert change.index(50, 50) == 0


def test_a_perfectly_reliable_score_has_no_error() -> None:
    change = reliable_change(12, 1.0)
    assert (change.error, change.difference_error, change.detectable) == (0, 0, 0)


def test_noise_grows_with_the_range_and_falls_with_members_and_epsilon() -> None:
    assert laplace_scale(50, 0.5) == pytest.approx((4.0, 5.656854), abs=1e-6)
    assert laplace_scale(25, 2.0, 10.0) == pytest.approx((0.2, 0.282843), abs=1e-6)


def test_the_percentile_of_the_lowest_and_of_the_highest_score() -> None:
    assert mid_rank_percentile([10, 20, 30, 40], 10) == 12.5
    assert mid_rank_percentile([10, 20, 30, 40], 40) == 87.5
    assert mid_rank_percentile([10, 20, 30, 40], 5) == 0
    assert mid_rank_percentile([10, 20, 30, 40], 45) == 100
