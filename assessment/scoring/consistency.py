"""Answers that contradict each other, by the checks that the rubric's author wrote."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Because, Inconsistency
from assessment.scoring.score import TOLERANCE


def inconsistencies(rubric: CompiledRubric, levels: Sequence[float | None]) -> list[Inconsistency]:
    """The checks whose every bound holds, in the rubric's order. An unanswered question contradicts nothing."""
    return [
        Inconsistency(
            id=check.id,
            title=check.title,
            explanation=check.explanation,
            answers=[
                Because(rubric.questions[bound.question].id, round(levels[bound.question] or 0.0, 2))
                for bound in check.bounds
            ],
        )
        for check in rubric.checks
        if all(_within(levels[bound.question], bound.lowest, bound.highest) for bound in check.bounds)
    ]


def _within(level: float | None, lowest: float, highest: float) -> bool:
    return level is not None and lowest - TOLERANCE <= level <= highest + TOLERANCE
