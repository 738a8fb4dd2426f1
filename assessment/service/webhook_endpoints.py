"""Webhook endpoints: the addresses that a partner's events are sent to. A key manages those of its own mode."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import msgspec
from msgspec import UNSET
from sqlalchemy import delete as delete_from
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import InvalidInput, LimitReached, Problem
from assessment.service import ids
from assessment.service.audit import Action, audit_row
from assessment.service.context import Principal, Store
from assessment.service.pages import Page, Window
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.service.webhook_changes import Expect, change, entry_of, find, key_of
from assessment.service.webhook_secrets import make_secret, write_secret
from assessment.service.webhook_views import (
    EndpointFields,
    SecretShown,
    WebhookEndpointView,
    check_fields,
    view_endpoint,
)
from assessment.store import webhook_endpoints as rows
from assessment.store.access import confined
from assessment.store.base import Mode
from assessment.store.scrub import note_deletion
from assessment.store.tables import WEBHOOK_ENDPOINTS
from assessment.store.webhook_endpoints import WebhookEndpointRow

MOST_ENDPOINTS = 20
"""Of a partner in a mode."""
LONGEST_OVERLAP = 7 * 24 * 3600
DEFAULT_OVERLAP = 24 * 3600
DELIVERY = "webhook delivery"
"""What the audit log names as the actor where an endpoint is disabled because nothing reaches it."""


class Switch(Protocol):
    """Disables an endpoint, or enables it."""

    async def __call__(
        self,
        store: Store,
        principal: Principal,
        endpoint_id: str,
        *,
        request_id: str | None = None,
        keep: Keep[WebhookEndpointView] = keep_nothing,
    ) -> WebhookEndpointView: ...


async def create(
    store: Store,
    principal: Principal,
    given: EndpointFields,
    *,
    allow_inside: bool = False,
    bits: int | None = None,
    request_id: str | None = None,
    keep: Keep[SecretShown] = keep_nothing,
) -> SecretShown:
    """Create an endpoint, which is enabled and sent what happens from now on. `bits` are the random bits of its secret,
    if they were drawn already; what `keep` makes of it is stored with it. Raises InvalidInput or LimitReached."""
    columns = {"description": None} | check_fields(given, allow_inside=allow_inside, new=True)
    secret = make_secret(bits)

    async def work(connection: AsyncConnection) -> SecretShown:
        async with AsyncSession(connection) as session:
            held = await rows.lock_and_count(session, principal.partner_id, principal.mode)
        if held >= MOST_ENDPOINTS:
            raise LimitReached(f"There are at most {MOST_ENDPOINTS} webhook endpoints of a mode; delete one first.")
        now = datetime.now(UTC)
        row = {
            "partner_id": principal.partner_id,
            "mode": principal.mode,
            "id": ids.new_id(),
            **columns,
            "disabled_at": None,
            "disabled_reason": None,
            "secret": secret,
            "old_secret": None,
            "old_secret_until": None,
            "created_at": now,
            "updated_at": now,
        }
        created = SecretShown(view_endpoint(WebhookEndpointRow(**row)), write_secret(secret))
        audited = entry_of(principal, "webhook_endpoint.created", row["id"], {"events": row["events"]}, request_id)
        await store_rows(connection, [(WEBHOOK_ENDPOINTS, row), audited, *keep(created)])
        return created

    return await store.queue.run(work, principal)


async def get(store: Store, principal: Principal, endpoint_id: str) -> WebhookEndpointView:
    """The endpoint. Raises ResourceNotFound."""
    wanted = ids.find_id("hook", endpoint_id)
    async with store.database.read(principal) as session:
        return view_endpoint(await find(session, principal, wanted))


async def list_page(
    store: Store, principal: Principal, *, limit: int, cursor: str | None = None
) -> Page[WebhookEndpointView]:
    """A page of the endpoints of the principal's mode, newest first, disabled ones included."""
    owner = (principal.partner_id, principal.mode)
    window = Window(limit, cursor, "webhook_endpoints", *owner)
    async with store.database.read(principal) as session:
        found = await rows.list_endpoints(session, *owner, limit=window.reach, before=window.behind)
    return window.page(found, view_endpoint)


async def amend(
    store: Store,
    principal: Principal,
    endpoint_id: str,
    given: EndpointFields,
    expect: Expect | None = None,
    *,
    allow_inside: bool = False,
    request_id: str | None = None,
) -> WebhookEndpointView:
    """Change what the partner says of the endpoint. What is on its way goes to the new address. Raises
    ResourceNotFound or InvalidInput."""

    def changed(row: WebhookEndpointRow) -> dict[str, Any]:
        columns = check_fields(given, allow_inside=allow_inside)
        return {name: value for name, value in columns.items() if getattr(row, name) != value}

    named = [name for name, value in msgspec.structs.asdict(given).items() if value is not UNSET]
    action: Action = "webhook_endpoint.updated"
    return await change(store, principal, endpoint_id, action, changed, {"fields": named}, request_id, expect=expect)


