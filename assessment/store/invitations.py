"""Invitations, single-use links for one person of one function to answer an assessment: table and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Select,
    String,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of
from assessment.store.responses import ResponseRow


class InvitationRow(Base):
    """`hash` is the SHA-256 of the token's text, which is shown once. `response_id` is the response that was begun with
    it; it is used up when that response is submitted."""

    __tablename__ = "invitations"
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
    function: Mapped[str] = mapped_column(String(64))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    response_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class PresentedInvitation(NamedTuple):
    """Whose invitation a token is."""

    partner_id: uuid.UUID
    mode: Mode
    assessment_id: uuid.UUID
    id: uuid.UUID


class FollowedInvitation(NamedTuple):
    """An invitation, and when the response that was begun with it was submitted."""

    row: InvitationRow
    submitted_at: datetime | None


async def find_presented(session: AsyncSession, token_hash: bytes, now: datetime) -> PresentedInvitation | None:
    """The invitation with this hash, unless there is none, or it was revoked or has expired: one lookup either way."""
    query = select(
        InvitationRow.partner_id,
        InvitationRow.mode,
        InvitationRow.assessment_id,
        InvitationRow.id,
        InvitationRow.expires_at,
    ).where(InvitationRow.hash == token_hash, InvitationRow.revoked_at.is_(None))
    row = (await session.execute(query)).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    return PresentedInvitation(row.partner_id, cast("Mode", row.mode), row.assessment_id, row.id)


async def find_invitation(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID, invitation_id: uuid.UUID
) -> FollowedInvitation | None:
    query = _followed(partner_id, mode, [assessment_id]).where(InvitationRow.id == invitation_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else FollowedInvitation(row[0], row[1])


async def list_invitations(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_ids: Sequence[uuid.UUID]
) -> list[FollowedInvitation]:
    """The invitations of these assessments, oldest first."""
    query = _followed(partner_id, mode, assessment_ids).order_by(InvitationRow.id)
    return [FollowedInvitation(row[0], row[1]) for row in await session.execute(query)]


async def list_invited_responses(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_ids: Sequence[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """The responses of these assessments that were begun with an invitation."""
    query = select(InvitationRow.response_id).where(
        InvitationRow.partner_id == partner_id,
        InvitationRow.mode == mode,
        InvitationRow.assessment_id.in_(assessment_ids),
        InvitationRow.response_id.is_not(None),
    )
    return frozenset(found for found in await session.scalars(query) if found is not None)


def _followed(
    partner_id: uuid.UUID, mode: Mode, assessment_ids: Sequence[uuid.UUID]
) -> Select[InvitationRow, datetime | None]:
    return (
        select(InvitationRow, ResponseRow.submitted_at)
        .outerjoin(
            ResponseRow,
            (ResponseRow.partner_id == InvitationRow.partner_id)
            & (ResponseRow.mode == InvitationRow.mode)
            & (ResponseRow.assessment_id == InvitationRow.assessment_id)
            & (ResponseRow.id == InvitationRow.response_id),
        )
        .where(
            InvitationRow.partner_id == partner_id,
            InvitationRow.mode == mode,
            InvitationRow.assessment_id.in_(assessment_ids),
        )
    )
