"""Exports of form tools: what their encodings, separators and header rows are, and what is no table."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assessment.cli.failure import Failure
from assessment.cli.forms.export import FormExport, Row, read_export

FORMS = Path(__file__).parents[2] / "integration/cli/forms"


def read(tmp_path: Path, content: bytes, **options: object) -> FormExport:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    return read_export(path, **options)  # type: ignore[arg-type]  # each test gives one of them


@pytest.mark.parametrize(
    ("name", "encoding", "separator", "header", "columns", "rows"),
    [
        ("google-forms.csv", "utf-8", ",", 1, 18, 6),
        ("microsoft-forms.csv", "cp1252", ";", 1, 19, 4),
        ("surveymonkey.csv", "utf-16", "\t", 2, 29, 4),
    ],
)
def test_an_export_is_read_as_its_tool_wrote_it(
    name: str, encoding: str, separator: str, header: int, columns: int, rows: int
) -> None:
    export = read_export(FORMS / name)
    assert (export.encoding, export.separator) == (encoding, separator)
    assert (len(export.header), len(export.columns), len(export.rows)) == (header, columns, rows)
    assert [row.number for row in export.rows] == list(range(header + 1, header + 1 + rows))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_recognised(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f'Company{separator}Größe\r\n"Müller, Söhne; Töchter | Enkel"{separator}"50-199"\r\n'
    export = read(tmp_path, text.encode(encoding))
    assert export.columns == ["Company", "Größe"]
    assert export.rows == [Row(2, ["Müller, Söhne; Töchter | Enkel", "50-199"])]
    assert export.separator == separator


def test_what_is_told_is_not_recognised_otherwise(tmp_path: Path) -> None:
    export = read(tmp_path, "a;b,c\n1;2,3\n".encode("utf-16-le"), encoding="utf-16-le", separator=";")
    assert (export.columns, export.rows) == (["a", "b,c"], [Row(2, ["1", "2,3"])])


def test_one_column_alone_is_a_table_too(tmp_path: Path) -> None:
    assert read(tmp_path, b"Company\nNorthwind\n").rows == [Row(2, ["Northwind"])]


def test_rows_are_numbered_as_a_spreadsheet_does_and_empty_ones_left_out(tmp_path: Path) -> None:
    export = read(tmp_path, b'a,b\n"two\nlines",1\n,\n"x",2\n\n')
    assert export.rows == [Row(2, ["two\nlines", "1"]), Row(4, ["x", "2"])]


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    export = read(tmp_path, b"Other,Why?,Other, other ,\n1,2,3,4,5\n")
    assert export.columns == ["Other", "Why?", "Other (2)", "other (3)", "column 5"]


def test_a_second_header_row_names_the_choices(tmp_path: Path) -> None:
    content = b"ID,Team?,Formats?,,\n,Response,E-mail,Training,Other (please specify)\n7,Sales,E-mail,,by post\n"
    export = read(tmp_path, content)
    assert export.columns == [
        "ID",
        "Team?",
        "Formats? > E-mail",
        "Formats? > Training",
        "Formats? > Other (please specify)",
    ]
    assert export.rows == [Row(3, ["7", "Sales", "E-mail", "", "by post"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "export.csv is empty: it needs a row of column names and a row for each response."),
        (b"\n,\nx,y\n", "export.csv does not begin with column names."),
        (b'a,b\n"1,2\n', "export.csv is no CSV in row 2, line 2: unexpected end of data."),
        (b"a,b\n\x81,\x8d\n", "export.csv is not cp1252 from line 2 on: say with --encoding what it is."),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Failure) as caught:
        read(tmp_path, content)
    assert str(caught.value).replace(f"{tmp_path}/", "") == said


def test_an_encoding_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="No encoding is called 'latin-99'; usual ones: utf-8, utf-16, cp1252"):
        read(tmp_path, b"a,b\n", encoding="latin-99")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    with path.open("wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(Failure, match="larger than 64 MiB, the most that is read: divide it"):
        read_export(path)


@given(st.binary(max_size=200) | st.text('a,;\t"\r\n\0é', max_size=60).map(str.encode))
@example(b"\xff\xfe\x00")
@example(b"\xfe\xff\xd8\x00")
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_a_table_or_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    try:
        export = read(tmp_path, content)
    except Failure:
        return
    assert len(set(export.columns)) == len(export.columns)
    assert all(any(cell.strip() for cell in row.cells) for row in export.rows)
