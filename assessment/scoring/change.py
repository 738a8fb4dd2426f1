"""Change over time: when a difference between two scores is more than measurement error.

Sources: Jacobson & Truax 1991 (J Consult Clin Psychol 59:12–19); Christensen & Mendoza 1986.
"""

from __future__ import annotations

import math

import msgspec

from assessment.scoring.interval import Z95


class ReliableChange(msgspec.Struct, frozen=True):
    """How precisely two scores can be compared, in the unit of the scores."""

    error: float
    """Standard error of measurement of one score."""
    difference_error: float
    """Standard error of the difference of two scores."""
    detectable: float
    """Smallest difference that is reliable at 95 %."""

    def index(self, before: float, after: float) -> float:
        """The reliable change index; reliable beyond ±1.96."""
        return (after - before) / self.difference_error


def reliable_change(deviation: float, reliability: float) -> ReliableChange:
    """From the scores' standard `deviation` and test-retest `reliability` (0..1)."""
    error = deviation * math.sqrt(1 - reliability)
    difference_error = error * math.sqrt(2)
    return ReliableChange(error, difference_error, Z95 * difference_error)
