"""Benchmark editions: what each says of a cohort, and whose votes it counted; and the pool that they are made of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from assessment.store.assessments import AssessmentRow
from assessment.store.base import MODES, Base, Id, Moment, one_of
from assessment.store.organisations import OrganisationRow
from assessment.store.results import ResultRow


class EditionRow(Base):
    """A frozen release for one rubric version; `number` counts from 1."""

    __tablename__ = "benchmark_editions"
    __table_args__ = (UniqueConstraint("rubric_id", "rubric_version", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    rubric_id: Mapped[str] = mapped_column(String(64))
    rubric_version: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    released_at: Mapped[datetime] = mapped_column(Moment)


class CohortRow(Base):
    """What an edition says of a cohort: `body` is JSON, written once. `votes` is how many the pool held at the time;
    the body's figures were counted in the edition with the number `counted_in`, which may be an earlier one."""

    __tablename__ = "benchmark_cohorts"

    edition_id: Mapped[uuid.UUID] = mapped_column(
        Id, ForeignKey("benchmark_editions.id", ondelete="CASCADE"), primary_key=True
    )
    cut: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(32), primary_key=True)
    votes: Mapped[int]
    counted_in: Mapped[int | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class CohortMemberRow(Base):
    """An organisation whose vote was in the pool when an edition released anything, with which assessment, and in which
    cohorts. Every later edition is compared with these, so they stay; with the organisation they go."""

    __tablename__ = "cohort_members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_id", "mode", "organisation_id"],
            ["organisations.partner_id", "organisations.mode", "organisations.id"],
            ondelete="CASCADE",
        ),
        Index(None, "edition_id"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    mode: Mapped[str] = mapped_column(String(4), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    edition_id: Mapped[uuid.UUID] = mapped_column(
        Id, ForeignKey("benchmark_editions.id", ondelete="CASCADE"), primary_key=True
    )
    assessment_id: Mapped[uuid.UUID] = mapped_column(Id)
    industry: Mapped[str | None] = mapped_column(String(32))
    size: Mapped[str | None] = mapped_column(String(32))


class PoolRow(NamedTuple):
    """An assessment that speaks for its organisation. Industry and size are the organisation's own words."""

    partner_id: uuid.UUID
    organisation_id: uuid.UUID
    assessment_id: uuid.UUID
    completed_at: datetime | None
    industry: str | None
    size: str | None
    result: ResultRow


Place = tuple[uuid.UUID, uuid.UUID]
"""Partner and assessment: where a batch of the pool ended."""


async def list_pool(
    session: AsyncSession, rubric_id: str, rubric_version: str, *, limit: int, after: Place | None
) -> list[PoolRow]:
    """The pool in the order of partners and assessments, those after `after`: of each organisation in live mode the
    assessment with this rubric version that was completed last, if it contributes and has a score."""
    result_of_it = and_(
        ResultRow.partner_id == AssessmentRow.partner_id,
        ResultRow.mode == AssessmentRow.mode,
        ResultRow.assessment_id == AssessmentRow.id,
    )
    organisation_of_it = and_(
        OrganisationRow.partner_id == AssessmentRow.partner_id,
        OrganisationRow.mode == AssessmentRow.mode,
        OrganisationRow.id == AssessmentRow.organisation_id,
    )
    query = (
        select(
            AssessmentRow.partner_id,
            AssessmentRow.organisation_id,
            AssessmentRow.id,
            AssessmentRow.completed_at,
            OrganisationRow.industry,
            OrganisationRow.size,
            ResultRow,
        )
        .join(OrganisationRow, organisation_of_it)
        .join(ResultRow, result_of_it)
    )
    if after is not None:
        later = and_(AssessmentRow.partner_id == after[0], AssessmentRow.id > after[1])
        query = query.where(or_(AssessmentRow.partner_id > after[0], later))
    query = query.where(*_in_pool(rubric_id, rubric_version)).order_by(AssessmentRow.partner_id, AssessmentRow.id)
    return [PoolRow(*row) for row in await session.execute(query.limit(limit))]


async def count_pool(session: AsyncSession, rubric_id: str, rubric_version: str) -> int:
    """How many the pool has."""
    query = select(func.count()).select_from(AssessmentRow).where(*_in_pool(rubric_id, rubric_version))
    return (await session.execute(query)).scalar_one()


async def last_edition(session: AsyncSession, rubric_id: str, rubric_version: str) -> EditionRow | None:
    """The newest edition of a rubric version."""
    query = (
        select(EditionRow)
        .where(EditionRow.rubric_id == rubric_id, EditionRow.rubric_version == rubric_version)
        .order_by(EditionRow.number.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def list_editions(session: AsyncSession, rubric_id: str, rubric_version: str) -> Sequence[EditionRow]:
    """Every edition of a rubric version, oldest first."""
    query = (
        select(EditionRow)
        .where(EditionRow.rubric_id == rubric_id, EditionRow.rubric_version == rubric_version)
        .order_by(EditionRow.number)
    )
    return (await session.scalars(query)).all()


async def list_cohorts(session: AsyncSession, edition_id: uuid.UUID) -> Sequence[CohortRow]:
    """What an edition says of every cohort."""
    return (await session.scalars(select(CohortRow).where(CohortRow.edition_id == edition_id))).all()


async def list_members(
    session: AsyncSession, edition_id: uuid.UUID, *, limit: int, after: Place | None
) -> Sequence[CohortMemberRow]:
    """Whose votes were in the pool of an edition, in the order of partners and organisations, those after `after`."""
    query = select(CohortMemberRow).where(CohortMemberRow.edition_id == edition_id)
    if after is not None:
        later = and_(CohortMemberRow.partner_id == after[0], CohortMemberRow.organisation_id > after[1])
        query = query.where(or_(CohortMemberRow.partner_id > after[0], later))
    query = query.order_by(CohortMemberRow.partner_id, CohortMemberRow.organisation_id).limit(limit)
    return (await session.scalars(query)).all()


def _in_pool(rubric_id: str, rubric_version: str) -> list[ColumnElement[bool]]:
    """What must hold of an assessment that speaks for its organisation."""
    newer = aliased(AssessmentRow)
    overtaken = exists().where(
        newer.organisation_id == AssessmentRow.organisation_id,
        newer.partner_id == AssessmentRow.partner_id,
        newer.mode == AssessmentRow.mode,
        newer.rubric_id == rubric_id,
        newer.rubric_version == rubric_version,
        newer.status == "completed",
        or_(
            newer.completed_at > AssessmentRow.completed_at,
            and_(newer.completed_at == AssessmentRow.completed_at, newer.id > AssessmentRow.id),
        ),
    )
    return [
        AssessmentRow.mode == "live",
        AssessmentRow.rubric_id == rubric_id,
        AssessmentRow.rubric_version == rubric_version,
        AssessmentRow.status == "completed",
        AssessmentRow.contribute.is_(True),
        AssessmentRow.score.is_not(None),
        ~overtaken,
    ]
