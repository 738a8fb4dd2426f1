"""Tables of results as files: the same values in each format, and no text that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.cli.cells import unguard
from assessment.cli.result_files import Format, open_writer, write_cell
from assessment.service.result_fields import FIELDS, Field, fields_of

SLUGS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    # As the API takes a text: without NUL, and no half of a character.
    "text": st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1),
    "integer": st.integers(-(2**53), 2**53),
    "number": st.floats(-100, 100).map(lambda value: round(value, 4)),
    "flag": st.booleans(),
    "time": st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    "texts": st.lists(SLUGS, max_size=4),
    "integers": st.lists(st.integers(1, 4), max_size=4),
}
TABLE = [Field(f"a_{kind}", kind) for kind in ("text", "integer", "number", "flag", "time", "texts", "integers")]
ROWS = st.lists(st.fixed_dictionaries({field.name: st.none() | VALUES[field.kind] for field in TABLE}), max_size=5)


def written(form: Format, pages: Sequence[Sequence[Mapping[str, Any]]], fields: Sequence[Field] = TABLE) -> bytes:
    file = io.BytesIO()
    writer = open_writer(form, file, fields)
    for page in pages:
        writer.write(page)
    writer.close()
    return file.getvalue()


def from_cell(field: Field, cell: str) -> Any:
    """What a reader of the CSV makes of a cell. Nothing tells an empty list from none."""
    if cell == "":
        return None
    read: dict[str, Callable[[str], Any]] = {
        "text": unguard,
        "integer": int,
        "number": float,
        "flag": lambda text: {"true": True, "false": False}[text],
        "time": datetime.fromisoformat,
        "texts": lambda text: text.split(";"),
        "integers": lambda text: [int(part) for part in text.split(";")],
    }
    return read[field.kind](cell)


@given(ROWS, ROWS)
@settings(max_examples=50, deadline=None)
def test_every_format_gives_the_very_values_back(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    rows, pages = [*first, *second], [first, second]
    parquet = pyarrow.parquet.read_table(io.BytesIO(written("parquet", pages)))
    assert parquet.to_pylist() == rows
    lines = [msgspec.json.decode(line) for line in written("jsonl", pages).splitlines()]
    assert lines == msgspec.to_builtins(rows)
    header, *cells = csv.reader(io.StringIO(written("csv", pages).decode(), newline=""), strict=True)
    assert header == [field.name for field in TABLE]
    read = [{field.name: from_cell(field, cell) for field, cell in zip(TABLE, row, strict=True)} for row in cells]
    assert read == [{name: None if value == [] else value for name, value in row.items()} for row in rows]


def test_a_time_ends_with_z_and_a_number_is_one() -> None:
    assert write_cell("time", datetime(2026, 3, 4, 10, 11, 12, 500_000, tzinfo=UTC)) == "2026-03-04T10:11:12.500000Z"
    assert write_cell("number", -12.5) == "-12.5"
    assert write_cell("integer", 3) == "3"
    assert write_cell("flag", True) == "true"
    assert write_cell("texts", ["a", "b-c"]) == "a;b-c"
    assert write_cell("text", "-12.5") == "'-12.5"
    assert write_cell("text", None) == ""


def test_a_table_without_rows_has_its_columns() -> None:
    fields = fields_of(["shared-kpis"])
    names = [field.name for field in fields]
    assert written("csv", [[]], fields).decode() == ",".join(names) + "\r\n"
    assert pyarrow.parquet.read_table(io.BytesIO(written("parquet", [[]], fields))).column_names == names
    assert written("jsonl", [[]], fields) == b""


def test_parquet_columns_have_types_of_their_own() -> None:
    schema = pyarrow.parquet.read_schema(io.BytesIO(written("parquet", [[]])))
    assert [str(one.type) for one in schema] == [
        "string",
        "int64",
        "double",
        "bool",
        "timestamp[us, tz=UTC]",
        "list<element: string>",
        "list<element: int64>",
    ]


def test_parquet_is_written_in_groups_of_rows() -> None:
    rows = [dict.fromkeys(field.name for field in TABLE)] * 2_000
    file = pyarrow.parquet.ParquetFile(io.BytesIO(written("parquet", [rows] * 4)))
    assert [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)] == [6_000, 2_000]


@pytest.mark.parametrize("bom", [True, False])
def test_a_csv_begins_with_a_byte_order_mark_where_that_is_asked(bom: bool) -> None:
    file = io.BytesIO()
    open_writer("csv", file, FIELDS, bom=bom)
    assert file.getvalue()[:13] == (b"\xef\xbb\xbfassessment" if bom else b"assessment,or")
