"""Webhook endpoints, the addresses of a partner that events are sent to: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, Select, String, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of


class WebhookEndpointRow(Base):
    """`secret` signs what is sent, and so is kept as it is; `old_secret` is the one before it, which signs too until
    `old_secret_until`. `events` are the types that the endpoint is sent; it is sent none while `disabled_at` is set."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (CheckConstraint(one_of("mode", MODES), name="mode"),)

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    url: Mapped[str] = mapped_column(String(2048))
    description: Mapped[str | None] = mapped_column(String(200))
    events: Mapped[list[str]] = mapped_column(JSON)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_reason: Mapped[str | None] = mapped_column(String(200))
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    old_secret_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


async def find_endpoint(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, endpoint_id: uuid.UUID, *, lock: bool = False
) -> WebhookEndpointRow | None:
    """The endpoint; with `lock`, held until the transaction ends."""
    query = _owned(partner_id, mode).where(WebhookEndpointRow.id == endpoint_id)
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def list_endpoints(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, *, limit: int, before: uuid.UUID | None = None
) -> Sequence[WebhookEndpointRow]:
    """Newest first, those older than `before`."""
    query = _owned(partner_id, mode)
    if before is not None:
        query = query.where(WebhookEndpointRow.id < before)
    return (await session.scalars(query.order_by(WebhookEndpointRow.id.desc()).limit(limit))).all()


async def lock_and_count(session: AsyncSession, partner_id: uuid.UUID, mode: Mode) -> int:
    """How many endpoints there are, which are locked until the transaction ends: of two callers that add one, the
    second counts what the first added, unless that was the very first."""
    row = WebhookEndpointRow
    held = select(row.id).where(row.partner_id == partner_id, row.mode == mode)
    await session.execute(held.order_by(row.id).with_for_update())
    # Anew, because the statement that waited sees what there was when it began.
    counted = select(func.count()).select_from(row).where(row.partner_id == partner_id, row.mode == mode)
    return (await session.scalars(counted)).one()


async def list_disabled(session: AsyncSession, partner_id: uuid.UUID, mode: Mode) -> frozenset[uuid.UUID]:
    """The ids of the endpoints that are sent nothing."""
    row = WebhookEndpointRow
    query = select(row.id).where(row.partner_id == partner_id, row.mode == mode, row.disabled_at.is_not(None))
    return frozenset(await session.scalars(query))


async def list_subscribed_partners(session: AsyncSession, mode: Mode, event_type: str) -> Sequence[uuid.UUID]:
    """The partners with an endpoint that is sent events of the type."""
    query = select(WebhookEndpointRow.partner_id, WebhookEndpointRow.events).where(
        WebhookEndpointRow.mode == mode, WebhookEndpointRow.disabled_at.is_(None)
    )
    return sorted({row.partner_id for row in await session.execute(query) if event_type in row.events})


async def forget_old_secrets(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete old secrets that signed until before that time, `limit` of them at most. Returns how many there were."""
    row = WebhookEndpointRow
    key = (row.partner_id, row.mode, row.id)
    old = select(*key).where(row.old_secret.is_not(None), row.old_secret_until < before).limit(limit)
    forgotten = update(row).where(tuple_(*key).in_(old)).values(old_secret=None)
    return (await connection.execute(forgotten)).rowcount


def _owned(partner_id: uuid.UUID, mode: Mode) -> Select[WebhookEndpointRow]:
    row = WebhookEndpointRow
    return select(row).where(row.partner_id == partner_id, row.mode == mode)
