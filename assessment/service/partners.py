"""Partners: creating one with its keys, and telling who a key belongs to."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Literal, cast

import msgspec

from assessment.errors import InvalidInput, Problem, Unauthenticated
from assessment.service import ids, keys
from assessment.service.context import Principal, Store
from assessment.store import partners as rows
from assessment.store.tables import API_KEYS, PARTNERS

LONGEST_NAME = 200
KNOWN_SECONDS = 0.5
"""How long a key that was found valid is believed without asking again; revoking works within a second."""
MOST_KNOWN = 10_000


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


async def create_partner(store: Store, name: str, mode: Literal["live", "test"] = "live") -> NewPartner:
    """Create a partner with a secret and a publishable key of `mode`."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or "\0" in name:
        detail = f"A partner's name has 1 to {LONGEST_NAME} characters."
        raise InvalidInput(detail, errors=[Problem("/name", "invalid_text", detail)])
    partner_id = ids.new_id()
    now = datetime.now(UTC)
    secret, publishable = keys.generate("secret", mode), keys.generate("publishable", mode)
    kinds: list[tuple[keys.Kind, keys.NewKey]] = [("secret", secret), ("publishable", publishable)]
    new_keys = [
        {
            "partner_id": partner_id,
            "id": ids.new_id(),
            "kind": kind,
            "mode": mode,
            "prefix": key.prefix,
            "hash": key.hash,
            "created_at": now,
            "revoked_at": None,
        }
        for kind, key in kinds
    ]
    partner = {"id": partner_id, "name": name, "created_at": now}
    await store.queue.insert([(PARTNERS, partner), *((API_KEYS, row) for row in new_keys)])
    return NewPartner(ids.to_text("ptnr", partner_id), secret.text, publishable.text)


async def authenticate(store: Store, key_text: str) -> Principal:
    """Who the key belongs to. Malformed, unknown and revoked keys raise the same Unauthenticated."""
    parsed = keys.parse(key_text)
    if parsed is None:
        raise Unauthenticated
    now = time.monotonic()
    known = store.known_keys.get(parsed.hash)
    if known is not None and now < known[0]:
        return known[1]
    async with store.database.read() as session:
        found = await rows.find_active_key(session, parsed.hash)
    if found is None:
        store.known_keys.pop(parsed.hash, None)
        raise Unauthenticated
    principal = Principal(found.partner_id, found.key_id, cast("keys.Kind", found.kind), found.mode)
    if len(store.known_keys) >= MOST_KNOWN:
        store.known_keys.clear()
    # Counted from before the lookup, so that a revocation during it is not outlived for longer.
    store.known_keys[parsed.hash] = (now + KNOWN_SECONDS, principal)
    return principal


async def list_partners(store: Store) -> list[PartnerView]:
    """Every partner, oldest first."""
    async with store.database.read() as session:
        found = await rows.list_partners(session)
    return [PartnerView(ids.to_text("ptnr", row.id), row.name, row.created_at) for row in found]
