"""Numbers as a result shows them."""

from __future__ import annotations


def hundredths(value: float) -> float:
    """`round(value, 2)` for a number from 0 on, in a third of the time: that writes the number out to be exact,
    which only one close to the middle between two hundredths needs."""
    scaled = value * 100
    whole = round(scaled)
    return whole / 100 if abs(scaled - whole) < 0.499_999 else round(value, 2)


def points(value: float) -> float:
    """A score on 0–1 as points of 100."""
    return hundredths(100 * value)
