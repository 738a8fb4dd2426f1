"""From a score to the level awarded: the published cuts, the gates, and the core rule.

Cuts at 0.25, 0.50 and 0.75 follow Kotler, Rackham & Krishnaswamy 2006, published for another instrument:
they are a convention, not validated thresholds. A level is the lowest of three: the level by score, one
below the first gate that is not passed, and the lowest core dimension's level plus the core rule's step
(judgement: a weak core practice cannot be bought off by strong others).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

import msgspec

from assessment.scoring.compiled import CompiledGate, CompiledRubric
from assessment.scoring.score import TOLERANCE

Verdict = Literal["passed", "failed", "unverified"]


class PerceptionVerdict(msgspec.Struct, frozen=True):
    """What the answers of two functions say of a perception gate, and why in a sentence."""

    verdict: Verdict
    reason: str


def level_of(rubric: CompiledRubric, score: float) -> int:
    """The level 1–4 by a score on 0–1."""
    return bisect_right(rubric.cuts, score + TOLERANCE)


def holds(gate: CompiledGate, levels: Sequence[float | None]) -> bool:
    """Whether every clause of the gate is shown by an answer."""
    return not unmet_clauses(gate, levels)


def unmet_clauses(gate: CompiledGate, levels: Sequence[float | None]) -> list[tuple[tuple[int, float], ...]]:
    """The clauses that no answer shows to hold. A gate needs positive evidence: an unknown answer shows nothing."""
    unmet = []
    for clause in gate.clauses:
        for index, needed in clause:
            level = levels[index]
            if level is not None and level >= needed - TOLERANCE:
                break
        else:
            unmet.append(clause)
    return unmet


def awarded(
    rubric: CompiledRubric,
    score: float,
    levels: Sequence[float | None],
    dimensions: Sequence[float | None],
    perception: PerceptionVerdict,
) -> int:
    """The level awarded, without the reasons."""
    level = min(level_of(rubric, score), core_limit(rubric, dimensions))
    for gate in rubric.gates:
        if gate.level <= level:
            passed = perception.verdict == "passed" if gate.functions else holds(gate, levels)
            if not passed:
                level = gate.level - 1
    return level


def core_limit(rubric: CompiledRubric, dimensions: Sequence[float | None]) -> int:
    """The highest level that the core rule allows."""
    core = [
        value
        for dimension, value in zip(rubric.dimensions, dimensions, strict=True)
        if dimension.core and value is not None
    ]
    highest = len(rubric.cuts)
    return min(highest, level_of(rubric, min(core)) + rubric.core_rule) if core else highest
