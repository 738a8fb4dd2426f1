"""An organisation's completed assessments in the order of time: queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.store.assessments import AssessmentRow, RubricPinned
from assessment.store.base import Mode


class Completion(NamedTuple):
    """Where a completed assessment stands in its organisation's history; ids settle what was completed at once."""

    completed_at: datetime
    id: uuid.UUID


async def list_completed(
    session: AsyncSession,
    partner_id: uuid.UUID,
    mode: Mode,
    organisation_id: uuid.UUID,
    *,
    limit: int,
    rubric_id: str | None = None,
    rubric_version: str | None = None,
    before: Completion | None = None,
) -> Sequence[AssessmentRow]:
    """The completed assessments of an organisation, those completed last first, earlier than `before`."""
    query = _completed(partner_id, mode, organisation_id)
    if rubric_id is not None:
        query = query.where(AssessmentRow.rubric_id == rubric_id)
    if rubric_version is not None:
        query = query.where(AssessmentRow.rubric_version == rubric_version)
    if before is not None:
        query = query.where(_earlier(before))
    query = query.order_by(AssessmentRow.completed_at.desc(), AssessmentRow.id.desc())
    return (await session.scalars(query.limit(limit))).all()


async def find_first_scored(
    session: AsyncSession,
    partner_id: uuid.UUID,
    mode: Mode,
    organisation_id: uuid.UUID,
    rubrics: Sequence[RubricPinned],
    until: Completion,
) -> AssessmentRow | None:
    """The assessment of an organisation that was the first to be completed with a score, up to `until`, of those
    created with one of these rubric versions."""
    pinned = [
        and_(
            AssessmentRow.rubric_id == one.rubric_id,
            AssessmentRow.rubric_version == one.rubric_version,
            AssessmentRow.rubric_digest == one.rubric_digest,
        )
        for one in rubrics
    ]
    reached = or_(_earlier(until), AssessmentRow.id == until.id)
    query = _completed(partner_id, mode, organisation_id).where(AssessmentRow.score.is_not(None), reached, or_(*pinned))
    return (await session.scalars(query.order_by(AssessmentRow.completed_at, AssessmentRow.id).limit(1))).one_or_none()


def _earlier(than: Completion) -> ColumnElement[bool]:
    same = and_(AssessmentRow.completed_at == than.completed_at, AssessmentRow.id < than.id)
    return or_(AssessmentRow.completed_at < than.completed_at, same)


def _completed(partner_id: uuid.UUID, mode: Mode, organisation_id: uuid.UUID) -> Select[AssessmentRow]:
    return select(AssessmentRow).where(
        AssessmentRow.partner_id == partner_id,
        AssessmentRow.mode == mode,
        AssessmentRow.organisation_id == organisation_id,
        AssessmentRow.status == "completed",
    )
