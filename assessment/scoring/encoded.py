"""A result as the bytes that are stored and sent, put together from what is prepared for each answer."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.perceived import Confidentiality


class Encoded(msgspec.Struct, frozen=True, gc=False):
    """A result's JSON, with what of it goes into the columns of a row."""

    json: bytes
    rubric_digest: str
    engine: str
    score: float | None
    level: int | None


def assess_encoded(
    rubric: CompiledRubric,
    responses: Sequence[Response],
    *,
    target_level: int | None = None,
    confidentiality: Confidentiality = "grouped",
) -> Encoded:
    """The very bytes of the result that `assess` returns; raises what it raises."""
    result = assess(rubric, responses, target_level=target_level, confidentiality=confidentiality)
    level = None if result.rating is None else result.rating.level
    return Encoded(msgspec.json.encode(result), result.rubric.digest, result.engine, result.score, level)
