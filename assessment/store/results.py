"""Stored results and the dictionaries they are packed with: tables and queries. Both are written once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of


class ResultDictionaryRow(Base):
    """Bytes that many results share, by their own hash. It is kept here because no later code could be trusted to
    make the same bytes again."""

    __tablename__ = "result_dictionaries"

    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ResultRow(Base):
    """`body` is the result's JSON packed with `dictionary`, `sha256` the hash of the JSON itself."""

    __tablename__ = "results"
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
    dictionary: Mapped[bytes] = mapped_column(LargeBinary(32), ForeignKey("result_dictionaries.sha256"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))


async def find_result(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID
) -> ResultRow | None:
    query = select(ResultRow).where(
        ResultRow.partner_id == partner_id, ResultRow.mode == mode, ResultRow.assessment_id == assessment_id
    )
    return (await session.scalars(query)).one_or_none()


async def list_results(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_ids: Sequence[uuid.UUID]
) -> Sequence[ResultRow]:
    """The results of these assessments."""
    query = select(ResultRow).where(
        ResultRow.partner_id == partner_id, ResultRow.mode == mode, ResultRow.assessment_id.in_(assessment_ids)
    )
    return (await session.scalars(query)).all()


async def find_dictionary(session: AsyncSession, sha256: bytes) -> bytes | None:
    """The content of the dictionary with this hash."""
    return await session.scalar(select(ResultDictionaryRow.content).where(ResultDictionaryRow.sha256 == sha256))
