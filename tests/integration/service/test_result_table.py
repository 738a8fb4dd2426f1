"""Results as a table: what a row says of a result, which results are in it, and that it shows no more than they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from assessment.errors import InvalidInput
from assessment.service import assessments, result_table
from assessment.service.assessments import AssessmentView, OrganisationIn, ResponseIn
from assessment.service.audit import list_everything
from assessment.service.context import Principal, Services
from assessment.service.ids import to_text
from assessment.service.organisations import Operator
from assessment.service.result_table import ResultFilters, open_table
from tests.integration.service.helpers import best_answers, new_assessment, new_principal, worst_answers

DIMENSIONS = ("shared_kpis", "slas", "pipeline_ownership", "communication")


async def new_operator(services: Services) -> tuple[Principal, Operator]:
    principal = await new_principal(services)
    return principal, Operator(principal.partner_id, principal.mode, "assessment export")


async def create(services: Services, principal: Principal, name: str, **fields: Any) -> AssessmentView:
    given = {"organisation": OrganisationIn(name, name.lower(), industry="software")} | fields
    return await assessments.create(services, principal, new_assessment(services, **given))


async def read(services: Services, operator: Operator, **filters: Any) -> list[dict[str, Any]]:
    table = await open_table(services, operator, ResultFilters(**filters))
    rows = [row async for page in table.pages() for row in page]
    assert len(rows) == table.total
    assert all(list(row) == [field.name for field in table.fields] for row in rows)
    return rows


async def test_a_row_says_what_the_result_says(services: Services) -> None:
    principal, operator = await new_operator(services)
    people = [ResponseIn(best_answers(services), "marketing")] * 4 + [ResponseIn(worst_answers(services), "sales")] * 4
    view = await create(services, principal, "Northwind", responses=people, target_level=3)
    assert view.result is not None
    result = msgspec.json.decode(view.result)
    [row] = await read(services, operator)
    assert (row["assessment"], row["organisation"]) == (view.id, view.organisation.id)
    assert (row["organisation_name"], row["organisation_external_id"]) == ("Northwind", "northwind")
    assert (row["rubric"], row["rubric_version"]) == ("alignment-quick", "2026.1")
    assert row["rubric_digest"] == view.rubric.digest
    assert (row["created_at"], row["completed_at"]) == (view.created_at, view.completed_at)
    assert (row["score"], row["level"]) == (result["score"], result["rating"]["level"])
    assert (row["bounds_lower"], row["bounds_levels"]) == (result["bounds"]["lower"], result["bounds"]["levels"])
    assert row["stability_lowest"] == result["stability"]["lowest"]
    assert row["completeness"] == 1.0
    assert row["caps"] == [cap["gate"] for cap in result["rating"]["caps"]]
    assert row["recommendations"] == [one["id"] for one in result["recommendations"]]
    assert row["benchmark_mean_ridit"] == result["benchmark_position"]["mean_ridit"]
    assert (row["target_level"], row["target_reached"]) == (3, result["target"]["reached"])
    assert row["perception_groups"] == ["marketing", "sales"]
    for name, one in zip(DIMENSIONS, result["dimensions"], strict=True):
        assert (row[f"dimension_{name}_score"], row[f"dimension_{name}_level"]) == (one["score"], one["level"])
        assert (row[f"dimension_{name}_gap"], row[f"dimension_{name}_gap_supported"]) == (100.0, True)


async def test_what_a_result_withholds_is_not_in_the_table(services: Services) -> None:
    principal, operator = await new_operator(services)
    people = [ResponseIn(best_answers(services), "marketing"), ResponseIn(worst_answers(services), "sales")]
    await create(services, principal, "Grouped", responses=people)
    await create(services, principal, "Named", responses=people, confidentiality="named")
    named, grouped = await read(services, operator)
    assert (named["perception_withheld"], grouped["perception_withheld"]) == ([], ["marketing", "sales"])
    assert [named[f"dimension_{name}_gap"] for name in DIMENSIONS] == [100.0] * 4
    assert [grouped[f"dimension_{name}_gap"] for name in DIMENSIONS] == [None] * 4


async def test_a_result_without_a_score_says_why(services: Services) -> None:
    principal, operator = await new_operator(services)
    await create(services, principal, "Silent", responses=[ResponseIn({}, "sales")])
    [row] = await read(services, operator)
    assert (row["score"], row["level"], row["reason"]) == (None, None, "nothing_answered")
    assert (row["bounds_lower"], row["bounds_upper"], row["bounds_levels"]) == (0.0, 100.0, [1, 2, 3])
    assert row["caps"] is None


async def test_rubrics_share_a_table_with_columns_for_the_dimensions_of_each(services: Services) -> None:
    principal, operator = await new_operator(services)
    await create(services, principal, "Northwind")
    question = services.catalog.find("integration-2008").rubric.questions[0]
    answers: dict[str, Any] = {question.id: question.options[0].id}
    if question.kind == "multiple":
        answers = {question.id: [question.options[0].id]}
    response = [ResponseIn(answers, "sales")]
    await create(services, principal, "Northwind", rubric="integration-2008@2026.1", responses=response)
    again, quick = await read(services, operator)
    assert list(again) == list(quick)
    assert (again["rubric"], again["reason"]) == ("integration-2008", "rubric_without_levels")
    assert (again["dimension_slas_score"], quick["dimension_slas_score"]) == (None, 100.0)
    added = [name for name in again if name.startswith("dimension_") and name.endswith("_score")]
    dimensions = services.catalog.find("integration-2008").rubric.head.dimensions
    # In the order of the rubrics' ids, in each in its own.
    assert added[:4] == [f"dimension_{name}_score" for name in DIMENSIONS]
    assert added[4:] == [f"dimension_{name.replace('-', '_')}_score" for name in dimensions]
    assert "dimension_slas_score" in (await read(services, operator, rubric="alignment-quick"))[0]
    assert "dimension_slas_score" not in (await read(services, operator, rubric="integration-2008@2026.1"))[0]


async def test_a_table_is_narrowed(services: Services) -> None:
    principal, operator = await new_operator(services)
    old = await create(services, principal, "Northwind")
    new = await create(services, principal, "Alder")
    await create(services, principal, "Bluebird", complete=False)
    moment, step = new.created_at, timedelta(microseconds=1)

    async def names(**filters: Any) -> list[str]:
        return [row["organisation_name"] for row in await read(services, operator, **filters)]

    assert await names() == ["Alder", "Northwind"]
    assert await names(organisation=old.organisation.id) == ["Northwind"]
    assert await names(external_id="alder") == ["Alder"]
    assert await names(rubric="alignment-quick@2026.1") == ["Alder", "Northwind"]
    assert await names(rubric="alignment") == []
    assert await names(created_after=moment - step) == ["Alder"]
    assert await names(created_before=moment) == ["Northwind"]
    assert await names(completed_after=moment) == []
    assert await names(completed_after=moment - step, completed_before=moment + step) == ["Alder"]
    with pytest.raises(InvalidInput, match="must be an organisation's id"):
        await names(organisation="northwind")


async def test_a_table_is_read_in_pages_and_takes_no_harm_from_what_happens_meanwhile(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_table, "PAGE", 2)
    principal, operator = await new_operator(services)
    made = [await create(services, principal, f"Organisation {number}") for number in range(5)]
    table = await open_table(services, operator, ResultFilters())
    pages: list[Sequence[str]] = []
    async for page in table.pages():
        pages.append([row["organisation_name"].rpartition(" ")[2] for row in page])
        if len(pages) == 1:
            await create(services, principal, "Organisation 6")
            await assessments.delete(services, principal, made[1].id)
    assert pages == [["4", "3"], ["2", "0"], []]


async def test_a_table_is_noted_in_the_audit_log_and_holds_one_partner_alone(services: Services) -> None:
    principal, _ = await new_operator(services)
    await create(services, principal, "Northwind")
    neighbour, theirs = await new_operator(services)
    await create(services, neighbour, "Alder")
    assert [row["organisation_name"] for row in await read(services, theirs)] == ["Alder"]
    assert await read(services, Operator(neighbour.partner_id, "test", "assessment export")) == []
    partner = to_text("ptnr", neighbour.partner_id)
    events = [event for event in await list_everything(services, partner) if event.action == "results.exported"]
    assert [(event.actor, event.target, event.details, event.mode) for event in events] == [
        ("assessment export", partner, {"assessments": 0}, "test"),
        ("assessment export", partner, {"assessments": 1}, "live"),
    ]
