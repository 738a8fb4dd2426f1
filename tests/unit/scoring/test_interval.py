"""Intervals and the Beta distribution behind them; expected figures are exact by algebra, or from another program."""

from __future__ import annotations

import math

import pytest

from assessment.scoring.interval import (
    beta_quantile,
    dirichlet_linear,
    jeffreys,
    newcombe,
    regularised_beta,
    wilson,
)

EXACT = 1e-12


def test_a_wilson_interval_never_leaves_0_to_1() -> None:
    for n in range(1, 300):
        assert wilson(0, n)[0] >= 0
        assert wilson(n, n)[1] <= 1


def test_a_wider_z_makes_a_wider_wilson_interval() -> None:
    assert wilson(5, 66, 2.5758293035489004) == pytest.approx((0.02564154981836564, 0.20337917409614098), abs=EXACT)


def test_jeffreys_at_another_level() -> None:
    assert jeffreys(5, 66, 0.9) == pytest.approx((0.03525884331314471, 0.1430976027719755), abs=EXACT)


def test_equal_shares_of_equal_groups_differ_by_nothing() -> None:
    difference, lower, upper = newcombe(0.4, 50, 0.4, 50)
    assert difference == 0
    assert lower == pytest.approx(-upper, abs=EXACT)
    assert upper == pytest.approx(0.185608, abs=1e-6)


@pytest.mark.parametrize("coefficient", [0.0, 0.5, 1.0])
def test_what_every_answer_gives_alike_is_known_exactly(coefficient: float) -> None:
    assert dirichlet_linear([3, 4], [coefficient] * 2) == (coefficient, 0.0, (coefficient, coefficient))


@pytest.mark.parametrize(
    ("x", "a", "b", "expected"),
    [
        (0.3, 2, 3, 0.3483),
        (0.6, 50, 30, 0.3170571539691119),
        (0.01, 0.5, 0.5, 0.06376856085851985),
        (0.41, 200, 300, 0.677628164772179),
        (0.5, 7, 7, 0.5),
        (0.2, 1, 1, 0.2),
        (0.9, 3, 1, 0.729),
        (0.9, 1, 3, 0.999),
        (0.0, 2, 3, 0.0),
        (1.0, 2, 3, 1.0),
        (-0.5, 2, 3, 0.0),
        (1.5, 2, 3, 1.0),
    ],
)
def test_the_regularised_beta_function(x: float, a: float, b: float, expected: float) -> None:
    assert regularised_beta(x, a, b) == pytest.approx(expected, abs=EXACT)


def test_the_two_tails_of_a_beta_distribution_add_up_to_1() -> None:
    for tenth in range(1, 10):
        for a, b in ((0.5, 0.5), (2, 9), (30, 4), (500, 700)):
            x = tenth / 10
            assert regularised_beta(x, a, b) + regularised_beta(1 - x, b, a) == pytest.approx(1, abs=EXACT)


@pytest.mark.parametrize(
    ("p", "a", "b", "expected"),
    [
        (0.025, 3, 7, 0.07485463141969183),
        (0.975, 120, 4, 0.9910695673443501),
        (0.001, 0.5, 0.5, 2.4673990709169446e-06),
        (0.3, 40, 60, 0.3737876219047363),
        (0.5, 500, 500, 0.5),
        (0.2, 1, 1, 0.2),
        (0.25, 2, 1, 0.5),
        (0.75, 1, 2, 0.5),
    ],
)
def test_a_beta_quantile(p: float, a: float, b: float, expected: float) -> None:
    assert beta_quantile(p, a, b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("p", [0.0, -0.1, 1.0, 1.1])
def test_a_quantile_at_or_beyond_the_ends_is_the_end_itself(p: float) -> None:
    assert beta_quantile(p, 0.5, 0.5) == (0.0 if p <= 0 else 1.0)


def test_a_quantile_gives_back_its_share() -> None:
    for p in (0.001, 0.025, 0.5, 0.975, 0.999):
        for a, b in ((0.5, 0.5), (0.5, 66.5), (1, 1), (2, 9), (30, 4), (5000, 700)):
            x = beta_quantile(p, a, b)
            assert 0 < x < 1
            assert math.isclose(regularised_beta(x, a, b), p, rel_tol=1e-8)
