"""Benchmarks: what an edition says of every cohort, and where an assessment stands in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.errors import AssessmentOpen, EditionNotFound, ResourceNotFound
from assessment.scoring.cohort import COHORTS, EVERYBODY, VALUES, Cohort, Cut, industry_of, size_of
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.edition import Suppression
from assessment.scoring.release import Place, place_of
from assessment.scoring.result import RubricUsed
from assessment.service import ids
from assessment.service.context import Principal, Reader, Services
from assessment.service.editions import CohortBody
from assessment.service.pool import ScoredResult
from assessment.service.reading import from_replica
from assessment.service.views import used_rubric
from assessment.store.access import NOBODY
from assessment.store.assessments import find_assessment
from assessment.store.benchmarks import EditionRow, list_cohorts, list_editions
from assessment.store.results import find_result


class EditionView(msgspec.Struct, frozen=True):
    """An edition: its number, from 1, and when it was released."""

    number: int
    released_at: datetime


class CohortView(msgspec.Struct, frozen=True):
    """What an edition says of a cohort; `released_in` is the edition that its figures were counted in."""

    cohort: Cohort
    title: str
    body: CohortBody
    released_in: EditionView | None


class BenchmarksView(msgspec.Struct, frozen=True):
    """The cohorts of an edition, or neither where there is none yet."""

    rubric: CompiledRubric
    edition: EditionView | None
    cohorts: list[CohortView]


class Standing(msgspec.Struct, frozen=True):
    """Where one score stands in a cohort; `dimension` is None for the overall score."""

    dimension: str | None
    title: str
    score: float | None
    place: Place | None


Withheld = Literal["no_score", "no_edition", "not_classified"] | Suppression
"""Why it is not said where an assessment stands."""


class StandingView(msgspec.Struct, frozen=True):
    """Where an assessment stands in a cohort, or why that is not said."""

    id: str
    rubric: RubricUsed
    edition: EditionView | None
    cohort: CohortView | None
    reason: Withheld | None
    score: Standing
    dimensions: list[Standing]
    benchmark_position: msgspec.Raw


@from_replica
async def read(services: Services, reference: str, number: int | None = None) -> BenchmarksView:
    """The cohorts of the current edition of a rubric version, or of the edition with a number. Raises RubricNotFound
    or EditionNotFound."""
    rubric = services.rubrics.get(reference)
    async with services.database.read(NOBODY) as session:
        edition, editions = await _find(session, rubric.used, number)
        cohorts = [] if edition is None else await _cohorts(session, edition, editions)
    return BenchmarksView(rubric, None if edition is None else _view(edition), cohorts)


async def stand(
    services: Services, principal: Principal, assessment_id: str, cut: Cut = "all", number: int | None = None
) -> StandingView:
    """Where a completed assessment stands in one of its organisation's cohorts, by the current edition or the one with
    a number. Raises ResourceNotFound, AssessmentOpen or EditionNotFound."""
    [standing] = await stand_in(services, principal, assessment_id, [cut], number)
    return standing


@from_replica
async def stand_in(
    services: Services, reader: Reader, assessment_id: str, cuts: Sequence[Cut], number: int | None = None
) -> list[StandingView]:
    """The same for several cuts, of one state of the database."""
    wanted = ids.find_id("asmt", assessment_id)
    async with services.database.read(reader) as session:
        found = await find_assessment(session, reader.partner_id, reader.mode, wanted)
        if found is None:
            raise ResourceNotFound
        row, organisation = found
        if row.status != "completed":
            raise AssessmentOpen("An assessment has a place among others once it is completed.")
        stored = await find_result(session, reader.partner_id, reader.mode, wanted)
        if stored is None:
            # It was deleted between the two queries.
            raise ResourceNotFound
        scored = msgspec.json.decode(await services.results.unseal(session, stored), type=ScoredResult)
        edition, editions = await _find(session, used_rubric(row), number)
        cohorts = [] if edition is None else await _cohorts(session, edition, editions)

    def view(cut: Cut) -> StandingView:
        named = _cohort_named(cut, organisation.industry, organisation.size)
        cohort = next((one for one in cohorts if one.cohort == named), None)
        return StandingView(
            id=assessment_id,
            rubric=used_rubric(row),
            edition=None if edition is None else _view(edition),
            cohort=cohort,
            reason=_reason(scored, edition, named, cohort),
            score=_standing(None, "Overall", scored.score, cohort),
            dimensions=[_standing(one.id, one.title, one.score, cohort) for one in scored.dimensions],
            benchmark_position=scored.benchmark_position,
        )

    return [view(cut) for cut in cuts]


def _cohort_named(cut: Cut, industry: str | None, size: str | None) -> Cohort | None:
    if cut == "all":
        return EVERYBODY
    value = industry_of(industry) if cut == "industry" else size_of(size)
    return None if value is None else Cohort(cut, value)


def _reason(
    scored: ScoredResult, edition: EditionRow | None, named: Cohort | None, cohort: CohortView | None
) -> Withheld | None:
    if scored.score is None:
        return "no_score"
    if edition is None:
        return "no_edition"
    if named is None or cohort is None:
        return "not_classified"
    return cohort.body.reason


def _standing(dimension: str | None, title: str, score: float | None, cohort: CohortView | None) -> Standing:
    figures = None
    if cohort is not None:
        figures = cohort.body.score if dimension is None else cohort.body.dimensions.get(dimension)
    place = None if figures is None or score is None else place_of(figures, score)
    return Standing(dimension, title, score, place)


async def _find(
    session: AsyncSession, used: RubricUsed, number: int | None
) -> tuple[EditionRow | None, dict[int, EditionRow]]:
    """The edition that is asked for, the newest without a number, and all of them by number."""
    editions = {one.number: one for one in await list_editions(session, used.id, used.version)}
    if number is None:
        return (editions[max(editions)] if editions else None), editions
    if number not in editions:
        there = f"1 to {max(editions)}" if editions else "none yet"
        raise EditionNotFound(f"{used.id}@{used.version} has no edition {number}; there are: {there}.")
    return editions[number], editions


async def _cohorts(session: AsyncSession, edition: EditionRow, editions: dict[int, EditionRow]) -> list[CohortView]:
    said = {Cohort(row.cut, row.value): row for row in await list_cohorts(session, edition.id)}  # type: ignore[arg-type]  # a declared cut
    return [
        CohortView(
            cohort,
            VALUES[cohort.cut][cohort.value],
            msgspec.json.decode(row.body, type=CohortBody),
            None if row.counted_in is None else _view(editions[row.counted_in]),
        )
        for cohort in COHORTS
        if (row := said.get(cohort)) is not None
    ]


def _view(row: EditionRow) -> EditionView:
    return EditionView(row.number, row.released_at)
