"""Reads documents that hold answers, so that bad answers come back beside everything else that does not fit, and scores
those that are sent for that alone."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from assessment.api.body import decode
from assessment.api.shape import MOST_PROBLEMS, Path, fit, summary
from assessment.api.typed import reader_of
from assessment.api.wire.assessments import AssessmentRequest
from assessment.api.wire.scores import ScoreRequest
from assessment.errors import AssessmentError, InvalidInput, Problem, pointer
from assessment.scoring.answers import Response, check_answers, check_target
from assessment.scoring.encoded import Encoded
from assessment.scoring.result import Result
from assessment.service.rubrics import Rubrics
from assessment.service.scores import score, score_encoded

T = TypeVar("T", bound=msgspec.Struct)


def prepare_readers(rubrics: Rubrics) -> None:
    """Make what reads requests with answers, so that no request waits for it."""
    reader_of(rubrics, ScoreRequest)
    reader_of(rubrics, AssessmentRequest)


def read_with_answers(body: bytes, kind: type[T], rubrics: Rubrics) -> T:
    """A body as a `kind`, whose answers are in structs where nothing stands against it. Raises a PayloadRefused for
    one that is unacceptable, InvalidInput for what does not fit."""
    found = reader_of(rubrics, kind).read(body)
    return fit_with_answers(decode(body), kind, rubrics) if found is None else found


def fit_with_answers(document: Any, kind: type[T], rubrics: Rubrics, path: Path = ()) -> T:
    """`document` as a `kind`. Where it does not fit, its answers are looked at all the same, so that one
    InvalidInput names every problem there is."""
    try:
        return fit(document, kind, path)
    except InvalidInput as error:
        errors = [*error.errors, *_bad_answers(document, rubrics, path)]
        raise InvalidInput(summary(errors), errors=errors) from None


def _bad_answers(document: Any, rubrics: Rubrics, path: Path) -> tuple[Problem, ...]:
    """What is wrong with the answers of a document that is wrong otherwise, as far as it can be told."""
    if not isinstance(document, dict) or not isinstance(document.get("rubric"), str):
        return ()
    found = [_readable(document, path)]
    several = document.get("responses")
    if isinstance(several, list):
        read = enumerate(several[:MOST_PROBLEMS])
        found += [_readable(item, (*path, "responses", place)) for place, item in read]
    try:
        check_answers(rubrics.get(document["rubric"]), [response for response in found if response is not None])
    except AssessmentError as error:
        return error.errors
    return ()


def _readable(item: Any, path: Path) -> Response | None:
    if not isinstance(item, dict) or not isinstance(item.get("answers"), dict):
        return None
    function = item.get("function")
    return Response(item["answers"], function if isinstance(function, str) else None, (*path, "answers"))


def score_request(rubrics: Rubrics, wire: ScoreRequest, path: Path = ()) -> Result:
    """The result of a request that stands at `path`. Raises RubricNotFound, InvalidAnswers or InvalidInput."""
    check_target(rubrics.get(wire.rubric), wire.target_level, *path)
    responses = read_responses(wire, path)
    return score(rubrics, wire.rubric, responses, target_level=wire.target_level, confidentiality=wire.confidentiality)


def score_request_encoded(rubrics: Rubrics, wire: ScoreRequest, path: Path = ()) -> Encoded:
    """The same as bytes."""
    rubric = rubrics.get(wire.rubric)
    check_target(rubric, wire.target_level, *path)
    responses = read_responses(wire, path)
    return score_encoded(rubric, responses, target_level=wire.target_level, confidentiality=wire.confidentiality)


def read_responses(wire: ScoreRequest, path: Path) -> list[Response]:
    """The responses of a request. Raises InvalidInput unless exactly one of `answers` and `responses` is there."""
    if wire.answers is not UNSET and wire.responses is UNSET:
        return [Response(wire.answers, None, (*path, "answers"))]
    if wire.responses is not UNSET and wire.answers is UNSET:
        return [
            Response(response.answers, response.function, (*path, "responses", place, "answers"), response.seniority)
            for place, response in enumerate(wire.responses)
        ]
    detail = "Give either `answers` or `responses`."
    place = pointer(*path, "answers" if wire.answers is UNSET else "responses")
    raise InvalidInput(detail, errors=[Problem(place, "one_of", detail)])
