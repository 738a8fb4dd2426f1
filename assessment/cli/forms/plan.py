"""A form's export as assessments, one for each organisation, with everything that stands in their way.

What people answered is checked by the very code that checks what the API is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assessment.cli.forms.export import FormExport
from assessment.cli.forms.mapping import FormMapping, OrganisationColumns
from assessment.cli.forms.rows import Mistake, ReadRow, RowReader, shown
from assessment.cli.forms.wording import fold
from assessment.errors import InvalidInput
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.encoded import Encoded
from assessment.service.examine import examine
from assessment.service.imports import Import, import_of
from assessment.service.views import NewAssessment, OrganisationIn

MOST_RESPONSES = 500
"""Of one assessment when it is created, as the API takes them."""
LONGEST_NAME = 190
"""Characters of an organisation's name that its external id is made of."""


class Planned(NamedTuple):
    """An assessment that can be made: of which rows, and what its result would be if it is to be completed."""

    wanted: Import
    rows: list[int]
    result: Encoded | None


class Plan(NamedTuple):
    """What can be imported of an export, and what is wrong with its other rows, in their order."""

    planned: list[Planned]
    mistakes: list[Mistake]


def plan(mapping: FormMapping, rubric: CompiledRubric, export: FormExport) -> Plan:
    """What all rows together give. An organisation is imported with all of its rows or not at all: a completed
    assessment could not take a row that is mended later."""
    reader = RowReader(mapping, rubric.source, export)
    mistakes: list[Mistake] = []
    groups: dict[str, list[ReadRow]] = {}
    wrong: dict[str, list[Mistake]] = {}
    for cells in export.rows:
        found: list[Mistake] = []
        row = reader.read(cells, found)
        key = _key(row.organisation)
        if key is None:
            mistakes += found
        else:
            groups.setdefault(key, []).append(row)
            wrong.setdefault(key, []).extend(found)
    planned = []
    for key, rows in groups.items():
        found = wrong[key] or list(_disagreements(rows))
        one = None
        if not found:
            one = _plan_one(mapping, rubric, key, rows, found)
        if one is not None:
            planned.append(one)
        mistakes += found
        mistakes += _held_back(rows, found)
    return Plan(planned, sorted(mistakes, key=lambda one: one.row))


def _plan_one(
    mapping: FormMapping, rubric: CompiledRubric, key: str, rows: list[ReadRow], mistakes: list[Mistake]
) -> Planned | None:
    """The assessment of one organisation; None after noting what is wrong."""
    if len(rows) > MOST_RESPONSES:
        detail = f"its organisation has {len(rows)} rows, and an assessment is created with {MOST_RESPONSES} at most"
        mistakes += [Mistake(row.number, None, detail) for row in rows]
        return None
    fields = {
        field: next((row.organisation[field] for row in rows if row.organisation[field]), None)
        for field in OrganisationColumns.model_fields
    }
    new = NewAssessment(
        rubric=mapping.rubric,
        organisation=OrganisationIn(**(fields | {"external_id": key})),  # type: ignore[arg-type]  # every row has a name
        confidentiality=mapping.confidentiality,
        complete=mapping.complete,
        target_level=mapping.target_level,
        contribute_to_benchmark=mapping.contribute_to_benchmark,
    )
    wanted = import_of(new, [row.row for row in rows])
    try:
        result = examine(rubric, wanted.new)
    except InvalidInput as error:
        mistakes += [_locate(mapping, problem.pointer, problem.detail, rows) for problem in error.errors]
        return None
    return Planned(wanted, [row.number for row in rows], result)


def _locate(mapping: FormMapping, pointer: str, detail: str, rows: list[ReadRow]) -> Mistake:
    """The row and the column of what is wrong in an assessment."""
    match pointer.split("/")[1:]:
        case ["organisation", field]:
            given = getattr(mapping.organisation, field) or mapping.organisation.name
            return Mistake(rows[0].number, given.column, detail)
        case ["responses", place, "answers", question, *_]:
            return Mistake(rows[int(place)].number, mapping.questions[question].all_columns[0], detail)
        case ["responses", place, "respondent", field] if mapping.respondent is not None:
            return Mistake(rows[int(place)].number, getattr(mapping.respondent, field).column, detail)
        case _:
            return Mistake(rows[0].number, None, detail)


def _key(organisation: dict[str, str | None]) -> str | None:
    """What tells an organisation from others: its external id, else its name, however it is spelled."""
    name = organisation["name"]
    return organisation["external_id"] or (None if name is None else f"name:{fold(name)[:LONGEST_NAME]}")


def _disagreements(rows: Sequence[ReadRow]) -> Iterator[Mistake]:
    """Rows that say something else of their organisation than an earlier one."""
    for field in OrganisationColumns.model_fields:
        given = [(row.number, text) for row in rows if (text := row.organisation[field]) is not None]
        for number, text in given[1:]:
            if fold(text) != fold(given[0][1]):
                detail = (
                    f"the organisation's {field} is {shown(text)} here and {shown(given[0][1])} in row {given[0][0]}"
                )
                yield Mistake(number, None, detail)


def _held_back(rows: Sequence[ReadRow], mistakes: Sequence[Mistake]) -> Iterator[Mistake]:
    """The good rows of an organisation that has bad ones."""
    bad = {one.row for one in mistakes}
    for row in rows:
        if bad and row.number not in bad:
            detail = f"held back: row {min(bad)} of the same organisation cannot be imported"
            yield Mistake(row.number, None, detail)
