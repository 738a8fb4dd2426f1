"""Assessments: table and queries. Every query is confined to one partner and mode."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Select,
    SmallInteger,
    String,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assessment.store.base import MODES, Base, Id, Mode, Moment, one_of
from assessment.store.organisations import OrganisationRow

STATUSES = ("open", "completed")
CONFIDENTIALITIES = ("grouped", "named")


class AssessmentRow(Base):
    """`score` is in hundredths of a point, so that it sorts and compares exactly. Rubric version and digest are
    pinned at creation; `engine` is the scorer's version that gave the result."""

    __tablename__ = "assessments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_id", "mode", "organisation_id"],
            ["organisations.partner_id", "organisations.mode", "organisations.id"],
        ),
        Index(None, "organisation_id"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint(one_of("confidentiality", CONFIDENTIALITIES), name="confidentiality"),
        CheckConstraint("target_level BETWEEN 1 AND 4", name="target_level"),
        CheckConstraint("score BETWEEN 0 AND 10000", name="score"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(Id)
    rubric_id: Mapped[str] = mapped_column(String(64))
    rubric_version: Mapped[str] = mapped_column(String(16))
    rubric_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[str] = mapped_column(String(16))
    confidentiality: Mapped[str] = mapped_column(String(16))
    functions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    target_level: Mapped[int | None] = mapped_column(SmallInteger)
    contribute: Mapped[bool]
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSON(none_as_null=True))
    score: Mapped[int | None] = mapped_column(SmallInteger)
    level: Mapped[int | None] = mapped_column(SmallInteger)
    engine: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Moment)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)


class Filters(NamedTuple):
    """What a list is narrowed to; None means not narrowed."""

    organisation_id: uuid.UUID | None = None
    external_id: str | None = None
    rubric_id: str | None = None
    rubric_version: str | None = None
    status: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    completed_after: datetime | None = None
    completed_before: datetime | None = None


class RubricPinned(NamedTuple):
    """The rubric version that an assessment was created with."""

    rubric_id: str
    rubric_version: str
    rubric_digest: bytes


Found = tuple[AssessmentRow, OrganisationRow]


def _owned(partner_id: uuid.UUID, mode: Mode) -> Select[AssessmentRow, OrganisationRow]:
    return (
        select(AssessmentRow, OrganisationRow)
        .join(
            OrganisationRow,
            (OrganisationRow.partner_id == AssessmentRow.partner_id)
            & (OrganisationRow.mode == AssessmentRow.mode)
            & (OrganisationRow.id == AssessmentRow.organisation_id),
        )
        .where(AssessmentRow.partner_id == partner_id, AssessmentRow.mode == mode)
    )


