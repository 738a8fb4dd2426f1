"""Writes scores as record batches into a file, and rows that have none, as they stand, into another one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec
import pyarrow as pa
from pyarrow import compute, parquet
from pyarrow import csv as arrow_csv

from assessment.cli import output
from assessment.cli.cells import guard
from assessment.cli.forms.export import ROW, WHY
from assessment.cli.result_files import Format
from assessment.cli.tables.source import Malformed
from assessment.scoring.cells import write_cell

_SUSPECT = "[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]"
"""Without any of these a text is no formula to any spreadsheet."""


class Sink(Protocol):
    """Takes batches of one schema; `close` writes what is left, and leaves the file open."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


def open_sink(form: Format, file: BinaryIO, schema: pa.Schema) -> Sink:
    """A sink for batches of the schema."""
    if form == "csv":
        return CsvSink(file, schema)
    return JsonSink(file) if form == "jsonl" else ParquetSink(file, schema)


class CsvSink:
    """No text can be a formula; numbers stay numbers, and nothing stands for None."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        fields = [pa.field(guard(field.name), field.type if _is_plain(field.type) else pa.string()) for field in schema]
        self._schema = pa.schema(fields)
        self._writer = arrow_csv.CSVWriter(
            file, self._schema, write_options=arrow_csv.WriteOptions(quoting_style="needed")
        )

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [_inert(column) for column in batch.columns]
        self._writer.write(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


class JsonSink:
    """An object on each line, with every name."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.write(self._encoder.encode_lines(batch.to_pylist()))

    def close(self) -> None:
        """Nothing is left."""


class ParquetSink:
    """Columns of their own types, a group of rows for each batch."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._writer = parquet.ParquetWriter(file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        if batch.num_rows:
            self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


class Refusals:
    """The file of rows that have no score: the cells as they stand, the row's number, and why. It is there only if
    there are some. Mended, it can be scored like any other."""

    def __init__(self, path: Path, columns: Sequence[str], *, force: bool) -> None:
        self.path = path
        self.count = 0
        self._columns = [name for name in columns if name not in (ROW, WHY)]
        self._force = force
        self._stack = ExitStack()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Refusals:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)
        if error[0] is None and self._file is None and self._force:
            self.path.unlink(missing_ok=True)

    def add(self, number: int, row: Malformed | Mapping[str, Any], why: str) -> None:
        """Of a malformed row, cells beyond the columns stand behind the reason."""
        width = len(self._columns)
        if isinstance(row, Malformed):
            cells = (row.cells + [""] * width)[:width]
            self._put([*cells, str(number), why, *row.cells[width:]])
        else:
            self._put([*(_text(row[name]) for name in self._columns), str(number), why])

    def _put(self, cells: Sequence[str]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        if self._file is None:
            self._file = self._stack.enter_context(output.new_file(self.path, force=self._force))
            writer.writerow([*map(guard, self._columns), ROW, WHY])
        writer.writerow(map(guard, cells))
        self._file.write(text.getvalue().encode())
        self.count += 1


def _is_plain(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_temporal(kind)
        or pa.types.is_decimal(kind)
    )


def _inert(column: pa.Array) -> pa.Array:
    """A column that a CSV file can hold. Only texts with a suspicious sign are looked at one by one."""
    if _is_plain(column.type):
        return column
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        return pa.array([None if one is None else guard(_text(one)) for one in column.to_pylist()], pa.string())
    column = column.cast(pa.string())
    if not compute.any(compute.match_substring_regex(column, _SUSPECT)).as_py():
        return column
    return pa.array([one if one is None or not _LOOK(one) else guard(one) for one in column.to_pylist()], pa.string())


_LOOK = re.compile(_SUSPECT).search


def _text(value: Any) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    return write_cell([str(one) for one in value]) if isinstance(value, list) else str(value)
