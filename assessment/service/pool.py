"""The pool: the votes of organisations that agreed to be counted, and whose votes earlier editions were made of."""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.errors import DamagedResult
from assessment.scoring.cohort import Cohort, cohorts_of, industry_of, size_of
from assessment.scoring.edition import Snapshot, Vote
from assessment.scoring.histogram import Histogram
from assessment.service.context import Services
from assessment.service.reading import from_replica
from assessment.store import benchmarks as rows
from assessment.store.access import EVERYONE
from assessment.store.benchmarks import EditionRow, PoolRow

AT_ONCE = 200
"""Votes in memory with their results at once, and in one answer of the database."""

_log = logging.getLogger("assessment.service")


class PoolVote(msgspec.Struct, frozen=True):
    """What speaks for one organisation; `dimensions` has the score of every dimension of the rubric."""

    partner_id: uuid.UUID
    organisation_id: uuid.UUID
    assessment_id: uuid.UUID
    completed_at: datetime
    industry: str | None
    size: str | None
    score: float
    dimensions: dict[str, float]

    @property
    def cohorts(self) -> list[Cohort]:
        return cohorts_of(self.industry, self.size)


class ScoredDimension(msgspec.Struct, frozen=True):
    """As much of a result's dimension as a benchmark needs."""

    id: str
    title: str
    score: float | None


class ScoredResult(msgspec.Struct, frozen=True):
    """As much of a result as a benchmark needs."""

    score: float | None
    reason: str | None
    dimensions: list[ScoredDimension]
    benchmark_position: msgspec.Raw


async def count(services: Services, rubric_id: str, version: str) -> int:
    """How many votes there are at most: those without the score of some dimension are not in the pool."""
    async with services.database.read(EVERYONE) as session:
        return await rows.count_pool(session, rubric_id, version)


async def collect(
    services: Services, rubric_id: str, version: str, read: Callable[[int], None] = lambda _: None
) -> list[PoolVote]:
    """The pool of a rubric version, one vote for each organisation, in the same order each time. `read` is told how
    many assessments were read.

    A vote needs a score in every dimension: all figures of a cohort then rest on the same votes, and cannot be
    subtracted from each other to find those who lack one.
    """
    votes: dict[uuid.UUID, PoolVote] = {}
    after: rows.Place | None = None
    while True:
        batch, cast_now = await _read_batch(services, rubric_id, version, after)
        for vote in cast_now:
            # One that completed another assessment between two batches was read twice.
            known = votes.get(vote.organisation_id)
            if known is None or known.completed_at <= vote.completed_at:
                votes[vote.organisation_id] = vote
        read(len(batch))
        if len(batch) < AT_ONCE:
            return sorted(votes.values(), key=lambda vote: vote.organisation_id)
        after = (batch[-1].partner_id, batch[-1].assessment_id)


def snapshot_of(number: int, votes: Sequence[PoolVote]) -> Snapshot:
    """The pool as it is now."""
    return Snapshot(number, _by_cohort(votes), {}, {})


def histograms_of(votes: Sequence[PoolVote]) -> tuple[Histogram, dict[str, Histogram]]:
    """The scores, overall and by dimension."""
    overall = Histogram(vote.score for vote in votes)
    dimensions = votes[0].dimensions if votes else {}
    return overall, {dimension: Histogram(vote.dimensions[dimension] for vote in votes) for dimension in dimensions}


async def load_past(
    services: Services, editions: Sequence[EditionRow]
) -> tuple[list[Snapshot], Mapping[uuid.UUID, uuid.UUID]]:
    """Of the editions those that released something anew, with whose votes; and the partner of each organisation."""
    past: list[Snapshot] = []
    partners: dict[uuid.UUID, uuid.UUID] = {}
    for edition in editions:
        async with services.database.read(EVERYONE) as session:
            said = await rows.list_cohorts(session, edition.id)
            shown = {Cohort(*_named(one)): one.counted_in for one in said if one.counted_in is not None}
            if edition.number not in shown.values():
                continue
            by_cohort: defaultdict[Cohort, set[Vote]] = defaultdict(set)
            after: rows.Place | None = None
            while True:
                members = await rows.list_members(session, edition.id, limit=AT_ONCE, after=after)
                for one in members:
                    partners[one.organisation_id] = one.partner_id
                    for cohort in cohorts_of(one.industry, one.size):
                        by_cohort[cohort].add((one.organisation_id, one.assessment_id))
                if len(members) < AT_ONCE:
                    break
                after = (members[-1].partner_id, members[-1].organisation_id)
                session.expunge_all()
        votes = {cohort: frozenset(found) for cohort, found in by_cohort.items()}
        lost = {cohort: one.votes - len(votes.get(cohort, ())) for one in said for cohort in [Cohort(*_named(one))]}
        past.append(Snapshot(edition.number, votes, lost, shown))
    return past, partners


def _named(row: rows.CohortRow) -> tuple[Any, str]:
    return row.cut, row.value


def _by_cohort(votes: Sequence[PoolVote]) -> dict[Cohort, frozenset[Vote]]:
    found: defaultdict[Cohort, set[Vote]] = defaultdict(set)
    for vote in votes:
        for cohort in vote.cohorts:
            found[cohort].add((vote.organisation_id, vote.assessment_id))
    return {cohort: frozenset(members) for cohort, members in found.items()}


@from_replica
async def _read_batch(
    services: Services, rubric_id: str, version: str, after: rows.Place | None
) -> tuple[Sequence[PoolRow], list[PoolVote]]:
    """The next assessments of the pool, and the votes that they are."""
    async with services.database.read(EVERYONE) as session:
        batch = await rows.list_pool(session, rubric_id, version, limit=AT_ONCE, after=after)
        found = [await _vote(services, session, row) for row in batch]
    return batch, [vote for vote in found if vote is not None]


async def _vote(services: Services, session: AsyncSession, row: PoolRow) -> PoolVote | None:
    try:
        body = await services.results.unseal(session, row.result)
    except DamagedResult:
        _log.warning("A damaged result is left out of the pool.")
        return None
    scored = msgspec.json.decode(body, type=ScoredResult)
    dimensions = {one.id: one.score for one in scored.dimensions if one.score is not None}
    assert row.completed_at is not None  # what is in the pool is completed
    if scored.score is None or len(dimensions) < len(scored.dimensions):
        return None
    return PoolVote(
        row.partner_id,
        row.organisation_id,
        row.assessment_id,
        row.completed_at,
        industry_of(row.industry),
        size_of(row.size),
        scored.score,
        dimensions,
    )
