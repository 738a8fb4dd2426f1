"""Sweeps away what has expired: receipts and client tokens, at the start of the service and every hour."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import AssessmentError
from assessment.service.context import Store
from assessment.service.receipts import KEPT
from assessment.store.access import EVERYONE
from assessment.store.client_tokens import delete_tokens
from assessment.store.idempotency import delete_records

SWEEP_SECONDS = 3600
SWEPT_AT_ONCE = 1000
"""Rows deleted in one transaction, which other writes wait for."""

_log = logging.getLogger("assessment.service")


async def delete_receipts(store: Store, before: datetime) -> int:
    """Delete the receipts made before that time. Returns how many there were."""
    return await _delete(store, delete_records, before)


async def sweep(store: Store) -> None:
    """Delete the receipts past their time, and the client tokens that open nothing any more."""
    now = datetime.now(UTC)
    await delete_receipts(store, now - KEPT)
    await _delete(store, delete_tokens, now)


@asynccontextmanager
async def sweeping(store: Store) -> AsyncIterator[None]:
    """Meanwhile it is swept, now and every hour."""
    task = asyncio.create_task(_sweep_for_ever(store), name="sweep")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sweep_for_ever(store: Store) -> None:
    while True:
        try:
            await sweep(store)
        except (AssessmentError, DBAPIError) as error:
            _log.warning("What has expired was not deleted; the next try is in an hour: %s", error)
        await asyncio.sleep(SWEEP_SECONDS)


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
