"""A result put together from prepared bytes, held against the same result encoded as a whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

from assessment.errors import InvalidAnswers, InvalidInput
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import ENGINE_VERSION, compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.encoded import assess_encoded
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.prepared import MOST_OPTIONS
from tests.unit.scoring.builders import build, dimension, multiple, random_answers, single

CATALOG = Catalog.load(default_directory())
PUBLISHED = [f"{entry.rubric.head.id}@{entry.rubric.head.version}" for entry in CATALOG.entries()]
HARD = '"questions":[] "recommendations":[] "rank":1,"gain":0.0,"opens_gate":null,"because":[] \\" ü 🙂 \u2028'
"""What a text could hold to pass for a place that is filled in."""


class Case(NamedTuple):
    responses: list[Response]
    target: int | None
    confidentiality: Confidentiality


def compiled(reference: str) -> CompiledRubric:
    entry = CATALOG.find(*reference.split("@"))
    return compile_rubric(entry.rubric, CATALOG.studies, entry.digest)


def cases(rubric: CompiledRubric, count: int) -> Iterator[Case]:
    """Answers of one person and of several, of functions or none, with gaps and without, for any target."""
    chance = random.Random(count)
    functions = [None, *sorted(rubric.functions)]
    seniorities = [None, "executive", "manager", "specialist"]
    confidentialities: list[Confidentiality] = ["grouped", "named"]
    for _ in range(count):
        people = chance.choice([1, 1, 1, 2, 3, 8])
        missing = chance.choice([0.0, 0.1, 0.4, 1.0])
        responses = [
            Response(
                random_answers(rubric, chance, missing=missing),
                chance.choice(functions),
                seniority=chance.choice(seniorities),
            )
            for _ in range(people)
        ]
        target = chance.choice([None, 1, 2, 3, 4]) if rubric.has_levels else None
        yield Case(responses, target, chance.choice(confidentialities))


def hold_against_the_whole(rubric: CompiledRubric, case: Case) -> None:
    asked: dict[str, Any] = {"target_level": case.target, "confidentiality": case.confidentiality}
    result = assess(rubric, case.responses, **asked)
    encoded = assess_encoded(rubric, case.responses, **asked)
    assert encoded.json == msgspec.json.encode(result)
    assert (encoded.rubric_digest, encoded.engine) == (result.rubric.digest, ENGINE_VERSION)
    assert (encoded.score, encoded.level) == (result.score, result.rating.level if result.rating else None)


@pytest.mark.parametrize("reference", PUBLISHED)
def test_the_bytes_are_those_of_the_whole_result(reference: str) -> None:
    rubric = compiled(reference)
    for case in cases(rubric, 300):
        hold_against_the_whole(rubric, case)


def small_rubrics() -> Iterator[CompiledRubric]:
    """With what no published rubric has: texts that look like JSON, many options, gates on multiple choices."""
    moves = [
        {"id": "m", "effort": "L", "title": HARD, "action": HARD, "when": [{"question": "a", "below": 4}]},
        {"id": "s", "effort": "S", "expected": HARD, "when": [{"question": q, "below": 3} for q in ("b", "c", "d")]},
    ]
    gate = {
        "id": "g",
        "level": 3,
        "all_of": [{"any_of": [{"question": "a", "level": 3}, {"question": "c", "level": 2}]}],
    }
    for points in ([1, 3], [0.5] * MOST_OPTIONS, [0.5] * (MOST_OPTIONS + 2)):
        questions = {"a": single(judgement=HARD), "b": single((0, 3, 4), known=HARD), "c": multiple(points)}
        yield build(
            {"one": dimension(questions), "two": dimension({"d": single()}, core=False)},
            gates=[gate],
            recommendations=moves,
        )


def test_no_text_passes_for_a_place_that_is_filled_in() -> None:
    for rubric in small_rubrics():
        for case in cases(rubric, 200):
            hold_against_the_whole(rubric, case)


def test_what_cannot_be_scored_is_refused_alike() -> None:
    rubric = build({"one": dimension({"a": single()})})
    with pytest.raises(InvalidAnswers) as refused:
        assess_encoded(rubric, [Response({"a": "o9"}), Response({"b": "o1"}, "garden")])
    assert [problem.code for problem in refused.value.errors] == [
        "unknown_option",
        "unknown_function",
        "unknown_question",
    ]
    beside = compiled("sentiment-2014@2026.1")
    with pytest.raises(InvalidInput):
        assess_encoded(beside, [Response({})], target_level=3)
