"""Retention: deletes what is older than an operator wants to keep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import get_args

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.service import ids, outbox, receipts
from assessment.service.audit import audit_row
from assessment.service.context import Store
from assessment.service.organisations import Operator
from assessment.service.receipts import store_rows
from assessment.service.sweep import delete_receipts, delete_told
from assessment.store import assessments
from assessment.store.access import EVERYONE
from assessment.store.base import Mode
from assessment.store.organisations import delete_organisations
from assessment.store.partners import list_partners
from assessment.store.scrub import is_due, note_deletion, rewrite

DAILY = "daily retention"
"""What the audit log names as the actor when the service does it by itself."""
AT_ONCE = 200
"""Assessments deleted in one transaction, which other writes wait for."""

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
    # What was answered and told about them must not outlive them.
    if timedelta(days=days) < receipts.KEPT:
        await delete_receipts(store, before)
    if timedelta(days=days) < outbox.KEPT:
        await delete_told(store, before)
    await _leave_nothing(store)
    return whole


async def apply_daily(store: Store, days: int | None) -> None:
    """Apply retention, unless everything is kept, and see that nothing is left of what was ever deleted."""
    if days is None:
        await _leave_nothing(store)
    else:
        done = await apply(store, days)
        _log.info("retention: %d assessments, %d organisations deleted", done.assessments, done.organisations)


async def _leave_nothing(store: Store) -> None:
    if await is_due(store.database) and not await rewrite(store.database):
        _log.warning("A reader kept the database file from being written anew after a deletion; it is tried again.")


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
    deleted = await assessments.delete_older(connection, owner.partner_id, owner.mode, before, limit=AT_ONCE)
    if deleted:
        await note_deletion(connection)
    return deleted


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
        await note_deletion(connection)
    return organisations
