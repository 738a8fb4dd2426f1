"""Keys of a partner: what they may be, how they end, and that they say when they were used."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import (
    DatabaseUnavailable,
    Forbidden,
    InvalidInput,
    KeyInactive,
    LastSecretKey,
    ResourceNotFound,
    Unauthenticated,
)
from assessment.service import ids, keys, partners
from assessment.service.api_keys import (
    Operator,
    create,
    get,
    list_page,
    operate,
    operate_on,
    revoke,
    roll,
)
from assessment.service.context import Principal, Services
from assessment.service.key_views import NewApiKey, key_row
from assessment.service.origins import is_known_origin
from assessment.service.partners import authenticate, create_partner
from assessment.store import api_keys as api_key_rows
from assessment.store.access import EVERYONE
from assessment.store.tables import API_KEYS, AUDIT_EVENTS
from tests.integration.service.helpers import new_principal


async def change(services: Services, key_id: str, **columns: Any) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(API_KEYS).filter_by(id=ids.find_id("key", key_id)).values(**columns))

    await services.queue.run(work, EVERYONE)
    services.known_keys.clear()


async def row_of(services: Services, key_id: str) -> Any:
    async with services.database.read(EVERYONE) as session:
        return (await session.execute(select(API_KEYS).filter_by(id=ids.find_id("key", key_id)))).one()


async def settled(services: Services) -> None:
    """Return when every write that was queued so far is done."""

    async def nothing(connection: AsyncConnection) -> None:
        return None

    await services.queue.run(nothing, EVERYONE)


async def test_a_restricted_key_carries_its_scopes(services: Services) -> None:
    principal = await new_principal(services, "test")
    new = NewApiKey("restricted", name="Reporting", scopes=["assessments:read", "catalogue:read"])
    created = await create(services, principal, new)
    assert created.text.startswith("alm_rk_test_")
    assert created.view.prefix == created.text[:16]
    assert await get(services, principal, created.view.id) == created.view
    found = await authenticate(services, created.text)
    assert (found.kind, found.mode, found.partner_id) == ("restricted", "test", principal.partner_id)
    assert found.scopes == {"assessments:read", "catalogue:read"}
    assert found.origins == frozenset()


async def test_a_publishable_key_carries_its_origins(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, NewApiKey("publishable", origins=["https://a.example"]))
    assert (await authenticate(services, created.text)).origins == {"https://a.example"}


@pytest.mark.parametrize(
    ("new", "mistakes"),
    [
        (NewApiKey("restricted"), {"/scopes": "required"}),
        (NewApiKey("restricted", scopes=[]), {"/scopes": "required"}),
        (
            NewApiKey(
                "restricted", scopes=["scores:write", "keys:write", "scores:write"], origins=["https://a.example"]
            ),
            {"/scopes/1": "unknown_scope", "/scopes/2": "duplicate_scope", "/origins": "not_allowed"},
        ),
        (NewApiKey("secret", scopes=["scores:write"]), {"/scopes": "not_allowed"}),
        (NewApiKey("secret", origins=["https://a.example"]), {"/origins": "not_allowed"}),
        (NewApiKey("publishable"), {"/origins": "required"}),
        (NewApiKey("publishable", origins=["https://a.example/"]), {"/origins/0": "invalid_origin"}),
        (NewApiKey("secret", name=" "), {"/name": "invalid_text"}),
        (NewApiKey("secret", name="a\0b"), {"/name": "invalid_text"}),
        (NewApiKey("secret", name="a" * 201), {"/name": "invalid_text"}),
        (NewApiKey("secret", expires_at=datetime(2026, 1, 1, tzinfo=UTC)), {"/expires_at": "not_in_future"}),
        (
            NewApiKey("secret", expires_at=datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))),
            {"/expires_at": "out_of_range"},
        ),
    ],
)
async def test_every_mistake_of_a_new_key_is_named(
    services: Services, new: NewApiKey, mistakes: dict[str, str]
) -> None:
    principal = await new_principal(services)
    with pytest.raises(InvalidInput) as caught:
        await create(services, principal, new)
    assert {problem.pointer: problem.code for problem in caught.value.errors} == mistakes


async def test_a_key_manages_keys_of_its_own_mode(services: Services) -> None:
    principal = await new_principal(services, "live")
    with pytest.raises(Forbidden, match="A live key manages live keys"):
        await create(services, principal, NewApiKey("secret", mode="test"))
    tester = await operate(services, ids.to_text("ptnr", principal.partner_id), "test", "a command")
    created = await create(services, tester, NewApiKey("secret", mode="test"))
    for action in (get, roll, revoke):
        with pytest.raises(ResourceNotFound):
            await action(services, principal, created.view.id)
    assert created.view.id not in [view.id for view in (await list_page(services, principal, limit=100)).data]


async def test_keys_of_another_partner_do_not_exist(services: Services) -> None:
    mine, other = await new_principal(services), await new_principal(services, name="Other")
    created = await create(services, mine, NewApiKey("secret"))
    for action in (get, roll, revoke):
        for key_id in (created.view.id, "key_01k9zqf3v8e3rb4m5n6p7q8r9s", "nonsense"):
            with pytest.raises(ResourceNotFound):
                await action(services, other, key_id)
    assert (await authenticate(services, created.text)).partner_id == mine.partner_id


async def test_an_expired_key_is_as_an_unknown_one(services: Services) -> None:
    principal = await new_principal(services)
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    created = await create(services, principal, NewApiKey("secret", expires_at=soon))
    await authenticate(services, created.text)
    await asyncio.sleep(0.31)
    with pytest.raises(Unauthenticated) as caught:
        await authenticate(services, created.text)
    with pytest.raises(Unauthenticated) as unknown:
        await authenticate(services, keys.generate("secret", "live").text)
    assert str(caught.value) == str(unknown.value)


async def test_keys_are_listed_newest_first_page_by_page(services: Services) -> None:
    principal = await new_principal(services)
    made = [(await create(services, principal, NewApiKey("secret"))).view.id for _ in range(5)]
    first = await list_page(services, principal, limit=3)
    assert [view.id for view in first.data] == made[:1:-1]
    rest = await list_page(services, principal, limit=100, cursor=first.next_cursor)
    assert [view.id for view in rest.data[:2]] == made[1::-1]
    # and the two that the partner began with
    assert [view.kind for view in rest.data[2:]] == ["publishable", "secret"]
    assert (rest.has_more, rest.next_cursor) == (False, None)
    with pytest.raises(InvalidInput, match="cursor"):
        await list_page(services, await new_principal(services, name="B"), limit=3, cursor=first.next_cursor)


async def test_a_page_that_holds_the_last_key_says_so(services: Services) -> None:
    principal = await new_principal(services)
    page = await list_page(services, principal, limit=2)
    assert [view.kind for view in page.data] == ["publishable", "secret"]
    assert (page.has_more, page.next_cursor) == (False, None)


@pytest.mark.parametrize("limit", [0, 101])
async def test_a_page_has_a_bearable_number_of_keys(services: Services, limit: int) -> None:
    with pytest.raises(InvalidInput, match="'limit' must be 1 to 100"):
        await list_page(services, await new_principal(services), limit=limit)


async def test_a_key_that_is_rolled_works_for_another_day_where_nothing_is_said(services: Services) -> None:
    principal = await new_principal(services)
    old = await create(services, principal, NewApiKey("secret"))
    before = datetime.now(UTC)
    await roll(services, principal, old.view.id)
    left = await get(services, principal, old.view.id)
    assert left.expires_at is not None
    assert timedelta(0) <= left.expires_at - before - timedelta(days=1) < timedelta(seconds=15)


async def test_rolling_makes_a_key_that_may_do_the_same_and_lets_the_old_one_expire(services: Services) -> None:
    principal = await new_principal(services)
    ends = datetime.now(UTC) + timedelta(days=30)
    old = await create(
        services, principal, NewApiKey("restricted", name="Reports", scopes=["scores:write"], expires_at=ends)
    )
    before = datetime.now(UTC)
    new = await roll(services, principal, old.view.id, 3600)
    assert new.text != old.text
    assert (new.view.kind, new.view.name, new.view.scopes) == ("restricted", "Reports", ["scores:write"])
    assert new.view.expires_at == old.view.expires_at
    left = await get(services, principal, old.view.id)
    assert left.replaced_by == new.view.id
    assert left.expires_at is not None
    assert timedelta(0) <= left.expires_at - before - timedelta(hours=1) < timedelta(seconds=30)
    for text in (old.text, new.text):
        assert (await authenticate(services, text)).scopes == {"scores:write"}


async def test_rolling_without_overlap_ends_the_old_key_at_once(services: Services) -> None:
    principal = await new_principal(services)
    old = await create(services, principal, NewApiKey("publishable", origins=["https://old.example"]))
    await authenticate(services, old.text)
    new = await roll(services, principal, old.view.id, 0)
    with pytest.raises(Unauthenticated):
        await authenticate(services, old.text)
    assert (await authenticate(services, new.text)).origins == {"https://old.example"}


async def test_rolling_never_prolongs_a_key(services: Services) -> None:
    principal = await new_principal(services)
    soon = datetime.now(UTC) + timedelta(minutes=1)
    old = await create(services, principal, NewApiKey("secret", expires_at=soon))
    new = await roll(services, principal, old.view.id, 7 * 24 * 3600)
    assert new.view.expires_at == (await get(services, principal, old.view.id)).expires_at == old.view.expires_at


@pytest.mark.parametrize("overlap", [-1, 7 * 24 * 3600 + 1])
async def test_an_overlap_is_a_week_at_most(services: Services, overlap: int) -> None:
    principal = await new_principal(services)
    with pytest.raises(InvalidInput, match="7 days") as caught:
        await roll(services, principal, ids.to_text("key", principal.key_id), overlap)
    assert caught.value.errors[0].pointer == "/overlap_seconds"


async def test_a_key_that_is_gone_cannot_be_rolled(services: Services) -> None:
    principal = await new_principal(services)
    made = [(await create(services, principal, NewApiKey("secret"))).view.id for _ in range(3)]
    await revoke(services, principal, made[0])
    await change(services, made[1], expires_at=datetime.now(UTC) - timedelta(seconds=1))
    new = await roll(services, principal, made[2])
    for key_id, said in zip(made, ["is revoked", "has expired", f"rolled already, into {new.view.id}"], strict=True):
        with pytest.raises(KeyInactive, match=said):
            await roll(services, principal, key_id)


async def test_of_two_who_roll_the_same_key_at_once_one_does(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, NewApiKey("secret"))
    done = await asyncio.gather(*(roll(services, principal, created.view.id) for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, Exception)] == [KeyInactive] * 4


async def test_a_revoked_key_is_gone_at_once_and_stays_as_it_was_revoked(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, NewApiKey("secret"))
    await authenticate(services, created.text)
    revoked = await revoke(services, principal, created.view.id)
    with pytest.raises(Unauthenticated):
        await authenticate(services, created.text)
    assert revoked.revoked_at is not None
    assert await revoke(services, principal, created.view.id) == revoked


async def test_no_key_takes_away_the_last_secret_key_of_its_mode(services: Services) -> None:
    principal = await new_principal(services)
    own = ids.to_text("key", principal.key_id)
    with pytest.raises(LastSecretKey):
        await revoke(services, principal, own)
    new = await roll(services, principal, own, 3600)
    with pytest.raises(LastSecretKey):
        # The rolled one still works, and is about to go.
        await revoke(services, principal, new.view.id)
    assert (await revoke(services, principal, own)).revoked_at is not None
    other = await create(services, principal, NewApiKey("secret"))
    assert (await revoke(services, principal, new.view.id)).revoked_at is not None
    with pytest.raises(LastSecretKey):
        await revoke(services, principal, other.view.id)
    operator = await operate_on(services, other.view.id, "assessment key revoke")
    assert (await revoke(services, operator, other.view.id)).revoked_at is not None


async def test_two_secret_keys_cannot_revoke_each_other_at_once(services: Services) -> None:
    principal = await new_principal(services)
    other = await create(services, principal, NewApiKey("secret"))
    done = await asyncio.gather(
        revoke(services, principal, other.view.id),
        revoke(services, principal, ids.to_text("key", principal.key_id)),
        return_exceptions=True,
    )
    assert [type(one) for one in done].count(LastSecretKey) == 1


async def test_operators_are_told_what_does_not_exist(services: Services) -> None:
    for text in ("ptnr_01k9zqf3v8e3rb4m5n6p7q8r9s", "Acme"):
        with pytest.raises(InvalidInput, match="There is no partner"):
            await operate(services, text, "live", "a command")
    for text in ("key_01k9zqf3v8e3rb4m5n6p7q8r9s", "alm_sk_live_x"):
        with pytest.raises(InvalidInput, match="There is no key"):
            await operate_on(services, text, "a command")


async def test_what_is_done_with_keys_is_in_the_audit_log(services: Services) -> None:
    principal = await new_principal(services)
    operator = Operator(principal.partner_id, "live", "assessment key create")
    made = await create(services, operator, NewApiKey("restricted", scopes=["scores:write"]))
    new = await roll(services, principal, made.view.id, 60, request_id="req_1")
    await revoke(services, principal, made.view.id)
    async with services.database.read(EVERYONE) as session:
        rows = (await session.execute(select(AUDIT_EVENTS).order_by(AUDIT_EVENTS.c.id))).all()
    own = ids.to_text("key", principal.key_id)
    assert [(row.actor, row.action, row.target, row.details, row.request_id) for row in rows[1:]] == [
        (
            "assessment key create",
            "key.created",
            made.view.id,
            {"kind": "restricted", "scopes": ["scores:write"]},
            None,
        ),
        (own, "key.rolled", made.view.id, {"into": new.view.id, "overlap_seconds": 60}, "req_1"),
        (own, "key.revoked", made.view.id, None, None),
    ]
    assert rows[0].action == "partner.created"


async def test_the_use_of_a_key_is_noted_and_then_not_for_a_minute(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, NewApiKey("secret"))
    assert created.view.last_used_at is None
    before = datetime.now(UTC)
    await authenticate(services, created.text)
    await settled(services)
    noted = (await row_of(services, created.view.id)).last_used_at
    assert before <= noted <= datetime.now(UTC)
    services.known_keys.clear()
    await authenticate(services, created.text)
    services.known_keys.clear()
    services.noted_uses.clear()  # as in another process
    await authenticate(services, created.text)
    await settled(services)
    assert (await row_of(services, created.view.id)).last_used_at == noted
    monkeypatch.setattr(partners, "USE_NOTED_SECONDS", 0)
    services.known_keys.clear()
    await authenticate(services, created.text)
    await settled(services)
    assert (await row_of(services, created.view.id)).last_used_at > noted


@pytest.mark.parametrize(("seconds", "noted"), [(59.2, False), (60.5, True)])
async def test_a_use_is_noted_a_minute_after_the_last(services: Services, seconds: float, noted: bool) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, NewApiKey("secret"))
    before = datetime.now(UTC) - timedelta(seconds=seconds)
    await change(services, created.view.id, last_used_at=before)
    await authenticate(services, created.text)
    await settled(services)
    found = (await row_of(services, created.view.id)).last_used_at
    assert found > before if noted else found == before


async def test_a_process_notes_a_use_once_a_minute_whatever_became_of_the_note(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, NewApiKey("secret"))
    await authenticate(services, created.text)
    await settled(services)
    await change(services, created.view.id, last_used_at=None)
    await authenticate(services, created.text)
    await settled(services)
    assert (await row_of(services, created.view.id)).last_used_at is None


async def test_a_use_that_cannot_be_noted_fails_nobody(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, NewApiKey("secret"))

    async def broken(*_: object) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(api_key_rows, "note_use", broken)
    assert (await authenticate(services, created.text)).kind == "secret"
    await settled(services)
    assert (await row_of(services, created.view.id)).last_used_at is None


async def test_origins_are_known_while_a_key_lists_them(services: Services) -> None:
    partner = await create_partner(services, "Acme", origins=["https://a.example"])
    principal = await authenticate(services, partner.secret_key)
    assert await is_known_origin(services, "https://a.example")
    asked = time.monotonic()
    assert not await is_known_origin(services, "https://b.example")
    made = await create(services, principal, NewApiKey("publishable", origins=["https://b.example"]))
    assert not await is_known_origin(services, "https://b.example") or time.monotonic() >= asked + 0.5
    await asyncio.sleep(0.6)
    assert await is_known_origin(services, "https://b.example")
    await revoke(services, principal, made.view.id)
    assert not await is_known_origin(services, "https://b.example")
    soon = datetime.now(UTC) + timedelta(seconds=0.2)
    await create(services, principal, NewApiKey("publishable", origins=["https://c.example"], expires_at=soon))
    await asyncio.sleep(0.8)
    assert not await is_known_origin(services, "https://c.example")


async def test_a_partner_with_a_wrong_origin_is_not_created(services: Services) -> None:
    with pytest.raises(InvalidInput, match="must begin with https://"):
        await create_partner(services, "Acme", origins=["http://a.example"])
    async with services.database.read(EVERYONE) as session:
        assert await session.scalar(select(func.count()).select_from(API_KEYS)) == 0


async def test_rows_of_keys_can_be_made_before_their_time(services: Services) -> None:
    """A key that was stored with an expiry that has passed, as after a restore, is as an unknown one."""
    principal = await new_principal(services)
    made, now = keys.generate("secret", "live"), datetime.now(UTC)
    row = key_row(principal.partner_id, "secret", "live", made, now, expires_at=now - timedelta(days=1))

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(API_KEYS), [row])

    await services.queue.run(work, EVERYONE)
    with pytest.raises(Unauthenticated):
        await authenticate(services, made.text)


def test_a_principal_without_scopes_or_origins_has_none() -> None:
    principal = Principal(ids.new_id(), ids.new_id(), "secret", "live")
    assert (principal.scopes, principal.origins) == (frozenset(), frozenset())
