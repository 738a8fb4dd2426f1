"""Two partners, and the two modes of one, never see each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import IntegrityError

from assessment.errors import ResourceNotFound
from assessment.service import api_keys, exports, ids, organisations
from assessment.service.assessments import (
    AssessmentFilters,
    OrganisationIn,
    complete,
    create,
    delete,
    get,
    list_page,
    result,
)
from assessment.service.context import Principal, Services
from assessment.store.results import find_result
from assessment.store.tables import (
    ASSESSMENTS,
    CLIENT_TOKENS,
    DELIVERIES,
    EVENTS,
    RESPONSES,
    RESULTS,
    SHARE_LINKS,
    WEBHOOK_ENDPOINTS,
)
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


async def test_organisations_and_keys_of_others_are_not_found(
    services: Services, mine: Principal, theirs: Principal
) -> None:
    created = await create(services, mine, new_assessment(services))
    organisation_id, key_id = created.organisation.id, ids.to_text("key", mine.key_id)
    asked: list[tuple[Callable[..., Awaitable[object]], str]] = [
        (organisations.get, organisation_id),
        (organisations.erase, organisation_id),
        (exports.export, organisation_id),
        (api_keys.get, key_id),
        (api_keys.roll, key_id),
        (api_keys.revoke, key_id),
    ]
    for ask, wanted in asked:
        with pytest.raises(ResourceNotFound):
            await ask(services, theirs, wanted)
    assert (await organisations.get(services, mine, organisation_id)).id == organisation_id
    assert (await api_keys.get(services, mine, key_id)).revoked_at is None
    assert (await organisations.list_page(services, theirs, limit=10)).data == []


async def test_the_same_external_id_is_another_organisation_for_another_partner(
    services: Services, mine: Principal, theirs: Principal
) -> None:
    new = new_assessment(services, organisation=OrganisationIn("Northwind", "crm-1"))
    here, there = await create(services, mine, new), await create(services, theirs, new)
    assert here.organisation.id != there.organisation.id
    assert (await create(services, mine, new)).organisation.id == here.organisation.id
    services.known_organisations.clear()  # as in another process
    assert (await create(services, mine, new)).organisation.id == here.organisation.id


async def test_the_database_itself_refuses_rows_that_point_across(
    services: Services, mine: Principal, theirs: Principal
) -> None:
    created = await create(services, mine, new_assessment(services))
    organisation_id = ids.find_id("org", created.organisation.id)
    owner = {"partner_id": theirs.partner_id, "mode": theirs.mode}
    with pytest.raises(IntegrityError):
        await services.queue.insert([(ASSESSMENTS, rows.assessment({**owner, "id": organisation_id}))])
    assessment_id = ids.find_id("asmt", created.id)
    child = {**owner, "assessment_id": assessment_id}
    response = {**child, "id": ids.new_id(), "answers": b"\x90", "created_at": rows.NOW}
    token = {**child, "hash": bytes(32), "expires_at": rows.NOW}
    told = {**rows.event({**owner, "id": organisation_id}), "id": ids.new_id()}
    endpoint = rows.webhook_endpoint(mine.partner_id)
    await services.queue.insert([(EVENTS, told), (WEBHOOK_ENDPOINTS, endpoint)])
    link = {**child, "id": ids.new_id(), "hash": bytes(32), "views": 0, "created_at": rows.NOW, "expires_at": rows.NOW}
    async with services.database.read(mine) as session:
        stored = await find_result(session, mine.partner_id, mine.mode, assessment_id)
    assert stored is not None
    result_of_mine = {**child, "dictionary": stored.dictionary, "body": stored.body, "sha256": stored.sha256}
    for table, row in (
        (RESPONSES, response),
        (CLIENT_TOKENS, token),
        (SHARE_LINKS, link),
        (RESULTS, result_of_mine),
        (DELIVERIES, rows.delivery(told, endpoint)),
    ):
        with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            await services.queue.insert([(table, row)])


async def test_the_database_itself_refuses_rows_of_no_partner(services: Services) -> None:
    """Every table, but for those that belong to nobody, hangs on a partner."""
    for seed in (b"1", b"2"):
        _, batch = rows.whole_set(seed * 32)
        hanging = [(table, row) for table, row in batch if "partner_id" in table.c]
        assert len(hanging) == 14
        for table, row in hanging:
            with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
                await services.queue.insert([(table, row)])
