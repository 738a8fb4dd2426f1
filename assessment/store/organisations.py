"""Organisations, the ones assessed: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
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


class Filters(NamedTuple):
    """What a list is narrowed to; None means not narrowed."""

    external_id: str | None = None
    name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


async def find_by_external_id(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, external_id: str
) -> OrganisationRow | None:
    query = select(OrganisationRow).where(
        OrganisationRow.partner_id == partner_id,
        OrganisationRow.mode == mode,
        OrganisationRow.external_id == external_id,
    )
    return (await session.scalars(query)).one_or_none()


async def find_organisation(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID, *, lock: bool = False
) -> OrganisationRow | None:
    """The organisation; with `lock`, nobody can add an assessment to it until the transaction ends."""
    query = select(OrganisationRow).where(
        OrganisationRow.partner_id == partner_id, OrganisationRow.mode == mode, OrganisationRow.id == organisation_id
    )
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def list_organisations(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, *, limit: int, before: uuid.UUID | None, filters: Filters
) -> Sequence[OrganisationRow]:
    """Newest first, those older than `before`."""
    query = select(OrganisationRow).where(OrganisationRow.partner_id == partner_id, OrganisationRow.mode == mode)
    if before is not None:
        query = query.where(OrganisationRow.id < before)
    if filters.external_id is not None:
        query = query.where(OrganisationRow.external_id == filters.external_id)
    if filters.name is not None:
        query = query.where(OrganisationRow.name == filters.name)
    if filters.created_after is not None:
        query = query.where(OrganisationRow.created_at > filters.created_after)
    if filters.created_before is not None:
        query = query.where(OrganisationRow.created_at < filters.created_before)
    return (await session.scalars(query.order_by(OrganisationRow.id.desc()).limit(limit))).all()


async def delete_organisations(
    connection: AsyncConnection, partner_id: uuid.UUID, mode: Mode, organisation_ids: Sequence[uuid.UUID]
) -> int:
    """Delete organisations that have no assessment left; how many there were."""
    found = await connection.execute(
        delete(OrganisationRow).where(
            OrganisationRow.partner_id == partner_id,
            OrganisationRow.mode == mode,
            OrganisationRow.id.in_(organisation_ids),
        )
    )
    return found.rowcount
