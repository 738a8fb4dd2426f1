"""What keeps a rating where it is: the gates not passed and the core rule, each with its reason in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter

from assessment.scoring.combine import Combined
from assessment.scoring.compiled import Clause, CompiledGate, CompiledRubric
from assessment.scoring.rating import core_limit, level_of
from assessment.scoring.result import Cap, State, Unmet

CORE_RULE = "core-rule"
"""The id under which the core rule stands among the caps."""


def caps(rubric: CompiledRubric, combined: Combined, dimensions: Sequence[float | None]) -> list[Cap]:
    """Every gate not passed and, where it limits, the core rule: lowest limit first, then the rubric's order."""
    found = []
    for gate, clauses in zip(rubric.gates, combined.unmet, strict=True):
        if clauses:
            found.append(_gate_cap(rubric, combined, gate, clauses))
        elif gate.functions and combined.perception.verdict != "passed":
            found.append(Cap(gate.id, gate.level - 1, combined.perception.verdict, [], combined.perception.reason))
    limit = core_limit(rubric, dimensions)
    if limit < len(rubric.cuts):
        found.append(_core_cap(rubric, dimensions, limit))
    return sorted(found, key=_limit)


_limit = attrgetter("limit")


def _gate_cap(rubric: CompiledRubric, combined: Combined, gate: CompiledGate, clauses: Sequence[Clause]) -> Cap:
    levels, states = combined.levels, combined.states
    known = False
    unmet: list[Unmet] = []
    sentences = []
    for clause in clauses:
        found = [_missing(rubric.questions[i].id, needed, levels[i], states[i]) for i, needed in clause]
        unmet += [one for one, _ in found]
        sentences.append(" or ".join([sentence for _, sentence in found]))
        known = known or all(levels[index] is not None for index, _ in clause)
    reason = f"{rubric.level_names[gate.level - 1]} needs {'; '.join(sentences)}."
    return Cap(gate.id, gate.level - 1, "failed" if known else "unverified", unmet, reason)


def _core_cap(rubric: CompiledRubric, dimensions: Sequence[float | None], limit: int) -> Cap:
    needed = limit + 1 - rubric.core_rule
    unmet = []
    titles = []
    for dimension, value in zip(rubric.dimensions, dimensions, strict=True):
        if dimension.core and value is not None and (level := level_of(rubric, value)) < needed:
            unmet.append(Unmet(None, dimension.id, float(needed), float(level)))
            titles.append(dimension.title)
    higher, floor = rubric.level_names[limit], rubric.level_names[needed - 1]
    reason = f"{higher} needs every core dimension at {floor} or above; below it: {', '.join(titles)}."
    return Cap(CORE_RULE, limit, "failed", unmet, reason)


@lru_cache(maxsize=4096)  # a gate's questions have few levels each, and setting numbers takes a third of all caps
def _missing(question: str, needed: float, level: float | None, state: State) -> tuple[Unmet, str]:
    """What is missing on one question, and the same in words."""
    if level is not None:
        words = f"{question} at level {needed:g} (it is at {level:.3g})"
        return Unmet(question, None, needed, round(level, 2)), words
    what = {"dont_know": "nobody knows", "not_applicable": "said not to apply"}.get(state, "unanswered")
    return Unmet(question, None, needed, None), f"{question} at level {needed:g} ({what})"
