"""Sweeps away what has expired: receipts and client tokens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service.context import Store
from assessment.service.receipts import KEPT
from assessment.store.access import EVERYONE
from assessment.store.client_tokens import delete_tokens
from assessment.store.idempotency import delete_records

SWEPT_AT_ONCE = 1000
"""Rows deleted in one transaction, which other writes wait for."""


async def delete_receipts(store: Store, before: datetime) -> int:
    """Delete the receipts made before that time. Returns how many there were."""
    return await _delete(store, delete_records, before)


async def sweep(store: Store) -> None:
    """Delete the receipts past their time, and the client tokens that open nothing any more."""
    now = datetime.now(UTC)
    await delete_receipts(store, now - KEPT)
    await _delete(store, delete_tokens, now)


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
