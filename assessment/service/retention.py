"""Retention: deletes what is older than an operator wants to keep, at a command and once a day beside the service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import get_args

import msgspec
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import AssessmentError
from assessment.service import ids
from assessment.service.audit import audit_row
from assessment.service.context import Store
from assessment.service.organisations import Operator
from assessment.service.receipts import KEPT, store_rows
from assessment.service.sweep import delete_receipts
from assessment.store import assessments
from assessment.store.access import EVERYONE
from assessment.store.base import Mode
from assessment.store.organisations import delete_organisations
from assessment.store.partners import list_partners
from assessment.store.scrub import empty_log

DAILY = "daily retention"
"""What the audit log names as the actor when the service does it by itself."""
AT_ONCE = 200
"""Assessments deleted in one transaction, which other writes wait for."""
DAY_SECONDS = 24 * 60 * 60
RETRY_SECONDS = 60 * 60

_log = logging.getLogger("assessment.service")


class Applied(msgspec.Struct, frozen=True):
    """What was deleted, or in a dry run would be."""

    before: datetime
    assessments: int
    organisations: int


async def count(store: Store, days: int) -> Applied:
    """What `apply` would delete now."""
    before = datetime.now(UTC) - timedelta(days=days)
    older = unused = 0
    async with store.database.read(EVERYONE) as session:
        for partner in await list_partners(session):
            for mode in get_args(Mode):
                older += await assessments.count_older(session, partner.id, mode, before)
                unused += len(await assessments.find_unused_organisations(session, partner.id, mode, since=before))
    return Applied(before, older, unused)


async def apply(
    store: Store, days: int, *, actor: str = DAILY, deleted: Callable[[int], None] = lambda _: None
) -> Applied:
    """Delete every partner's assessments created more than `days` ago, then the organisations from before that time
    that have none left, and note it in the log of each partner concerned. `deleted` is told how many assessments went
    with each transaction."""
    before = datetime.now(UTC) - timedelta(days=days)
    async with store.database.read(EVERYONE) as session:
        partners = [partner.id for partner in await list_partners(session)]
    whole = Applied(before, 0, 0)
    for partner_id in partners:
        for mode in get_args(Mode):
            part = await _apply(store, Operator(partner_id, mode, actor), before, deleted)
            whole = Applied(before, whole.assessments + part.assessments, whole.organisations + part.organisations)
    if timedelta(days=days) < KEPT:
        # What was answered about them must not outlive them.
        await delete_receipts(store, before)
    await empty_log(store.database)
    return whole


@asynccontextmanager
async def applying(store: Store, days: int | None) -> AsyncIterator[None]:
    """Meanwhile retention is applied, now and every day; with None nothing is deleted."""
    task = asyncio.create_task(_apply_for_ever(store, days), name="apply-retention")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _apply_for_ever(store: Store, days: int | None) -> None:
    while True:
        pause = DAY_SECONDS
        try:
            if days is None:
                # A reader, or a crash, may have kept an erasure from doing it.
                await empty_log(store.database)
            else:
                done = await apply(store, days)
                _log.info("retention: %d assessments, %d organisations deleted", done.assessments, done.organisations)
        except (AssessmentError, DBAPIError, OSError) as error:
            pause = RETRY_SECONDS
            _log.warning("Retention could not be applied; the next try is in an hour: %s", error)
        await asyncio.sleep(pause)


async def _apply(store: Store, owner: Operator, before: datetime, deleted: Callable[[int], None]) -> Applied:
    total = 0
    while True:
        found = await store.queue.run(partial(_delete_oldest, owner, before), owner)
        total += found
        deleted(found)
        if found < AT_ONCE:
            break
    organisations = await store.queue.run(partial(_delete_unused, owner, before, total), owner)
    return Applied(before, total, organisations)


async def _delete_oldest(owner: Operator, before: datetime, connection: AsyncConnection) -> int:
    return await assessments.delete_older(connection, owner.partner_id, owner.mode, before, limit=AT_ONCE)


async def _delete_unused(owner: Operator, before: datetime, total: int, connection: AsyncConnection) -> int:
    """Delete organisations that nothing is left of, and write the entry of the audit log if anything was deleted."""
    async with AsyncSession(connection) as session:
        unused = await assessments.find_unused_organisations(
            session, owner.partner_id, owner.mode, since=before, lock=True
        )
    organisations = await delete_organisations(connection, owner.partner_id, owner.mode, unused) if unused else 0
    if total or organisations:
        details = {"assessments": total, "organisations": organisations, "before": before.isoformat()}
        target = ids.to_text("ptnr", owner.partner_id)
        event = audit_row(
            owner.command, "retention.applied", target, details, partner_id=owner.partner_id, mode=owner.mode
        )
        await store_rows(connection, [event])
    return organisations
