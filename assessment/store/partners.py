"""Partners, the accounts that own keys and data: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import Base, Id, Moment


class PartnerRow(Base):
    __tablename__ = "partners"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)


async def list_partners(session: AsyncSession) -> Sequence[PartnerRow]:
    """Every partner, oldest first."""
    return (await session.scalars(select(PartnerRow).order_by(PartnerRow.id))).all()


async def find_partner(session: AsyncSession, partner_id: uuid.UUID) -> PartnerRow | None:
    return await session.get(PartnerRow, partner_id)
