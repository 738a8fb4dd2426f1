"""Score and level of one person's complete answers, by code that is written for the rubric.

It is `tally`, `aggregate` and `awarded` with their loops rolled out: every weight is in its place, a question
is a lookup of what the chosen option contributes, a gate a few tests whether an option is among those that open it.
The order of every sum is theirs, so the figures are equal to the last bit, which tests hold them to; what is not
answered in full is left to them. `written` is what a rubric's code looks like.
"""

from __future__ import annotations

import linecache
import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from assessment.scoring.compiled import CompiledGate, CompiledQuestion, CompiledRubric
from assessment.scoring.rounding import points
from assessment.scoring.score import TOLERANCE
from assessment.scoring.typed import TypedAnswers

Rate: TypeAlias = Callable[[TypedAnswers, bool], tuple[float, int] | None]
"""(score on 0–100, level awarded) of complete answers and whether the perception gate is passed; None of others."""


def straight(rubric: CompiledRubric) -> Rate:
    """The function for a rubric with levels."""
    source, name = written(rubric), f"<straight {rubric.used.id}@{rubric.used.version}>"
    names: dict[str, Any] = {
        "bisect": bisect_right,
        "cuts": rubric.cuts,
        "exp": math.exp,
        "log": math.log,
        "points": points,
    }
    for question, rows in zip(rubric.questions, rubric.reader.rows, strict=True):
        names |= _tables(question, rows)
    for number, gate in enumerate(rubric.gates):
        names |= _openings(rubric, gate, number)
    exec(compile(source, name, "exec"), names)  # noqa: S102  # our own text: of a rubric it has numbers, no words
    # What goes wrong in it is shown with its line, as of any module.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    return cast("Rate", names["rate"])


def _tables(question: CompiledQuestion, rows: Mapping[Any, Any]) -> dict[str, Any]:
    """What the options contribute to their dimension; of a multiple choice, what its sets of options say."""
    index = question.index
    if question.multiple:
        return {f"rows{index}": rows}
    return {f"part{index}": {option: question.weight * level for option, level in question.levels.items()}}


def _openings(rubric: CompiledRubric, gate: CompiledGate, number: int) -> dict[str, frozenset[str]]:
    """For each condition of a gate on a single choice, the options that meet it."""
    found = {}
    for place, (index, needed) in enumerate(condition for clause in gate.clauses for condition in clause):
        levels = rubric.questions[index].levels.items()
        found[f"open{number}_{place}"] = frozenset(option for option, level in levels if level >= needed - TOLERANCE)
    return found


def written(rubric: CompiledRubric) -> str:
    """The function's text. Numbers stand as Python writes them, which it reads back exactly."""
    lines = ["def rate(given, perceived):", "    try:"]
    for dimension in rubric.dimensions:
        earned = " + ".join(_part(rubric.questions[index], weight) for index, weight in dimension.questions)
        answered = 0.0
        for _, weight in dimension.questions:
            answered += weight
        lines.append(f"        score{dimension.index} = ({earned}) / 4 / {answered!r}")
    lines += [
        "    except (KeyError, TypeError):",
        "        return None",
        *_aggregated(rubric),
        f"    level = bisect(cuts, score + {TOLERANCE!r})",
        *_core_rule(rubric),
    ]
    for number, gate in enumerate(rubric.gates):
        passed = "perceived" if gate.functions else _passed(rubric, gate, number)
        lines += [f"    if level >= {gate.level} and not ({passed}):", f"        level = {gate.level - 1}"]
    return "\n".join([*lines, "    return points(score), level", ""])


def _part(question: CompiledQuestion, weight: float) -> str:
    """Weight times level of a question."""
    if not question.multiple:
        return f"part{question.index}[given.q{question.index}]"
    return f"{weight!r} * rows{question.index}[given.q{question.index}][0]"


def _aggregated(rubric: CompiledRubric) -> list[str]:
    """The shifted geometric mean."""
    total = " + ".join(f"{d.weight!r} * log(score{d.index} + {rubric.shift!r})" for d in rubric.dimensions)
    weights = 0.0
    for dimension in rubric.dimensions:
        weights += dimension.weight
    return [
        f"    score = exp(({total}) / {weights!r}) - {rubric.shift!r}",
        "    score = 0.0 if score < 0.0 else 1.0 if score > 1.0 else score",
    ]


def _core_rule(rubric: CompiledRubric) -> list[str]:
    core = [f"score{dimension.index}" for dimension in rubric.dimensions if dimension.core]
    if not core:
        return []
    lowest = core[0] if len(core) == 1 else f"min({', '.join(core)})"
    limit = f"bisect(cuts, {lowest} + {TOLERANCE!r}) + {rubric.core_rule}"
    return [f"    limit = {limit}", "    if limit < level:", "        level = limit"]


def _passed(rubric: CompiledRubric, gate: CompiledGate, number: int) -> str:
    """A gate's clauses as one expression."""
    clauses, place = [], 0
    for clause in gate.clauses:
        tests = []
        for index, needed in clause:
            if rubric.questions[index].multiple:
                tests.append(f"rows{index}[given.q{index}][0] >= {needed - TOLERANCE!r}")
            else:
                tests.append(f"given.q{index} in open{number}_{place}")
            place += 1
        clauses.append(f"({' or '.join(tests)})")
    return " and ".join(clauses) or "True"
