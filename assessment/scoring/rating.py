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
from assessment.scoring.result import Cap, State, Unmet
from assessment.scoring.score import TOLERANCE

CORE_RULE = "core-rule"
"""The id under which the core rule stands among the caps."""

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


def caps(
    rubric: CompiledRubric,
    levels: Sequence[float | None],
    states: Sequence[State],
    dimensions: Sequence[float | None],
    perception: PerceptionVerdict,
) -> list[Cap]:
    """Every gate not passed and, where it limits, the core rule: lowest limit first, then the rubric's order."""
    found = [cap for gate in rubric.gates if (cap := _gate_cap(rubric, gate, levels, states, perception))]
    limit = core_limit(rubric, dimensions)
    if limit < len(rubric.cuts):
        found.append(_core_cap(rubric, dimensions, limit))
    return sorted(found, key=lambda cap: cap.limit)


def _gate_cap(
    rubric: CompiledRubric,
    gate: CompiledGate,
    levels: Sequence[float | None],
    states: Sequence[State],
    perception: PerceptionVerdict,
) -> Cap | None:
    if gate.functions:
        if perception.verdict == "passed":
            return None
        return Cap(gate.id, gate.level - 1, perception.verdict, [], perception.reason)
    clauses = unmet_clauses(gate, levels)
    if not clauses:
        return None
    known = any(all(levels[index] is not None for index, _ in clause) for clause in clauses)
    unmet = [
        Unmet(rubric.questions[index].id, None, needed, _shown(levels[index]))
        for clause in clauses
        for index, needed in clause
    ]
    sentences = "; ".join(
        " or ".join(_missing(rubric, index, needed, levels[index], states[index]) for index, needed in clause)
        for clause in clauses
    )
    name = rubric.level_names[gate.level - 1]
    return Cap(gate.id, gate.level - 1, "failed" if known else "unverified", unmet, f"{name} needs {sentences}.")


def _core_cap(rubric: CompiledRubric, dimensions: Sequence[float | None], limit: int) -> Cap:
    needed = limit + 1 - rubric.core_rule
    unmet = []
    for dimension, value in zip(rubric.dimensions, dimensions, strict=True):
        if dimension.core and value is not None and level_of(rubric, value) < needed:
            unmet.append(Unmet(None, dimension.id, float(needed), float(level_of(rubric, value))))
    names = ", ".join(d.title for d in rubric.dimensions if any(u.dimension == d.id for u in unmet))
    higher, floor = rubric.level_names[limit], rubric.level_names[needed - 1]
    reason = f"{higher} needs every core dimension at {floor} or above; below it: {names}."
    return Cap(CORE_RULE, limit, "failed", unmet, reason)


def _shown(level: float | None) -> float | None:
    return None if level is None else round(level, 2)


def _missing(rubric: CompiledRubric, index: int, needed: float, level: float | None, state: State) -> str:
    question = rubric.questions[index].id
    if level is not None:
        return f"{question} at level {needed:g} (it is at {level:.3g})"
    what = {"dont_know": "nobody knows", "not_applicable": "said not to apply"}.get(state, "unanswered")
    return f"{question} at level {needed:g} ({what})"
