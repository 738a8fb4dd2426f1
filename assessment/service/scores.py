"""Scoring without storing anything."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.result import Result
from assessment.service.rubrics import Rubrics


def score(rubrics: Rubrics, reference: str, responses: Sequence[Response], target_level: int | None = None) -> Result:
    """The result of these responses. Raises RubricNotFound or InvalidAnswers."""
    return assess(rubrics.get(reference), responses, target_level=target_level)
