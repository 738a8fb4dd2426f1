"""Events, what happened that partners can be told of: table and queries. The table is the outbox too: an event is
stored in the transaction of what happened, and is sent from here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    delete,
    exists,
    select,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of
from assessment.store.deliveries import DeliveryRow

UNDISPATCHED = text("dispatched_at IS NULL")


class EventRow(Base):
    """`data` names what the event is about, by id. `organisation_id` is the organisation that it is about, whose
    erasure deletes it: a foreign key would hold the organisation while an assessment of it is held, which the erasure
    does the other way round. An event without `dispatched_at` has not been given to the endpoints that want it."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "organisation_id"),
        Index(None, "created_at"),
        Index(None, "id", sqlite_where=UNDISPATCHED, postgresql_where=UNDISPATCHED),
        CheckConstraint(one_of("mode", MODES), name="mode"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Moment)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)


class Filters(NamedTuple):
    """What a list is narrowed to; None means not narrowed. `status` and `endpoint_id` are those of one delivery."""

    type: str | None = None
    status: str | None = None
    endpoint_id: uuid.UUID | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


async def find_event(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, event_id: uuid.UUID, *, lock: bool = False
) -> EventRow | None:
    """The event; with `lock`, held until the transaction ends."""
    query = _owned(partner_id, mode).where(EventRow.id == event_id)
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def list_events(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, *, limit: int, before: uuid.UUID | None, filters: Filters
) -> Sequence[EventRow]:
    """Newest first, those older than `before`."""
    query = _owned(partner_id, mode)
    if before is not None:
        query = query.where(EventRow.id < before)
    if filters.type is not None:
        query = query.where(EventRow.type == filters.type)
    if filters.created_after is not None:
        query = query.where(EventRow.created_at > filters.created_after)
    if filters.created_before is not None:
        query = query.where(EventRow.created_at < filters.created_before)
    if filters.status is not None or filters.endpoint_id is not None:
        query = query.where(_has_delivery(filters))
    return (await session.scalars(query.order_by(EventRow.id.desc()).limit(limit))).all()


async def list_of_organisation(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID
) -> Sequence[EventRow]:
    """The events about an organisation, oldest first."""
    query = _owned(partner_id, mode).where(EventRow.organisation_id == organisation_id)
    return (await session.scalars(query.order_by(EventRow.id))).all()


async def delete_of_organisation(
    connection: AsyncConnection, partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID
) -> int:
    """Delete the events about an organisation with their deliveries; how many events there were."""
    found = await connection.execute(
        delete(EventRow).where(
            EventRow.partner_id == partner_id, EventRow.mode == mode, EventRow.organisation_id == organisation_id
        )
    )
    return found.rowcount


async def delete_events(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete events made before that time with their deliveries, `limit` of them at most. Returns how many there
    were."""
    key = (EventRow.partner_id, EventRow.mode, EventRow.id)
    old = select(*key).where(EventRow.created_at < before).limit(limit)
    return (await connection.execute(delete(EventRow).where(tuple_(*key).in_(old)))).rowcount


def _owned(partner_id: uuid.UUID, mode: Mode) -> Select[EventRow]:
    return select(EventRow).where(EventRow.partner_id == partner_id, EventRow.mode == mode)


def _has_delivery(filters: Filters) -> Any:
    found = exists().where(
        DeliveryRow.partner_id == EventRow.partner_id,
        DeliveryRow.mode == EventRow.mode,
        DeliveryRow.event_id == EventRow.id,
    )
    if filters.status is not None:
        found = found.where(DeliveryRow.status == filters.status)
    if filters.endpoint_id is not None:
        found = found.where(DeliveryRow.endpoint_id == filters.endpoint_id)
    return found
