"""Stored assessments scored anew by another version: what a row says, and that nothing stored changes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import RubricNotFound
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.service import assessments
from assessment.service.assessments import AssessmentView, ResponseIn
from assessment.service.audit import list_everything
from assessment.service.context import Principal, Services
from assessment.service.ids import to_text
from assessment.service.organisations import Operator
from assessment.service.rescores import Rescoring
from assessment.store.tables import ASSESSMENTS
from tests.integration.service.helpers import best_answers, new_assessment, new_principal
from tests.unit.scoring.builders import random_answers

NEW = "alignment-quick@2026.2"
FUNCTIONS = (None, "sales", "marketing", "leadership", "operations")


async def create(
    services: Services, principal: Principal, responses: Sequence[ResponseIn], **fields: Any
) -> AssessmentView:
    return await assessments.create(services, principal, new_assessment(services, responses=responses, **fields))


async def rescored(services: Services, principal: Principal, *, page: int = 2, new: str = NEW) -> list[dict[str, Any]]:
    operator = Operator(principal.partner_id, principal.mode, "assessment bulk rescore")
    rescoring = Rescoring(services, services.rubrics, services.rubrics.get(new), datetime.now(UTC))
    total = await rescoring.begin(operator)
    rows = [row async for found, _ in rescoring.pages(operator, page) for row in found]
    assert len(rows) == total
    return rows


async def test_each_row_has_the_figures_of_the_single_scorer_beside_those_that_stand(services: Services) -> None:
    principal = await new_principal(services)
    old, new = services.rubrics.get("alignment-quick@2026.1"), services.rubrics.get(NEW)
    chance = random.Random(5)
    stored = []
    for number in range(12):
        people = 1 if number % 3 else chance.randint(2, 9)
        responses = [
            ResponseIn(random_answers(old, chance, missing=chance.choice((0, 0.2))), chance.choice(FUNCTIONS))
            for _ in range(people)
        ]
        stored.append((await create(services, principal, responses), responses))
    rows = await rescored(services, principal)
    assert [row["assessment"] for row in rows] == [view.id for view, _ in reversed(stored)]
    for row, (view, responses) in zip(rows, reversed(stored), strict=True):
        expected = assess(new, [Response(one.answers, one.function) for one in responses])
        assert expected.bounds is not None
        assert (row["score"], row["level"]) == (expected.score, expected.rating and expected.rating.level)
        assert (row["bounds_lower"], row["bounds_upper"]) == (expected.bounds.lower, expected.bounds.upper)
        assert (row["bounds_firm"], row["problem"], row["answers_left_out"]) == (expected.bounds.firm, None, 0)
        before = assess(old, [Response(one.answers, one.function) for one in responses])
        assert (row["old_score"], row["old_version"], row["version"]) == (before.score, "2026.1", "2026.2")
        assert (row["responses"], row["bridged"]) == (len(responses), True)
        if expected.score is not None and before.score is not None:
            assert row["change"] == round(expected.score - before.score, 2)
        again = await assessments.get(services, principal, view.id)
        assert again.result == view.result


async def test_what_is_open_of_another_partner_mode_or_rubric_is_not_in_the_table(services: Services) -> None:
    principal = await new_principal(services)
    await create(services, await new_principal(services, name="Other"), [ResponseIn(best_answers(services))])
    await create(services, await new_principal(services, "test"), [ResponseIn(best_answers(services))])
    await create(services, principal, [ResponseIn(best_answers(services))], complete=False)
    await create(services, principal, [ResponseIn({}, "sales")], rubric="alignment")
    done = await create(services, principal, [ResponseIn(best_answers(services))], rubric=NEW)
    [row] = await rescored(services, principal)
    assert (row["assessment"], row["old_version"], row["change"], row["bridged"]) == (done.id, "2026.2", 0.0, True)


async def test_drafts_count_for_nothing(services: Services) -> None:
    principal = await new_principal(services)
    draft = ResponseIn({}, "marketing", submit=False)
    await create(services, principal, [ResponseIn(best_answers(services)), draft])
    [row] = await rescored(services, principal)
    assert (row["responses"], row["score"]) == (1, 100.0)


async def test_it_is_noted_who_looked_at_how_many(services: Services) -> None:
    principal = await new_principal(services)
    await create(services, principal, [ResponseIn(best_answers(services))])
    await rescored(services, principal)
    events = await list_everything(services, to_text("ptnr", principal.partner_id))
    [event] = [one for one in events if one.action == "results.exported"]
    assert (event.actor, event.details) == ("assessment bulk rescore", {"assessments": 1})


async def test_answers_to_a_version_that_is_not_installed_stop_it_before_it_begins(services: Services) -> None:
    principal = await new_principal(services)
    await create(services, principal, [ResponseIn(best_answers(services))])

    async def exchange(connection: AsyncConnection) -> None:
        await connection.execute(update(ASSESSMENTS).values(rubric_digest=bytes(32)))

    await services.queue.run(exchange, principal)
    with pytest.raises(RubricNotFound, match="is not the one this assessment was created with"):
        await rescored(services, principal)
