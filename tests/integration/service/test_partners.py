"""Partners and who a key belongs to."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import InvalidInput, RateLimited, Unauthenticated
from assessment.service import ids, keys, partners
from assessment.service.context import Services
from assessment.service.partners import authenticate, create_partner, list_partners
from assessment.store.access import EVERYONE
from assessment.store.tables import API_KEYS


async def revoke_all(services: Services) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(API_KEYS).values(revoked_at=datetime.now(UTC)))

    await services.queue.run(work, EVERYONE)


async def test_a_new_partner_has_a_secret_and_a_publishable_key(services: Services) -> None:
    partner = await create_partner(services, "  Acme Agency ", "test")
    secret = await authenticate(services, partner.secret_key)
    publishable = await authenticate(services, partner.publishable_key)
    assert (secret.kind, secret.mode) == ("secret", "test")
    assert (publishable.kind, publishable.mode) == ("publishable", "test")
    assert secret.partner_id == publishable.partner_id
    assert ids.to_text("ptnr", secret.partner_id) == partner.partner_id
    assert [(one.partner_id, one.name) for one in await list_partners(services)] == [
        (partner.partner_id, "Acme Agency")
    ]


@pytest.mark.parametrize("name", ["a", "a" * 200])
async def test_a_name_may_be_as_short_and_as_long_as_is_said(services: Services, name: str) -> None:
    await create_partner(services, name)
    assert [one.name for one in await list_partners(services)] == [name]


async def test_the_first_mistake_of_a_partner_is_the_one_that_is_said_when_only_one_can_be(services: Services) -> None:
    with pytest.raises(InvalidInput, match="1 to 200 characters") as caught:
        await create_partner(services, "", origins=["ftp://a.example"])
    assert [problem.pointer for problem in caught.value.errors] == ["/name", "/origins/0"]


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "a\0b"])
async def test_a_partner_needs_a_name_of_bearable_length(services: Services, name: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 200 characters") as caught:
        await create_partner(services, name)
    assert [problem.pointer for problem in caught.value.errors] == ["/name"]


async def test_malformed_unknown_and_revoked_keys_are_told_the_same(services: Services) -> None:
    partner = await create_partner(services, "Acme")
    await revoke_all(services)
    said = []
    for text in ("nonsense", keys.generate("secret", "live").text, partner.secret_key):
        with pytest.raises(Unauthenticated) as caught:
            await authenticate(services, text)
        said.append((caught.value.code, caught.value.detail))
    assert said == [("unauthenticated", "A valid API key is needed")] * 3


async def test_a_revoked_key_stops_working_within_a_second(services: Services) -> None:
    partner = await create_partner(services, "Acme")
    await authenticate(services, partner.secret_key)
    await revoke_all(services)
    revoked = time.monotonic()
    last_success = revoked
    while time.monotonic() < revoked + 1.2:
        try:
            await authenticate(services, partner.secret_key)
            last_success = time.monotonic()
        except Unauthenticated:
            break
    assert last_success - revoked < 1
    with pytest.raises(Unauthenticated):
        await authenticate(services, partner.secret_key)


async def test_a_key_that_was_found_valid_is_believed_for_half_a_second(services: Services) -> None:
    partner = await create_partner(services, "Acme")
    start = time.monotonic()
    principal = await authenticate(services, partner.secret_key)
    await revoke_all(services)
    try:
        assert await authenticate(services, partner.secret_key) == principal
    except Unauthenticated:
        assert time.monotonic() >= start + 0.5


async def test_only_a_key_that_was_not_seen_valid_before_can_be_refused_a_lookup(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners, "KNOWN_SECONDS", 0)
    partner = await create_partner(services, "Acme")

    async def refuse() -> None:
        raise RateLimited

    with pytest.raises(RateLimited):
        await authenticate(services, partner.secret_key, refuse)
    principal = await authenticate(services, partner.secret_key)
    assert await authenticate(services, partner.secret_key, refuse) == principal
    await revoke_all(services)
    with pytest.raises(Unauthenticated):
        await authenticate(services, partner.secret_key, refuse)
    # From now on it is like any text that somebody made up.
    with pytest.raises(RateLimited):
        await authenticate(services, partner.secret_key, refuse)


async def test_keys_that_a_process_remembers_are_bounded(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partners, "MOST_KNOWN", 3)
    remembered = []
    for name in ("One", "Two", "Three"):
        partner = await create_partner(services, name)
        for text in (partner.secret_key, partner.publishable_key):
            await authenticate(services, text)
            remembered.append((len(services.known_keys), len(services.noted_uses)))
    assert remembered == [(1, 1), (2, 2), (3, 3), (1, 1), (2, 2), (3, 3)]


async def test_only_prefix_and_hash_of_a_key_are_stored(services: Services) -> None:
    partner = await create_partner(services, "Acme")
    async with services.database.read(EVERYONE) as session:
        rows = (await session.execute(select(API_KEYS).order_by(API_KEYS.c.id))).all()
    assert [row.prefix for row in rows] == [partner.secret_key[:16], partner.publishable_key[:16]]
    assert not any(partner.secret_key[20:] in str(row) for row in rows)


@pytest.mark.parametrize("text", ["", "nonsense", "alm_sk_live_" + "0" * 33, "alm_sk_live_\ud800", "é" * 60])
async def test_a_text_that_no_key_reads_like_is_refused_before_anything_is_asked(services: Services, text: str) -> None:
    asked = []

    async def note() -> None:
        asked.append(text)

    with pytest.raises(Unauthenticated):
        await authenticate(services, text, note)
    assert asked == []
