"""Organisations, the ones assessed: table and queries."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of


class OrganisationRow(Base):
    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("external_id", "partner_id", "mode"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    domain: Mapped[str | None] = mapped_column(String(253))
    industry: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[str | None] = mapped_column(String(100))
    region: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(Moment)


async def find_by_external_id(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, external_id: str
) -> OrganisationRow | None:
    query = select(OrganisationRow).where(
        OrganisationRow.partner_id == partner_id,
        OrganisationRow.mode == mode,
        OrganisationRow.external_id == external_id,
    )
    return (await session.scalars(query)).one_or_none()
