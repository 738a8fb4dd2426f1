"""Writes the scores, and apart from them the rows that have none."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import msgspec

from alignment_assessment.bulk.answers import FUNCTION, Columns
from alignment_assessment.bulk.rows import Row
from alignment_assessment.types import Bounds, Problem, Rubric

FIGURES = ("score", "level", "lower_bound", "upper_bound", "completeness")
REFUSED = ("row", "column", "code", "detail")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Rated(msgspec.Struct):
    level: int


class Scored(msgspec.Struct):
    id: str
    score: float | None


class Figures(msgspec.Struct):
    """What of a result goes into a row: the rest, nearly all of it, is never decoded."""

    score: float | None
    rating: Rated | None
    bounds: Bounds | None
    completeness: float
    dimensions: list[Scored]


class Refusal(msgspec.Struct):
    """Why an item has no result."""

    code: str
    detail: str
    errors: list[Problem] = []


class Item(msgspec.Struct):
    result: Figures | None = None
    problem: Refusal | None = None


class Batch(msgspec.Struct):
    data: list[Item]


class Output:
    """The two files. The one of refused rows is there only if there are some."""

    def __init__(self, path: Path, columns: Columns, rubric: Rubric) -> None:
        self.scores_path = path
        self.refused_path = path.with_name(f"{path.stem}.refused{path.suffix}")
        self.scored = 0
        self.refused = 0
        self._columns = columns
        self._dimensions = [dimension.id for dimension in rubric.dimensions]

    def __enter__(self) -> Self:
        self.refused_path.unlink(missing_ok=True)
        self._scores_file = self.scores_path.open("w", encoding="utf-8", newline="")
        self._refused_file: TextIO | None = None
        self._scores = csv.writer(self._scores_file, lineterminator="\n")
        self._scores.writerow(["row", *map(_inert, self._columns.kept.values()), *FIGURES, *self._dimensions])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scores_file.close()
        if self._refused_file is not None:
            self._refused_file.close()

    def add(self, row: Row, item: Item) -> None:
        """Write what became of a row."""
        if item.result is not None:
            self._add_scores(row, item.result)
        else:
            problem = item.problem or Refusal("no_answer", "The service gave neither a result nor a problem.")
            listed = [(_column(one.pointer), one.code, one.detail) for one in problem.errors]
            self.refuse(row, listed or [("", problem.code, problem.detail)])

    def _add_scores(self, row: Row, figures: Figures) -> None:
        self.scored += 1
        kept = [_inert(row.cells[place]) for place in self._columns.kept]
        bounds = figures.bounds
        dimensions = {dimension.id: dimension.score for dimension in figures.dimensions}
        self._scores.writerow(
            [
                row.number,
                *kept,
                figures.score,
                None if figures.rating is None else figures.rating.level,
                None if bounds is None else bounds.lower,
                None if bounds is None else bounds.upper,
                figures.completeness,
                *(dimensions.get(name) for name in self._dimensions),
            ]
        )

    def refuse(self, row: Row, reasons: Iterable[Sequence[str]]) -> None:
        """Write why a row has no score, a line for each reason."""
        if self._refused_file is None:
            self._refused_file = self.refused_path.open("w", encoding="utf-8", newline="")
            self._refusals = csv.writer(self._refused_file, lineterminator="\n")
            self._refusals.writerow(["row", *map(_inert, self._columns.kept.values()), *REFUSED[1:]])
        self.refused += 1
        kept = [_inert(row.cells[place]) for place in self._columns.kept]
        for reason in reasons:
            self._refusals.writerow([row.number, *kept, *map(_inert, reason)])


def _column(pointer: str) -> str:
    """The column that a pointer such as `/items/3/answers/sla-agreement` leads to, or the pointer below the item."""
    parts = pointer.split("/")[3:]
    if parts[-1:] == [FUNCTION]:
        return FUNCTION
    if "answers" in parts and parts[-1] != "answers":
        return parts[parts.index("answers") + 1].replace("~1", "/").replace("~0", "~")
    return "/".join(parts)


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
