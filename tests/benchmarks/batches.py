"""The rows of one assessment as the service stores them, ready to be written again under new ids."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table, select

from assessment.service import assessments, ids
from assessment.service.context import Principal, Services, open_services
from assessment.service.partners import authenticate, create_partner
from assessment.service.views import NewAssessment, OrganisationIn, ResponseIn
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.queue import Batch
from assessment.store.tables import ASSESSMENTS, RESPONSES, RESULTS
from tests.benchmarks import sample

TABLES = (ASSESSMENTS, RESPONSES, RESULTS)
Rows = Sequence[tuple[Table, Mapping[str, Any]]]


@asynccontextmanager
async def open_with_rows(settings: Settings) -> AsyncIterator[tuple[Services, Rows]]:
    """Services on a new database, and the rows of a first assessment, read back from it."""
    async with open_services(settings) as services:
        partner = await create_partner(services, "Benchmark")
        await _submit(services, await authenticate(services, partner.secret_key))
        async with services.database.read(EVERYONE) as session:
            found = [(table, (await session.execute(select(table))).mappings().one()) for table in TABLES]
        yield services, [(table, dict(row)) for table, row in found]


async def _submit(services: Services, principal: Principal) -> None:
    new = NewAssessment(
        rubric=sample.REFERENCE,
        organisation=OrganisationIn("Organisation 1", "crm-1"),
        responses=[ResponseIn(sample.answers(), "sales")],
        complete=True,
    )
    await assessments.create(services, principal, new)


def fresh(rows: Rows) -> Batch:
    """The rows as those of another assessment of the same organisation."""
    assessment_id = ids.new_id()
    return [(table, renamed(table, row, assessment_id, ids.new_id())) for table, row in rows]


def renamed(table: Table, row: Mapping[str, Any], assessment_id: Any, own_id: Any) -> dict[str, Any]:
    """A row with the ids that must differ: its assessment's, and a response's own."""
    if table is ASSESSMENTS:
        return {**row, "id": assessment_id}
    changed = {**row, "assessment_id": assessment_id}
    return changed | {"id": own_id} if table is RESPONSES else changed


class Commits:
    """Counts the commits of the write queue."""

    def __init__(self, services: Services) -> None:
        self.count = 0
        services.queue.listen(self._add)

    def _add(self) -> None:
        self.count += 1
