"""A form tool's export: a CSV file of any usual encoding and separator, as columns and rows that keep their number."""

from __future__ import annotations

import _csv
import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assessment.cli.cells import unguard
from assessment.cli.failure import Failure
from assessment.cli.forms.wording import fold

LARGEST_FILE = 64 << 20
SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 50
"""Rows that the separator is recognised from."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ROW, WHY = "rejected: row", "rejected: why"
"""Columns that a file of rejected rows has on top of the export's own."""
_PLAIN = ("response", "open-ended response", "open ended response", "antwort", "beantwortung")
"""What SurveyMonkey writes in the second row under a question that has one column."""


class Row(NamedTuple):
    """One row: its number as a spreadsheet counts it, and a cell for each column."""

    number: int
    cells: list[str]


class FormExport(NamedTuple):
    """What an export holds. `header` is its first row or rows as they stand, `columns` their names: each is there once,
    a second one of the same name as `name (2)`."""

    path: Path
    encoding: str
    separator: str
    header: list[list[str]]
    columns: list[str]
    rows: list[Row]


def read_export(
    path: Path, *, encoding: str | None = None, separator: str | None = None, header_rows: int | None = None
) -> FormExport:
    """Read a file; what is not given is recognised. Raises Failure for a file that cannot be read as a table."""
    text, encoding = _decode(path, encoding)
    separator = separator or _recognise_separator(text)
    table = _parse(path, text, separator)
    if not table:
        raise Failure(f"{path} is empty: it needs a row of column names and a row for each response.")
    if WHY in table[0]:
        # Rows that were rejected: the cells were guarded when they were written.
        table = [[unguard(cell) for cell in row] for row in table]
    count = header_rows or _recognise_header_rows(table)
    header, body = table[:count], table[count:]
    if len(header) < count or not any(cell.strip() for cell in header[0]):
        raise Failure(f"{path} does not begin with column names.")
    columns = _name_columns(header)
    rows = [
        Row(number, cells) for number, cells in enumerate(body, start=count + 1) if any(cell.strip() for cell in cells)
    ]
    return FormExport(path, encoding, separator, header, columns, rows)


def _decode(path: Path, encoding: str | None) -> tuple[str, str]:
    """The text, and what it was encoded in: a byte order mark says it, else it is UTF-8 where that fits, else the
    Windows code page, which spreadsheets in Western Europe and America write."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Failure(f"{path} is larger than {LARGEST_FILE >> 20} MiB, the most that is read: divide it.")
        raw = path.read_bytes()
    except OSError as error:
        raise Failure(f"Cannot read {path}: {error.strerror}.") from None
    for candidate in [encoding] if encoding else _encodings(raw):
        try:
            return raw.decode(candidate), candidate
        except UnicodeDecodeError as error:
            row = raw.count(b"\n", 0, error.start) + 1
            failed = f"{path} is not {candidate} from line {row} on"
        except LookupError:
            raise Failure(f"No encoding is called {candidate!r}; usual ones: utf-8, utf-16, cp1252.") from None
    raise Failure(f"{failed}: say with --encoding what it is.")


def _encodings(raw: bytes) -> Sequence[str]:
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return [encoding]
    # Of text in Western letters, UTF-16 has a NUL in every other byte.
    start = raw[:1000]
    if start.count(0) > len(start) // 4:
        return ["utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"]
    return ["utf-8", "cp1252"]


def _recognise_separator(text: str) -> str:
    """The one that gives the most columns, among those with which rows have as many cells as the first."""

    def judge(separator: str) -> tuple[bool, int]:
        try:
            rows = [row for _, row in zip(range(LOOKED_AT), _reader(text, separator), strict=False) if row]
        except csv.Error:
            return False, 0
        same = sum(len(row) == len(rows[0]) for row in rows)
        return same >= 0.9 * len(rows), len(rows[0]) if rows else 0

    return max(SEPARATORS, key=judge)


def _parse(path: Path, text: str, separator: str) -> list[list[str]]:
    table: list[list[str]] = []
    reader = _reader(text, separator)
    try:
        table.extend(reader)
    except csv.Error as error:
        raise Failure(f"{path} is no CSV in row {len(table) + 1}, line {reader.line_num}: {error}.") from None
    while table and not any(cell.strip() for cell in table[-1]):
        table.pop()
    return table


def _reader(text: str, separator: str) -> _csv.Reader:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _recognise_header_rows(table: list[list[str]]) -> int:
    """2 for SurveyMonkey, whose second row has each column's choice, or `Response`."""
    if len(table) < 2:
        return 1
    second = [cell.strip().casefold() for cell in table[1]]
    return 2 if any(cell in _PLAIN for cell in second) and not second[0] else 1


def _name_columns(header: list[list[str]]) -> list[str]:
    names = list(_joined(header[0], header[1])) if len(header) == 2 else [_plain(cell) for cell in header[0]]
    seen: dict[str, int] = {}
    unique = []
    for place, name in enumerate(names, start=1):
        shown = name or f"column {place}"
        # As a mapping names them: case and spaces tell no two columns apart.
        seen[fold(shown)] = number = seen.get(fold(shown), 0) + 1
        unique.append(shown if number == 1 else f"{shown} ({number})")
    return unique


def _joined(questions: list[str], choices: list[str]) -> Iterator[str]:
    """A question stands over the first of its choices alone, and goes on until the next one."""
    question = ""
    for place, choice in enumerate(choices):
        above = _plain(questions[place]) if place < len(questions) else ""
        question = above or question
        below = _plain(choice)
        yield question if not below or below.casefold() in _PLAIN else f"{question} > {below}"


def _plain(cell: str) -> str:
    return " ".join(cell.split())
