"""Sweeps away what has expired: receipts, client tokens, events and secrets that were rotated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service import outbox, receipts
from assessment.service.context import Store
from assessment.store.access import EVERYONE
from assessment.store.client_tokens import delete_tokens
from assessment.store.events import delete_events
from assessment.store.idempotency import delete_records
from assessment.store.webhook_endpoints import forget_old_secrets

SWEPT_AT_ONCE = 1000
"""Rows deleted in one transaction, which other writes wait for."""


async def delete_receipts(store: Store, before: datetime) -> int:
    """Delete the receipts made before that time. Returns how many there were."""
    return await _delete(store, delete_records, before)


async def delete_told(store: Store, before: datetime) -> int:
    """Delete the events made before that time, with their deliveries. Returns how many events there were."""
    return await _delete(store, delete_events, before)


async def sweep(store: Store) -> None:
    """Delete the receipts and events past their time, the client tokens that open nothing any more, and the old
    secrets that sign nothing any more."""
    now = datetime.now(UTC)
    await delete_receipts(store, now - receipts.KEPT)
    await delete_told(store, now - outbox.KEPT)
    await _delete(store, delete_tokens, now)
    await _delete(store, forget_old_secrets, now)


async def _delete(
    store: Store, delete: Callable[[AsyncConnection, datetime, int], Awaitable[int]], before: datetime
) -> int:
    async def work(connection: AsyncConnection) -> int:
        return await delete(connection, before, SWEPT_AT_ONCE)

    total = deleted = await store.queue.run(work, EVERYONE)
    while deleted == SWEPT_AT_ONCE:
        deleted = await store.queue.run(work, EVERYONE)
        total += deleted
    return total
