"""Client tokens: what lets a publishable key read back the one assessment that it created."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary, String, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of


class ClientTokenRow(Base):
    """`hash` is the SHA-256 of the token's text, which is shown once."""

    __tablename__ = "client_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_id", "mode", "assessment_id"],
            ["assessments.partner_id", "assessments.mode", "assessments.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(one_of("mode", MODES), name="mode"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime] = mapped_column(Moment)


async def list_expiries(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """Until when the token of each of these assessments works; those without one are left out."""
    query = select(ClientTokenRow.assessment_id, ClientTokenRow.expires_at).where(
        ClientTokenRow.partner_id == partner_id,
        ClientTokenRow.mode == mode,
        ClientTokenRow.assessment_id.in_(assessment_ids),
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def find_token(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID
) -> ClientTokenRow | None:
    query = select(ClientTokenRow).where(
        ClientTokenRow.partner_id == partner_id,
        ClientTokenRow.mode == mode,
        ClientTokenRow.assessment_id == assessment_id,
    )
    return (await session.scalars(query)).one_or_none()


async def delete_tokens(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete tokens that expired before that time, `limit` of them at most. Returns how many there were."""
    key = (ClientTokenRow.partner_id, ClientTokenRow.mode, ClientTokenRow.assessment_id)
    # There are as many as a day has visits, which needs no index.
    expired = select(*key).where(ClientTokenRow.expires_at < before).limit(limit)
    return (await connection.execute(delete(ClientTokenRow).where(tuple_(*key).in_(expired)))).rowcount
