"""The rule that turns a published ratio into the weight of a question.

A ratio's logarithm is Good's weight of evidence (Good, Weight of evidence: a brief survey, Bayesian Statistics 2,
1985). It may only tilt a weight, because the ratios come from few, small studies: the tilt is bounded by a ceiling
ratio and scaled by how strong the evidence is and how near its outcome lies to the goal. Strength starts in the
middle and goes down or up as in GRADE (Guyatt et al., BMJ 2008;336:924-926). The sizes of the steps are judgement
and stand in each rubric's `weighting`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from assessment.rubric.head import Weighting
from assessment.rubric.studies import Finding, Ratio, Study


class Evidence(NamedTuple):
    """What the rule takes from the studies: the ratio (the smaller of two that agree), sample size and design."""

    ratio: float
    n: int | None
    arms_printed: bool
    agreed: bool


class Derivation(NamedTuple):
    """A weight with the factors that gave it."""

    base: float
    strength: float
    nearness: float
    tilt: float
    value: float

    def __str__(self) -> str:
        if not self.strength * self.nearness * self.tilt:
            return f"base {self.base:g}"
        return f"{self.base:g} × (1 + strength {self.strength:g} × nearness {self.nearness:g} × tilt {self.tilt:.6f})"


def strength_of(rule: Weighting, evidence: Evidence) -> float:
    """How far the evidence may be leaned on, from 0 to `rule.limit`.

    `rule.start`, less a step when n is unknown or under `small_sample`; plus a step when n is `large_sample` or
    more and both arms of the ratio are printed; plus a step when an independent study agrees; clipped. With
    start 0.5, step 0.25, small 150: n = 123 alone gives 0.25.
    """
    strength = rule.start
    if evidence.n is None or evidence.n < rule.small_sample:
        strength -= rule.step
    elif evidence.n >= rule.large_sample and evidence.arms_printed:
        strength += rule.step
    if evidence.agreed:
        strength += rule.step
    return min(max(strength, 0.0), rule.limit)


def tilt_of(ratio: float, ceiling_ratio: float) -> float:
    """The weight of evidence of a ratio over 1 as a share of the ceiling's: ``min(1, ln ratio / ln ceiling)``."""
    return min(1.0, math.log(ratio) / math.log(ceiling_ratio))


def derive_weight(base: float, strength: float, nearness: float, tilt: float) -> Derivation:
    """``base · (1 + strength · nearness · tilt)``, so from `base` to ``base · (1 + limit)``.

    Base 1, strength 0.25, nearness 1, ratio 3 and ceiling 3.5 give 1.219238.
    """
    return Derivation(base, strength, nearness, tilt, base * (1 + strength * nearness * tilt))


def weight_of(
    rule: Weighting, base: float, *, nearness: float | None = None, evidence: Evidence | None = None
) -> Derivation:
    """The weight of a question under a rubric's rule; without evidence it is `base`.

    `nearness` is the value of the rubric's key, 0–1. Edge cases: a ratio of the ceiling or more tilts fully; a
    rule without strength, a nearness of 0 and a ratio of 1 leave the base.
    """
    if evidence is None or nearness is None:
        return derive_weight(base, 0.0, 0.0, 0.0)
    return derive_weight(base, strength_of(rule, evidence), nearness, tilt_of(evidence.ratio, rule.ceiling_ratio))


def evidence_of(study: Study, finding: Finding, agreeing: Ratio | None = None) -> Evidence:
    """What a finding with a ratio, and one of an independent study that agrees, offer to the rule.

    Sample size and arms are those of the finding itself; of two ratios the smaller counts.
    """
    assert finding.ratio is not None  # callers ask about findings that carry a ratio
    ratio = finding.ratio.value if agreeing is None else min(finding.ratio.value, agreeing.value)
    n, _ = study.size_of(finding)
    return Evidence(ratio, n, finding.ratio.arms_printed, agreeing is not None)
