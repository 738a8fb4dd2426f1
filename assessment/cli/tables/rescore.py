"""What `assessment bulk rescore` does: goes through partners page by page, and on from where it was killed."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assessment.cli import output
from assessment.cli.database import errors_said, find_operator, where_data_lies
from assessment.cli.result_files import Format, open_writer
from assessment.cli.tables.resumable import Resumable
from assessment.rubric.catalog import Catalog
from assessment.scoring.compile import ENGINE_VERSION
from assessment.service.context import Store, open_store
from assessment.service.organisations import Operator
from assessment.service.partners import list_partners
from assessment.service.rescores import FIELDS, Rescoring, Row
from assessment.service.rubrics import Rubrics
from assessment.settings import Settings

COMMAND = "assessment bulk rescore"
Mode = Literal["live", "test"]


async def rescore(
    chosen: Settings,
    catalog: Catalog,
    reference: str,
    partner: str | None,
    mode: Mode,
    path: Path,
    form: Format,
    *,
    page: int,
    force: bool,
) -> int:
    """How many rows the file has. Raises Failure where it exists, or what was begun there is something else."""
    rubrics = Rubrics(catalog)
    rubric = rubrics.get(reference)
    task = {
        "rubric": f"{rubric.used.id}@{rubric.used.version} {rubric.used.digest}",
        "engine": ENGINE_VERSION,
        "partner": partner,
        "mode": mode,
        "database": where_data_lies(chosen),
    }
    with Resumable(path, task, force=force) as file, errors_said():
        async with open_store(chosen) as store:
            place = file.checkpoint.place
            until = datetime.fromisoformat(place["until"]) if place else datetime.now(UTC)
            operators = await _operators(store, partner, mode)
            rescoring = Rescoring(store, rubrics, rubric, until)
            totals = [await rescoring.begin(one) for one in operators]
            if not place:
                file.append(
                    _written(form, [], heading=True), 0, {"until": until.isoformat(), "partner": None, "before": None}
                )
            with output.progress("Scoring anew", sum(totals)) as advance:
                advance(file.checkpoint.rows)
                for operator in operators:
                    await _partner(rescoring, operator, file, form, page, advance)
    file.finish()
    return file.checkpoint.rows


async def _operators(store: Store, partner: str | None, mode: Mode) -> list[Operator]:
    """Who acts for the partner, or one for each; in the order of ids, in which a resumed run goes on."""
    if partner is not None:
        return [await find_operator(store, partner, mode, COMMAND)]
    names = sorted(one.partner_id for one in await list_partners(store))
    return [await find_operator(store, name, mode, COMMAND) for name in names]


async def _partner(
    rescoring: Rescoring,
    operator: Operator,
    file: Resumable,
    form: Format,
    size: int,
    advance: Callable[[int], None],
) -> None:
    """Go through one partner's assessments, unless that was done before."""
    own, place = operator.partner_id.hex, file.checkpoint.place
    if place["partner"] is not None and place["partner"] > own:
        return
    before = uuid.UUID(place["before"]) if place["partner"] == own else None
    async for rows, last in rescoring.pages(operator, size, before):
        file.append(_written(form, rows, heading=False), len(rows), place | {"partner": own, "before": last.hex})
        advance(len(rows))


def _written(form: Format, rows: Sequence[Row], *, heading: bool) -> bytes:
    """Rows as they stand in the file."""
    file = io.BytesIO()
    writer = open_writer(form, file, FIELDS)
    if not heading:
        file.truncate(0)
        file.seek(0)
    writer.write(rows)
    writer.close()
    return file.getvalue()
