"""What a report is made of: a stored result with its rubric, its studies, and what else is known of the assessment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from assessment.rubric.model import Rubric
from assessment.rubric.studies import Study
from assessment.scoring.change import ResultChange
from assessment.scoring.cohort import Cut
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.edition import Suppression
from assessment.scoring.moves import QuestionMove, RecommendationsMoved
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.release import Figures, Place
from assessment.scoring.result import Result

PeersReason = Literal["no_score", "no_edition", "not_classified"] | Suppression


class Since(msgspec.Struct, frozen=True):
    """The assessment before this one, and what has changed from it to this one."""

    completed_at: datetime
    change: ResultChange
    questions: list[QuestionMove]
    recommendations: RecommendationsMoved


class Peers(msgspec.Struct, frozen=True):
    """Where the score stands in one cohort; without `place`, `reason` says why not.

    `title` is the cohort's as the edition gives it (an industry, a size), `released_at` is when the edition that
    counted it was released.
    """

    cut: Cut
    title: str
    figures: Figures | None
    place: Place | None
    reason: PeersReason | None
    edition: int | None
    released_at: datetime | None


class ReportInput(msgspec.Struct, frozen=True):
    """Everything that a report says something of.

    `rubric` is the version that scored; `texts` is the same version in the report's language, or as its authors wrote
    it where it was not translated. `confidentiality` is that of the assessment; the result has withheld what it asks.
    """

    result: Result
    rubric: CompiledRubric
    texts: Rubric
    locale: str
    studies: Mapping[str, Study]
    organisation: str | None = None
    completed_at: datetime | None = None
    assessment: str | None = None
    confidentiality: Confidentiality = "grouped"
    since: Since | None = None
    peers: tuple[Peers, ...] = ()


_LATER: dict[str, Any] = {"perception": None, "inconsistencies": ()}
_LATER_OF_QUESTION: dict[str, Any] = {"chosen": (), "withheld": False, "wording": None, "known": None}
_LATER_OF_BENCHMARK: dict[str, Any] = {
    "options": (),
    "titles": (),
    "own": None,
    "same": None,
    "same_interval": None,
}
"""What engine 1.0.0 did not say yet, each as a result says that there is nothing of it."""


def read_result(encoded: bytes) -> Result:
    """A result of any engine from its JSON. Raises msgspec.ValidationError or msgspec.DecodeError for what is none."""
    found = msgspec.json.decode(encoded)
    if isinstance(found, dict):
        found = _LATER | found
        for question in _objects(found.get("questions")):
            question |= {name: value for name, value in _LATER_OF_QUESTION.items() if name not in question}
            for benchmark in _objects(question.get("benchmarks")):
                benchmark |= {name: value for name, value in _LATER_OF_BENCHMARK.items() if name not in benchmark}
    return msgspec.convert(found, Result)


def _objects(values: Any) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
