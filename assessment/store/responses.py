"""Responses, one person's answers each: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of


class ResponseRow(Base):
    """`answers` is the packed form of the scorer. A response without `submitted_at` is a draft."""

    __tablename__ = "responses"
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
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    function: Mapped[str | None] = mapped_column(String(64))
    respondent_reference: Mapped[str | None] = mapped_column(String(200))
    respondent_seniority: Mapped[str | None] = mapped_column(String(100))
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)


async def list_responses(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_ids: Sequence[uuid.UUID]
) -> Sequence[ResponseRow]:
    """The responses of these assessments, oldest first."""
    query = (
        select(ResponseRow)
        .where(
            ResponseRow.partner_id == partner_id,
            ResponseRow.mode == mode,
            ResponseRow.assessment_id.in_(assessment_ids),
        )
        .order_by(ResponseRow.id)
    )
    return (await session.scalars(query)).all()
