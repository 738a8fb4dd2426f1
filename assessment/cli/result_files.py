"""Tables of results as files: CSV for spreadsheets, JSON lines for programs, Parquet for what analyses columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol

import msgspec

from assessment.cli.cells import guard
from assessment.cli.failure import Failure
from assessment.service.result_fields import Field, Kind

if TYPE_CHECKING:
    import pyarrow

Format = Literal["csv", "jsonl", "parquet"]
BOM = b"\xef\xbb\xbf"
ROW_GROUP = 5_000
"""Rows of a Parquet file that are in memory at once."""
BETWEEN = ";"
"""Stands between the ids of a list in a cell; none of them has one."""


class Writer(Protocol):
    """Writes rows, which have a value for each field; `close` writes what is left, and leaves the file open."""

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None: ...

    def close(self) -> None: ...


def require(form: Format) -> None:
    """Raises Failure for Parquet where that is not installed."""
    if form != "parquet":
        return
    try:
        import pyarrow  # noqa: F401 - only whether it is there
    except ImportError:
        detail = "Parquet needs the extra `parquet`: pip install 'alignment-assessment[parquet]'"
        raise Failure(detail) from None


def open_writer(form: Format, file: BinaryIO, fields: Sequence[Field], *, bom: bool = False) -> Writer:
    """A writer of a format that `require` has let pass."""
    if form == "csv":
        return CsvWriter(file, fields, bom=bom)
    return JsonWriter(file) if form == "jsonl" else ParquetWriter(file, fields)


class CsvWriter:
    """RFC 4180 with a row of names. No text can be a formula, and numbers stay numbers; nothing stands for None."""

    def __init__(self, file: BinaryIO, fields: Sequence[Field], *, bom: bool) -> None:
        self._file = file
        self._fields = fields
        if bom:
            file.write(BOM)
        self._put([[field.name for field in fields]])

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._put([[write_cell(field.kind, row[field.name]) for field in self._fields] for row in rows])

    def close(self) -> None:
        """Nothing is left."""

    def _put(self, cells: Sequence[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(cells)
        self._file.write(text.getvalue().encode())


class JsonWriter:
    """An object on each line, with every name."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._file.write(self._encoder.encode_lines(rows))

    def close(self) -> None:
        """Nothing is left."""


class ParquetWriter:
    """Columns of their own types: times in UTC, lists as lists."""

    def __init__(self, file: BinaryIO, fields: Sequence[Field]) -> None:
        import pyarrow
        from pyarrow.parquet import ParquetWriter as Parquet

        self._schema = pyarrow.schema([(field.name, _type_of(field.kind)) for field in fields])
        self._table: Callable[..., pyarrow.Table] = pyarrow.Table.from_pylist
        self._writer = Parquet(file, self._schema)
        self._waiting: list[Mapping[str, Any]] = []

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._waiting += rows
        if len(self._waiting) >= ROW_GROUP:
            self._put()

    def close(self) -> None:
        self._put()
        self._writer.close()

    def _put(self) -> None:
        self._writer.write_table(self._table(self._waiting, schema=self._schema))
        self._waiting = []


def write_cell(kind: Kind, value: Any) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return str(msgspec.to_builtins(value))
    return guard(BETWEEN.join(map(str, value)) if kind in ("texts", "integers") else value)


def _type_of(kind: Kind) -> pyarrow.DataType:
    import pyarrow

    types = {
        "text": pyarrow.string(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "flag": pyarrow.bool_(),
        "time": pyarrow.timestamp("us", tz="UTC"),
        "texts": pyarrow.list_(pyarrow.string()),
        "integers": pyarrow.list_(pyarrow.int64()),
    }
    return types[kind]
