"""A change of a webhook endpoint: from the state that was meant, in one transaction, noted in the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import ResourceNotFound
from assessment.service import ids
from assessment.service.audit import Action, audit_row
from assessment.service.context import Principal, Store
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.service.webhook_views import WebhookEndpointView, view_endpoint
from assessment.store.access import Owner
from assessment.store.tables import WEBHOOK_ENDPOINTS
from assessment.store.webhook_endpoints import WebhookEndpointRow, find_endpoint

Expect = Callable[[WebhookEndpointView], None]
"""Looks at the state that is about to change, inside the transaction, and raises where that was not meant."""


async def find(
    session: AsyncSession, owner: Owner, endpoint_id: uuid.UUID, *, lock: bool = False
) -> WebhookEndpointRow:
    """The endpoint; with `lock`, held until the transaction ends. Raises ResourceNotFound."""
    row = await find_endpoint(session, owner.partner_id, owner.mode, endpoint_id, lock=lock)
    if row is None:
        raise ResourceNotFound
    return row


async def change(
    store: Store,
    principal: Principal,
    endpoint_id: str,
    action: Action,
    changed: Callable[[WebhookEndpointRow], dict[str, Any]],
    details: Mapping[str, Any] | None,
    request_id: str | None,
    *,
    expect: Expect | None = None,
    keep: Keep[WebhookEndpointView] = keep_nothing,
) -> WebhookEndpointView:
    """Change the columns that `changed` names, in a state that `expect` has let pass, and note it in the audit log;
    nothing, where it names none."""
    wanted = ids.find_id("hook", endpoint_id)

    async def work(connection: AsyncConnection) -> WebhookEndpointView:
        async with AsyncSession(connection) as session:
            row = await find(session, principal, wanted, lock=True)
            # First, so that what does not fit is told whichever state it was made from.
            columns = changed(row)
            if expect is not None:
                expect(view_endpoint(row))
            if columns:
                columns["updated_at"] = datetime.now(UTC)
                await connection.execute(
                    update(WEBHOOK_ENDPOINTS).filter_by(**key_of(principal, wanted)).values(**columns)
                )
                await store_rows(connection, [entry_of(principal, action, wanted, details, request_id)])
                session.expire_all()
            view = view_endpoint(await find(session, principal, wanted))
        await store_rows(connection, keep(view))
        return view

    return await store.queue.run(work, principal)


def key_of(owner: Owner, endpoint_id: uuid.UUID) -> dict[str, Any]:
    return {"partner_id": owner.partner_id, "mode": owner.mode, "id": endpoint_id}


def entry_of(
    principal: Principal,
    action: Action,
    endpoint_id: uuid.UUID,
    details: Mapping[str, Any] | None,
    request_id: str | None,
) -> tuple[Table, dict[str, Any]]:
    target = ids.to_text("hook", endpoint_id)
    return audit_row(
        principal, action, target, details, request_id, partner_id=principal.partner_id, mode=principal.mode
    )
