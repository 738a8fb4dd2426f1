"""Requests that trials send: assessments with answers picked by chance, the same ones for the same seed."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from tests.unit.scoring.builders import random_answers

RUBRICS = ("alignment", "alignment-quick")


@cache
def rubric(name: str, version: str | None = None) -> CompiledRubric:
    """A published version, the latest by default."""
    catalog = Catalog.load(default_directory())
    entry = catalog.find(name, version)
    return compile_rubric(entry.rubric, catalog.studies, entry.digest)


def assessment(chance: random.Random, **fields: Any) -> dict[str, Any]:
    """The body of POST /v1/assessments, with one to four responses; `fields` stand in it as they are given."""
    used = rubric(chance.choice(RUBRICS))
    functions = [None, *sorted(used.functions)]
    responses = [
        {
            "function": chance.choice(functions),
            "answers": random_answers(used, chance, missing=chance.choice([0.0, 0.0, 0.2])),
            "submit": place == 0 or chance.random() < 0.8,
        }
        for place in range(chance.choice([1, 1, 2, 4]))
    ]
    return {
        "rubric": used.used.id,
        "organisation": {"name": "Northwind"},
        "responses": responses,
        "target_level": chance.choice([None, 1, 2, 3, 4]),
        **fields,
    }
