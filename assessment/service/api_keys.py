"""Keys of a partner: creating, listing, rolling and revoking them. A key manages the keys of its own mode."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import Forbidden, InvalidInput, KeyInactive, LastSecretKey, Problem, ResourceNotFound
from assessment.service import ids, keys
from assessment.service.audit import Action, audit_row
from assessment.service.context import Principal, Store
from assessment.service.key_views import ApiKeyView, CreatedKey, NewApiKey, check_new, key_row, view_key
from assessment.service.pages import Page, Window
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.store import api_keys as rows
from assessment.store.access import EVERYONE
from assessment.store.partners import find_partner
from assessment.store.tables import API_KEYS

LONGEST_OVERLAP = 7 * 24 * 3600
DEFAULT_OVERLAP = 24 * 3600


class Operator(msgspec.Struct, frozen=True):
    """Someone at a terminal beside the database, who manages a partner's keys without having one."""

    partner_id: uuid.UUID
    mode: keys.Mode
    command: str


Manager = Principal | Operator


async def create(
    store: Store,
    manager: Manager,
    new: NewApiKey,
    *,
    bits: int | None = None,
    request_id: str | None = None,
    keep: Keep[CreatedKey] = keep_nothing,
) -> CreatedKey:
    """Create a key. `bits` are its random bits, if they were drawn already; what `keep` makes of it is stored with it.
    Raises InvalidInput, which names every mistake, or Forbidden for a key of the other mode."""
    now = datetime.now(UTC)
    expires_at = check_new(new, now)
    if new.mode is not None and new.mode != manager.mode:
        raise Forbidden(f"A {manager.mode} key manages {manager.mode} keys; use a {new.mode} key for this.")
    key = keys.generate(new.kind, manager.mode, bits)
    row = key_row(
        manager.partner_id,
        new.kind,
        manager.mode,
        key,
        now,
        name=new.name,
        scopes=None if new.scopes is None else list(new.scopes),
        origins=None if new.origins is None else list(new.origins),
        expires_at=expires_at,
    )
    details = {name: value for name in ("kind", "scopes", "origins") if (value := row[name]) is not None}
    created = CreatedKey(view_key(rows.ApiKeyRow(**row)), key.text)
    audited = _audit(manager, "key.created", row["id"], details, request_id)
    await store.queue.insert([(API_KEYS, row), audited, *keep(created)])
    return created


async def get(store: Store, manager: Manager, key_id: str) -> ApiKeyView:
    """The key. Raises ResourceNotFound."""
    async with store.database.read(manager) as session:
        return view_key(await _find(session, manager, ids.find_id("key", key_id)))


async def list_page(store: Store, manager: Manager, *, limit: int, cursor: str | None = None) -> Page[ApiKeyView]:
    """A page of the keys of the manager's mode, newest first, revoked and expired ones included."""
    owner = (manager.partner_id, manager.mode)
    window = Window(limit, cursor, "keys", *owner)
    async with store.database.read(manager) as session:
        found = await rows.list_keys(session, *owner, limit=window.reach, before=window.behind)
    return window.page(found, view_key)


async def roll(
    store: Store,
    manager: Manager,
    key_id: str,
    overlap_seconds: int = DEFAULT_OVERLAP,
    *,
    bits: int | None = None,
    request_id: str | None = None,
    keep: Keep[CreatedKey] = keep_nothing,
) -> CreatedKey:
    """Create a key that may do what the old one may, until when it may; the old one expires after the overlap.
    Raises ResourceNotFound, InvalidInput, or KeyInactive for a key that is revoked, expired or rolled already."""
    if not 0 <= overlap_seconds <= LONGEST_OVERLAP:
        detail = f"The overlap has 0 to {LONGEST_OVERLAP} seconds, which is 7 days."
        raise InvalidInput(detail, errors=[Problem("/overlap_seconds", "out_of_range", detail)])
    wanted = ids.find_id("key", key_id)
    now = datetime.now(UTC)

    async def work(connection: AsyncConnection) -> CreatedKey:
        async with AsyncSession(connection) as session:
            held = await rows.lock_keys(session, manager.partner_id, manager.mode)
            old = next((row for row in held if row.id == wanted), None)
            if old is None:
                old = await _find(session, manager, wanted)
            _require_active(old, now)
            view = view_key(old)
        key = keys.generate(view.kind, view.mode, bits)
        row = key_row(
            manager.partner_id,
            view.kind,
            view.mode,
            key,
            now,
            name=view.name,
            scopes=view.scopes,
            origins=view.origins,
            expires_at=view.expires_at,
        )
        ends = now + timedelta(seconds=overlap_seconds)
        if view.expires_at is not None:
            ends = min(ends, view.expires_at)
        created = CreatedKey(view_key(rows.ApiKeyRow(**row)), key.text)
        details = {"into": created.view.id, "overlap_seconds": overlap_seconds}
        audited = _audit(manager, "key.rolled", wanted, details, request_id)
        await store_rows(connection, [(API_KEYS, row), audited, *keep(created)])
        await _change(connection, manager, wanted, expires_at=ends, replaced_by=row["id"])
        return created

    created = await store.queue.run(work, manager)
    _forget(store, wanted)
    return created


