"""Scoring, timed, and without storing anything."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from assessment import metrics
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.encoded import Encoded, assess_encoded
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
    rubric = rubrics.get(reference)
    start = perf_counter()
    result = assess(rubric, responses, target_level=target_level, confidentiality=confidentiality)
    metrics.SCORING_SECONDS.observe(perf_counter() - start)
    return result


def score_encoded(
    rubric: CompiledRubric,
    responses: Sequence[Response],
    *,
    target_level: int | None = None,
    confidentiality: Confidentiality = "grouped",
) -> Encoded:
    """The result as the bytes that are stored and sent. Raises InvalidAnswers or, for the target, InvalidInput."""
    start = perf_counter()
    encoded = assess_encoded(rubric, responses, target_level=target_level, confidentiality=confidentiality)
    metrics.SCORING_SECONDS.observe(perf_counter() - start)
    return encoded
