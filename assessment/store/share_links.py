"""Share links, which show the report of an assessment to whoever has one: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of


class ShareLinkRow(Base):
    """`hash` is the SHA-256 of the token's text, which is shown once. `views` is a bare count: nothing is kept of who
    looked, or when."""

    __tablename__ = "share_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_id", "mode", "assessment_id"],
            ["assessments.partner_id", "assessments.mode", "assessments.id"],
            ondelete="CASCADE",
        ),
        Index(None, "hash"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    locale: Mapped[str | None] = mapped_column(String(16))
    views: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class PresentedLink(NamedTuple):
    """Whose share link a token is."""

    partner_id: uuid.UUID
    mode: Mode
    assessment_id: uuid.UUID
    id: uuid.UUID
    locale: str | None


async def find_presented_link(session: AsyncSession, token_hash: bytes, now: datetime) -> PresentedLink | None:
    """The link with this hash, unless there is none, or it was revoked or has expired: one lookup either way."""
    query = select(
        ShareLinkRow.partner_id,
        ShareLinkRow.mode,
        ShareLinkRow.assessment_id,
        ShareLinkRow.id,
        ShareLinkRow.locale,
        ShareLinkRow.expires_at,
    ).where(ShareLinkRow.hash == token_hash, ShareLinkRow.revoked_at.is_(None))
    row = (await session.execute(query)).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    return PresentedLink(row.partner_id, cast("Mode", row.mode), row.assessment_id, row.id, row.locale)


async def find_link(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID, link_id: uuid.UUID
) -> ShareLinkRow | None:
    query = _owned(partner_id, mode, [assessment_id]).where(ShareLinkRow.id == link_id)
    return (await session.scalars(query)).one_or_none()


async def list_links(
    session: AsyncSession,
    partner_id: uuid.UUID,
    mode: Mode,
    assessment_ids: Sequence[uuid.UUID],
    *,
    limit: int | None = None,
    after: uuid.UUID | None = None,
) -> Sequence[ShareLinkRow]:
    """The links of these assessments, oldest first, those newer than `after`; all of them without a limit."""
    query = _owned(partner_id, mode, assessment_ids)
    if after is not None:
        query = query.where(ShareLinkRow.id > after)
    return (await session.scalars(query.order_by(ShareLinkRow.id).limit(limit))).all()


async def count_live_links(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID, now: datetime
) -> int:
    """How many links of the assessment work."""
    query = (
        select(func.count())
        .select_from(ShareLinkRow)
        .where(
            ShareLinkRow.partner_id == partner_id,
            ShareLinkRow.mode == mode,
            ShareLinkRow.assessment_id == assessment_id,
            ShareLinkRow.revoked_at.is_(None),
            ShareLinkRow.expires_at > now,
        )
    )
    return (await session.scalars(query)).one()


async def count_view(
    connection: AsyncConnection, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID, link_id: uuid.UUID
) -> None:
    """Count one more view of a link."""
    await connection.execute(
        update(ShareLinkRow)
        .where(
            ShareLinkRow.partner_id == partner_id,
            ShareLinkRow.mode == mode,
            ShareLinkRow.assessment_id == assessment_id,
            ShareLinkRow.id == link_id,
        )
        .values(views=ShareLinkRow.views + 1)
    )


def _owned(partner_id: uuid.UUID, mode: Mode, assessment_ids: Sequence[uuid.UUID]) -> Select[ShareLinkRow]:
    return select(ShareLinkRow).where(
        ShareLinkRow.partner_id == partner_id,
        ShareLinkRow.mode == mode,
        ShareLinkRow.assessment_id.in_(assessment_ids),
    )
