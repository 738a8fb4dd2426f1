"""What is read from bytes straight into structs says the same as what is decoded, fitted and read answer by answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec import UNSET

from assessment.api.answers import fit_with_answers, read_with_answers
from assessment.api.answers import read_responses as responses_of
from assessment.api.assessment_views import new_assessment
from assessment.api.body import decode
from assessment.api.typed import reader_of
from assessment.api.wire.assessments import AssessmentRequest
from assessment.api.wire.scores import Answers, ScoreRequest
from assessment.errors import AssessmentError
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response, pack_answers, read_responses
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.typed import TypedAnswers
from assessment.service.examine import as_response
from assessment.service.rubrics import Rubrics
from tests.unit.api import bodies

RUBRICS = Rubrics(Catalog.load(default_directory()))
REFERENCES = RUBRICS.by_reference()


class Sent(NamedTuple):
    """A kind of request: how one is made, and what responses are read from it."""

    kind: Any
    make: Callable[[dict[str, CompiledRubric], random.Random], dict[str, Any]]
    responses: Callable[[Any], list[Response]]


def _kept(wire: AssessmentRequest) -> list[Response]:
    return [as_response(place, response) for place, response in enumerate(new_assessment(wire).responses)]


SENT = {
    "scores": Sent(ScoreRequest, bodies.score_request, lambda wire: responses_of(wire, ())),
    "assessments": Sent(AssessmentRequest, bodies.assessment_request, _kept),
}


def told(sent: Sent, read: Callable[[], Any]) -> object:
    """All that the service makes of a body: what it would score and keep, or what it would say is wrong."""
    try:
        wire = read()
        given = sent.responses(wire)
        rubric = RUBRICS.get(wire.rubric)
        sheets = read_responses(rubric, given)
        packed = [pack_answers(rubric, response.answers) for response in given]
    except AssessmentError as error:
        # Answers in a struct are looked at in the rubric's order.
        return type(error), str(error), sorted(error.errors, key=lambda problem: (problem.pointer, problem.code))
    fields = {name: _plain(getattr(wire, name)) for name in sent.kind.__struct_fields__}
    return fields, [response.path for response in given], sheets, packed


def _plain(value: Any) -> Any:
    if isinstance(value, TypedAnswers):
        return dict(value.items())
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return (
        {n: _plain(v) for n, v in msgspec.structs.asdict(value).items()} if isinstance(value, msgspec.Struct) else value
    )


def exactly(body: bytes, sent: Sent) -> object:
    return told(sent, lambda: fit_with_answers(decode(body), sent.kind, RUBRICS))


def quickly(body: bytes, sent: Sent) -> object:
    return told(sent, lambda: read_with_answers(body, sent.kind, RUBRICS))


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_what_people_send_says_the_same(sent: Sent) -> None:
    chance = random.Random(7)
    typed = 0
    for _ in range(2000):
        body = bodies.written(sent.make(REFERENCES, chance), chance)
        assert quickly(body, sent) == exactly(body, sent)
        typed += reader_of(RUBRICS, sent.kind).read(body) is not None
    assert typed > 600


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_what_is_wrong_is_told_in_the_same_words(sent: Sent) -> None:
    chance = random.Random(8)
    for _ in range(2000):
        document = sent.make(REFERENCES, chance)
        for _ in range(chance.randrange(1, 3)):
            document = bodies.spoilt(document, chance)
        body = bodies.written(document, chance)
        assert quickly(body, sent) == exactly(body, sent)


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_torn_bytes_are_taken_for_nothing_else(sent: Sent) -> None:
    chance = random.Random(9)
    for _ in range(2500):
        body = bodies.torn(bodies.written(sent.make(REFERENCES, chance), chance), chance)
        assert quickly(body, sent) == exactly(body, sent)


def read(text: str) -> object:
    return reader_of(RUBRICS, ScoreRequest).read(text.encode())


COMPLETE = '"collaboration-rating": "7-of-10"'
WHOLE = f'{{"rubric": "collaboration-rating", "answers": {{{COMPLETE}}}}}'


def test_a_complete_body_is_read_at_once() -> None:
    found = reader_of(RUBRICS, ScoreRequest).read(WHOLE.encode())
    assert found is not None
    answers: object = found.answers
    assert type(answers) is RUBRICS.get("collaboration-rating").reader.whole
    assert (found.rubric, found.responses, found.confidentiality) == ("collaboration-rating", UNSET, "grouped")


def test_a_part_is_read_without_counting_and_refused_with_a_field_too_many() -> None:
    reader = reader_of(RUBRICS, ScoreRequest)
    assert reader.read_again(WHOLE.encode()) is not None
    assert reader.read_again(msgspec.Raw(WHOLE.encode())) is not None
    assert reader.read_again(WHOLE.replace('"answers"', '"x": 1, "answers"').encode()) is None
    assert reader.read_again(WHOLE.replace(COMPLETE, f'{COMPLETE}, "x": "y"').encode()) is None


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace(COMPLETE, f"{COMPLETE}, {COMPLETE}"),
        WHOLE.replace(COMPLETE, f'{COMPLETE}, "collaboration-rating": "8-of-10"'),
        WHOLE.replace('"answers"', '"rubric": "alignment", "answers"'),
        WHOLE[:-1] + ', "target_level": null, "target_level": null}',
        WHOLE[:-1] + f', "answers": {{{COMPLETE}}}}}',
        WHOLE.replace('"7-of-10"', '{"option": "7-of-10", "note": "a", "note": "b"}'),
        WHOLE.replace('"7-of-10"', '{"option": "7-of-10", "note": "\\u0000"}'),
        WHOLE.replace('"7-of-10"', '{"option": "7-of-10", "note": "\\ud800"}'),
        WHOLE.replace('"7-of-10"', '{"option": "7-of-10", "note": [[]]}'),
        WHOLE.replace('"7-of-10"', "null"),
        WHOLE.replace('"7-of-10"', '"77-of-10"'),
        WHOLE.replace("collaboration-rating", "collaboration-ratings", 1),
        WHOLE + " x",
        "",
    ],
)
def test_a_body_that_could_be_read_in_two_ways_is_looked_at_exactly(text: str) -> None:
    assert read(text) is None


def test_a_text_with_a_colon_does_not_look_like_a_second_key() -> None:
    assert read(WHOLE.replace('"7-of-10"', '{"option": "7-of-10", "note": "from 9:00 to 17:00"}')) is not None


def test_a_text_that_looks_like_a_key_is_looked_at_exactly() -> None:
    assert read(WHOLE.replace('"7-of-10"', '{"option": "7-of-10", "note": ": so"}')) is None


def test_without_rubrics_nothing_is_read() -> None:
    none = Rubrics(Catalog([], RUBRICS.catalog._index))
    assert reader_of(none, ScoreRequest).read(WHOLE.encode()) is None


class Loose(msgspec.Struct):
    """A request that nobody has made yet."""

    rubric: str
    answers: Answers
    extra: dict[str, Any]


def test_what_may_hold_anything_is_not_read_in_one_pass() -> None:
    with pytest.raises(TypeError, match="not looked at here"):
        reader_of(RUBRICS, Loose)
