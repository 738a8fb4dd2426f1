"""Completed results as a table: a row for each assessment, read page by page so that their number does not matter."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.errors import DamagedResult
from assessment.rubric.bridges import version_order
from assessment.rubric.catalog import parse_reference
from assessment.service import ids
from assessment.service.audit import audit_row
from assessment.service.context import Store
from assessment.service.organisations import Operator
from assessment.service.pages import refused
from assessment.service.reading import from_replica
from assessment.service.result_fields import fields_of, flatten
from assessment.service.results import ResultVault
from assessment.store.assessments import Filters, list_assessments
from assessment.store.results import ResultRow, list_results
from assessment.store.selection import count_selected, find_result_of, list_rubrics_selected

PAGE = 100
"""Results that are in memory at once."""


class ResultFilters(msgspec.Struct, frozen=True):
    """What a table is narrowed to. `organisation` is an id, `rubric` an id or `id@version`; times are aware."""

    organisation: str | None = None
    external_id: str | None = None
    rubric: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    completed_after: datetime | None = None
    completed_before: datetime | None = None


class ResultTable:
    """The table of what was completed before it was opened. `fields` are its columns, `total` the number of its rows,
    unless some are deleted meanwhile."""

    def __init__(
        self, store: Store, vault: ResultVault, operator: Operator, filters: Filters, dimensions: list[str], total: int
    ) -> None:
        self.total = total
        self.fields = fields_of(dimensions)
        self._store = store
        self._vault = vault
        self._operator = operator
        self._filters = filters

    async def pages(self) -> AsyncIterator[list[dict[str, Any]]]:
        """Rows with a value for each field, newest assessment first. Raises DamagedResult."""
        before: uuid.UUID | None = None
        while True:
            page, before = await _read_page(self._store, self, before)
            yield page
            if before is None:
                return

    async def read_page(self, before: uuid.UUID | None) -> tuple[list[dict[str, Any]], uuid.UUID | None]:
        """The rows of older assessments than one, and the last of those where there are more."""
        owner = (self._operator.partner_id, self._operator.mode)
        async with self._store.database.read(self._operator) as session:
            found = await list_assessments(session, *owner, limit=PAGE, before=before, filters=self._filters)
            results = await list_results(session, *owner, [row.id for row, _ in found])
            stored = {one.assessment_id: one for one in results}
            page = [
                flatten(self.fields, row, organisation, await _read(self._vault, session, stored[row.id]))
                for row, organisation in found
                if row.id in stored
            ]
        return page, None if len(found) < PAGE else found[-1][0].id


@from_replica
async def _read_page(
    _: Store, table: ResultTable, before: uuid.UUID | None
) -> tuple[list[dict[str, Any]], uuid.UUID | None]:
    return await table.read_page(before)


async def open_table(store: Store, operator: Operator, filters: ResultFilters) -> ResultTable:
    """Raises InvalidInput for filters that are none. What is read is noted in the audit log."""
    vault = ResultVault()
    narrowed = _narrowed(filters)
    owner = (operator.partner_id, operator.mode)
    dimensions: dict[str, None] = {}
    async with store.database.read(operator) as session:
        total = await count_selected(session, *owner, narrowed)
        versions = await list_rubrics_selected(session, *owner, narrowed)
        for pinned in sorted(versions, key=lambda one: (one.rubric_id, version_order(one.rubric_version))):
            stored = await find_result_of(session, *owner, pinned, narrowed)
            if stored is not None:
                result = await _read(vault, session, stored)
                dimensions |= dict.fromkeys(one["id"] for one in result["dimensions"])
    await store.queue.insert([export_row(operator, total)])
    return ResultTable(store, vault, operator, narrowed, list(dimensions), total)


def export_row(operator: Operator, total: int) -> tuple[Table, dict[str, Any]]:
    """The row of the audit log for so many results that are read out."""
    return audit_row(
        operator.command,
        "results.exported",
        ids.to_text("ptnr", operator.partner_id),
        {"assessments": total},
        partner_id=operator.partner_id,
        mode=operator.mode,
    )


def _narrowed(filters: ResultFilters) -> Filters:
    organisation_id = None
    if filters.organisation is not None:
        organisation_id = ids.from_text("org", filters.organisation)
        if organisation_id is None:
            raise refused("organisation", "invalid_id", "'organisation' must be an organisation's id (org_…).")
    rubric_id, version = (None, None) if filters.rubric is None else parse_reference(filters.rubric)
    now = datetime.now(UTC)
    return Filters(
        organisation_id=organisation_id,
        external_id=filters.external_id,
        rubric_id=rubric_id,
        rubric_version=version,
        status="completed",
        created_after=filters.created_after,
        created_before=filters.created_before,
        completed_after=filters.completed_after,
        # What is completed from now on could have dimensions that no column is made for.
        completed_before=min(filters.completed_before or now, now),
    )


async def _read(vault: ResultVault, session: AsyncSession, stored: ResultRow) -> dict[str, Any]:
    found = msgspec.json.decode(await vault.unseal(session, stored))
    if not (isinstance(found, dict) and isinstance(found.get("dimensions"), list)):
        raise DamagedResult
    return found
