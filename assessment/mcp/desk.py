"""What a tool is run with: the rubrics, the API's documents, and what whoever asks may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from assessment.errors import AssessmentError
from assessment.rubric.studies import Study
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Result
from assessment.service.rubrics import Rubrics

T = TypeVar("T", bound=msgspec.Struct)
Scope = Literal["catalogue:read", "scores:write", "assessments:read"]


class Documents(Protocol):
    """What is sent and served elsewhere as well; the application and the command give the API's."""

    def fit(self, document: Any, kind: type[T]) -> T: ...

    def score(self, rubrics: Rubrics, document: Any) -> Result: ...

    def score_schemas(self) -> dict[str, Any]: ...

    def rubric(self, rubric: CompiledRubric) -> bytes: ...

    def study(self, study: Study) -> bytes: ...


class Desk(Protocol):
    """Where one caller's questions are answered."""

    rubrics: Rubrics
    documents: Documents

    def require(self, scope: Scope, *, publishable: bool = True) -> None:
        """Raise Forbidden where the caller may not do what takes this scope."""

    @property
    def stored_result(self) -> Callable[[str], Awaitable[bytes]] | None:
        """What reads a stored assessment's result by its id, where any are stored. It raises ResourceNotFound, or
        AssessmentOpen when there is none yet."""

    def judge(self, error: Exception) -> AssessmentError:
        """What an error is to callers. A fault of ours is logged."""
