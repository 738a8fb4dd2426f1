"""How two functions see the same organisation: size of a gap, whether it is more than chance, agreement.

Sources: Cliff 1993 (Psychol Bull 114:494–509); bands of Romano et al. 2006; Mann & Whitney 1947; Benjamini
& Hochberg 1995; Cohen 1988 (h); James, Demaree & Wolf 1984 (r_WG); Burke & Dunlap 2002 (average deviation);
Hayes & Krippendorff 2007 (alpha).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

MINIMUM_GROUP = 4
"""Respondents a function needs: below 4 + 4 no exact two-sided test can reach 5 %, and single colleagues show."""

LARGE = 0.474
"""|Cliff's delta| from which a gap is called large (Romano et al. 2006)."""

SUPPORTED = 0.05
"""Two-sided p (after Benjamini–Hochberg) up to which a gap is called supported."""


def cliffs_delta(x: Sequence[float], y: Sequence[float]) -> float:
    """P(x > y) - P(x < y) over all pairs: -1..1, positive when `x` answers higher."""
    wins = sum((a > b) - (a < b) for a in x for b in y)
    return wins / (len(x) * len(y))


def exact_permutation_p(x: Sequence[float], y: Sequence[float]) -> float:
    """Two-sided exact p of |Cliff's delta| over every relabelling of the respondents, ties and all.

    Delta is a linear function of the rank sum of `x`, so the relabellings need not be listed: the number of
    ways to reach each rank sum is counted, one respondent at a time. Midranks are doubled to stay whole.
    """
    pooled = sorted([*x, *y])
    first = {value: pooled.index(value) for value in set(pooled)}
    counts = Counter(pooled)
    doubled = {value: 2 * first[value] + counts[value] + 1 for value in counts}
    ways: list[Counter[int]] = [Counter() for _ in range(len(x) + 1)]
    ways[0][0] = 1
    for value in pooled:
        rank = doubled[value]
        for size in range(len(x), 0, -1):
            for total, count in ways[size - 1].items():
                ways[size][total + rank] += count
    centre = len(x) * (len(pooled) + 1)
    distance = abs(sum(doubled[value] for value in x) - centre)
    extreme = sum(count for total, count in ways[-1].items() if abs(total - centre) >= distance)
    return extreme / math.comb(len(pooled), len(x))


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values that control the false discovery rate over the tests made, in the given order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i], reverse=True)
    adjusted = [1.0] * len(p_values)
    smallest = 1.0
    for place, index in enumerate(order):
        smallest = min(smallest, p_values[index] * len(p_values) / (len(p_values) - place))
        adjusted[index] = smallest
    return adjusted


def cohens_h(share1: float, share2: float) -> float:
    """Distance of two shares on the arcsine scale (Cohen 1988): .2 small, .5 medium, .8 large."""
    return 2 * math.asin(math.sqrt(share1)) - 2 * math.asin(math.sqrt(share2))


def within_group_agreement(levels: Sequence[float], options: int = 5) -> tuple[float, float, float]:
    """(variance, r_WG, average deviation from the mean) of one item's answers by at least two people.

    r_WG compares the variance with that of answers spread evenly over `options`; below 0 counts as 0.
    """
    mean = math.fsum(levels) / len(levels)
    variance = math.fsum((level - mean) ** 2 for level in levels) / (len(levels) - 1)
    deviation = math.fsum(abs(level - mean) for level in levels) / len(levels)
    return variance, max(0.0, 1 - variance / _even_variance(options)), deviation


def within_group_agreement_of_items(raters: Sequence[Sequence[float]], options: int = 5) -> float:
    """r_WG(J) of raters × items (no gaps); 0 when the mean variance exceeds that of even answers."""
    variances = [within_group_agreement(item, options)[0] for item in zip(*raters, strict=True)]
    share = math.fsum(variances) / len(variances) / _even_variance(options)
    if share >= 1:
        return 0.0
    items = len(variances)
    return items * (1 - share) / (items * (1 - share) + share)


def _even_variance(options: int) -> float:
    return (options * options - 1) / 12


def krippendorff_alpha(units: Sequence[Sequence[float]], metric: str = "ordinal") -> float:
    """Krippendorff's alpha over units (each the values its raters gave; missing raters are left out).

    `metric` is "nominal", "ordinal" or "interval". Units with fewer than two values do not count. 1.0 when
    only one value occurs. Raises ValueError when no unit has two values.
    """
    pairable = [list(unit) for unit in units if len(unit) >= 2]
    if not pairable:
        raise ValueError("alpha needs a unit with two values")
    totals = Counter(value for unit in pairable for value in unit)
    n = sum(totals.values())
    distance = _metric(metric, totals)
    observed = math.fsum(
        distance(a, b) / (len(unit) - 1)
        for unit in pairable
        for i, a in enumerate(unit)
        for j, b in enumerate(unit)
        if i != j
    )
    expected = math.fsum(totals[a] * (totals[b] - (a == b)) * distance(a, b) for a in totals for b in totals) / (n - 1)
    return 1.0 if expected == 0 else 1 - observed / expected


def _metric(metric: str, totals: Counter[float]) -> Callable[[float, float], float]:
    if metric == "nominal":
        return lambda a, b: float(a != b)
    if metric == "interval":
        return lambda a, b: (a - b) ** 2
    if metric != "ordinal":
        raise ValueError("metric must be nominal, ordinal or interval")
    values = sorted(totals)
    place = {values[0]: 0.0}
    for low, high in pairwise(values):
        place[high] = place[low] + (totals[low] + totals[high]) / 2
    return lambda a, b: (place[a] - place[b]) ** 2
