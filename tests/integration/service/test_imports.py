"""Imports: each row counts once, however often it comes, and whoever imports at the same time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec

from assessment.service import assessments, imports, organisations
from assessment.service.assessments import NewAssessment, OrganisationIn, ResponseIn
from assessment.service.audit import list_everything
from assessment.service.context import Principal, Services, open_services
from assessment.service.ids import to_text
from assessment.service.imports import Import, Row, import_of
from assessment.service.organisations import Operator
from assessment.service.views import Respondent
from assessment.settings import Settings
from tests.integration.service.helpers import RUBRIC, best_answers, new_principal, worst_answers

COMMAND = "assessment import"
MOMENT = datetime(2026, 3, 4, 10, 11, tzinfo=UTC)


def row(services: Services, function: str = "sales", **fields: Any) -> Row:
    return Row(ResponseIn(best_answers(services), function, **fields), MOMENT)


def wanted(*rows: Row, name: str = "Northwind", complete: bool = True) -> Import:
    return import_of(NewAssessment(RUBRIC, OrganisationIn(name, f"name:{name}"), complete=complete), rows)


async def new_operator(services: Services, name: str = "Acme") -> tuple[Principal, Operator]:
    principal = await new_principal(services, name=name)
    return principal, Operator(principal.partner_id, principal.mode, COMMAND)


async def count(services: Services, principal: Principal) -> int:
    return len((await assessments.list_page(services, principal, limit=100)).data)


async def test_an_import_is_an_assessment_like_any_other_and_noted_in_the_audit_log(services: Services) -> None:
    principal, operator = await new_operator(services)
    rows = [row(services, respondent=Respondent("p-1", "manager")), row(services, "marketing")]
    made = await imports.put(services, operator, wanted(*rows))
    assert (made.outcome, made.rows) == ("made", 2)
    view = await assessments.get(services, principal, made.assessment)
    assert (view.status, view.organisation.external_id) == ("completed", "name:Northwind")
    assert [response.function for response in view.responses] == ["sales", "marketing"]
    assert sorted(view.metadata) == ["answered_at", "imported_rows"]
    assert view.metadata["answered_at"] == "2026-03-04T10:11:00+00:00"
    assert len(view.metadata["imported_rows"]) == 16
    assert view.result is not None
    assert msgspec.json.decode(view.result)["score"] == 100.0
    event = (await list_everything(services, to_text("ptnr", principal.partner_id)))[0]
    assert (event.action, event.actor, event.target) == ("assessment.imported", COMMAND, made.assessment)
    assert event.details == {"organisation": view.organisation.id, "responses": 2}


async def test_what_was_deleted_can_be_imported_again(services: Services) -> None:
    principal, operator = await new_operator(services)
    for _ in range(3):
        made = await imports.put(services, operator, wanted(row(services)))
        assert made.outcome == "made"
        await assessments.delete(services, principal, made.assessment)
    made = await imports.put(services, operator, wanted(row(services)))
    view = await assessments.get(services, principal, made.assessment)
    await organisations.erase(services, operator, view.organisation.id)
    assert (await imports.put(services, operator, wanted(row(services)))).outcome == "made"


async def test_racing_imports_make_one_assessment(services: Services, settings: Settings) -> None:
    principal, operator = await new_operator(services)
    rows = [row(services), row(services, "marketing")]
    async with open_services(settings, services.catalog) as other:
        both = [services, other]
        for number in range(5):
            racing = wanted(*rows, name=f"Northwind {number}")
            done = await asyncio.gather(
                *(imports.put(both[place % 2], operator, racing) for place in range(6)), return_exceptions=True
            )
            # In one process the second is told to come back: the first is being worked on.
            made = [one for one in done if isinstance(one, imports.Imported) and one.outcome == "made"]
            assert len(made) == 1
    assert await count(services, principal) == 5


async def test_partners_import_the_same_rows_each_for_itself(services: Services) -> None:
    _, operator = await new_operator(services)
    neighbour, theirs = await new_operator(services, "Neighbour")
    assert (await imports.put(services, operator, wanted(row(services)))).outcome == "made"
    assert await imports.find(services, theirs, wanted(row(services))) is None
    assert (await imports.put(services, theirs, wanted(row(services)))).outcome == "made"
    assert await count(services, neighbour) == 1


async def test_rows_that_come_again_are_there_already(services: Services) -> None:
    principal, operator = await new_operator(services)
    first, second, third = row(services), row(services, "marketing"), row(services, "leadership")
    made = await imports.put(services, operator, wanted(first, second))
    again = await imports.put(services, operator, wanted(second, first))
    assert (again.outcome, again.assessment, again.rows) == ("there", made.assessment, 2)
    assert await imports.find(services, operator, wanted(second)) == imports.Imported("there", made.assessment, 1)
    # Old rows with new ones would count people twice.
    more = await imports.put(services, operator, wanted(first, second, third))
    assert (more.outcome, more.assessment, more.rows) == ("overlaps", made.assessment, 2)
    # They are found over several assessments too.
    later = await imports.put(services, operator, wanted(third))
    whole = await imports.put(services, operator, wanted(first, second, third))
    assert (whole.outcome, whole.assessment, whole.rows) == ("there", later.assessment, 3)
    assert await count(services, principal) == 2


async def test_what_tells_rows_apart_is_all_that_they_say(services: Services) -> None:
    _, operator = await new_operator(services)
    one = row(services)
    others = [
        wanted(one, name="Alder & Sons"),
        wanted(Row(ResponseIn(worst_answers(services), "sales"), MOMENT)),
        wanted(Row(one.response)),
        wanted(row(services, respondent=Respondent("p-1"))),
        wanted(row(services, "marketing")),
    ]
    assert (await imports.put(services, operator, wanted(one))).outcome == "made"
    assert [(await imports.put(services, operator, other)).outcome for other in others] == ["made"] * 5
    # People who say the very same are people each.
    same = Row(ResponseIn(worst_answers(services), "leadership"))
    assert (await imports.put(services, operator, wanted(same, same, same))).rows == 3
    assert (await imports.put(services, operator, wanted(same, same))).outcome == "there"
    assert (await imports.put(services, operator, wanted(same, same, same, same))).outcome == "overlaps"


async def test_rows_are_known_by_their_receipt_where_their_mark_was_taken_out(services: Services) -> None:
    principal, operator = await new_operator(services)
    rows = [row(services, respondent=Respondent(f"p-{number}")) for number in range(100)]
    made = await imports.put(services, operator, wanted(*rows, complete=False))
    view = await assessments.get(services, principal, made.assessment)
    assert (view.status, view.result, sorted(view.metadata)) == (
        "open",
        None,
        ["answered_at", "imported_rows", "imported_rows_2"],
    )
    found = await imports.find(services, operator, wanted(rows[99], rows[50]))
    assert found is not None
    assert (found.outcome, found.rows) == ("there", 2)
    change = assessments.Amendment(metadata={"imported_rows": None, "imported_rows_2": None})
    await assessments.amend(services, principal, made.assessment, change)
    assert await imports.find(services, operator, wanted(*rows, complete=False)) is None
    assert (await imports.put(services, operator, wanted(*rows, complete=False))).outcome == "there"
