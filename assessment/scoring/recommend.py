"""Which moves to make, ranked by points of score gained for the effort.

A move fires when a question it names lies under its trigger level; a question nobody answered fires nothing.
Its gain is what one step on that question adds to the overall score. The rank is by
``(gain + bonus) / effort points``: the bonus goes to the last thing missing for a gate on the way to the
target level. Effort points (S 1, M 2, L 4) and the bonus are judgement; a gain is never a promise of revenue.
"""

from __future__ import annotations

import math
from operator import attrgetter, itemgetter

from assessment.scoring.combine import Combined
from assessment.scoring.compiled import CompiledGate, CompiledRecommendation, CompiledRubric
from assessment.scoring.rating import unmet_clauses
from assessment.scoring.result import Because, RecommendationResult
from assessment.scoring.score import TOLERANCE, Score

GATE_BONUS = 5.0
"""Points added, in the ranking only, to a move that opens a gate on the way to the target."""


def recommend(rubric: CompiledRubric, combined: Combined, scored: Score, target: int) -> list[RecommendationResult]:
    """Every move that fires, best first; equal ones in the rubric's order. Gains are 0 without an overall score."""
    weights = math.fsum(d.weight for d, s in zip(rubric.dimensions, scored.dimensions, strict=True) if s is not None)
    last_missing = _last_missing(rubric, combined)
    gap = combined.perception.verdict == "failed"
    levels = combined.levels
    ranked: list[tuple[float, CompiledRecommendation, float, CompiledGate | None, list[Because]]] = []
    for move in rubric.recommendations:
        gain = 0.0
        because = []
        gates = last_missing.get(None, []) if move.when_gap and gap else []
        for index, below in move.triggers:
            level = levels[index]
            if level is not None and level < below - TOLERANCE:
                because.append(Because(rubric.questions[index].id, combined.parts[index].level or 0.0))
                gain = max(gain, _gain(rubric, combined, scored, index, weights))
                if index in last_missing:
                    gates = [*gates, *(found for found in last_missing[index] if found[0] <= below + TOLERANCE)]
        if because or (move.when_gap and gap):
            gate = min((gate for _, gate in gates), key=_level, default=None)
            bonus = GATE_BONUS if gate is not None and gate.level <= target else 0.0
            ranked.append((-(gain + bonus) / move.effort, move, gain, gate, because))
    ranked.sort(key=_rank)
    return [
        _result(move, rank, gain, gate, because) for rank, (_, move, gain, gate, because) in enumerate(ranked, start=1)
    ]


_rank = itemgetter(0)
_level = attrgetter("level")


def _last_missing(rubric: CompiledRubric, combined: Combined) -> dict[int | None, list[tuple[float, CompiledGate]]]:
    """Gates with one thing missing, by the questions that could bring it, each with the level it needs; None stands
    for a gap between two functions' views."""
    found: dict[int | None, list[tuple[float, CompiledGate]]] = {}
    for gate in rubric.gates:
        if gate.functions:
            found.setdefault(None, []).append((0.0, gate))
        else:
            unmet = unmet_clauses(gate, combined.levels)
            for index, needed in unmet[0] if len(unmet) == 1 else ():
                found.setdefault(index, []).append((needed, gate))
    return found


def _gain(rubric: CompiledRubric, combined: Combined, scored: Score, index: int, weights: float) -> float:
    """Points that one step on a question adds to the overall score; 0 where there is no step or no score.

    `weights` is the sum over the dimensions that have a score.
    """
    dimension = rubric.dimensions[rubric.questions[index].dimension]
    value = scored.dimensions[dimension.index]
    chain = combined.chains[index]
    if scored.overall is None or value is None or not chain:
        return 0.0
    sums = scored.tallies[dimension.index]
    shift = rubric.shift
    growth = math.log(((sums.earned + chain[0].gain) / sums.answered + shift) / (value + shift))
    return 100 * (scored.overall + shift) * math.expm1(dimension.weight / weights * growth)


def _result(
    move: CompiledRecommendation, rank: int, gain: float, gate: CompiledGate | None, because: list[Because]
) -> RecommendationResult:
    source = move.source
    return RecommendationResult(
        id=source.id,
        title=source.title,
        action=source.action,
        owner=source.owner,
        effort=move.size,
        rank=rank,
        gain=round(gain, 2),
        opens_gate=None if gate is None else gate.id,
        because=because,
        expected=source.expected,
        evidence=source.evidence,
        judgement=source.judgement,
    )
