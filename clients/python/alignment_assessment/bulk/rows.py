"""Reads files of answers, row by row: never more than a part of a file is in memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alignment_assessment.bulk.errors import UnreadableFile

LONGEST_CELL = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts, the heading being row 1, and its cells, as many as headings."""

    number: int
    cells: list[str]
    mistake: str | None = None
    """What is wrong with the row itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that is open for reading."""

    headings: list[str]
    rows: Iterator[Row]
    length: int | None
    """How many rows there are, where the file says it."""


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """The rows of a CSV or Parquet file. UnreadableFile for what is neither."""
    opened = _parquet(path) if path.suffix.lower() in {".parquet", ".pq"} else _csv(path)
    with opened as table:
        doubled = sorted({name for name in table.headings if table.headings.count(name) > 1})
        if doubled:
            raise UnreadableFile(f"{path.name} has more than one column {', '.join(map(repr, doubled))}.")
        yield table


@contextmanager
def _csv(path: Path) -> Iterator[Table]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            headings = next(_lines(path, reader), None)
            if headings is None:
                raise UnreadableFile(f"{path.name} is empty.")
            yield Table([name.strip() for name in headings], _csv_rows(path, reader, len(headings)), None)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def _lines(path: Path, reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise UnreadableFile(f"{path.name} cannot be read behind line {reader.line_num}: {why}.") from error


def _csv_rows(path: Path, reader: Any, width: int) -> Iterator[Row]:
    for number, cells in enumerate(_lines(path, reader), 2):
        if not cells:
            continue
        if len(cells) != width:
            mistake = f"The row has {len(cells)} cells, the heading {width}."
            yield Row(number, (cells + [""] * width)[:width], mistake)
        else:
            yield Row(number, cells)


@contextmanager
def _parquet(path: Path) -> Iterator[Table]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise UnreadableFile("Parquet takes pyarrow: install alignment-assessment-client[bulk].") from None
    try:
        with parquet.ParquetFile(path) as file:
            yield Table(list(file.schema_arrow.names), _parquet_rows(file), file.metadata.num_rows)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from error
    except ArrowException as error:
        raise UnreadableFile(f"{path.name} is not Parquet that can be read: {error}") from error


def _parquet_rows(file: Any) -> Iterator[Row]:
    number = 1
    for batch in file.iter_batches(batch_size=500):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield Row(number, [_cell(value) for value in values])


def _cell(value: Any) -> str:
    """A cell as CSV would have it; a list of options is one cell."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(map(str, value)) or "none_of_these"
    return str(value)
