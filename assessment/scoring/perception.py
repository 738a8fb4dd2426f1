"""How two functions see the same organisation: size of a gap, whether it is more than chance, agreement.

Sources: Cliff 1993 (Psychol Bull 114:494–509); bands of Romano et al. 2006; Mann & Whitney 1947; Benjamini
& Hochberg 1995; Cohen 1988 (h); James, Demaree & Wolf 1984 (r_WG); Burke & Dunlap 2002 (average deviation);
Hayes & Krippendorff 2007 (alpha).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

MINIMUM_GROUP = 4
"""Respondents a function needs: below 4 + 4 no exact two-sided test can reach 5 %, and single colleagues show."""

SMALL, MEDIUM, LARGE = 0.147, 0.33, 0.474
"""|Cliff's delta| from which a gap is called small, medium and large (Romano et al. 2006)."""

SUPPORTED = 0.05
"""Two-sided p (after Benjamini–Hochberg) up to which a gap is called supported."""


MOST_COUNTED = 10_000
"""Smaller group squared times everybody, up to which relabellings are counted: a few milliseconds a test at most."""


def size_of(delta: float) -> Literal["negligible", "small", "medium", "large"]:
    """What the magnitude of a Cliff's delta is called (Romano et al. 2006)."""
    magnitude = abs(delta)
    if magnitude < SMALL:
        return "negligible"
    if magnitude < MEDIUM:
        return "small"
    return "medium" if magnitude < LARGE else "large"


def cliffs_delta(x: Sequence[float], y: Sequence[float]) -> float:
    """P(x > y) - P(x < y) over all pairs: -1..1, positive when `x` answers higher."""
    lower, upper = sorted(y), len(y)
    wins = sum(bisect_left(lower, a) - (upper - bisect_right(lower, a)) for a in x)
    return wins / (len(x) * len(y))


def permutation_p(x: Sequence[float], y: Sequence[float]) -> tuple[float, Literal["exact", "normal"]]:
    """Two-sided p of |Cliff's delta| over every relabelling: counted, or for large groups approximated."""
    if min(len(x), len(y)) ** 2 * (len(x) + len(y)) <= MOST_COUNTED:
        return exact_permutation_p(x, y), "exact"
    return normal_permutation_p(x, y), "normal"


def exact_permutation_p(x: Sequence[float], y: Sequence[float]) -> float:
    """Two-sided exact p of |Cliff's delta| over every relabelling of the respondents, ties and all.

    Delta is a linear function of the rank sum of a group, so the relabellings need not be listed: the number of ways
    to reach each rank sum is counted, one value at a time. The counts of all rank sums stand side by side in one
    whole number, `width` bits each, so that a shift adds a rank to every sum at once.
    """
    x, y = (x, y) if len(x) <= len(y) else (y, x)
    ranks = _doubled_midranks(x, y)
    everybody, least = len(x) + len(y), min(rank for rank, _ in ranks.values())
    arrangements = math.comb(everybody, len(x))
    width = arrangements.bit_length() + 1
    ways = [1] + [0] * len(x)
    for rank, people in ranks.values():
        shift = (rank - least) * width
        for size in range(len(x), 0, -1):
            ways[size] += sum(
                math.comb(people, taken) * ways[size - taken] << shift * taken
                for taken in range(1, min(people, size) + 1)
            )
    centre = len(x) * (everybody + 1)
    distance = abs(sum(ranks[value][0] for value in x) - centre)
    if distance == 0:
        return 1.0
    # From here on a rank sum is counted from the least rank of everybody in the group.
    low = centre - distance - len(x) * least
    high = centre + distance - len(x) * least
    # Modulo 2^width - 1 a number is the sum of its digits of that width.
    below = (ways[-1] & ((1 << (low + 1) * width) - 1)) % ((1 << width) - 1) if low >= 0 else 0
    above = (ways[-1] >> high * width) % ((1 << width) - 1)
    return (below + above) / arrangements


def normal_permutation_p(x: Sequence[float], y: Sequence[float]) -> float:
    """The same p from a normal distribution with the relabellings' own variance, ties included (Mann & Whitney)."""
    ranks = _doubled_midranks(x, y)
    everybody = len(x) + len(y)
    ties = sum(people**3 - people for _, people in ranks.values())
    # Ranks are doubled, so their variance is four times that of ranks.
    variance = len(x) * len(y) / 3 * (everybody + 1 - ties / (everybody * (everybody - 1)))
    if variance <= 0:
        return 1.0
    distance = abs(sum(ranks[value][0] for value in x) - len(x) * (everybody + 1))
    return math.erfc(distance / math.sqrt(2 * variance))


def _doubled_midranks(x: Sequence[float], y: Sequence[float]) -> dict[float, tuple[int, int]]:
    """Value → (twice its midrank, which is whole, and how many people gave it), lowest value first."""
    counts = Counter([*x, *y])
    ranks, before = {}, 0
    for value in sorted(counts):
        ranks[value] = (2 * before + counts[value] + 1, counts[value])
        before += counts[value]
    return ranks


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


def within_group_agreement_of_items(raters: Sequence[Sequence[float]], options: int | Sequence[int] = 5) -> float:
    """r_WG(J) of raters × items (no gaps); 0 when the mean variance exceeds that of even answers. `options` is how
    many each item has: for items of different scales, each variance is held against its own."""
    columns = list(zip(*raters, strict=True))
    scales = [options] * len(columns) if isinstance(options, int) else options
    shares = [
        within_group_agreement(item, scale)[0] / _even_variance(scale)
        for item, scale in zip(columns, scales, strict=True)
    ]
    share = math.fsum(shares) / len(shares)
    if share >= 1:
        return 0.0
    items = len(shares)
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
        count * other * distance(a, b) / (len(unit) - 1)
        for unit, counts in ((unit, Counter(unit)) for unit in pairable)
        for a, count in counts.items()
        for b, other in counts.items()
        if a != b
    )
    expected = math.fsum(totals[a] * totals[b] * distance(a, b) for a in totals for b in totals) / (n - 1)
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
