"""Two partners, and the two modes of one, never see each other."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from assessment.errors import ResourceNotFound
from assessment.service import ids
from assessment.service.assessments import AssessmentFilters, complete, create, delete, get, list_page, result
from assessment.service.context import Principal, Services
from assessment.store.tables import ASSESSMENTS, RESPONSES
from tests.integration.service.helpers import new_assessment, new_principal
from tests.integration.store import rows


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


@pytest.fixture(params=["another partner", "another mode"])
async def theirs(request: pytest.FixtureRequest, services: Services, mine: Principal) -> Principal:
    if request.param == "another mode":
        return Principal(mine.partner_id, mine.key_id, mine.kind, "test")
    return await new_principal(services)


async def test_what_is_foreign_is_not_found_just_as_what_is_unknown(
    services: Services, mine: Principal, theirs: Principal
) -> None:
    completed = await create(services, mine, new_assessment(services))
    opened = await create(services, mine, new_assessment(services, complete=False))
    unknown = ids.to_text("asmt", ids.new_id())
    for ask in (get, result, complete, delete):
        said = []
        for wanted in (completed.id, opened.id, unknown, "asmt_nonsense", completed.organisation.id):
            with pytest.raises(ResourceNotFound) as caught:
                await ask(services, theirs, wanted)
            said.append((caught.value.code, caught.value.detail, caught.value.errors))
        assert len(set(said)) == 1
    assert await get(services, mine, completed.id) == completed
    assert await get(services, mine, opened.id) == opened


async def test_lists_hold_ones_own(services: Services, mine: Principal, theirs: Principal) -> None:
    created = await create(services, mine, new_assessment(services))
    await create(services, theirs, new_assessment(services))
    assert [view.id for view in (await list_page(services, mine, limit=10)).data] == [created.id]
    by_organisation = AssessmentFilters(organisation=created.organisation.id)
    assert (await list_page(services, theirs, limit=10, filters=by_organisation)).data == []


async def test_the_database_itself_refuses_rows_that_point_across(
    services: Services, mine: Principal, theirs: Principal
) -> None:
    created = await create(services, mine, new_assessment(services))
    organisation_id = ids.find_id("org", created.organisation.id)
    owner = {"partner_id": theirs.partner_id, "mode": theirs.mode, "id": organisation_id}
    with pytest.raises(IntegrityError):
        await services.queue.insert([(ASSESSMENTS, rows.assessment(owner))])
    response = {
        "partner_id": theirs.partner_id,
        "mode": theirs.mode,
        "assessment_id": ids.find_id("asmt", created.id),
        "id": ids.new_id(),
        "answers": b"\x90",
        "created_at": rows.NOW,
    }
    with pytest.raises(IntegrityError):
        await services.queue.insert([(RESPONSES, response)])
