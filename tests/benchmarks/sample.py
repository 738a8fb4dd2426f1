"""What every contender is given: one rubric, one complete set of answers, and the bodies that carry them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric
from assessment.service.rubrics import Rubrics

REFERENCE = "alignment@2026.1"
ORGANISATIONS = 50
"""Organisations that take turns, so that creating one is not what is measured and neither is one hot row."""


@cache
def rubrics() -> Rubrics:
    return Rubrics(Catalog.load(default_directory()))


@cache
def rubric() -> CompiledRubric:
    return rubrics().get(REFERENCE)


@cache
def answers() -> dict[str, Any]:
    """An answer to every question, spread over the options; of a multiple choice the first two."""
    return {question.id: _answer(question) for question in rubric().questions}


def _answer(question: CompiledQuestion) -> str | list[str]:
    if question.multiple:
        return list(question.option_ids[:2])
    return question.option_ids[question.index % len(question.option_ids)]


def score_body() -> bytes:
    """Body of `POST /v1/scores`."""
    return json.dumps({"rubric": REFERENCE, "answers": answers()}).encode()


def assessment_bodies() -> list[bytes]:
    """Bodies of `POST /v1/assessments` that do the whole job in one call."""
    return [
        json.dumps(
            {
                "rubric": REFERENCE,
                "organisation": {"name": f"Organisation {number}", "external_id": f"crm-{number}"},
                "responses": [{"function": "sales", "answers": answers()}],
                "complete": True,
            }
        ).encode()
        for number in range(ORGANISATIONS)
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