async def find_assessment(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID, *, lock: bool = False
) -> Found | None:
    """The assessment with its organisation; with `lock`, held until the transaction ends."""
    query = _owned(partner_id, mode).where(AssessmentRow.id == assessment_id)
    if lock:
        query = query.with_for_update(of=AssessmentRow)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def list_assessments(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, *, limit: int, before: uuid.UUID | None, filters: Filters
) -> Sequence[Found]:
    """Newest first, those older than `before`. Ids are sortable by time, so the id alone is the key of the order."""
    query = narrowed(partner_id, mode, filters)
    if before is not None:
        query = query.where(AssessmentRow.id < before)
    rows = await session.execute(query.order_by(AssessmentRow.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


def narrowed(partner_id: uuid.UUID, mode: Mode, filters: Filters) -> Select[AssessmentRow, OrganisationRow]:
    """The partner's assessments that the filters select, with their organisations."""
    same = (
        (AssessmentRow.organisation_id, filters.organisation_id),
        (OrganisationRow.external_id, filters.external_id),
        (AssessmentRow.rubric_id, filters.rubric_id),
        (AssessmentRow.rubric_version, filters.rubric_version),
        (AssessmentRow.status, filters.status),
    )
    between = (
        (AssessmentRow.created_at, filters.created_after, filters.created_before),
        (AssessmentRow.completed_at, filters.completed_after, filters.completed_before),
    )
    conditions = [column == value for column, value in same if value is not None]
    conditions += [column > after for column, after, _ in between if after is not None]
    conditions += [column < before for column, _, before in between if before is not None]
    return _owned(partner_id, mode).where(*conditions)


async def delete_assessment(
    connection: AsyncConnection, partner_id: uuid.UUID, mode: Mode, assessment_id: uuid.UUID
) -> None:
    """Delete the assessment; its responses and result go with it."""
    await connection.execute(
        delete(AssessmentRow).where(
            AssessmentRow.partner_id == partner_id, AssessmentRow.mode == mode, AssessmentRow.id == assessment_id
        )
    )


async def count_assessments(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, organisation_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """How many assessments each of these organisations has; those without any are left out."""
    query = (
        select(AssessmentRow.organisation_id, func.count())
        .where(
            AssessmentRow.partner_id == partner_id,
            AssessmentRow.mode == mode,
            AssessmentRow.organisation_id.in_(organisation_ids),
        )
        .group_by(AssessmentRow.organisation_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def list_of_organisation(
    session: AsyncSession,
    partner_id: uuid.UUID,
    mode: Mode,
    organisation_id: uuid.UUID,
    *,
    limit: int,
    after: uuid.UUID | None,
) -> Sequence[AssessmentRow]:
    """The assessments of an organisation, oldest first, those newer than `after`."""
    query = select(AssessmentRow).where(
        AssessmentRow.partner_id == partner_id,
        AssessmentRow.mode == mode,
        AssessmentRow.organisation_id == organisation_id,
    )
    if after is not None:
        query = query.where(AssessmentRow.id > after)
    return (await session.scalars(query.order_by(AssessmentRow.id).limit(limit))).all()


async def list_rubrics_of(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID
) -> Sequence[RubricPinned]:
    """The rubric versions that the assessments of an organisation were created with."""
    query = (
        select(AssessmentRow.rubric_id, AssessmentRow.rubric_version, AssessmentRow.rubric_digest)
        .where(
            AssessmentRow.partner_id == partner_id,
            AssessmentRow.mode == mode,
            AssessmentRow.organisation_id == organisation_id,
        )
        .distinct()
    )
    return [RubricPinned(*row) for row in await session.execute(query)]


async def delete_of_organisation(
    connection: AsyncConnection, partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID
) -> int:
    """Delete the assessments of an organisation with all that belongs to them; how many there were."""
    found = await connection.execute(
        delete(AssessmentRow).where(
            AssessmentRow.partner_id == partner_id,
            AssessmentRow.mode == mode,
            AssessmentRow.organisation_id == organisation_id,
        )
    )
    return found.rowcount


async def count_older(session: AsyncSession, partner_id: uuid.UUID, mode: Mode, than: datetime) -> int:
    """How many assessments were created before `than`."""
    query = select(func.count()).where(
        AssessmentRow.partner_id == partner_id, AssessmentRow.mode == mode, AssessmentRow.created_at < than
    )
    return (await session.scalars(query)).one()


async def delete_older(
    connection: AsyncConnection, partner_id: uuid.UUID, mode: Mode, than: datetime, *, limit: int
) -> int:
    """Delete up to `limit` assessments created before `than`, with all that belongs to them; how many there were."""
    # Ids are in the order of time, so the oldest are found at the beginning of the primary key.
    oldest = (
        select(AssessmentRow.id)
        .where(AssessmentRow.partner_id == partner_id, AssessmentRow.mode == mode, AssessmentRow.created_at < than)
        .order_by(AssessmentRow.id)
        .limit(limit)
    )
    found = await connection.execute(
        delete(AssessmentRow).where(
            AssessmentRow.partner_id == partner_id, AssessmentRow.mode == mode, AssessmentRow.id.in_(oldest)
        )
    )
    return found.rowcount


async def find_unused_organisations(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, *, since: datetime, lock: bool = False
) -> Sequence[uuid.UUID]:
    """Organisations created before `since` without an assessment created later; with `lock`, held until the
    transaction ends, without those that somebody else holds."""
    later = exists().where(
        AssessmentRow.partner_id == OrganisationRow.partner_id,
        AssessmentRow.mode == OrganisationRow.mode,
        AssessmentRow.organisation_id == OrganisationRow.id,
        AssessmentRow.created_at >= since,
    )
    query = select(OrganisationRow.id).where(
        OrganisationRow.partner_id == partner_id,
        OrganisationRow.mode == mode,
        OrganisationRow.created_at < since,
        ~later,
    )
    if lock:
        query = query.with_for_update(of=OrganisationRow, skip_locked=True)
    return (await session.scalars(query)).all()
