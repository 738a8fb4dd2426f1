"""A result in a file: as `assessment score --json` printed it, or inside the assessment that the API answered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from assessment.errors import InvalidInput, RubricNotFound
from assessment.report.source import ReportInput, read_result
from assessment.rubric.catalog import Catalog, Entry
from assessment.rubric.translate import translated
from assessment.scoring.compile import compile_rubric
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.result import Result


class ResultFile(NamedTuple):
    """A result, and what else the file knows of it."""

    path: Path
    result: Result
    organisation: str | None = None
    completed_at: datetime | None = None
    assessment: str | None = None
    confidentiality: Confidentiality = "grouped"


class _Organisation(msgspec.Struct):
    name: str


class _Assessment(msgspec.Struct):
    """What a report tells of an assessment; the rest of the answer is left alone."""

    result: dict[str, Any] | None
    organisation: _Organisation | None = None
    completed_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    id: str | None = None
    confidentiality: Confidentiality = "grouped"


def read_file(path: Path) -> ResultFile:
    """Raises InvalidInput that names the file and what is wrong with it."""
    try:
        found = msgspec.json.decode(path.read_bytes())
        if not (isinstance(found, dict) and "result" in found):
            return ResultFile(path, read_result(msgspec.json.encode(found)))
        around = msgspec.convert(found, _Assessment)
        if around.result is None:
            raise InvalidInput(f"{path} is an assessment that is still open: its result comes when it is completed.")
        return ResultFile(
            path,
            read_result(msgspec.json.encode(around.result)),
            None if around.organisation is None else around.organisation.name,
            around.completed_at,
            around.id,
            around.confidentiality,
        )
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        detail = f"{path} is neither a result that `assessment score --json` printed nor an assessment of the API"
        raise InvalidInput(f"{detail}: {error}") from None
    except RecursionError:
        raise InvalidInput(f"{path} is no result: it is nested too deep.") from None


def gather(file: ResultFile, catalog: Catalog, locale: str | None, organisation: str | None) -> ReportInput:
    """What a report of the file is made of, from the very rubric that scored it. Raises RubricNotFound, or InvalidInput
    for a language that the rubric does not have."""
    entry = _rubric_of(file, catalog)
    locale = locale or entry.rubric.head.locale
    return ReportInput(
        result=file.result,
        rubric=compile_rubric(entry.rubric, catalog.studies, entry.digest),
        texts=translated(entry.rubric, locale),
        locale=locale,
        studies=catalog.studies,
        organisation=organisation or file.organisation,
        completed_at=file.completed_at,
        assessment=file.assessment,
        confidentiality=file.confidentiality,
    )


def _rubric_of(file: ResultFile, catalog: Catalog) -> Entry:
    used = file.result.rubric
    entry = catalog.find(used.id, used.version, drafts=True)
    if entry.digest != used.digest:
        raise RubricNotFound(
            f"{file.path} was scored with another {entry.reference} than the one here ({used.digest}, not "
            f"{entry.digest}). Give the rubrics that it was scored with: --rubrics-dir."
        )
    return entry
