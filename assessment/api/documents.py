"""What rooms beside the API are given of its documents: what is sent to be scored, rubrics and studies as served."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec

from assessment.api.answers import fit_with_answers, score_request
from assessment.api.describe import describe_rubric, describe_study
from assessment.api.shape import fit
from assessment.api.wire.scores import ANSWER_SCHEMA, ScoreRequest
from assessment.rubric.studies import Study
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Result
from assessment.service.rubrics import Rubrics

T = TypeVar("T", bound=msgspec.Struct)


class Documents:
    """The API's own shapes, read and written without HTTP."""

    def fit(self, document: Any, kind: type[T]) -> T:
        """`document` as a `kind`. Raises InvalidInput with a JSON pointer for every field that does not fit."""
        return fit(document, kind)

    def score(self, rubrics: Rubrics, document: Any) -> Result:
        """The result of what `POST /v1/scores` takes. Raises RubricNotFound, InvalidAnswers or InvalidInput."""
        return score_request(rubrics, fit_with_answers(document, ScoreRequest, rubrics))

    def score_schemas(self) -> dict[str, Any]:
        """The JSON Schema of `ScoreRequest`, and those it refers to below `#/$defs/`."""
        return msgspec.json.decode(_score_schemas(), type=dict[str, Any])

    def rubric(self, rubric: CompiledRubric) -> bytes:
        """A version as `GET /v1/rubrics/{id}/{version}` answers it, in its own language."""
        return msgspec.json.encode(describe_rubric(rubric, rubric.source.locales[0]))

    def study(self, study: Study) -> bytes:
        """A study as `GET /v1/studies/{id}` answers it."""
        return msgspec.json.encode(describe_study(study))


@cache
def _score_schemas() -> bytes:
    _, schemas = msgspec.json.schema_components([ScoreRequest], ref_template="#/$defs/{name}")
    # What an answer is, the wire type refers to where the contract has it.
    return msgspec.json.encode(schemas | {"Answer": ANSWER_SCHEMA}).replace(b"#/components/schemas/", b"#/$defs/")
