"""Retention deletes what is older than it may get, and nothing else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from assessment.errors import ResourceNotFound
from assessment.service import audit, ids, organisations
from assessment.service.assessments import OrganisationIn, create, get
from assessment.service.context import Principal, Services
from assessment.service.housekeeping import keeping_house
from assessment.service.retention import AT_ONCE, apply, count
from assessment.store.access import EVERYONE
from assessment.store.tables import ASSESSMENTS, ORGANISATIONS, RESPONSES, RESULTS
from tests.integration.service.helpers import new_assessment, new_principal


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


async def age(services: Services, days: int, *assessments: str, organisation: str | None = None) -> None:
    """Make rows look as if they had been created that long ago."""
    then = datetime.now(UTC) - timedelta(days=days)
    async with services.database.administer() as connection:
        for one in assessments:
            wanted = ids.find_id("asmt", one)
            await connection.execute(update(ASSESSMENTS).where(ASSESSMENTS.c.id == wanted).values(created_at=then))
        if organisation is not None:
            wanted = ids.find_id("org", organisation)
            await connection.execute(update(ORGANISATIONS).where(ORGANISATIONS.c.id == wanted).values(created_at=then))


async def test_what_is_older_is_deleted_with_its_responses_and_results(services: Services, mine: Principal) -> None:
    organisation = OrganisationIn("Northwind", "nw")
    old = await create(services, mine, new_assessment(services, organisation=organisation))
    new = await create(services, mine, new_assessment(services, organisation=organisation))
    await age(services, 31, old.id, organisation=old.organisation.id)
    done = await apply(services, 30)
    assert (done.assessments, done.organisations) == (1, 0)
    with pytest.raises(ResourceNotFound):
        await get(services, mine, old.id)
    assert (await get(services, mine, new.id)).status == "completed"
    async with services.database.read(EVERYONE) as session:
        for table in (RESPONSES, RESULTS):
            assert await session.scalar(select(func.count()).select_from(table)) == 1


async def test_an_organisation_goes_with_its_last_assessment(services: Services, mine: Principal) -> None:
    old = await create(services, mine, new_assessment(services))
    fresh = await create(services, mine, new_assessment(services))
    await age(services, 31, old.id, organisation=old.organisation.id)
    await age(services, 31, fresh.id)
    done = await apply(services, 30)
    assert (done.assessments, done.organisations) == (2, 1)
    with pytest.raises(ResourceNotFound):
        await organisations.get(services, mine, old.organisation.id)
    assert (await organisations.get(services, mine, fresh.organisation.id)).assessments == 0


async def test_both_modes_of_every_partner_are_reached_and_each_log_says_so(
    services: Services, mine: Principal
) -> None:
    other = await new_principal(services)
    testing = Principal(mine.partner_id, mine.key_id, mine.kind, "test")
    for who in (mine, testing, other):
        made = await create(services, who, new_assessment(services))
        await age(services, 400, made.id, organisation=made.organisation.id)
    untouched = await new_principal(services)
    before = {
        event.id for who in (mine, testing, other) for event in (await audit.list_page(services, who, limit=9)).data
    }
    assert (await apply(services, 365)).assessments == 3
    for who in (mine, testing, other):
        [entry] = [one for one in (await audit.list_page(services, who, limit=9)).data if one.id not in before]
        assert (entry.action, entry.actor, entry.mode) == ("retention.applied", "daily retention", who.mode)
        assert (entry.details["assessments"], entry.details["organisations"]) == (1, 1)
        assert entry.target == ids.to_text("ptnr", who.partner_id)
    [made_alone] = (await audit.list_page(services, untouched, limit=9)).data
    assert made_alone.action == "partner.created"


async def test_a_dry_run_says_the_same_and_deletes_nothing(services: Services, mine: Principal) -> None:
    made = await create(services, mine, new_assessment(services))
    await age(services, 10, made.id, organisation=made.organisation.id)
    said = await count(services, 9)
    assert (said.assessments, said.organisations) == (1, 1)
    assert (await get(services, mine, made.id)).id == made.id
    done = await apply(services, 9)
    assert (done.assessments, done.organisations) == (1, 1)
    assert (await count(services, 9)).assessments == 0


async def test_many_are_deleted_in_several_transactions(services: Services, mine: Principal) -> None:
    made = [
        await create(
            services,
            mine,
            new_assessment(services, responses=[], complete=False, organisation=OrganisationIn("N", "n")),
        )
        for _ in range(AT_ONCE + 1)
    ]
    await age(services, 2, *(one.id for one in made))
    told: list[int] = []
    assert (await apply(services, 1, deleted=told.append)).assessments == AT_ONCE + 1
    assert [number for number in told if number] == [AT_ONCE, 1]


async def test_the_service_does_it_by_itself(services: Services, mine: Principal) -> None:
    made = await create(services, mine, new_assessment(services))
    await age(services, 3, made.id)
    async with asyncio.timeout(20), keeping_house(services, retention_days=2):
        while True:
            if (await organisations.get(services, mine, made.organisation.id)).assessments == 0:
                break
            await asyncio.sleep(0.01)


async def test_without_a_setting_everything_stays(services: Services, mine: Principal) -> None:
    made = await create(services, mine, new_assessment(services))
    await age(services, 30_000, made.id)
    async with keeping_house(services):
        await asyncio.sleep(0.2)
    assert (await get(services, mine, made.id)).id == made.id
