"""Events as their partner sees them: which there are, who was told, and that what did not arrive is sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from assessment.errors import EndpointDisabled, InvalidInput, NeverSent, ResourceNotFound
from assessment.service import ids
from assessment.service.assessments import create as create_assessment
from assessment.service.context import Principal, Services
from assessment.service.events import EventFilters, EventView, get, list_page, resend, send_test
from assessment.service.exports import export
from assessment.service.organisations import erase
from assessment.service.outbox import event_row
from assessment.service.webhook_endpoints import create as create_endpoint
from assessment.service.webhook_endpoints import disable, enable
from assessment.service.webhook_views import EndpointFields
from assessment.store.access import EVERYONE
from assessment.store.deliveries import new_delivery
from assessment.store.tables import DELIVERIES, EVENTS
from tests.integration.service.helpers import new_assessment, new_principal


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


async def endpoint_of(services: Services, principal: Principal) -> str:
    fields = EndpointFields("https://hooks.example.com/", events=["assessment.completed"])
    return (await create_endpoint(services, principal, fields)).view.id


async def sent(services: Services, principal: Principal, *endpoints: str, **columns: Any) -> str:
    """An event, and a delivery of it to each endpoint with these columns."""
    table, event = event_row(principal, "assessment.completed", {"id": "asmt_x"})
    now = event["created_at"]
    rows = [
        new_delivery(principal.partner_id, principal.mode, event["id"], ids.find_id("hook", one), now) | columns
        for one in endpoints
    ]
    await services.queue.insert([(table, event), *((DELIVERIES, row) for row in rows)])
    return ids.to_text("evt", event["id"])


async def listed(services: Services, principal: Principal, **filters: Any) -> list[str]:
    page = await list_page(services, principal, limit=100, filters=EventFilters(**filters))
    return [view.id for view in page.data]


async def test_an_event_says_who_was_told_and_how_far_it_is(services: Services, mine: Principal) -> None:
    first, second = await endpoint_of(services, mine), await endpoint_of(services, mine)
    tried = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ended = {"status": "dead", "attempts": 10, "next_attempt_at": None, "last_attempt_at": tried}
    event = await sent(services, mine, first, second, **ended, last_status=503, last_error="refused")
    view = await get(services, mine, event)
    assert (view.id, view.type, view.data) == (event, "assessment.completed", {"id": "asmt_x"})
    assert [one.endpoint for one in view.deliveries] == [first, second]
    [one, _] = view.deliveries
    assert (one.status, one.attempts, one.next_attempt_at, one.last_attempt_at) == ("dead", 10, None, tried)
    assert (one.last_status, one.last_error) == (503, "refused")
    assert (await list_page(services, mine, limit=1)).data == [view]


async def test_events_are_listed_newest_first_and_narrowed(services: Services, mine: Principal) -> None:
    here, there = await endpoint_of(services, mine), await endpoint_of(services, mine)
    unsent = await sent(services, mine)
    dead = await sent(services, mine, here, status="dead")
    both = await sent(services, mine, here, there)
    tested = (await send_test(services, mine, there)).id
    assert await listed(services, mine) == [tested, both, dead, unsent]
    assert await listed(services, mine, type="webhook_endpoint.test") == [tested]
    assert await listed(services, mine, status="dead") == [dead]
    assert await listed(services, mine, endpoint=here) == [both, dead]
    assert await listed(services, mine, endpoint=there, status="pending") == [tested, both]
    # Of one delivery: what is dead here and pending there is not dead there.
    assert await listed(services, mine, endpoint=there, status="dead") == []
    assert await listed(services, mine, endpoint=ids.to_text("hook", ids.new_id())) == []
    made = (await get(services, mine, dead)).created_at
    assert await listed(services, mine, created_after=made) == [tested, both]
    assert await listed(services, mine, created_before=made) == [unsent]
    page = await list_page(services, mine, limit=3)
    assert page.has_more
    rest = await list_page(services, mine, limit=3, cursor=page.next_cursor)
    assert ([view.id for view in rest.data], rest.has_more) == ([unsent], False)
    assert (await list_page(services, mine, limit=4)).next_cursor is None
    for limit in (0, 101):
        with pytest.raises(InvalidInput, match="'limit' must be 1 to 100"):
            await list_page(services, mine, limit=limit)
    for filters, code in (
        ({"type": "assessment.deleted"}, "unknown_event"),
        ({"status": "lost"}, "unknown_status"),
        ({"endpoint": "hook_x"}, "invalid_id"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await listed(services, mine, **filters)
        assert [problem.code for problem in refused.value.errors] == [code]


def progress(view: EventView) -> list[tuple[str, int, bool]]:
    """Of each delivery its state, attempts, and whether another one is due."""
    return [
        (one.status, one.attempts, one.next_attempt_at is not None and one.next_attempt_at <= datetime.now(UTC))
        for one in view.deliveries
    ]


async def test_what_is_sent_again_is_as_good_as_new(services: Services, mine: Principal) -> None:
    first, second = await endpoint_of(services, mine), await endpoint_of(services, mine)
    ended = {"status": "dead", "attempts": 10, "next_attempt_at": None, "last_status": 500, "last_error": "refused"}
    event = await sent(services, mine, first, second, **ended)
    assert progress(await resend(services, mine, event, second)) == [("dead", 10, False), ("pending", 0, True)]
    again = await resend(services, mine, event)
    assert progress(again) == [("pending", 0, True), ("pending", 0, True)]
    assert again == await get(services, mine, event)
    assert [one.last_status for one in again.deliveries] == [500, 500]
    delivered = await sent(services, mine, first, status="delivered", attempts=1, next_attempt_at=None)
    assert progress(await resend(services, mine, delivered)) == [("pending", 0, True)]
    leased = datetime.now(UTC) + timedelta(minutes=1)
    busy = await sent(services, mine, first, attempts=3, leased_until=leased, next_attempt_at=leased)
    assert progress(await resend(services, mine, busy)) == [("pending", 0, True)]
    async with services.database.read(EVERYONE) as session:
        assert set(await session.scalars(select(DELIVERIES.c.leased_until))) == {None}


async def test_only_what_was_sent_can_be_sent_again_and_to_those_who_are_enabled(
    services: Services, mine: Principal
) -> None:
    first, second = await endpoint_of(services, mine), await endpoint_of(services, mine)
    for event, endpoint in ((await sent(services, mine), None), (await sent(services, mine, first), second)):
        with pytest.raises(NeverSent):
            await resend(services, mine, event, endpoint)
    event = await sent(services, mine, first, second, status="dead", attempts=10, next_attempt_at=None)
    await disable(services, mine, first)
    with pytest.raises(EndpointDisabled):
        await resend(services, mine, event, first)
    assert progress(await resend(services, mine, event)) == [("dead", 10, False), ("pending", 0, True)]
    await disable(services, mine, second)
    with pytest.raises(EndpointDisabled):
        await resend(services, mine, event)
    await enable(services, mine, first)
    assert progress(await resend(services, mine, event, first)) == [("pending", 0, True), ("pending", 0, True)]


async def test_a_test_is_sent_to_the_one_endpoint_and_to_nobody_else(services: Services, mine: Principal) -> None:
    endpoint, _ = await endpoint_of(services, mine), await endpoint_of(services, mine)
    view = await send_test(services, mine, endpoint)
    assert (view.type, view.data) == ("webhook_endpoint.test", {"id": endpoint})
    assert [one.endpoint for one in view.deliveries] == [endpoint]
    assert progress(view) == [("pending", 0, True)]
    assert view == await get(services, mine, view.id)
    async with services.database.read(EVERYONE) as session:
        [row] = (await session.execute(select(EVENTS))).all()
    assert row.dispatched_at == row.created_at
    await disable(services, mine, endpoint)
    with pytest.raises(EndpointDisabled):
        await send_test(services, mine, endpoint)
    assert await listed(services, mine) == [view.id]


@pytest.mark.parametrize("whose", ["another partner", "another mode"])
async def test_nobody_else_finds_an_event(services: Services, mine: Principal, whose: str) -> None:
    theirs = Principal(mine.partner_id, mine.key_id, mine.kind, "test")
    if whose == "another partner":
        theirs = await new_principal(services)
    endpoint, own = await endpoint_of(services, mine), await endpoint_of(services, theirs)
    event, of_theirs = await sent(services, mine, endpoint, status="dead"), await sent(services, theirs, own)
    for ask in (
        get(services, theirs, event),
        get(services, theirs, "evt_x"),
        resend(services, theirs, event),
        resend(services, theirs, of_theirs, endpoint),
        resend(services, theirs, of_theirs, "hook_x"),
    ):
        with pytest.raises(ResourceNotFound):
            await ask
    assert await listed(services, theirs) == [of_theirs]
    assert await listed(services, theirs, endpoint=endpoint) == []
    assert [one.status for one in (await get(services, mine, event)).deliveries] == ["dead"]


async def test_what_is_told_of_an_organisation_is_exported_and_erased_with_it(
    services: Services, mine: Principal
) -> None:
    endpoint = await endpoint_of(services, mine)
    gone = await create_assessment(services, mine, new_assessment(services))
    await create_assessment(services, mine, new_assessment(services))
    kept = await sent(services, mine, endpoint)
    async with services.database.administer() as connection:
        own = update(EVENTS).where(EVENTS.c.id == ids.find_id("evt", kept))
        await connection.execute(own.values(organisation_id=ids.find_id("org", gone.organisation.id)))
    exported = await (await export(services, mine, gone.organisation.id)).events()
    assert [one.type for one in exported] == ["response.submitted", "assessment.completed", "assessment.completed"]
    assert exported[1].data["id"] == gone.id
    assert exported[2].id == kept
    assert (await erase(services, mine, gone.organisation.id)).events == 3
    assert len(await listed(services, mine)) == 2
    async with services.database.read(EVERYONE) as session:
        assert (await session.scalars(select(DELIVERIES.c.event_id))).all() == []
