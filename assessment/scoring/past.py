"""A stored result as a later one is compared with: only what is compared, so that any engine's results can be read."""

from __future__ import annotations

import msgspec

from assessment.scoring.result import RubricUsed


class PastRating(msgspec.Struct, frozen=True, gc=False):
    level: int


class PastTarget(msgspec.Struct, frozen=True, gc=False):
    level: int


class PastDimension(msgspec.Struct, frozen=True, gc=False):
    id: str
    title: str
    score: float | None


class PastQuestion(msgspec.Struct, frozen=True, gc=False):
    id: str
    dimension: str
    level: float | None


class PastAnswer(msgspec.Struct, frozen=True, gc=False):
    question: str


class PastRecommendation(msgspec.Struct, frozen=True, gc=False):
    id: str
    title: str
    because: list[PastAnswer]


class PastGap(msgspec.Struct, frozen=True, gc=False):
    testable: bool


class PastComparison(msgspec.Struct, frozen=True, gc=False):
    dimensions: list[PastGap]


class PastPerception(msgspec.Struct, frozen=True, gc=False):
    functions: PastComparison | None


class PastResult(msgspec.Struct, frozen=True, gc=False):
    """What is not named here may have changed between engines; `perception` came with a later one."""

    rubric: RubricUsed
    score: float | None
    rating: PastRating | None
    dimensions: list[PastDimension]
    questions: list[PastQuestion]
    recommendations: list[PastRecommendation]
    target: PastTarget | None
    perception: PastPerception | None = None


_decoder = msgspec.json.Decoder(PastResult)


def read_result(encoded: bytes) -> PastResult:
    """A result from its JSON. Raises msgspec.ValidationError for what is none."""
    return _decoder.decode(encoded)
