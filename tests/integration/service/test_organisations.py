"""Organisations are listed, exported whole, and erased with everything that is kept about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import InvalidInput, PreconditionFailed, ResourceNotFound
from assessment.service import audit, ids, organisations
from assessment.service.assessments import NewAssessment, OrganisationIn, Respondent, ResponseIn, create, delete
from assessment.service.audit import AuditFilters, audit_row
from assessment.service.context import Principal, Services
from assessment.service.exports import ExportedAssessment, export
from assessment.service.organisations import Operator, OrganisationDetails, OrganisationFilters, erase, get, list_page
from assessment.store.access import EVERYONE
from assessment.store.tables import CLIENT_TOKENS, IDEMPOTENCY_RECORDS, METADATA
from tests.integration.service.helpers import best_answers, new_assessment, new_principal

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


@pytest.fixture(params=["another partner", "another mode"])
async def theirs(request: pytest.FixtureRequest, services: Services, mine: Principal) -> Principal:
    if request.param == "another mode":
        return Principal(mine.partner_id, mine.key_id, mine.kind, "test")
    return await new_principal(services)


def of(services: Services, name: str, external_id: str | None = None, **fields: Any) -> NewAssessment:
    return new_assessment(services, organisation=OrganisationIn(name, external_id), **fields)


async def count_rows(services: Services) -> dict[str, int]:
    async with services.database.read(EVERYONE) as session:
        return {
            name: (await session.scalar(select(func.count()).select_from(table))) or 0
            for name, table in METADATA.tables.items()
        }


def record(principal: Principal, organisation: str | None) -> dict[str, Any]:
    """A receipt of an answer about an organisation."""
    return {
        "partner_id": principal.partner_id,
        "mode": principal.mode,
        "key_hash": ids.new_id().bytes * 2,
        "fingerprint": bytes(32),
        "status": 201,
        "headers": {},
        "dictionary": None,
        "body": b"answer",
        "organisation_id": None if organisation is None else ids.find_id("org", organisation),
        "created_at": NOW,
    }


async def give_token(services: Services, principal: Principal, assessment: str) -> None:
    token = {
        "partner_id": principal.partner_id,
        "mode": principal.mode,
        "assessment_id": ids.find_id("asmt", assessment),
        "hash": bytes(32),
        "expires_at": NOW,
    }
    await services.queue.insert([(CLIENT_TOKENS, token)])


async def test_an_organisation_is_seen_with_the_number_of_its_assessments(services: Services, mine: Principal) -> None:
    first = await create(services, mine, of(services, "Northwind", "nw-1"))
    await create(services, mine, of(services, "Other name", "nw-1"))
    found = await get(services, mine, first.organisation.id)
    assert found == OrganisationDetails(
        id=first.organisation.id,
        name="Northwind",
        external_id="nw-1",
        domain=None,
        industry=None,
        size=None,
        region=None,
        created_at=first.created_at,
        assessments=2,
    )


async def test_lists_are_newest_first_and_lead_from_page_to_page(services: Services, mine: Principal) -> None:
    made = [(await create(services, mine, of(services, name))).organisation.id for name in ("One", "Two", "Three")]
    page = await list_page(services, mine, limit=2)
    assert ([one.id for one in page.data], page.has_more) == ([made[2], made[1]], True)
    assert [one.assessments for one in page.data] == [1, 1]
    rest = await list_page(services, mine, limit=2, cursor=page.next_cursor)
    assert ([one.id for one in rest.data], rest.has_more, rest.next_cursor) == ([made[0]], False, None)


async def test_lists_are_narrowed_by_external_id_name_and_time(services: Services, mine: Principal) -> None:
    one = (await create(services, mine, of(services, "Same", "a"))).organisation.id
    two = (await create(services, mine, of(services, "Same", "b"))).organisation.id
    later = datetime.now(UTC) + timedelta(hours=1)

    async def named(**filters: Any) -> list[str]:
        page = await list_page(services, mine, limit=10, filters=OrganisationFilters(**filters))
        return [found.id for found in page.data]

    assert await named(external_id="a") == [one]
    assert await named(name="Same") == [two, one]
    assert await named(name="same") == []
    assert await named(created_after=(await get(services, mine, one)).created_at) == [two]
    assert await named(created_before=(await get(services, mine, two)).created_at) == [one]
    assert await named(created_before=later) == [two, one]
    assert await named(created_after=later) == []


async def test_a_cursor_of_another_list_is_refused(services: Services, mine: Principal) -> None:
    for name in ("One", "Two"):
        await create(services, mine, of(services, name))
    page = await list_page(services, mine, limit=1)
    with pytest.raises(InvalidInput, match="cursor"):
        await list_page(services, mine, limit=1, cursor=page.next_cursor, filters=OrganisationFilters(name="One"))


async def test_what_is_foreign_is_not_found_and_stays(services: Services, mine: Principal, theirs: Principal) -> None:
    made = (await create(services, mine, of(services, "Northwind"))).organisation.id
    for ask in (get, erase, export):
        for wanted in (made, ids.to_text("org", ids.new_id()), "org_nonsense", "asmt_nonsense"):
            with pytest.raises(ResourceNotFound):
                await ask(services, theirs, wanted)
    assert (await list_page(services, theirs, limit=10)).data == []
    assert (await get(services, mine, made)).assessments == 1
    assert [event.action for event in (await audit.list_page(services, theirs, limit=10)).data] == ["partner.created"]


async def test_erasure_leaves_one_entry_of_the_log_and_nothing_else(services: Services, mine: Principal) -> None:
    before = await count_rows(services)
    made = await create(services, mine, of(services, "Northwind", "nw-1"))
    await create(services, mine, of(services, "Northwind", "nw-1", complete=False))
    await give_token(services, mine, made.id)
    await services.queue.insert([(IDEMPOTENCY_RECORDS, record(mine, made.organisation.id))])
    erased = await erase(services, mine, made.organisation.id, request_id="req_1")
    assert (erased.assessments, erased.idempotency_records, erased.events) == (2, 1, 3)
    after = await count_rows(services)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"audit_events": 1}
    [entry] = (await audit.list_page(services, mine, limit=1)).data
    assert (entry.action, entry.target, entry.actor) == (
        "organisation.erased",
        made.organisation.id,
        ids.to_text("key", mine.key_id),
    )
    assert entry.details == {"assessments": 2, "idempotency_records": 1, "events": 3}
    assert entry.request_id == "req_1"


async def test_erasure_leaves_other_organisations_alone(services: Services, mine: Principal) -> None:
    gone = await create(services, mine, of(services, "Northwind"))
    kept = await create(services, mine, of(services, "Southwind"))
    rows = [record(mine, gone.organisation.id), record(mine, kept.organisation.id), record(mine, None)]
    await services.queue.insert([(IDEMPOTENCY_RECORDS, row) for row in rows])
    await erase(services, mine, gone.organisation.id)
    assert (await count_rows(services))["idempotency_records"] == 2
    assert (await get(services, mine, kept.organisation.id)).assessments == 1


async def test_an_erased_organisation_is_gone_and_its_external_id_is_free(services: Services, mine: Principal) -> None:
    first = await create(services, mine, of(services, "Northwind", "nw-1"))
    await erase(services, mine, first.organisation.id)
    with pytest.raises(ResourceNotFound):
        await erase(services, mine, first.organisation.id)
    second = await create(services, mine, of(services, "Northwind again", "nw-1"))
    assert second.organisation.id != first.organisation.id
    assert second.organisation.name == "Northwind again"


async def test_a_state_that_was_not_expected_is_not_erased(services: Services, mine: Principal) -> None:
    made = await create(services, mine, of(services, "Northwind"))

    def refuse(found: OrganisationDetails) -> None:
        assert found.assessments == 1
        raise PreconditionFailed

    with pytest.raises(PreconditionFailed):
        await erase(services, mine, made.organisation.id, expect=refuse)
    assert (await get(services, mine, made.organisation.id)).assessments == 1


async def test_an_export_holds_answers_results_and_what_was_done(services: Services, mine: Principal) -> None:
    answers = best_answers(services) | {next(iter(best_answers(services))): {"state": "dont_know"}}
    response = ResponseIn(answers, "sales", Respondent("r-1", "director"))
    made = await create(services, mine, of(services, "Northwind", responses=[response]))
    await give_token(services, mine, made.id)
    await services.queue.insert([(IDEMPOTENCY_RECORDS, record(mine, made.organisation.id))])
    await create(services, mine, of(services, "Southwind"))

    exported = await export(services, mine, made.organisation.id, request_id="req_2")
    assert exported.organisation.name == "Northwind"
    [one] = [part async for part in exported.assessments()]
    assert isinstance(one, ExportedAssessment)
    assert one.assessment == made
    assert one.assessment.result is not None
    assert [(part.id, part.answers) for part in one.responses] == [(made.responses[0].id, answers)]
    assert one.client_token_expires_at == NOW
    assert [(part.status, part.created_at) for part in await exported.idempotency_records()] == [(201, NOW)]
    [noted] = await exported.audit_events()
    assert (noted.action, noted.target, noted.details) == (
        "organisation.exported",
        made.organisation.id,
        {"assessments": 1},
    )


async def test_an_export_of_many_assessments_has_each_once(services: Services, mine: Principal) -> None:
    made = [await create(services, mine, of(services, "Northwind", "nw", complete=False)) for _ in range(41)]
    exported = await export(services, mine, made[0].organisation.id)
    assert [part.assessment.id async for part in exported.assessments()] == [view.id for view in made]


async def test_the_log_is_narrowed_and_shows_what_concerns_the_partner_as_a_whole(
    services: Services, mine: Principal
) -> None:
    owner = {"partner_id": mine.partner_id}
    events = [
        audit_row("assessment backup", "backup.made", "one", partner_id=mine.partner_id, mode=None),
        audit_row(mine, "key.created", "two", partner_id=mine.partner_id, mode="live"),
        audit_row(mine, "key.created", "three", partner_id=mine.partner_id, mode="test"),
    ]

    async def work(connection: AsyncConnection) -> None:
        for table, row in events:
            await connection.execute(insert(table), [row | owner])

    before = {event.id for event in (await audit.list_page(services, mine, limit=100)).data}
    await services.queue.run(work, EVERYONE)

    async def targets(**filters: Any) -> list[str]:
        page = await audit.list_page(services, mine, limit=100, filters=AuditFilters(**filters))
        return [event.target for event in page.data if event.id not in before]

    assert await targets() == ["two", "one"]
    assert await targets(action="key.created", target="two") == ["two"]
    assert await targets(created_after=datetime.now(UTC) + timedelta(hours=1)) == []
    whole = await audit.list_everything(services, ids.to_text("ptnr", mine.partner_id))
    assert [event.target for event in whole if event.id not in before] == ["three", "two", "one"]
    with pytest.raises(InvalidInput, match="must be one of"):
        await targets(action="key.eaten")


async def test_deleting_an_assessment_is_noted(services: Services, mine: Principal) -> None:
    made = await create(services, mine, of(services, "Northwind"))
    await delete(services, mine, made.id)
    [entry] = (await audit.list_page(services, mine, limit=1)).data
    assert (entry.action, entry.target, entry.details) == (
        "assessment.deleted",
        made.id,
        {"organisation": made.organisation.id},
    )


async def test_an_operator_erases_in_the_name_of_a_command(services: Services, mine: Principal) -> None:
    made = await create(services, mine, of(services, "Northwind"))
    operator = Operator(mine.partner_id, "live", "assessment data erase")
    await organisations.erase(services, operator, made.organisation.id)
    [entry] = (await audit.list_page(services, mine, limit=1)).data
    assert (entry.actor, entry.action) == ("assessment data erase", "organisation.erased")
