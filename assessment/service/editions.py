"""Editions: releasing one at a command, and those that are due."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import Conflict, Overloaded
from assessment.scoring.cohort import COHORTS, Cohort
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.edition import Decision, Suppression, decide
from assessment.scoring.release import Figures, figures_of
from assessment.service import ids
from assessment.service.audit import audit_row
from assessment.service.context import Services
from assessment.service.outbox import release_events
from assessment.service.pool import PoolVote, collect, histograms_of, load_past, snapshot_of
from assessment.service.receipts import store_rows
from assessment.store.access import EVERYONE
from assessment.store.benchmarks import EditionRow, last_edition, list_cohorts, list_editions
from assessment.store.tables import COHORT_MEMBERS, EDITIONS
from assessment.store.tables import COHORTS as COHORT_ROWS

SCHEDULED = "scheduled release"
"""What the audit log names as the actor when the service does it by itself."""
ATTEMPTS = 3

_log = logging.getLogger("assessment.service")


class CohortBody(msgspec.Struct, frozen=True):
    """What is kept of a cohort in an edition: figures, or why there are none."""

    score: Figures | None
    dimensions: dict[str, Figures]
    reason: Suppression | None


class Outcome(msgspec.Struct, frozen=True):
    """What an edition says of a cohort, and how many votes the pool has of it now."""

    cohort: Cohort
    votes: int
    decision: Decision


class Edition(msgspec.Struct, frozen=True):
    """An edition that was made, or in a dry run would be."""

    rubric_id: str
    version: str
    number: int
    outcomes: list[Outcome]

    @property
    def is_news(self) -> bool:
        """Whether any cohort is released anew."""
        return any(one.decision.state == "released" for one in self.outcomes)


async def release(
    services: Services,
    rubric: CompiledRubric,
    *,
    actor: str,
    dry_run: bool = False,
    only_news: bool = False,
    read: Callable[[int], None] = lambda _: None,
) -> Edition:
    """Make the next edition of a rubric version and note it in the log of each partner whose votes it counted. With
    `only_news` nothing is written unless a cohort is released anew; and nothing of a pool that was always empty.

    Raises Conflict when another process made one meanwhile.
    """
    for _ in range(ATTEMPTS):
        votes = await collect(services, rubric.used.id, rubric.used.version, read)
        async with services.database.read(EVERYONE) as session:
            editions = await list_editions(session, rubric.used.id, rubric.used.version)
        number = editions[-1].number + 1 if editions else 1
        edition = await _decide(services, rubric, number, votes, editions)
        nothing = not votes and not editions
        if dry_run or nothing or (only_news and not edition.is_news):
            return edition
        bodies = await _bodies(services, edition, votes, editions)
        try:
            await services.queue.run(_writing(edition, votes, bodies, actor), EVERYONE)
        except IntegrityError:
            # Else an organisation was erased since its vote was read, which must be in no release any more.
            async with services.database.read(EVERYONE) as session:
                newest = await last_edition(session, rubric.used.id, rubric.used.version)
            if newest is not None and newest.number >= number:
                raise Conflict(f"Edition {number} was released by another process meanwhile.") from None
            continue
        return edition
    raise Overloaded("Organisations are being erased faster than an edition can be made; try again shortly.")


async def release_due(services: Services, days: int) -> list[Edition]:
    """Release an edition of each rubric version that has had none for so many days, where a cohort can be released
    anew; with 0 none is."""
    made: list[Edition] = []
    if not days:
        return made
    for rubric in services.rubrics.compile_published():
        async with services.database.read(EVERYONE) as session:
            newest = await last_edition(session, rubric.used.id, rubric.used.version)
        if newest is not None and datetime.now(UTC) - newest.released_at < timedelta(days=days):
            continue
        try:
            edition = await release(services, rubric, actor=SCHEDULED, only_news=True)
        except Conflict as taken:
            _log.info("Another process releases the benchmarks: %s", taken)
            continue
        if edition.is_news:
            _log.info("benchmark released: %s@%s, edition %d", edition.rubric_id, edition.version, edition.number)
            made.append(edition)
    return made


async def _decide(
    services: Services, rubric: CompiledRubric, number: int, votes: Sequence[PoolVote], editions: Sequence[EditionRow]
) -> Edition:
    past, partners = await load_past(services, editions)
    now = snapshot_of(number, votes)
    partner_of: dict[Any, Any] = {**partners, **{vote.organisation_id: vote.partner_id for vote in votes}}
    # Many editions of a large pool take seconds, in which requests must still be answered.
    decisions = await asyncio.to_thread(decide, now, past, partner_of)
    outcomes = [Outcome(cohort, now.size(cohort), decisions[cohort]) for cohort in COHORTS]
    return Edition(rubric.used.id, rubric.used.version, number, outcomes)


async def _bodies(
    services: Services, edition: Edition, votes: Sequence[PoolVote], editions: Sequence[EditionRow]
) -> dict[Cohort, bytes]:
    """What the edition keeps of each cohort; what is carried forward, in the very bytes of the edition before."""
    by_number = {one.number: one.id for one in editions}
    earlier: dict[tuple[int, Cohort], bytes] = {}
    async with services.database.read(EVERYONE) as session:
        for number in {one.decision.counted_in for one in edition.outcomes} & by_number.keys():
            assert number is not None
            for row in await list_cohorts(session, by_number[number]):
                earlier[number, Cohort(row.cut, row.value)] = row.body  # type: ignore[arg-type]  # a declared cut
    bodies = {}
    for one in edition.outcomes:
        if one.decision.state == "released":
            members = [vote for vote in votes if one.cohort in vote.cohorts]
            bodies[one.cohort] = msgspec.json.encode(await asyncio.to_thread(_counted, members))
        elif one.decision.counted_in is not None:
            bodies[one.cohort] = earlier[one.decision.counted_in, one.cohort]
        else:
            # With too few changes there is an earlier release to carry forward.
            assert one.decision.reason != "few_changes"
            bodies[one.cohort] = msgspec.json.encode(CohortBody(None, {}, one.decision.reason))
    return bodies


def _counted(votes: Sequence[PoolVote]) -> CohortBody:
    overall, dimensions = histograms_of(votes)
    return CohortBody(figures_of(overall), {name: figures_of(scores) for name, scores in dimensions.items()}, None)


def _writing(
    edition: Edition, votes: Sequence[PoolVote], bodies: Mapping[Cohort, bytes], actor: str
) -> Callable[[AsyncConnection], Any]:
    """What writes the edition in one transaction."""
    edition_id = ids.new_id()
    header = {
        "id": edition_id,
        "rubric_id": edition.rubric_id,
        "rubric_version": edition.version,
        "number": edition.number,
        "released_at": datetime.now(UTC),
    }
    cohorts = [
        {
            "edition_id": edition_id,
            "cut": one.cohort.cut,
            "value": one.cohort.value,
            "votes": one.votes,
            "counted_in": one.decision.counted_in,
            "body": bodies[one.cohort],
        }
        for one in edition.outcomes
    ]
    members = [_member_row(edition_id, vote) for vote in votes] if edition.is_news else []
    counted = Counter(vote.partner_id for vote in votes) if edition.is_news else Counter[uuid.UUID]()
    target = f"{edition.rubric_id}@{edition.version}"
    entries = [
        audit_row(
            actor,
            "benchmark.released",
            target,
            {"edition": edition.number, "organisations": organisations},
            partner_id=partner_id,
            mode="live",
        )
        for partner_id, organisations in sorted(counted.items())
    ]

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(EDITIONS), [header])
        await connection.execute(insert(COHORT_ROWS), cohorts)
        if members:
            await connection.execute(insert(COHORT_MEMBERS), members)
        told = await release_events(connection, edition.rubric_id, edition.version, edition.number)
        await store_rows(connection, [*entries, *told])

    return work


def _member_row(edition_id: uuid.UUID, vote: PoolVote) -> dict[str, Any]:
    return {
        "partner_id": vote.partner_id,
        "mode": "live",
        "organisation_id": vote.organisation_id,
        "edition_id": edition_id,
        "assessment_id": vote.assessment_id,
        "industry": vote.industry,
        "size": vote.size,
    }
