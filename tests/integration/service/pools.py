"""Pools for tests of benchmarks: organisations with completed assessments of many different scores."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from assessment.service.assessments import AssessmentView, OrganisationIn, ResponseIn, create
from assessment.service.context import Principal, Services
from tests.integration.service.helpers import RUBRIC, new_assessment
from tests.unit.scoring.builders import random_answers


@cache
def answers(services: Services, seed: int) -> dict[str, Any]:
    """Answers to every question, the same for the same seed."""
    return random_answers(services.rubrics.get(RUBRIC), random.Random(seed), missing=0.0)


async def complete(services: Services, who: Principal, number: int, **fields: Any) -> AssessmentView:
    """The completed assessment of organisation `number`, which agrees to be counted unless `fields` say otherwise."""
    industry = fields.pop("industry", "software")
    given = {
        "organisation": OrganisationIn(f"Organisation {number}", f"{number}", industry=industry, size="50-199"),
        "responses": [ResponseIn(answers(services, fields.pop("seed", number)), "sales")],
        "contribute_to_benchmark": True,
    }
    return await create(services, who, new_assessment(services, **(given | fields)))


async def fill(services: Services, who: Principal, first: int, n: int, **fields: Any) -> list[AssessmentView]:
    """Assessments of `n` organisations."""
    return [await complete(services, who, number, **fields) for number in range(first, first + n)]
