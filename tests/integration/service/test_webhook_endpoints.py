"""Webhook endpoints: what may be one, how its secret changes, and when it is sent nothing."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from assessment.errors import InvalidInput, LimitReached, PreconditionFailed, ResourceNotFound
from assessment.service import audit, events, ids, sweep, webhook_endpoints
from assessment.service.context import Principal, Services, Store, open_store
from assessment.service.webhook_endpoints import (
    amend,
    create,
    delete,
    disable,
    disable_failing,
    enable,
    get,
    list_page,
    rotate_secret,
)
from assessment.service.webhook_secrets import make_secret, write_secret
from assessment.service.webhook_views import EndpointFields, SecretShown, WebhookEndpointView
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.tables import DELIVERIES, WEBHOOK_ENDPOINTS
from tests.integration.service.helpers import new_principal

URL = "https://hooks.example.com/alignment"


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


async def made(services: Store, principal: Principal, **given: Any) -> SecretShown:
    fields = EndpointFields(**({"url": URL, "events": ["assessment.completed"]} | given))
    return await create(services, principal, fields)


async def row_of(services: Services, view: WebhookEndpointView) -> Any:
    async with services.database.read(EVERYONE) as session:
        query = select(WEBHOOK_ENDPOINTS).where(WEBHOOK_ENDPOINTS.c.id == ids.find_id("hook", view.id))
        return (await session.execute(query)).one_or_none()


async def noted(services: Services, principal: Principal, view: WebhookEndpointView) -> list[tuple[str, Any]]:
    """What the audit log says of the endpoint, oldest first."""
    filters = audit.AuditFilters(target=view.id)
    found = await audit.list_page(services, principal, limit=100, filters=filters)
    return [(entry.action, entry.details) for entry in reversed(found.data)]


def test_a_secret_is_written_as_verifying_libraries_read_it() -> None:
    secret = make_secret()
    assert len(secret) == 32
    assert write_secret(secret) == "whsec_" + base64.b64encode(secret).decode()
    assert make_secret(1) == bytes(31) + b"\x01"
    assert write_secret(make_secret((1 << 256) - 1)) == "whsec_//////////////////////////////////////////8="
    assert make_secret() != make_secret()


async def test_an_endpoint_is_seen_without_its_secret(services: Services, mine: Principal) -> None:
    shown = await made(services, mine, description="CRM", events=["response.submitted", "benchmark.released"])
    view = shown.view
    assert view == await get(services, mine, view.id)
    assert (view.url, view.description, view.events) == (URL, "CRM", ["response.submitted", "benchmark.released"])
    assert (view.status, view.disabled_reason, view.old_secret_expires_at) == ("enabled", None, None)
    assert view.created_at == view.updated_at
    row = await row_of(services, view)
    assert shown.secret == write_secret(row.secret)
    assert await noted(services, mine, view) == [
        ("webhook_endpoint.created", {"events": ["response.submitted", "benchmark.released"]})
    ]
    second = (await made(services, mine)).view
    first_page = await list_page(services, mine, limit=1)
    assert first_page.data == [second]
    assert (await list_page(services, mine, limit=1, cursor=first_page.next_cursor)).data == [view]


async def test_everything_that_is_wrong_is_told_at_once(services: Services, mine: Principal) -> None:
    shown = await made(services, mine)
    for given, problems in (
        ({"url": "http://hooks.example.com/"}, [("/url", "invalid_url")]),
        ({"url": "https://10.0.0.1/"}, [("/url", "inside_address")]),
        ({"description": " "}, [("/description", "invalid_text")]),
        ({"description": "x" * 201}, [("/description", "invalid_text")]),
        ({"description": "a\0b"}, [("/description", "invalid_text")]),
        ({"events": []}, [("/events", "required")]),
        ({"events": ["webhook_endpoint.test"]}, [("/events/0", "unknown_event")]),
        (
            {"url": "", "description": "", "events": ["assessment.completed", "assessment.completed", "x"]},
            [
                ("/url", "invalid_url"),
                ("/description", "invalid_text"),
                ("/events/1", "duplicate_event"),
                ("/events/2", "unknown_event"),
            ],
        ),
    ):
        fields = EndpointFields(**given)
        for ask in (
            made(services, mine, **given),
            amend(services, mine, shown.view.id, fields),
        ):
            with pytest.raises(InvalidInput) as refused:
                await ask
            assert [(problem.pointer, problem.code) for problem in refused.value.errors] == problems
            assert str(refused.value) == f"{problems[0][0]}: {refused.value.errors[0].detail}"
    with pytest.raises(InvalidInput, match=r"Allowed: assessment.completed, benchmark.released, response.submitted\."):
        await made(services, mine, events=["assessment.deleted"])
    assert (await made(services, mine, description="x" * 200)).view.description == "x" * 200
    with pytest.raises(InvalidInput) as refused:
        await create(services, mine, EndpointFields(description="CRM"))
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/url", "required"), ("/events", "required")]
    inside = EndpointFields("http://127.0.0.1:9000/", events=["assessment.completed"])
    assert (await create(services, mine, inside, allow_inside=True)).view.url == "http://127.0.0.1:9000/"


async def test_there_are_twenty_of_a_mode_at_most_also_where_many_ask_at_once(
    services: Services, mine: Principal, settings: Settings
) -> None:
    for _ in range(18):
        await made(services, mine)
    async with open_store(settings.model_copy(update={"writers": 4})) as several:
        asked = await asyncio.gather(*(made(several, mine) for _ in range(8)), return_exceptions=True)
    assert [type(one) for one in asked].count(SecretShown) == 2
    refused = [one for one in asked if not isinstance(one, SecretShown)]
    assert {type(one) for one in refused} == {LimitReached}
    assert "at most 20 webhook endpoints" in str(refused[0])
    testing = Principal(mine.partner_id, mine.key_id, mine.kind, "test")
    for other in (testing, await new_principal(services)):
        await made(services, other)
    await delete(services, mine, next(one for one in asked if isinstance(one, SecretShown)).view.id)
    await made(services, mine)


async def test_a_change_is_made_from_the_state_that_was_meant(services: Services, mine: Principal) -> None:
    view = (await made(services, mine, description="CRM")).view
    changed = await amend(services, mine, view.id, EndpointFields(events=["response.submitted"]))
    assert (changed.events, changed.url, changed.description) == (["response.submitted"], URL, "CRM")
    assert changed.updated_at > view.updated_at
    bare = await amend(services, mine, view.id, EndpointFields(url="https://other.example.com/", description=None))
    assert (bare.url, bare.description, bare.events) == ("https://other.example.com/", None, ["response.submitted"])
    assert await amend(services, mine, view.id, EndpointFields(description=None)) == bare
    assert await amend(services, mine, view.id, EndpointFields()) == bare
    seen = []

    def refuse(state: WebhookEndpointView) -> None:
        seen.append(state)
        raise PreconditionFailed

    with pytest.raises(PreconditionFailed):
        await amend(services, mine, view.id, EndpointFields(description="x"), refuse)
    with pytest.raises(PreconditionFailed):
        await delete(services, mine, view.id, refuse)
    assert seen == [bare, bare]
    assert await get(services, mine, view.id) == bare
    assert await noted(services, mine, view) == [
        ("webhook_endpoint.created", {"events": ["assessment.completed"]}),
        ("webhook_endpoint.updated", {"fields": ["events"]}),
        ("webhook_endpoint.updated", {"fields": ["url", "description"]}),
    ]


async def test_an_old_secret_signs_too_until_the_overlap_is_over(services: Services, mine: Principal) -> None:
    first = await made(services, mine)
    second = await rotate_secret(services, mine, first.view.id)
    assert second.secret != first.secret
    assert second.view.old_secret_expires_at is not None
    lasts = second.view.old_secret_expires_at - second.view.updated_at
    assert abs(lasts - timedelta(hours=24)) < timedelta(seconds=5)
    row = await row_of(services, first.view)
    assert (write_secret(row.secret), write_secret(row.old_secret)) == (second.secret, first.secret)
    third = await rotate_secret(services, mine, first.view.id, webhook_endpoints.LONGEST_OVERLAP)
    row = await row_of(services, first.view)
    assert (write_secret(row.secret), write_secret(row.old_secret)) == (third.secret, second.secret)
    last = await rotate_secret(services, mine, first.view.id, 0)
    row = await row_of(services, first.view)
    assert (write_secret(row.secret), row.old_secret, row.old_secret_until) == (last.secret, None, None)
    for overlap in (-1, 604_801):
        with pytest.raises(InvalidInput, match="0 to 604800 seconds"):
            await rotate_secret(services, mine, first.view.id, overlap)
    assert (await noted(services, mine, first.view))[1:] == [
        ("webhook_endpoint.secret_rotated", {"overlap_seconds": overlap}) for overlap in (86_400, 604_800, 0)
    ]


async def test_a_secret_that_signs_no_more_is_swept_away(
    services: Services, mine: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SWEPT_AT_ONCE", 2)
    kept, *over = [(await made(services, mine)).view for _ in range(4)]
    for view in (kept, *over):
        await rotate_secret(services, mine, view.id)
    async with services.database.administer() as connection:
        passed = update(WEBHOOK_ENDPOINTS).where(WEBHOOK_ENDPOINTS.c.id != ids.find_id("hook", kept.id))
        await connection.execute(passed.values(old_secret_until=datetime.now(UTC) - timedelta(seconds=1)))
    before = [await get(services, mine, view.id) for view in over]
    await sweep.sweep(services)
    assert [(await row_of(services, view)).old_secret for view in over] == [None] * 3
    assert (await row_of(services, kept)).old_secret is not None
    # What is seen of them stays, so that no ETag moves by itself.
    assert [await get(services, mine, view.id) for view in over] == before


async def test_a_disabled_endpoint_is_enabled_again_and_each_is_noted_once(services: Services, mine: Principal) -> None:
    view = (await made(services, mine)).view
    disabled = await disable(services, mine, view.id)
    assert (disabled.status, disabled.disabled_reason) == ("disabled", None)
    assert await disable(services, mine, view.id) == disabled
    enabled = await enable(services, mine, view.id)
    assert (enabled.status, enabled.disabled_reason) == ("enabled", None)
    assert enabled.updated_at > disabled.updated_at > view.updated_at
    assert await enable(services, mine, view.id) == enabled
    assert [action for action, _ in await noted(services, mine, view)] == [
        "webhook_endpoint.created",
        "webhook_endpoint.disabled",
        "webhook_endpoint.enabled",
    ]


async def test_what_nothing_reaches_is_disabled_with_a_reason(services: Services, mine: Principal) -> None:
    view = (await made(services, mine)).view
    place = (mine.partner_id, mine.mode, ids.find_id("hook", view.id))
    reason = "Nothing was delivered for 5 days."
    assert await disable_failing(services, *place, reason) is True
    assert await disable_failing(services, *place, "Another reason.") is False
    seen = await get(services, mine, view.id)
    assert (seen.status, seen.disabled_reason) == ("disabled", reason)
    assert await disable(services, mine, view.id) == seen
    assert (await noted(services, mine, view))[1:] == [("webhook_endpoint.disabled", {"reason": reason})]
    entry = (await audit.list_page(services, mine, limit=1)).data[0]
    assert entry.actor == "webhook delivery"
    await delete(services, mine, view.id)
    assert await disable_failing(services, *place, reason) is False


async def test_an_endpoint_goes_with_its_secrets_and_what_is_on_its_way(services: Services, mine: Principal) -> None:
    gone, kept = (await made(services, mine)).view, (await made(services, mine)).view
    sent = [await events.send_test(services, mine, view.id) for view in (gone, kept)]
    await delete(services, mine, gone.id)
    assert await row_of(services, gone) is None
    async with services.database.read(EVERYONE) as session:
        left = (await session.scalars(select(DELIVERIES.c.endpoint_id))).all()
    assert left == [ids.find_id("hook", kept.id)]
    assert (await events.get(services, mine, sent[0].id)).deliveries == []
    with pytest.raises(ResourceNotFound):
        await get(services, mine, gone.id)


@pytest.mark.parametrize("whose", ["another partner", "another mode"])
async def test_nobody_else_finds_an_endpoint(services: Services, mine: Principal, whose: str) -> None:
    theirs = Principal(mine.partner_id, mine.key_id, mine.kind, "test")
    if whose == "another partner":
        theirs = await new_principal(services)
    view = (await made(services, mine)).view
    for wanted in (view.id, ids.to_text("hook", ids.new_id()), "hook_x", mine.mode):
        for ask in (
            get(services, theirs, wanted),
            amend(services, theirs, wanted, EndpointFields(description="x")),
            rotate_secret(services, theirs, wanted),
            disable(services, theirs, wanted),
            enable(services, theirs, wanted),
            delete(services, theirs, wanted),
            events.send_test(services, theirs, wanted),
        ):
            with pytest.raises(ResourceNotFound):
                await ask
    assert (await list_page(services, theirs, limit=10)).data == []
    assert await get(services, mine, view.id) == view
