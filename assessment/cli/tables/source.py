"""Reads files of answers as record batches with the numbers of their rows: never more than a part is in memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO

import msgspec
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from assessment.cli.cells import unguard
from assessment.cli.failure import Failure
from assessment.cli.forms.export import ROW, WHY
from assessment.cli.result_files import Format
from assessment.scoring.cells import DONT_KNOW, NOT_APPLICABLE, write_cell
from assessment.scoring.columns import FUNCTION

ROWS = 65_536
"""Of a part."""
LINES = 4_096
"""Of a part of CSV or JSON lines, whose cells are objects of Python first."""
LONGEST_LINE = 1 << 20
_FIRST = 2
"""The number of the first row: as a spreadsheet counts, in which names are row 1."""


class Malformed(NamedTuple):
    """A row that is none: its number, the cells there are, and what is wrong."""

    number: int
    cells: list[str]
    column: str
    detail: str


class Part(NamedTuple):
    """Rows with their numbers, and malformed ones from between them."""

    rows: pa.RecordBatch
    numbers: np.ndarray[Any, np.dtype[np.int64]]
    malformed: list[Malformed]


class Source(NamedTuple):
    """A file that is open: its columns, its rows, and how many there are where the file says it."""

    schema: pa.Schema
    parts: Iterator[Part]
    total: int | None


@contextmanager
def open_source(path: Path, form: Format, questions: Sequence[str], keep: Sequence[str]) -> Iterator[Source]:
    """The rows of a file; what a file of refused rows has on top is passed over. Raises Failure for a file that cannot
    be read, also later, from the parts."""
    with ExitStack() as stack:
        with _reading(path):
            if form == "parquet":
                texts = _texts(path, {*questions, FUNCTION} - {*keep})
                table = stack.enter_context(parquet.ParquetFile(path, read_dictionary=texts))
                source = Source(table.schema_arrow, _parquet(table), table.metadata.num_rows)
            elif form == "csv":
                source = _csv(stack.enter_context(path.open(encoding="utf-8-sig", newline="")))
            else:
                names = [*keep, *(name for name in (FUNCTION, *questions) if name not in keep)]
                source = _json(stack.enter_context(path.open("rb")), _schema(names))
        yield source._replace(parts=_guarded(path, source.parts))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Tell that a file cannot be read from what goes wrong with what is made of it."""
    try:
        yield
    except (pa.ArrowException, csv.Error) as error:
        said = str(error).partition("\n")[0]
        raise Failure(f"{path} cannot be read: {said}") from None
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror or error}.") from None


def _guarded(path: Path, parts: Iterator[Part]) -> Iterator[Part]:
    while True:
        with _reading(path):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _texts(path: Path, names: set[str]) -> list[str]:
    """Which of these columns hold texts: those are read as codes. Lists of codes Arrow cannot put together where a part
    has rows of several groups of the file."""
    schema = parquet.read_metadata(path).schema
    leaves = [schema.column(n) for n in range(len(schema))]
    return [leaf.path for leaf in leaves if leaf.path in names and leaf.physical_type == "BYTE_ARRAY"]


def _parquet(file: parquet.ParquetFile) -> Iterator[Part]:
    number = _FIRST
    for rows in file.iter_batches(batch_size=ROWS):
        yield Part(rows, np.arange(number, number + rows.num_rows), [])
        number += rows.num_rows


def _csv(file: TextIO) -> Source:
    reader = csv.reader(file, strict=True)
    heading = next(_read(reader), None)
    if heading is None:
        raise csv.Error("it is empty.")
    return Source(_schema([name.strip() for name in heading]), _csv_parts(reader, heading), None)


def _schema(names: Sequence[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names if name not in (ROW, WHY)])


def _csv_parts(reader: Any, heading: Sequence[str]) -> Iterator[Part]:
    names = [name.strip() for name in heading]
    # A file of refused rows was written with apostrophes before what a spreadsheet would run.
    was_refused = WHY in names
    rows: list[list[str]] = []
    numbers: list[int] = []
    malformed: list[Malformed] = []

    def part() -> Part:
        by_name = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
        columns = [by_name.get(name, ()) for name in _schema(names).names]
        arrays = [pa.array(map(unguard, cells) if was_refused else cells, pa.string()) for cells in columns]
        return Part(pa.RecordBatch.from_arrays(arrays, schema=_schema(names)), np.array(numbers, np.int64), malformed)

    for number, cells in enumerate(_read(reader), _FIRST):
        if not any(cells):
            continue
        if len(cells) == len(names):
            rows.append(cells)
            numbers.append(number)
        else:
            detail = f"The row has {len(cells)} cells, the heading {len(names)}."
            malformed.append(Malformed(number, cells, "", detail))
        if len(rows) + len(malformed) == LINES:
            yield part()
            rows, numbers, malformed = [], [], []
    yield part()


def _read(reader: Any) -> Iterator[list[str]]:
    """The rows of a CSV reader, which says behind which line it stopped."""
    try:
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error
        raise csv.Error(f"behind line {reader.line_num} {why}.") from None


def _json(file: BinaryIO, schema: pa.Schema) -> Source:
    return Source(schema, _json_parts(file, schema), None)


def _json_parts(file: BinaryIO, schema: pa.Schema) -> Iterator[Part]:
    number = 0
    while True:
        lines = [line for line in (file.readline(LONGEST_LINE) for _ in range(LINES)) if line]
        if not lines:
            return
        rows: list[dict[str, str | None]] = []
        numbers, malformed = [], []
        for line in lines:
            number += 1
            if not line.strip():
                continue
            row = _row(line, schema.names)
            if isinstance(row, dict):
                rows.append(row)
                numbers.append(number)
            else:
                malformed.append(Malformed(number, [line.decode("utf-8", "replace").rstrip("\n")], *row))
        yield Part(pa.RecordBatch.from_pylist(rows, schema=schema), np.array(numbers, np.int64), malformed)


def _row(line: bytes, names: Sequence[str]) -> dict[str, str | None] | tuple[str, str]:
    """A line's cells, or the column and what is wrong with it."""
    if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
        return "", f"The line is longer than {LONGEST_LINE:,} bytes."
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        return "", f"The line is no JSON: {error}."
    if not isinstance(value, dict):
        return "", "The line is no JSON object, whose names are questions."
    row: dict[str, str | None] = {}
    for name, given in value.items():
        if name in (ROW, WHY):
            continue
        if name not in names:
            return name, "It is no question of the rubric. To have it beside the scores, keep it."
        try:
            row[name] = _cell(given)
        except ValueError:
            return name, "An answer is a text, a list of texts, null, or an object with a 'state'."
    return row


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return write_cell(value)
    if isinstance(value, dict):
        state, reason = value.get("state"), value.get("reason", "")
        if state == DONT_KNOW:
            return DONT_KNOW
        if state == NOT_APPLICABLE and isinstance(reason, str):
            return f"{NOT_APPLICABLE}: {reason}"
    if isinstance(value, int | float):
        return str(value)
    raise ValueError
