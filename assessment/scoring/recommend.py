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
from assessment.scoring.prepared import cite
from assessment.scoring.result import QuestionResult, RecommendationResult
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


def fire(rubric: CompiledRubric, combined: Combined, scored: Score, target: int) -> list[Fired]:
    """Every move that fires, best first; equal ones in the rubric's order. Gains are 0 without an overall score."""
    gains = _Gains(rubric, combined, scored)
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
                gain = max(gain, gains.of(index))
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


def recommendations(fired: Sequence[Fired], parts: Sequence[QuestionResult]) -> list[RecommendationResult]:
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
            because=[cite(parts[index]) for index in one.because],
            expected=one.move.source.expected,
            evidence=one.move.source.evidence,
            judgement=one.move.source.judgement,
        )
        for rank, one in enumerate(fired, start=1)
    ]


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


class _Gains:
    """Points that one step on each question adds to the overall score."""

    __slots__ = ("_chains", "_dimensions", "_questions", "_shift", "_whole")

    def __init__(self, rubric: CompiledRubric, combined: Combined, scored: Score) -> None:
        pairs = zip(rubric.dimensions, scored.dimensions, strict=True)
        weights = math.fsum([dimension.weight for dimension, value in pairs if value is not None])
        self._chains = combined.chains
        self._questions = rubric.questions
        self._shift = rubric.shift
        self._whole = 0.0 if scored.overall is None else 100 * (scored.overall + rubric.shift)
        self._dimensions = [
            None if value is None else (sums.earned, sums.answered, value + rubric.shift, dimension.weight / weights)
            for dimension, value, sums in zip(rubric.dimensions, scored.dimensions, scored.tallies, strict=True)
        ]

    def of(self, index: int) -> float:
        """0 where there is no step or no score."""
        chain = self._chains[index]
        dimension = self._dimensions[self._questions[index].dimension]
        if dimension is None or not chain:
            return 0.0
        earned, answered, base, share = dimension
        growth = math.log(((earned + chain[0].gain) / answered + self._shift) / base)
        return self._whole * math.expm1(share * growth)
