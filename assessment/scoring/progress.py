"""How much of the way from a baseline to a target level an organisation has come."""

from __future__ import annotations


def percent_to_target(baseline: float, score: float, cut: float) -> float:
    """0–100: the part of the points from the baseline's score to the target level's `cut` that has been gained.

    100 from the cut on, whichever way led there. Below the baseline it is 0. Who started at or above the cut has come
    all of the way while the score stays there, and none of it below. All three on 0–100.
    """
    if score >= cut:
        return 100.0
    if baseline >= cut:
        return 0.0
    return round(max(0.0, 100 * (score - baseline) / (cut - baseline)), 2)
