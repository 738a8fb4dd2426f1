"""Deliveries, one event on its way to one webhook endpoint each: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, SmallInteger, String, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of

STATUSES = ("pending", "delivered", "dead")


class DeliveryRow(Base):
    """`next_attempt_at` is when a pending one is due; while somebody makes an attempt, `leased_until` is when others
    may take it that this one has died. `last_status` is the HTTP status of the last attempt, `last_error` why it
    failed."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_id", "mode", "event_id"],
            ["events.partner_id", "events.mode", "events.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["partner_id", "mode", "endpoint_id"],
            ["webhook_endpoints.partner_id", "webhook_endpoints.mode", "webhook_endpoints.id"],
            ondelete="CASCADE",
        ),
        Index(None, "endpoint_id", "status", "next_attempt_at"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    endpoint_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    last_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    last_status: Mapped[int | None] = mapped_column(SmallInteger)
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)


def new_delivery(
    partner_id: uuid.UUID, mode: str, event_id: uuid.UUID, endpoint_id: uuid.UUID, now: datetime
) -> dict[str, Any]:
    """The row of a delivery that is due at once."""
    return {
        "partner_id": partner_id,
        "mode": mode,
        "event_id": event_id,
        "endpoint_id": endpoint_id,
        "status": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "leased_until": None,
        "last_attempt_at": None,
        "last_status": None,
        "last_error": None,
        "created_at": now,
    }


async def list_deliveries(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, event_ids: Sequence[uuid.UUID]
) -> Sequence[DeliveryRow]:
    """The deliveries of these events, by endpoint, the oldest first."""
    query = select(DeliveryRow).where(
        DeliveryRow.partner_id == partner_id, DeliveryRow.mode == mode, DeliveryRow.event_id.in_(event_ids)
    )
    return (await session.scalars(query.order_by(DeliveryRow.event_id, DeliveryRow.endpoint_id))).all()


async def send_again(
    connection: AsyncConnection,
    partner_id: uuid.UUID,
    mode: Mode,
    event_id: uuid.UUID,
    endpoint_ids: Sequence[uuid.UUID],
    now: datetime,
) -> None:
    """Make the deliveries of the event to these endpoints due, as if they were new. Whoever makes an attempt meanwhile
    holds them no more, and what comes of that is not written down."""
    await connection.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.partner_id == partner_id,
            DeliveryRow.mode == mode,
            DeliveryRow.event_id == event_id,
            DeliveryRow.endpoint_id.in_(endpoint_ids),
        )
        .values(status="pending", attempts=0, next_attempt_at=now, leased_until=None)
    )
