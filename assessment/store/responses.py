"""Responses, one person's answers each: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary, Select, String, func, select
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


async def find_response(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID, response_id: uuid.UUID
) -> ResponseRow | None:
    query = _of_assessment(partner_id, mode, assessment_id).where(ResponseRow.id == response_id)
    return (await session.scalars(query)).one_or_none()


async def list_response_page(
    session: AsyncSession,
    partner_id: uuid.UUID,
    mode: Mode,
    assessment_id: uuid.UUID,
    *,
    limit: int,
    after: uuid.UUID | None,
) -> Sequence[ResponseRow]:
    """The responses of an assessment, oldest first, those newer than `after`."""
    query = _of_assessment(partner_id, mode, assessment_id)
    if after is not None:
        query = query.where(ResponseRow.id > after)
    return (await session.scalars(query.order_by(ResponseRow.id).limit(limit))).all()


async def count_responses(session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID) -> int:
    query = select(func.count()).where(
        ResponseRow.partner_id == partner_id, ResponseRow.mode == mode, ResponseRow.assessment_id == assessment_id
    )
    return (await session.scalars(query)).one()


async def list_submitted_functions(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID
) -> frozenset[str]:
    """The functions that at least one response was submitted for."""
    query = (
        select(ResponseRow.function)
        .where(
            ResponseRow.partner_id == partner_id,
            ResponseRow.mode == mode,
            ResponseRow.assessment_id == assessment_id,
            ResponseRow.submitted_at.is_not(None),
        )
        .distinct()
    )
    return frozenset(function for function in await session.scalars(query) if function is not None)


def _of_assessment(partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID) -> Select[ResponseRow]:
    return select(ResponseRow).where(
        ResponseRow.partner_id == partner_id, ResponseRow.mode == mode, ResponseRow.assessment_id == assessment_id
    )
