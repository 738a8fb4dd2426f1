"""Partners and their API keys: tables and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of

KINDS = ("secret", "publishable")


class PartnerRow(Base):
    __tablename__ = "partners"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)


class ApiKeyRow(Base):
    """`hash` is the SHA-256 of the key's text; the text itself is kept nowhere."""

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("hash"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(4))
    prefix: Mapped[str] = mapped_column(String(24))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class ActiveKey(NamedTuple):
    """What a key that is not revoked stands for."""

    partner_id: uuid.UUID
    key_id: uuid.UUID
    kind: str
    mode: Mode


async def find_active_key(session: AsyncSession, key_hash: bytes) -> ActiveKey | None:
    """The key with this hash, unless there is none or it was revoked: one lookup either way."""
    query = select(ApiKeyRow.partner_id, ApiKeyRow.id, ApiKeyRow.kind, ApiKeyRow.mode).where(
        ApiKeyRow.hash == key_hash, ApiKeyRow.revoked_at.is_(None)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return ActiveKey(row.partner_id, row.id, row.kind, "live" if row.mode == "live" else "test")


async def list_partners(session: AsyncSession) -> Sequence[PartnerRow]:
    """Every partner, oldest first."""
    return (await session.scalars(select(PartnerRow).order_by(PartnerRow.id))).all()
