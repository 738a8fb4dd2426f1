"""Rounding to hundredths, held against the exact way."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.rounding import hundredths, points


@given(st.floats(0, 1000))
def test_hundredths_are_those_that_the_decimal_number_has(value: float) -> None:
    assert hundredths(value) == round(value, 2)


def test_what_lies_in_the_middle_is_rounded_as_exactly() -> None:
    for thousandth in range(5, 200_000, 10):
        middle = thousandth / 1000
        for value in (math.nextafter(middle, 0), middle, math.nextafter(middle, 999)):
            assert hundredths(value) == round(value, 2)


def test_points_are_of_100() -> None:
    assert (points(0.0), points(0.123456), points(0.99996), points(1.0)) == (0.0, 12.35, 100.0, 100.0)
