"""Where an answer lies among a study's respondents: ridits, their intervals, and published ratios.

A ridit is the chance that a respondent drawn from the study answered lower, plus half the chance of the
same answer (Bross 1958, Biometrics 14:18–38): the mid-rank percentile over 100. It needs no spacing
between categories, and the study's own mean ridit is always 0.5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from assessment.scoring.interval import Z95, Interval, dirichlet_linear


def ridits(shares: Sequence[float]) -> tuple[float, ...]:
    """The ridit of each category, `shares` given worst to best on any scale; they are divided by their sum.

    Raises ValueError when the sum is not positive.
    """
    total = math.fsum(shares)
    if total <= 0:
        raise ValueError("shares must add up to more than 0")
    below = 0.0
    out = []
    for share in shares:
        out.append((below + share / 2) / total)
        below += share
    return tuple(out)


def ridit_coefficients(size: int, index: int) -> tuple[float, ...]:
    """A ridit is linear in the shares: 1 for each category below `index`, 1/2 at it, 0 above."""
    return tuple(1.0 if k < index else 0.5 if k == index else 0.0 for k in range(size))


@lru_cache(maxsize=4096)  # several people's answers fall on few combinations, and a quantile takes a while
def ridit_interval(shares: tuple[float, ...], n: float, coefficients: tuple[float, ...]) -> Interval:
    """95 % interval of a ridit from `n` respondents, by a Dirichlet posterior (see `dirichlet_linear`).

    There is no interval without a published n: the caller must not guess one.
    """
    total = math.fsum(shares)
    counts = [share / total * n for share in shares]
    return dirichlet_linear(counts, coefficients)[2]


def largest_mean_ridit_error(respondents: int) -> float:
    """The largest standard error of the mean ridit of `respondents` people when the reference is large."""
    return 1 / math.sqrt(12 * respondents)


def weight_of_evidence(ratio: float) -> tuple[float, float]:
    """Good's weight of evidence of a likelihood ratio: (natural log, decibels)."""
    return math.log(ratio), 10 * math.log10(ratio)


def log_risk_ratio(events1: float, n1: float, events0: float, n0: float) -> tuple[float, float, Interval]:
    """Risk ratio of two arms with its standard error on the log scale and 95 % interval (Katz et al. 1978)."""
    ratio = (events1 / n1) / (events0 / n0)
    error = math.sqrt(1 / events1 - 1 / n1 + 1 / events0 - 1 / n0)
    return ratio, error, (ratio * math.exp(-Z95 * error), ratio * math.exp(Z95 * error))
