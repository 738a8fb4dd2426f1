"""Partners: creating one with its keys, and telling who a key belongs to."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import InvalidInput, Problem, Unauthenticated
from assessment.service import ids, keys
from assessment.service.audit import audit_row
from assessment.service.context import Principal, Store
from assessment.service.key_views import key_row
from assessment.service.origins import origin_problems
from assessment.store import api_keys as rows
from assessment.store import partners as partner_rows
from assessment.store.access import EVERYONE, confined, presenting
from assessment.store.tables import API_KEYS, PARTNERS

LONGEST_NAME = 200
KNOWN_SECONDS = 0.5
"""How long a key that was found valid is believed without asking again; revoking works within a second."""
MOST_KNOWN = 10_000
USE_NOTED_SECONDS = 60
"""How exact `last_used_at` is."""


class NewPartner(msgspec.Struct, frozen=True):
    """A partner at birth: the keys' texts are shown here and never again."""

    partner_id: str
    secret_key: str
    publishable_key: str


class PartnerView(msgspec.Struct, frozen=True):
    """A partner, without its keys."""

    partner_id: str
    name: str
    created_at: datetime


async def create_partner(
    store: Store,
    name: str,
    mode: Literal["live", "test"] = "live",
    *,
    origins: Sequence[str] = (),
    by: str = "assessment partner create",
) -> NewPartner:
    """Create a partner with a secret and a publishable key of `mode`; the latter works from `origins`, and without
    any it works nowhere. `by` is the command that does it."""
    name = name.strip()
    problems = []
    if not 1 <= len(name) <= LONGEST_NAME or "\0" in name:
        detail = f"A partner's name has 1 to {LONGEST_NAME} characters."
        problems.append(Problem("/name", "invalid_text", detail))
    problems += origin_problems(origins)
    if problems:
        raise InvalidInput(problems[0].detail, errors=problems)
    partner_id = ids.new_id()
    now = datetime.now(UTC)
    secret, publishable = keys.generate("secret", mode), keys.generate("publishable", mode)
    batch = [
        (PARTNERS, {"id": partner_id, "name": name, "created_at": now}),
        (API_KEYS, key_row(partner_id, "secret", mode, secret, now)),
        (API_KEYS, key_row(partner_id, "publishable", mode, publishable, now, origins=list(origins) or None)),
        audit_row(by, "partner.created", ids.to_text("ptnr", partner_id), partner_id=partner_id, mode=None),
    ]
    await store.queue.insert(batch)
    return NewPartner(ids.to_text("ptnr", partner_id), secret.text, publishable.text)


def recall(store: Store, key_text: str) -> Principal | None:
    """Who the key belongs to, where that was found a moment ago."""
    known = store.known_keys.get(keys.hash_key(key_text))
    return known[1] if known is not None and time.monotonic() < known[0] else None


async def authenticate(
    store: Store, key_text: str, before_lookup: Callable[[], Awaitable[None]] | None = None
) -> Principal:
    """Who the key belongs to. Malformed, unknown, expired and revoked keys raise the same Unauthenticated.
    `before_lookup` may refuse a key that this process has not seen valid before, at no cost to the database."""
    principal = recall(store, key_text)
    if principal is not None:
        return principal
    now = time.monotonic()
    key_hash = keys.hash_key(key_text)
    known = store.known_keys.get(key_hash)
    # What was found once has the form of a key.
    if known is None and keys.parse(key_text) is None:
        raise Unauthenticated
    if known is None and before_lookup is not None:
        await before_lookup()
    asked_at = datetime.now(UTC)
    async with store.database.read(presenting(key_hash)) as session:
        found = await rows.find_active_key(session, key_hash, asked_at)
    if found is None:
        store.known_keys.pop(key_hash, None)
        raise Unauthenticated
    principal = Principal(
        found.partner_id, found.key_id, found.kind, found.mode, frozenset(found.scopes), frozenset(found.origins)
    )
    if len(store.known_keys) >= MOST_KNOWN:
        store.known_keys.clear()
    # Counted from before the lookup, so that a revocation during it is not outlived for longer.
    seconds = KNOWN_SECONDS
    if found.expires_at is not None:
        seconds = min(seconds, (found.expires_at - asked_at).total_seconds())
    store.known_keys[key_hash] = (now + seconds, principal)
    _note_use(store, found, now, asked_at)
    return principal


def _note_use(store: Store, key: rows.ActiveKey, now: float, asked_at: datetime) -> None:
    """Have `last_used_at` written, once a minute at most and with nobody waiting for it."""
    noted = store.noted_uses.get(key.key_id)
    if noted is not None and now < noted + USE_NOTED_SECONDS:
        return
    if key.last_used_at is not None and asked_at < key.last_used_at + timedelta(seconds=USE_NOTED_SECONDS):
        return  # another process has written it
    if len(store.noted_uses) >= MOST_KNOWN:
        store.noted_uses.clear()
    store.noted_uses[key.key_id] = now

    async def work(connection: AsyncConnection) -> None:
        await rows.note_use(connection, key.partner_id, key.key_id, asked_at)

    store.queue.post(work, confined(key.partner_id, key.mode))


async def list_partners(store: Store) -> list[PartnerView]:
    """Every partner, oldest first."""
    async with store.database.read(EVERYONE) as session:
        found = await partner_rows.list_partners(session)
    return [PartnerView(ids.to_text("ptnr", row.id), row.name, row.created_at) for row in found]
