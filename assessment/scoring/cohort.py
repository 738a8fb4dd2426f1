"""A score among the scores of others: mid-rank percentile, and noise that hides one member.

The percentile is the same mid-rank as a ridit (`assessment.scoring.benchmark`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def mid_rank_percentile(scores: Sequence[float], score: float) -> float:
    """0–100: the share of `scores` below `score` plus half of those equal to it."""
    below = sum(other < score for other in scores)
    equal = sum(other == score for other in scores)
    return 100 * (below + equal / 2) / len(scores)


def laplace_scale(members: int, epsilon: float, score_range: float = 100.0) -> tuple[float, float]:
    """(scale, standard deviation) of the Laplace noise that makes a mean of scores epsilon-private
    (Dwork et al. 2006): one member moves the mean by `score_range / members` at most."""
    scale = score_range / (members * epsilon)
    return scale, scale * math.sqrt(2)
