"""The audit log: who did what with a privilege, and when. Rows are only ever added."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, String, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import Base, Id, Mode, Moment


class AuditRow(Base):
    """`actor` is a key's id or the name of a command; `target` the id of what was acted on. `details` hold no personal
    data and no secrets."""

    __tablename__ = "audit_events"

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    mode: Mapped[str | None] = mapped_column(String(4))
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    request_id: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Filters(NamedTuple):
    """What the log is narrowed to; None means not narrowed."""

    action: str | None = None
    target: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


async def list_audit_events(
    session: AsyncSession,
    partner_id: uuid.UUID,
    mode: Mode | None,
    *,
    limit: int,
    before: uuid.UUID | None,
    filters: Filters,
) -> Sequence[AuditRow]:
    """Newest first, those older than `before`. With a mode: those of that mode and those of the partner as a whole."""
    query = select(AuditRow).where(AuditRow.partner_id == partner_id)
    if mode is not None:
        query = query.where(or_(AuditRow.mode == mode, AuditRow.mode.is_(None)))
    if before is not None:
        query = query.where(AuditRow.id < before)
    if filters.action is not None:
        query = query.where(AuditRow.action == filters.action)
    if filters.target is not None:
        query = query.where(AuditRow.target == filters.target)
    if filters.created_after is not None:
        query = query.where(AuditRow.created_at > filters.created_after)
    if filters.created_before is not None:
        query = query.where(AuditRow.created_at < filters.created_before)
    return (await session.scalars(query.order_by(AuditRow.id.desc()).limit(limit))).all()


async def list_about(session: AsyncSession, partner_id: uuid.UUID, targets: Sequence[str]) -> Sequence[AuditRow]:
    """What was done to any of these."""
    query = select(AuditRow).where(AuditRow.partner_id == partner_id, AuditRow.target.in_(targets))
    return (await session.scalars(query)).all()