async def rotate_secret(
    store: Store,
    principal: Principal,
    endpoint_id: str,
    overlap_seconds: int = DEFAULT_OVERLAP,
    *,
    bits: int | None = None,
    request_id: str | None = None,
    keep: Keep[SecretShown] = keep_nothing,
) -> SecretShown:
    """Give the endpoint a new secret; the one that it had signs too until the overlap is over, and an older one no
    more. Raises ResourceNotFound or InvalidInput."""
    if not 0 <= overlap_seconds <= LONGEST_OVERLAP:
        detail = f"The overlap has 0 to {LONGEST_OVERLAP} seconds, which is 7 days."
        raise InvalidInput(detail, errors=[Problem("/overlap_seconds", "out_of_range", detail)])
    secret = make_secret(bits)

    def changed(row: WebhookEndpointRow) -> dict[str, Any]:
        if not overlap_seconds:
            return {"secret": secret, "old_secret": None, "old_secret_until": None}
        until = datetime.now(UTC) + timedelta(seconds=overlap_seconds)
        return {"secret": secret, "old_secret": row.secret, "old_secret_until": until}

    def shown(view: WebhookEndpointView) -> SecretShown:
        return SecretShown(view, write_secret(secret))

    details = {"overlap_seconds": overlap_seconds}
    action: Action = "webhook_endpoint.secret_rotated"
    return shown(
        await change(
            store, principal, endpoint_id, action, changed, details, request_id, keep=lambda view: keep(shown(view))
        )
    )


async def disable(
    store: Store,
    principal: Principal,
    endpoint_id: str,
    *,
    request_id: str | None = None,
    keep: Keep[WebhookEndpointView] = keep_nothing,
) -> WebhookEndpointView:
    """Have the endpoint be sent nothing more. What is on its way waits for it to be enabled; what happens meanwhile it
    is not sent. Disabling again changes nothing. Raises ResourceNotFound."""
    action: Action = "webhook_endpoint.disabled"
    return await change(store, principal, endpoint_id, action, _disabling(None), None, request_id, keep=keep)


async def enable(
    store: Store,
    principal: Principal,
    endpoint_id: str,
    *,
    request_id: str | None = None,
    keep: Keep[WebhookEndpointView] = keep_nothing,
) -> WebhookEndpointView:
    """Have the endpoint be sent what happens from now on, and what waited for it. Raises ResourceNotFound."""

    def changed(row: WebhookEndpointRow) -> dict[str, Any]:
        return {} if row.disabled_at is None else {"disabled_at": None, "disabled_reason": None}

    action: Action = "webhook_endpoint.enabled"
    return await change(store, principal, endpoint_id, action, changed, None, request_id, keep=keep)


async def delete(
    store: Store,
    principal: Principal,
    endpoint_id: str,
    expect: Expect | None = None,
    request_id: str | None = None,
) -> None:
    """Delete the endpoint with its secrets and with what is on its way to it. Raises ResourceNotFound."""
    wanted = ids.find_id("hook", endpoint_id)

    async def work(connection: AsyncConnection) -> None:
        async with AsyncSession(connection) as session:
            row = await find(session, principal, wanted, lock=True)
            if expect is not None:
                expect(view_endpoint(row))
        await connection.execute(delete_from(WEBHOOK_ENDPOINTS).filter_by(**key_of(principal, wanted)))
        await note_deletion(connection)
        await store_rows(connection, [entry_of(principal, "webhook_endpoint.deleted", wanted, None, request_id)])

    await store.queue.run(work, principal)


async def disable_failing(store: Store, partner_id: uuid.UUID, mode: Mode, endpoint_id: uuid.UUID, reason: str) -> bool:
    """Disable an endpoint that nothing reaches, for a reason that its partner is shown. Returns whether that changed
    anything: it may be gone, or disabled already."""

    async def work(connection: AsyncConnection) -> bool:
        async with AsyncSession(connection) as session:
            row = await rows.find_endpoint(session, partner_id, mode, endpoint_id, lock=True)
            columns = {} if row is None else _disabling(reason)(row)
        if not columns:
            return False
        own = {"partner_id": partner_id, "mode": mode, "id": endpoint_id}
        columns["updated_at"] = columns["disabled_at"]
        await connection.execute(update(WEBHOOK_ENDPOINTS).filter_by(**own).values(**columns))
        target = ids.to_text("hook", endpoint_id)
        details = {"reason": reason}
        audited = audit_row(DELIVERY, "webhook_endpoint.disabled", target, details, partner_id=partner_id, mode=mode)
        await store_rows(connection, [audited])
        return True

    return await store.queue.run(work, confined(partner_id, mode))


def _disabling(reason: str | None) -> Callable[[WebhookEndpointRow], dict[str, Any]]:
    def changed(row: WebhookEndpointRow) -> dict[str, Any]:
        if row.disabled_at is not None:
            return {}
        return {"disabled_at": datetime.now(UTC), "disabled_reason": reason}

    return changed
