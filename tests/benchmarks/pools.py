"""A pool of many votes: organisations with a completed assessment each, and the edition that counted them."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Table, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.scoring.cohort import COHORTS as ALL_COHORTS
from assessment.scoring.histogram import Histogram
from assessment.scoring.release import Figures, figures_of
from assessment.service import ids
from assessment.service.context import Services
from assessment.service.editions import CohortBody
from assessment.store.tables import ASSESSMENTS, COHORT_MEMBERS, COHORTS, EDITIONS, ORGANISATIONS, RESULTS
from tests.benchmarks import sample

_ORGANISATION = "('00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid"
_ASSESSMENT = "('00000000-0000-7000-9000-' || lpad(to_hex(number), 12, '0'))::uuid"
_COPIES: tuple[tuple[Table, dict[str, str]], ...] = (
    (ORGANISATIONS, {"id": _ORGANISATION, "external_id": "'copy-' || number"}),
    (ASSESSMENTS, {"id": _ASSESSMENT, "organisation_id": _ORGANISATION}),
    # Nobody reads the results of the copies, so they have no content.
    (RESULTS, {"assessment_id": _ASSESSMENT, "body": "''"}),
)
"""What differs in the rows of the copies from those of the first organisation."""


def any_scores(votes: int) -> list[float]:
    """The scores of so many organisations, the same ones each time."""
    chance = random.Random(votes)
    return [100 * chance.betavariate(4, 3) for _ in range(votes)]


async def fill(services: Services, scores: list[float]) -> None:
    """Make the database one of as many organisations as there are scores, and release the edition that counted them.

    Rows are copied in the database itself from those of its only assessment, without the checks of foreign keys; the
    figures are those that a release of these scores has.
    """
    figures = figures_of(Histogram(scores))
    async with services.database.administer() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table, differing in _COPIES:
            await connection.execute(text(_copy(table, differing)), {"votes": len(scores) - 1})
        await _release(connection, figures, len(scores))
    async with services.database.administer() as connection:
        for table in (ORGANISATIONS, ASSESSMENTS, RESULTS, COHORT_MEMBERS):
            await connection.execute(text(f"ANALYZE {table.name}"))


def _copy(table: Table, differing: dict[str, str]) -> str:
    columns = [column.name for column in table.columns]
    values = [differing.get(name, f'"{name}"') for name in columns]
    named = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table.name} ({named}) SELECT {', '.join(values)} "
        f"FROM (SELECT * FROM {table.name} LIMIT 1) AS first, generate_series(1, CAST(:votes AS integer)) AS number"
    )


async def _release(connection: AsyncConnection, figures: Figures, votes: int) -> None:
    edition = ids.new_id()
    name, version = sample.REFERENCE.split("@")
    dimensions = {dimension.id: figures for dimension in sample.rubric().dimensions}
    body = msgspec.json.encode(CohortBody(figures, dimensions, None))
    await connection.execute(
        insert(EDITIONS).values(
            id=edition, rubric_id=name, rubric_version=version, number=1, released_at=datetime.now(UTC)
        )
    )
    await connection.execute(
        insert(COHORTS),
        [
            {"edition_id": edition, "cut": one.cut, "value": one.value, "votes": votes, "counted_in": 1, "body": body}
            for one in ALL_COHORTS
        ],
    )
    await connection.execute(
        text(
            f"INSERT INTO {COHORT_MEMBERS.name} (partner_id, mode, organisation_id, edition_id, assessment_id) "
            f"SELECT partner_id, mode, organisation_id, :edition, id FROM {ASSESSMENTS.name}"
        ),
        {"edition": edition},
    )
