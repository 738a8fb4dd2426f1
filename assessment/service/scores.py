"""Scoring, timed, and without storing anything."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from assessment import metrics
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.result import Result
from assessment.service.rubrics import Rubrics


def score(
    rubrics: Rubrics,
    reference: str,
    responses: Sequence[Response],
    *,
    target_level: int | None = None,
    confidentiality: Confidentiality = "grouped",
) -> Result:
    """The result of these responses. Raises RubricNotFound, InvalidAnswers or, for the target, InvalidInput."""
    return timed_assess(rubrics.get(reference), responses, target_level=target_level, confidentiality=confidentiality)


def timed_assess(
    rubric: CompiledRubric,
    responses: Sequence[Response],
    *,
    target_level: int | None = None,
    confidentiality: Confidentiality = "grouped",
) -> Result:
    """The result, with the time it took counted."""
    start = perf_counter()
    result = assess(rubric, responses, target_level=target_level, confidentiality=confidentiality)
    metrics.SCORING_SECONDS.observe(perf_counter() - start)
    return result
