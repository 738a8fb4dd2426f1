"""Intervals for shares and ridits: Wilson, Jeffreys, Newcombe, and the Beta quantile they need.

Sources: Wilson 1927 (JASA 22:209–212); Brown, Cai & DasGupta 2001 (Stat Sci 16:101–133), who recommend
Wilson or Jeffreys over the Wald interval; Newcombe 1998 (Stat Med 17:873–890). All intervals are 95 %
unless said otherwise, and hold as if the respondents were a simple random sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Z95 = 1.959963984540054

Interval = tuple[float, float]


def wilson(successes: float, n: float, z: float = Z95) -> Interval:
    """Wilson score interval of a share. `n` may be an effective sample size; it must be positive."""
    share = successes / n
    spread = z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def jeffreys(successes: float, n: float, level: float = 0.95) -> Interval:
    """Jeffreys interval of a share: quantiles of Beta(x + 1/2, n - x + 1/2)."""
    tail = (1 - level) / 2
    a, b = successes + 0.5, n - successes + 0.5
    return beta_quantile(tail, a, b), beta_quantile(1 - tail, a, b)


def newcombe(share1: float, n1: float, share2: float, n2: float) -> tuple[float, float, float]:
    """Difference of two independent shares with Newcombe's interval (his method 10).

    Returns (difference, lower, upper), each on -1..1.
    """
    low1, high1 = wilson(share1 * n1, n1)
    low2, high2 = wilson(share2 * n2, n2)
    difference = share1 - share2
    lower = difference - math.hypot(share1 - low1, high2 - share2)
    upper = difference + math.hypot(high1 - share1, share2 - low2)
    return difference, lower, upper


def dirichlet_linear(counts: Sequence[float], coefficients: Sequence[float]) -> tuple[float, float, Interval]:
    """Posterior of a linear function of shares, under a Jeffreys prior of 1/2 for each category.

    `counts` are respondents per category; `coefficients` lie in 0..1, one for each category. Returns
    (mean, standard deviation, 95 % interval) where the interval is that of a Beta distribution with the
    same mean and variance (checked by simulation).
    """
    alpha = [count + 0.5 for count in counts]
    total = math.fsum(alpha)
    mean = math.fsum(c * a for c, a in zip(coefficients, alpha, strict=True)) / total
    square = math.fsum(c * c * a for c, a in zip(coefficients, alpha, strict=True)) / total
    variance = (square - mean * mean) / (total + 1)
    if variance <= 0:
        return mean, 0.0, (mean, mean)
    nu = mean * (1 - mean) / variance - 1
    a, b = mean * nu, (1 - mean) * nu
    return mean, math.sqrt(variance), (beta_quantile(0.025, a, b), beta_quantile(0.975, a, b))


def beta_quantile(p: float, a: float, b: float) -> float:
    """The x in 0..1 with I_x(a, b) = p, for positive `a` and `b`: Newton's method kept inside a bracket."""
    if p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    low, high, x = 0.0, 1.0, a / (a + b)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(200):
        error = regularised_beta(x, a, b) - p
        if error < 0:
            low = x
        else:
            high = x
        density = math.exp(log_front + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        following = x - error / density if density > 0 else -1.0
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - x) <= 1e-14:
            return following
        x = following
    return x


def regularised_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction."""
    if x <= 0:
        return 0.0
    if x > (a + 1) / (a + b + 2):
        return 1 - regularised_beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    return front * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 2000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + step * d, tiny)
            c = _away_from_zero(1 + step / c, tiny)
            value *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return value


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
