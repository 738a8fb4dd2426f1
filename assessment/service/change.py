"""Change: an organisation's completed assessments over time, and two of them set side by side."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.errors import AssessmentOpen, NothingBefore, ResourceNotFound, RubricNotFound
from assessment.rubric.catalog import parse_reference
from assessment.scoring.change import ResultChange, Side, compare
from assessment.scoring.moves import QuestionMove, RecommendationsMoved, questions_moved, recommendations_moved
from assessment.scoring.past import PastDimension
from assessment.scoring.progress import percent_to_target
from assessment.scoring.result import RubricUsed
from assessment.service import ids
from assessment.service.context import Principal, Reader, Services
from assessment.service.history import Completed, completion_of, find_baseline, load, side_of, span_of
from assessment.service.pages import check_limit, refused
from assessment.service.reading import from_replica
from assessment.service.views import used_rubric
from assessment.store.assessments import AssessmentRow, find_assessment
from assessment.store.history import list_completed
from assessment.store.organisations import find_organisation


class Point(msgspec.Struct, frozen=True):
    """A completed assessment as a point of a line."""

    assessment: str
    rubric: RubricUsed
    completed_at: datetime
    score: float | None
    level: int | None
    dimensions: list[PastDimension]


class Step(msgspec.Struct, frozen=True):
    """From one assessment to a later one."""

    since: str
    assessment: str
    change: ResultChange


class Progress(msgspec.Struct, frozen=True):
    """How far an organisation has come from its first comparable assessment towards a level; scores on 0–100."""

    baseline: str
    baseline_score: float
    score: float
    change: float
    target_level: int
    target_score: float
    percent: float
    reached: bool


class TrendView(msgspec.Struct, frozen=True):
    """Points oldest first; `has_more` says that there are older ones."""

    organisation: str
    rubric: str | None
    points: list[Point]
    has_more: bool
    changes: list[Step]
    since_baseline: Step | None
    progress: Progress | None


class ChangeView(msgspec.Struct, frozen=True):
    """Two assessments of one organisation."""

    organisation: str
    since: Point
    assessment: Point
    change: ResultChange
    questions: list[QuestionMove]
    recommendations: RecommendationsMoved
    progress: Progress | None


@from_replica
async def trend(
    services: Services, principal: Principal, organisation_id: str, *, rubric: str | None = None, limit: int
) -> TrendView:
    """The last `limit` completed assessments of an organisation with one rubric: that of its latest one unless
    `rubric` (`id` or `id@version`) names another. Raises ResourceNotFound or RubricNotFound."""
    check_limit(limit)
    wanted = ids.find_id("org", organisation_id)
    owner = (principal.partner_id, principal.mode)
    rubric_id, version = (None, None) if rubric is None else parse_reference(rubric)
    async with services.database.read(principal) as session:
        if await find_organisation(session, *owner, wanted) is None:
            raise ResourceNotFound
        if rubric_id is None:
            latest = await list_completed(session, *owner, wanted, limit=1)
            rubric_id = latest[0].rubric_id if latest else None
        found = await list_completed(
            session, *owner, wanted, limit=limit + 1, rubric_id=rubric_id, rubric_version=version
        )
        if rubric_id is not None and not found:
            services.catalog.find(rubric_id, version)
        rows = list(reversed(found[:limit]))
        first = await find_baseline(services, session, principal, rows[-1]) if rows else None
        needed = {row.id: row for row in [*rows, *([] if first is None else [first])]}
        loaded = {one.row.id: one for one in await load(services, session, principal, list(needed.values()))}
    points = [loaded[row.id] for row in rows if row.id in loaded]
    baseline = None if first is None else loaded.get(first.id)
    sides = {one: await side_of(services, completed) for one, completed in loaded.items()}
    since = None
    if points and baseline is not None and baseline is not points[-1]:
        since = _step(services, baseline, points[-1], sides)
    return TrendView(
        organisation=organisation_id,
        rubric=rubric_id,
        points=[_point(one) for one in points],
        has_more=len(found) > limit,
        changes=[_step(services, one, other, sides) for one, other in pairwise(points)],
        since_baseline=since,
        progress=_progress(services, first, points[-1]) if points else None,
    )


@from_replica
async def change(services: Services, reader: Reader, assessment_id: str, *, since: str | None = None) -> ChangeView:
    """A completed assessment beside an earlier one of the same organisation: `since`, or the one with the same rubric
    that was completed before it. Raises ResourceNotFound, AssessmentOpen, NothingBefore or InvalidInput."""
    async with services.database.read(reader) as session:
        row = await _find_completed(session, reader, assessment_id)
        earlier = await _find_earlier(session, reader, row, since)
        first = await find_baseline(services, session, reader, row)
        loaded = await load(services, session, reader, [earlier, row])
    if len(loaded) < 2:
        raise ResourceNotFound
    before, after = loaded
    sides = (await side_of(services, before), await side_of(services, after))
    span = span_of(services, earlier, row)
    return ChangeView(
        organisation=ids.to_text("org", row.organisation_id),
        since=_point(before),
        assessment=_point(after),
        change=compare(*sides, span),
        questions=questions_moved(before.result, after.result, span),
        recommendations=recommendations_moved(before.result, after.result, span, _recommendations(services, row)),
        progress=_progress(services, first, after),
    )


async def _find_completed(session: AsyncSession, reader: Reader, assessment_id: str) -> AssessmentRow:
    wanted = ids.find_id("asmt", assessment_id)
    found = await find_assessment(session, reader.partner_id, reader.mode, wanted)
    if found is None:
        raise ResourceNotFound
    if found[0].status != "completed":
        raise AssessmentOpen("Only what is completed can be compared; this assessment is open.")
    return found[0]


async def _find_earlier(session: AsyncSession, reader: Reader, row: AssessmentRow, since: str | None) -> AssessmentRow:
    """What `row` is compared with."""
    here = completion_of(row)
    if since is None:
        owner = (reader.partner_id, reader.mode)
        found = await list_completed(
            session, *owner, row.organisation_id, limit=1, rubric_id=row.rubric_id, before=here
        )
        if not found:
            raise NothingBefore("No assessment of this organisation with this rubric was completed earlier.")
        return found[0]
    earlier = await _find_completed(session, reader, since)
    if earlier.organisation_id != row.organisation_id:
        raise refused("since", "other_organisation", "'since' must be an assessment of the same organisation.")
    if completion_of(earlier) >= here:
        raise refused("since", "not_earlier", "'since' must be an assessment that was completed earlier.")
    return earlier


def _point(one: Completed) -> Point:
    return Point(
        assessment=ids.to_text("asmt", one.row.id),
        rubric=used_rubric(one.row),
        completed_at=completion_of(one.row).completed_at,
        score=one.result.score,
        level=None if one.result.rating is None else one.result.rating.level,
        dimensions=one.result.dimensions,
    )


def _step(services: Services, one: Completed, other: Completed, sides: Mapping[uuid.UUID, Side]) -> Step:
    compared = compare(sides[one.row.id], sides[other.row.id], span_of(services, one.row, other.row))
    return Step(ids.to_text("asmt", one.row.id), ids.to_text("asmt", other.row.id), compared)


def _progress(services: Services, baseline: AssessmentRow | None, latest: Completed) -> Progress | None:
    """None without a score, or where the rubric's levels are not known here."""
    result, used = latest.result, used_rubric(latest.row)
    if baseline is None or baseline.score is None or result.score is None or result.target is None:
        return None
    try:
        cuts = services.rubrics.pinned(used.id, used.version, used.digest).cuts
    except RubricNotFound:
        return None
    cut, first = round(100 * cuts[result.target.level - 1], 2), baseline.score / 100
    return Progress(
        baseline=ids.to_text("asmt", baseline.id),
        baseline_score=first,
        score=result.score,
        change=round(result.score - first, 2),
        target_level=result.target.level,
        target_score=cut,
        percent=percent_to_target(first, result.score, cut),
        reached=result.rating is not None and result.rating.level >= result.target.level,
    )


def _recommendations(services: Services, row: AssessmentRow) -> frozenset[str]:
    """What the rubric of `row` can recommend."""
    used = used_rubric(row)
    try:
        rubric = services.rubrics.pinned(used.id, used.version, used.digest)
    except RubricNotFound:
        return frozenset()
    return frozenset(move.id for move in rubric.source.recommendations)