async def revoke(
    store: Store,
    manager: Manager,
    key_id: str,
    *,
    request_id: str | None = None,
    keep: Keep[ApiKeyView] = keep_nothing,
) -> ApiKeyView:
    """Revoke the key at once; a revoked one stays as it is. Raises ResourceNotFound, or LastSecretKey when a key asks
    that would leave its partner without a secret key of the mode."""
    wanted = ids.find_id("key", key_id)

    async def work(connection: AsyncConnection) -> ApiKeyView:
        now = datetime.now(UTC)
        async with AsyncSession(connection) as session:
            held = await rows.lock_keys(session, manager.partner_id, manager.mode)
            if any(row.id == wanted for row in held):
                if isinstance(manager, Principal):
                    _require_another(held, wanted, now)
                await _change(connection, manager, wanted, revoked_at=now)
                await store_rows(connection, [_audit(manager, "key.revoked", wanted, None, request_id)])
                session.expire_all()
            view = view_key(await _find(session, manager, wanted))
        await store_rows(connection, keep(view))
        return view

    view = await store.queue.run(work, manager)
    _forget(store, wanted)
    return view


async def operate(store: Store, partner: str, mode: keys.Mode, command: str) -> Operator:
    """The operator of a partner's (`ptnr_…`) keys. Raises InvalidInput where there is no such partner."""
    partner_id = ids.from_text("ptnr", partner)
    if partner_id is not None:
        async with store.database.read(EVERYONE) as session:
            if await find_partner(session, partner_id) is not None:
                return Operator(partner_id, mode, command)
    raise InvalidInput(f"There is no partner {partner!r}. List them: assessment partner list")


async def operate_on(store: Store, key_id: str, command: str) -> Operator:
    """The operator of the keys that this one (`key_…`) is among. Raises InvalidInput where there is no such key."""
    wanted = ids.from_text("key", key_id)
    if wanted is not None:
        async with store.database.read(EVERYONE) as session:
            owner = await rows.find_owner(session, wanted)
        if owner is not None:
            return Operator(*owner, command)
    raise InvalidInput(f"There is no key {key_id!r}. List a partner's: assessment key list PARTNER")


def _require_active(row: rows.ApiKeyRow, now: datetime) -> None:
    if row.revoked_at is not None:
        raise KeyInactive("The key is revoked; create a new one.")
    if row.replaced_by is not None:
        raise KeyInactive(f"The key was rolled already, into {ids.to_text('key', row.replaced_by)}: roll that one.")
    if row.expires_at is not None and row.expires_at <= now:
        raise KeyInactive("The key has expired; create a new one.")


def _require_another(held: Sequence[rows.ApiKeyRow], wanted: uuid.UUID, now: datetime) -> None:
    """Raise LastSecretKey where `wanted` is the last secret key to stay. One that was rolled is about to go."""
    staying = {
        row.id
        for row in held
        if row.kind == "secret" and row.replaced_by is None and (row.expires_at is None or row.expires_at > now)
    }
    if staying == {wanted}:
        raise LastSecretKey("This is the last active secret key of its mode; create or roll into another one first.")


async def _find(session: AsyncSession, manager: Manager, key_id: uuid.UUID) -> rows.ApiKeyRow:
    row = await rows.find_key(session, manager.partner_id, manager.mode, key_id)
    if row is None:
        raise ResourceNotFound
    return row


async def _change(connection: AsyncConnection, manager: Manager, key_id: uuid.UUID, **columns: Any) -> None:
    own = {"partner_id": manager.partner_id, "mode": manager.mode, "id": key_id}
    await connection.execute(update(API_KEYS).filter_by(**own).values(**columns))


def _audit(
    manager: Manager, action: Action, key_id: uuid.UUID, details: Mapping[str, Any] | None, request_id: str | None
) -> Any:
    actor = manager.command if isinstance(manager, Operator) else manager
    target = ids.to_text("key", key_id)
    return audit_row(actor, action, target, details, request_id, partner_id=manager.partner_id, mode=manager.mode)


def _forget(store: Store, key_id: uuid.UUID) -> None:
    """Believe nothing of the key any more, nor of the origins that it lists: this process is asked next, often."""
    store.known_origins = (0.0, frozenset())
    for key_hash in [known for known, (_, who) in store.known_keys.items() if who.key_id == key_id]:
        del store.known_keys[key_hash]
