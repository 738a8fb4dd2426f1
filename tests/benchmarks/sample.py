"""What every contender is given: one rubric, complete sets of answers to it, and the bodies that carry them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric
from assessment.service.rubrics import Rubrics

REFERENCE = "alignment@2026.1"
ANSWER_SETS = 500
"""Sets of answers that take turns, so that nobody is asked the same twice in a row."""
ORGANISATIONS = 50
"""Organisations that take turns, so that creating one is not what is measured and neither is one hot row."""


@cache
def rubrics() -> Rubrics:
    return Rubrics(Catalog.load(default_directory()))


@cache
def rubric() -> CompiledRubric:
    return rubrics().get(REFERENCE)


@cache
def answer_sets() -> list[dict[str, Any]]:
    """Sets of answers to every question by chance; of a multiple choice two options."""
    chance = random.Random(7)
    return [{q.id: _answer(q, chance) for q in rubric().questions} for _ in range(ANSWER_SETS)]


def _answer(question: CompiledQuestion, chance: random.Random) -> str | list[str]:
    if question.multiple:
        return chance.sample(question.option_ids, 2)
    return chance.choice(question.option_ids)


def answers() -> dict[str, Any]:
    """The first set, for peers that are given one."""
    return answer_sets()[0]


def score_bodies() -> Iterator[bytes]:
    """Bodies of `POST /v1/scores`, over and over."""
    return cycle([score_body(given) for given in answer_sets()])


def score_body(given: dict[str, Any]) -> bytes:
    """The body of `POST /v1/scores` with these answers."""
    return json.dumps({"rubric": REFERENCE, "answers": given}).encode()


def assessment_bodies() -> list[bytes]:
    """Bodies of `POST /v1/assessments` that do the whole job in one call."""
    return [
        json.dumps(
            {
                "rubric": REFERENCE,
                "organisation": {"name": f"Organisation {place}", "external_id": f"crm-{place}"},
                "responses": [{"function": "sales", "answers": given}],
                "complete": True,
            }
        ).encode()
        for number, given in enumerate(answer_sets())
        for place in [number % ORGANISATIONS]
    ]


def questionnaire() -> dict[str, Any]:
    """The rubric as a peer needs it: dimensions, questions, weights, and a level for each option."""
    compiled = rubric()
    return {
        "rubric": REFERENCE,
        "dimensions": [
            {
                "id": dimension.id,
                "questions": [_question(compiled.questions[index], weight) for index, weight in dimension.questions],
            }
            for dimension in compiled.dimensions
        ],
    }


def _question(question: CompiledQuestion, weight: float) -> dict[str, Any]:
    return {"id": question.id, "weight": weight, "multiple": question.multiple, "levels": question.levels}


def write_questionnaire(folder: Path) -> Path:
    path = folder / "questionnaire.json"
    path.write_text(json.dumps(questionnaire()))
    return path


def sums() -> list[float]:
    """The weighted sum of levels of each dimension that every scoring peer has to find."""
    given = answers()
    found = []
    for dimension in questionnaire()["dimensions"]:
        total = 0.0
        for question in dimension["questions"]:
            levels, answer = question["levels"], given[question["id"]]
            chosen = answer if question["multiple"] else [answer]
            total += question["weight"] * min(4.0, sum(levels[option] for option in chosen))
        found.append(total)
    return found


def require_sums(who: str, found: list[float]) -> None:
    """Refuse to measure a peer that computes something else."""
    expected = sums()
    if len(found) != len(expected) or any(abs(a - b) > 1e-6 for a, b in zip(found, expected, strict=True)):
        raise RuntimeError(f"{who} computes {found} where {expected} is right.")
