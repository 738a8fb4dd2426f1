"""Small rubrics for tests, of no particular field, built without files."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.rubric.model import Rubric
from assessment.rubric.studies import Study
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric

FUNCTIONS = ("kitchen", "service")
EVERY_LEVEL = (0, 1, 2, 3, 4)

Questions = Mapping[str, Mapping[str, Any]]


def single(levels: Sequence[int] = EVERY_LEVEL, weight: float = 1.0, **more: Any) -> dict[str, Any]:
    """A single-choice question whose options are called o0, o1, … with the given levels."""
    options = [{"id": f"o{i}", "title": "x", "level": level} for i, level in enumerate(levels)]
    return _question("single", options, weight, more)


def multiple(points: Sequence[float], weight: float = 1.0, **more: Any) -> dict[str, Any]:
    """A multiple-choice question whose options are called o0, o1, … with the given points."""
    options = [{"id": f"o{i}", "title": "x", "points": value} for i, value in enumerate(points)]
    return _question("multiple", options, weight, more)


def _question(kind: str, options: list[dict[str, Any]], weight: float, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "x",
        "help": "x",
        "kind": kind,
        "audience": [FUNCTIONS[0]],
        "options": options,
        "weight": {"value": weight, "base": 1.0, "reason": "x"},
        **more,
    }


def dimension(questions: Questions, *, core: bool = True, weight: float = 1.0) -> dict[str, Any]:
    listed = [{"id": name, **question} for name, question in questions.items()]
    return {"core": core, "weight": weight, "questions": listed}


def build(
    dimensions: Mapping[str, Mapping[str, Any]],
    *,
    gates: Sequence[Mapping[str, Any]] = (),
    recommendations: Sequence[Mapping[str, Any]] = (),
    findings: Sequence[Mapping[str, Any]] = (),
    checks: Sequence[Mapping[str, Any]] = (),
    core_rule: int = 1,
    functions: Sequence[str] = FUNCTIONS,
) -> CompiledRubric:
    """A compiled rubric of the given dimensions; `findings` stand in one study of 2010 without a sample size."""
    head = {
        "id": "kitchen",
        "version": "2026.1",
        "title": "x",
        "summary": "x",
        "locale": "en",
        "minutes": 1,
        "functions": [{"id": function, "title": function} for function in functions],
        "levels": [
            {"number": i + 1, "name": name, "summary": "x", "from": i / 4}
            for i, name in enumerate(("Bare", "Plain", "Good", "Fine"))
        ],
        "aggregation": {"shift": 0.1, "core_rule": core_rule, "reason": "x"},
        "weighting": {
            "ceiling_ratio": 3.5,
            "start": 0.5,
            "step": 0.25,
            "limit": 0.75,
            "small_sample": 150,
            "large_sample": 1000,
            "nearness": {"revenue": 1.0},
            "base": {"fact": 1.0, "perception": 0.5},
            "reason": "x",
        },
        "target": {"default": 3, "reason": "x", "aim_higher": "x", "stay_lower": "x"},
        "dimensions": list(dimensions),
        "consistency_checks": list(checks),
        "gates": [{"title": "x", "judgement": "x", **gate} for gate in gates],
    }
    full = [
        {"id": name, "title": name, "summary": "x", "weight_reason": "x", **parts} for name, parts in dimensions.items()
    ]
    moves = [
        {"title": "x", "action": "x", "owner": "x", "expected": "x", "evidence": ["x"], "judgement": True, **move}
        for move in recommendations
    ]
    study = {
        "id": "study",
        "title": "x",
        "publisher": "Publisher",
        "year": 2010,
        "population": "cooks",
        "n": None,
        "n_reason": "n_not_published",
        "read": "primary",
        "sources": [{"title": "x", "by": "x", "read": "primary"}],
        "quality": {
            "sample_size_published": False,
            "read_in_primary": True,
            "wording_published": True,
            "sampling_described": False,
            "note": "x",
        },
        "findings": [{"claim": "x", **finding} for finding in findings],
    }
    rubric = Rubric.model_validate_json(json.dumps({"head": head, "dimensions": full, "recommendations": moves}))
    return compile_rubric(rubric, {"study": Study.model_validate_json(json.dumps(study))}, "sha256:test")


def random_answers(rubric: CompiledRubric, chance: random.Random, *, missing: float = 0.0) -> dict[str, object]:
    """Answers to every question, each left out, unknown or not applicable with the chance `missing`."""
    answers: dict[str, object] = {}
    for question in rubric.questions:
        if chance.random() < missing:
            way = chance.randrange(3)
            if way == 1:
                answers[question.id] = {"state": "dont_know"}
            elif way == 2:
                answers[question.id] = {"state": "not_applicable", "reason": "no such thing here"}
        elif question.multiple:
            answers[question.id] = [option for option in question.option_ids if chance.random() < 0.5]
        else:
            answers[question.id] = question.option_ids[int(chance.random() * len(question.option_ids))]
    return answers
