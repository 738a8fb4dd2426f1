"""How far the people of one assessment lie apart: the spread of their own scores, overall and by dimension."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from assessment.scoring.answers import Response, read_responses
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.score import score, tally


class Sample(msgspec.Struct, frozen=True):
    """Scores of `n` people on 0–100, and their variance (n - 1), which is None for fewer than two."""

    n: int
    variance: float | None

    @property
    def squared_error(self) -> float | None:
        """The squared standard error of the people's mean."""
        return None if self.variance is None else self.variance / self.n


class Spread(msgspec.Struct, frozen=True):
    """Of one assessment; `dimensions` has one sample for each dimension of its rubric."""

    overall: Sample
    dimensions: Mapping[str, Sample]


def spread_of(rubric: CompiledRubric, responses: Sequence[Response]) -> Spread:
    """Score each person's answers by themselves. Who answered too little of a dimension for a score is left out of
    its sample. Raises InvalidAnswers."""
    scored = [score(rubric, tally(rubric, one.levels, one.states)) for one in read_responses(rubric, responses)]
    return Spread(
        sample_of([one.overall for one in scored]),
        {
            dimension.id: sample_of([one.dimensions[dimension.index] for one in scored])
            for dimension in rubric.dimensions
        },
    )


def sample_of(scores: Sequence[float | None]) -> Sample:
    """The sample of the scores there are, given on 0–1."""
    points = [100 * value for value in scores if value is not None]
    if len(points) < 2:
        return Sample(len(points), None)
    mean = math.fsum(points) / len(points)
    return Sample(len(points), math.fsum((value - mean) ** 2 for value in points) / (len(points) - 1))
