"""Housekeeping: what the service does beside requests, at its start and then again and again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from sqlalchemy.exc import DBAPIError

from assessment.errors import AssessmentError
from assessment.service.context import Services
from assessment.service.editions import release_due
from assessment.service.retention import apply_daily
from assessment.service.sweep import sweep

HOUR_SECONDS = 60 * 60
DAY_SECONDS = 24 * HOUR_SECONDS

_log = logging.getLogger("assessment.service")


@asynccontextmanager
async def keeping_house(
    services: Services, *, retention_days: int | None = None, release_days: int = 0
) -> AsyncIterator[None]:
    """Meanwhile what is older than `retention_days` is deleted, what has expired is swept away, and benchmarks are
    released that are due."""
    async with (
        repeating("Retention", partial(apply_daily, services, retention_days), DAY_SECONDS),
        repeating("The sweep", partial(sweep, services), HOUR_SECONDS),
        repeating("The release of benchmarks", partial(release_due, services, release_days), DAY_SECONDS),
    ):
        yield


@asynccontextmanager
async def repeating(name: str, work: Callable[[], Awaitable[object]], every: float) -> AsyncIterator[None]:
    """Meanwhile `work` is done, now and every so many seconds. Where it fails for a reason that passes, such as a
    database that is away, that is logged under `name` and tried again within the hour."""
    task = asyncio.create_task(_repeat(name, work, every), name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(name: str, work: Callable[[], Awaitable[object]], every: float) -> None:
    while True:
        pause = every
        try:
            await work()
        except (AssessmentError, DBAPIError, OSError) as error:
            pause = min(every, HOUR_SECONDS)
            _log.warning("%s failed; the next try is within the hour: %s", name, error)
        await asyncio.sleep(pause)
