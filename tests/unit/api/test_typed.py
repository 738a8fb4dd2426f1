"""What is read from bytes straight into structs says the same as what is decoded, fitted and read answer by answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from assessment.api.answers import fit_with_answers, read_with_answers
from assessment.api.answers import read_responses as responses_of
from assessment.api.assessment_views import new_assessment
from assessment.api.body import decode
from assessment.api.typed import reader_of
from assessment.api.wire.assessments import AssessmentRequest
from assessment.api.wire.scores import ScoreRequest
from assessment.errors import AssessmentError
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response, pack_answers, read_responses
from assessment.scoring.typed import TypedAnswers
from assessment.service.examine import as_response
from assessment.service.rubrics import Rubrics
from tests.unit.api import bodies

RUBRICS = Rubrics(Catalog.load(default_directory()))
REFERENCES = RUBRICS.by_reference()
Kind = type[ScoreRequest] | type[AssessmentRequest]
KINDS: dict[str, tuple[Kind, Callable[..., Any]]] = {
    "scores": (ScoreRequest, bodies.score_request),
    "assessments": (AssessmentRequest, bodies.assessment_request),
}
ALL = {question.id: question.option_ids[0] for question in RUBRICS.get("collaboration-rating").questions}


def told(read: Callable[[], Any]) -> object:
    """All that the service makes of a body: what it would score and keep, or what it would say is wrong."""
    try:
        wire = read()
        given = _responses(wire)
        rubric = RUBRICS.get(wire.rubric)
        sheets = read_responses(rubric, given)
        packed = [pack_answers(rubric, response.answers) for response in given]
    except AssessmentError as error:
        # Answers in a struct are looked at in the rubric's order.
        return type(error), str(error), sorted(error.errors, key=lambda problem: problem.pointer)
    fields = {name: _plain(getattr(wire, name)) for name in ScoreRequest.__struct_fields__ if hasattr(wire, name)}
    return fields, [(response.path, response.seniority) for response in given], sheets, packed


def _responses(wire: ScoreRequest | AssessmentRequest) -> list[Response]:
    if hasattr(wire, "organisation"):
        new = new_assessment(wire)
        return [as_response(place, response) for place, response in enumerate(new.responses)]
    return responses_of(wire, ())


def _plain(value: Any) -> Any:
    if isinstance(value, TypedAnswers):
        return dict(value.items())
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return (
        {n: _plain(v) for n, v in msgspec.structs.asdict(value).items()} if isinstance(value, msgspec.Struct) else value
    )


def exactly(body: bytes, kind: Kind) -> object:
    return told(lambda: fit_with_answers(decode(body), kind, RUBRICS))


def quickly(body: bytes, kind: Kind) -> object:
    return told(lambda: read_with_answers(body, kind, RUBRICS))


@pytest.mark.parametrize("name", KINDS)
def test_what_people_send_says_the_same(name: str) -> None:
    kind, request = KINDS[name]
    chance = random.Random(7)
    typed = 0
    for _ in range(1500):
        body = bodies.written(request(REFERENCES, chance), chance)
        assert quickly(body, kind) == exactly(body, kind)
        typed += reader_of(RUBRICS, kind).read(body) is not None
    assert typed > 400


@pytest.mark.parametrize("name", KINDS)
def test_what_is_wrong_is_told_in_the_same_words(name: str) -> None:
    kind, request = KINDS[name]
    chance = random.Random(8)
    for _ in range(1500):
        document = request(REFERENCES, chance)
        for _ in range(chance.randrange(1, 3)):
            document = bodies.spoilt(document, chance)
        body = bodies.written(document, chance)
        assert quickly(body, kind) == exactly(body, kind)


@pytest.mark.parametrize("name", KINDS)
def test_torn_bytes_are_taken_for_nothing_else(name: str) -> None:
    kind, request = KINDS[name]
    chance = random.Random(9)
    for _ in range(2000):
        body = bodies.torn(bodies.written(request(REFERENCES, chance), chance), chance)
        assert quickly(body, kind) == exactly(body, kind)
