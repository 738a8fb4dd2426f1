"""Which moves to make, ranked by points of score gained for the effort.

A move fires when a question it names lies under its trigger level; a question nobody answered fires nothing.
Its gain is what one step on that question adds to the overall score. The rank is by
``(gain + bonus) / effort points``: the bonus goes to the last thing missing for a gate on the way to the
target level. Effort points (S 1, M 2, L 4) and the bonus are judgement; a gain is never a promise of revenue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import attrgetter, itemgetter

import msgspec

from assessment.scoring.combine import Combined
from assessment.scoring.compiled import CompiledGate, CompiledRecommendation, CompiledRubric
from assessment.scoring.figures import Figures
from assessment.scoring.result import Because, QuestionResult, RecommendationResult
from assessment.scoring.rounding import hundredths
from assessment.scoring.score import TOLERANCE, Score

GATE_BONUS = 5.0
"""Points added, in the ranking only, to a move that opens a gate on the way to the target."""


class Fired(msgspec.Struct, frozen=True, gc=False):
    """A move that fires: what it gains, the gate for which it is the last thing missing, and the questions it answers
    to."""

    move: CompiledRecommendation
    gain: float
    gate: CompiledGate | None
    because: list[int]

    @property
    def opens(self) -> str | None:
        return None if self.gate is None else self.gate.id


def fire(
    rubric: CompiledRubric, combined: Combined, scored: Score, figures: Sequence[Figures], target: int
) -> list[Fired]:
    """Every move that fires, best first; equal ones in the rubric's order. Gains are 0 without an overall score."""
    gains = _gains(rubric, scored, figures)
    last_missing = _last_missing(rubric, combined)
    gap = combined.perception.verdict == "failed"
    levels = combined.levels
    ranked: list[tuple[float, Fired]] = []
    for move in rubric.recommendations:
        gain = 0.0
        because = []
        gates = last_missing.get(None, []) if move.when_gap and gap else []
        for index, below in move.triggers:
            level = levels[index]
            if level is not None and level < below - TOLERANCE:
                because.append(index)
                gain = max(gain, gains[index])
                if index in last_missing:
                    gates = [*gates, *(found for found in last_missing[index] if found[0] <= below + TOLERANCE)]
        if because or (move.when_gap and gap):
            gate = min((gate for _, gate in gates), key=_level) if gates else None
            bonus = GATE_BONUS if gate is not None and gate.level <= target else 0.0
            ranked.append((-(gain + bonus) / move.effort, Fired(move, hundredths(gain), gate, because)))
    ranked.sort(key=_rank)
    return [fired for _, fired in ranked]


_rank = itemgetter(0)
_level = attrgetter("level")


def recommendations(
    rubric: CompiledRubric, fired: Sequence[Fired], parts: Sequence[QuestionResult]
) -> list[RecommendationResult]:
    """The moves as a result has them."""
    return [
        RecommendationResult(
            id=one.move.source.id,
            title=one.move.source.title,
            action=one.move.source.action,
            owner=one.move.source.owner,
            effort=one.move.size,
            rank=rank,
            gain=one.gain,
            opens_gate=one.opens,
            because=answers_behind(rubric, one, parts),
            expected=one.move.source.expected,
            evidence=one.move.source.evidence,
            judgement=one.move.source.judgement,
        )
        for rank, one in enumerate(fired, start=1)
    ]


def answers_behind(rubric: CompiledRubric, fired: Fired, parts: Sequence[QuestionResult]) -> list[Because]:
    """The answers that the move responds to."""
    return [Because(rubric.questions[index].id, parts[index].level or 0.0) for index in fired.because]


def _gains(rubric: CompiledRubric, scored: Score, figures: Sequence[Figures]) -> list[float]:
    """Points that one step on each question adds to the overall score; 0 where there is no step or no score."""
    if scored.overall is None:
        return [0.0] * len(rubric.questions)
    weights = math.fsum([d.weight for d, one in zip(rubric.dimensions, figures, strict=True) if one.score is not None])
    whole = 100 * (scored.overall + rubric.shift)
    gains: list[float] = []
    for dimension, one in zip(rubric.dimensions, figures, strict=True):
        share = dimension.weight / weights
        gains += [whole * math.expm1(share * growth) for growth in one.growth]
    return gains


def _last_missing(rubric: CompiledRubric, combined: Combined) -> dict[int | None, list[tuple[float, CompiledGate]]]:
    """Gates with one thing missing, by the questions that could bring it, each with the level it needs; None stands
    for a gap between two functions' views."""
    found: dict[int | None, list[tuple[float, CompiledGate]]] = {}
    for gate, unmet in zip(rubric.gates, combined.unmet, strict=True):
        if gate.functions:
            found.setdefault(None, []).append((0.0, gate))
        elif len(unmet) == 1:
            for index, needed in unmet[0]:
                found.setdefault(index, []).append((needed, gate))
    return found
