"""Cells for spreadsheets: no text of anybody's is a formula, in whatever way the file is divided."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessment.cli.cells import guard, unguard

ALPHABET = "=+-@＝＋－＠,;|\t\r\n\"' aé1"
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
texts = st.text() | st.text(ALPHABET)


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula: by its first character, blanks passed over."""
    start = cell.lstrip()[:1]
    return not NUMBER.fullmatch(cell) and ((start != "" and start in "=+-@＝＋－＠") or cell[:1] in ("\t", "\r"))


def written(cells: list[str]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerow(cells)
    return file.getvalue()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("\t=1", "'\t'=1"),
        ("  =1", "'  =1"),
        ("\rtext", "'\rtext"),
        ("Smith;=1", "Smith;'=1"),
        ('Smith;"=1', "Smith;'\"'=1"),
        ("line\n=1", "line\n'=1"),
        ("'=1", "''=1"),
        ("Alder & Sons, Ltd.", "Alder & Sons, Ltd."),
        ("Müller-Lüdenscheidt", "Müller-Lüdenscheidt"),
        ("a = b", "a = b"),
        ("", ""),
    ],
)
def test_an_apostrophe_stands_before_what_could_be_a_formula(text: str, cell: str) -> None:
    assert guard(text) == cell


@settings(deadline=None)
@given(texts)
@example("''=")
@example('";"=')
def test_what_was_guarded_can_be_had_back(text: str) -> None:
    assert unguard(guard(text)) == text


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=4), st.integers(-9, 9))
@example(['";"=1'], 1)
@example(["a\n=1"], -1)
def test_no_cell_runs_whichever_separator_a_spreadsheet_expects(cells: list[str], number: int) -> None:
    line = written([*map(guard, cells), str(number)])
    assert next(csv.reader(io.StringIO(line, newline=""), strict=True)) == [*map(guard, cells), str(number)]
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
            assert not any(map(runs, row))


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=4))
def test_no_cell_runs_for_a_reader_that_knows_no_quotes(cells: list[str]) -> None:
    for separator in ",;\t|":
        for line in re.split(r"\r\n|\r|\n", written([*map(guard, cells)])):
            assert not any(runs(cell.lstrip('"')) for cell in line.split(separator))
