"""Which moves to make, ranked by points of score gained for the effort.

A move fires when a question it names lies under its trigger level; a question nobody answered fires nothing.
Its gain is what one step on that question adds to the overall score. The rank is by
``(gain + bonus) / effort points``: the bonus goes to the last thing missing for a gate on the way to the
target level. Effort points (S 1, M 2, L 4) and the bonus are judgement; a gain is never a promise of revenue.
"""

from __future__ import annotations

import math
from collections.abc import Container, Sequence

from assessment.scoring.combine import Combined
from assessment.scoring.compiled import CompiledGate, CompiledRecommendation, CompiledRubric
from assessment.scoring.rating import unmet_clauses
from assessment.scoring.result import Because, RecommendationResult
from assessment.scoring.score import TOLERANCE, Score
from assessment.scoring.steps import chain_of

GATE_BONUS = 5.0
"""Points added, in the ranking only, to a move that opens a gate on the way to the target."""


def recommend(rubric: CompiledRubric, combined: Combined, scored: Score, target: int) -> list[RecommendationResult]:
    """Every move that fires, best first; equal ones in the rubric's order. Gains are 0 without an overall score."""
    weights = math.fsum(d.weight for d, s in zip(rubric.dimensions, scored.dimensions, strict=True) if s is not None)
    gates = [(gate, unmet_clauses(gate, combined.levels)) for gate in rubric.gates]
    levels = combined.levels
    ranked: list[tuple[float, int, CompiledRecommendation, float, CompiledGate | None, list[Because]]] = []
    for move in rubric.recommendations:
        fired = {
            index: level
            for index, below in move.triggers
            if (level := levels[index]) is not None and level < below - TOLERANCE
        }
        gap = move.when_gap and combined.perception.verdict == "failed"
        if not fired and not gap:
            continue
        gain = max((_gain(rubric, combined, scored, index, weights) for index in fired), default=0.0)
        gate = _opened(move, fired, gap, gates)
        bonus = GATE_BONUS if gate is not None and gate.level <= target else 0.0
        because = [Because(rubric.questions[index].id, round(level, 2)) for index, level in fired.items()]
        ranked.append((-round((gain + bonus) / move.effort, 9), move.index, move, gain, gate, because))
    ranked.sort(key=lambda entry: entry[:2])
    return [
        _result(move, rank, gain, gate, because)
        for rank, (_, _, move, gain, gate, because) in enumerate(ranked, start=1)
    ]


def _gain(rubric: CompiledRubric, combined: Combined, scored: Score, index: int, weights: float) -> float:
    """Points that one step on a question adds to the overall score; 0 where there is no step or no score.

    `weights` is the sum over the dimensions that have a score.
    """
    question = rubric.questions[index]
    value = scored.dimensions[question.dimension]
    chain = chain_of(question, combined)
    if scored.overall is None or value is None or not chain:
        return 0.0
    sums = scored.tallies[question.dimension]
    shift = rubric.shift
    growth = math.log(((sums.earned + chain[0].gain) / sums.answered + shift) / (value + shift))
    share = rubric.dimensions[question.dimension].weight / weights
    return 100 * (scored.overall + shift) * math.expm1(share * growth)


def _opened(
    move: CompiledRecommendation,
    fired: Container[int],
    gap: bool,
    gates: Sequence[tuple[CompiledGate, list[tuple[tuple[int, float], ...]]]],
) -> CompiledGate | None:
    """The lowest gate for which this move brings the one thing that is missing."""
    reach = {index: below for index, below in move.triggers if index in fired}
    opened = [
        gate
        for gate, unmet in gates
        if (gate.functions and gap)
        or (
            len(unmet) == 1 and any(index in reach and needed <= reach[index] + TOLERANCE for index, needed in unmet[0])
        )
    ]
    return min(opened, key=lambda gate: gate.level, default=None)


def _result(
    move: CompiledRecommendation, rank: int, gain: float, gate: CompiledGate | None, because: list[Because]
) -> RecommendationResult:
    source = move.source
    return RecommendationResult(
        id=source.id,
        title=source.title,
        action=source.action,
        owner=source.owner,
        effort=source.effort.value,
        rank=rank,
        gain=round(gain, 2),
        opens_gate=None if gate is None else gate.id,
        because=because,
        expected=source.expected,
        evidence=source.evidence,
        judgement=source.judgement,
    )
