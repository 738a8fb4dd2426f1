"""Assessments that filters select, as a whole: how many they are, and of which rubric versions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.store.assessments import AssessmentRow, Filters, RubricPinned, narrowed
from assessment.store.base import Mode
from assessment.store.results import ResultRow


async def count_selected(session: AsyncSession, partner_id: uuid.UUID, mode: Mode, filters: Filters) -> int:
    query = narrowed(partner_id, mode, filters).with_only_columns(func.count())
    return (await session.scalars(query)).one()


async def list_rubrics_selected(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, filters: Filters
) -> Sequence[RubricPinned]:
    """The rubric versions that they were created with."""
    columns = (AssessmentRow.rubric_id, AssessmentRow.rubric_version, AssessmentRow.rubric_digest)
    query = narrowed(partner_id, mode, filters).with_only_columns(*columns).distinct()
    return [RubricPinned(*row) for row in await session.execute(query)]


async def find_result_of(
    session: AsyncSession, partner_id: uuid.UUID, mode: Mode, pinned: RubricPinned, filters: Filters
) -> ResultRow | None:
    """The result of one of them that was created with this rubric version."""
    query = (
        narrowed(partner_id, mode, filters)
        .join(
            ResultRow,
            (ResultRow.partner_id == AssessmentRow.partner_id)
            & (ResultRow.mode == AssessmentRow.mode)
            & (ResultRow.assessment_id == AssessmentRow.id),
        )
        .where(
            AssessmentRow.rubric_id == pinned.rubric_id,
            AssessmentRow.rubric_version == pinned.rubric_version,
            AssessmentRow.rubric_digest == pinned.rubric_digest,
        )
        .with_only_columns(ResultRow)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()
