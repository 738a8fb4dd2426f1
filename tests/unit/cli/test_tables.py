"""Files of answers, read in parts with the numbers of their rows, and scores written as files."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from assessment.cli.export import ENDINGS
from assessment.cli.failure import Failure
from assessment.cli.tables import source
from assessment.cli.tables.score import Target, finish, score_file
from assessment.cli.tables.sink import open_sink
from assessment.cli.tables.source import open_source
from assessment.errors import InvalidInput
from assessment.scoring.batch import BatchScorer
from assessment.scoring.compiled import CompiledRubric
from tests.unit.scoring.builders import build, dimension, multiple, single


@pytest.fixture
def rubric() -> CompiledRubric:
    return build({"a": dimension({"q": single(), "m": multiple([1.0, 3.0])})})


def read(path: Path, keep: Sequence[str] = ("id",)) -> tuple[list[tuple[int, Any]], list[tuple[int, str]]]:
    """Rows and malformed rows, with their numbers."""
    rows: list[tuple[int, Any]] = []
    malformed: list[tuple[int, str]] = []
    with open_source(path, ENDINGS[path.suffix], ["q", "m"], keep) as opened:
        for part in opened.parts:
            rows += zip(part.numbers.tolist(), part.rows.to_pylist(), strict=True)
            malformed += [(one.number, one.detail) for one in part.malformed]
    return rows, malformed


@pytest.mark.parametrize("lines", [2, 4_096])
def test_rows_of_a_csv_are_numbered_as_a_spreadsheet_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr(source, "LINES", lines)
    path = tmp_path / "answers.csv"
    text = '\ufeff"id",q,m\r\n1,o1,o0;o1\r\n\r\n2,"o\n2",\r\n3,o3\r\n4,o4,,9\r\n,,\r\n5,,none_of_these\r\n6\r\n'
    path.write_text(text, newline="")
    rows, malformed = read(path)
    assert rows == [
        (2, {"id": "1", "q": "o1", "m": "o0;o1"}),
        (4, {"id": "2", "q": "o\n2", "m": ""}),
        (8, {"id": "5", "q": "", "m": "none_of_these"}),
    ]
    assert malformed == [
        (5, "The row has 2 cells, the heading 3."),
        (6, "The row has 4 cells, the heading 3."),
        (9, "The row has 1 cells, the heading 3."),
    ]


def test_a_line_of_json_has_texts_lists_and_states(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    lines = [
        '{"id": 7, "q": "o1", "m": ["o0", "o1"]}',
        "",
        '{"q": {"state": "dont_know"}, "m": []}',
        '{"q": {"state": "not_applicable", "reason": "none"}, "m": null, "rejected: row": "3"}',
        '{"q": {"option": "o1"}}',
        '{"p": "o1"}',
        '{"q": "o1"',
        '["o1"]',
    ]
    path.write_text("\n".join(lines))
    rows, malformed = read(path)
    assert rows == [
        (1, {"id": "7", "function": None, "q": "o1", "m": "o0;o1"}),
        (3, {"id": None, "function": None, "q": "dont_know", "m": "none_of_these"}),
        (4, {"id": None, "function": None, "q": "not_applicable: none", "m": None}),
    ]
    assert [number for number, _ in malformed] == [5, 6, 7, 8]
    assert malformed[1][1] == "It is no question of the rubric. To have it beside the scores, keep it."
    assert malformed[3][1] == "The line is no JSON object, whose names are questions."


def test_texts_of_parquet_are_read_as_codes_and_what_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    parquet.write_table(pa.table({"id": ["x", "y"], "q": ["o1", None], "m": [["o0"], []]}), path)
    with open_source(path, "parquet", ["q", "m"], ["id"]) as opened:
        assert opened.total == 2
        [part] = opened.parts
    codes = pa.dictionary(pa.int32(), pa.string())
    assert [field.type for field in part.rows.schema] == [pa.string(), codes, pa.list_(pa.string())]
    assert part.numbers.tolist() == [2, 3]


def test_parts_of_parquet_may_have_rows_of_several_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "ROWS", 5)
    path = tmp_path / "answers.parquet"
    cells = {"id": list(range(40)), "q": [f"o{n % 5}" for n in range(40)], "m": [["o0"], ["o1"], [], None] * 10}
    parquet.write_table(pa.table(cells), path, row_group_size=7)
    rows, _ = read(path)
    assert [number for number, _ in rows] == list(range(2, 42))
    assert [row["q"] for _, row in rows] == cells["q"]
    assert [row["m"] for _, row in rows] == cells["m"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("answers.csv", b"", "it is empty"),
        ("answers.csv", b"q" * 200_000, "field larger than field limit"),
        ("answers.csv", b"id,q\n1,\xff\n", "it is not UTF-8"),
        ("answers.parquet", b"id,q\n1,o1\n", "Parquet"),
    ],
    ids=["empty", "a cell of any length", "another encoding", "another format"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Failure, match=said) as failed:
        read(path)
    assert str(path) in failed.value.detail


CELLS = [
    {"id": "=1+1", "q": "o4", "m": "o0;o1"},
    {"id": "=b", "q": "best", "m": "o0;o0"},
    {"id": "c", "q": "dont_know", "m": ""},
    {"id": "d", "q": "o2", "m": "none_of_these"},
]


def write(path: Path, cells: Sequence[dict[str, str]]) -> None:
    if path.suffix == ".csv":
        arrow_csv.write_csv(pa.Table.from_pylist(cells), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in cells))
    else:
        parquet.write_table(pa.Table.from_pylist(cells), path)


def scores_in(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    table = arrow_csv.read_csv(path) if path.suffix == ".csv" else parquet.read_table(path)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


ENDS = (".csv", ".jsonl", ".parquet")


@pytest.mark.parametrize(("given", "wanted"), list(itertools.product(ENDS, ENDS)))
def test_any_kind_of_file_becomes_any_other_and_no_row_is_lost(
    rubric: CompiledRubric, tmp_path: Path, given: str, wanted: str
) -> None:
    answers, scores = tmp_path / f"answers{given}", tmp_path / f"scores{wanted}"
    write(answers, CELLS)
    target = Target(scores, ENDINGS[wanted], tmp_path / "scores.refused.csv", force=False)
    summary = score_file(answers, ENDINGS[given], BatchScorer(rubric, ["id"]), target, ("id",))
    assert (summary.scored, summary.refused) == (3, 1)
    first = 1 if given == ".jsonl" else 2
    found = scores_in(scores)
    assert [(row["row"], row["score"]) for row in found] == [(first, 100.0), (first + 2, None), (first + 3, 25.0)]
    assert [row["bounds_upper"] for row in found] == [100.0, 100.0, 25.0]
    assert found[0]["id"] == ("'=1+1" if wanted == ".csv" else "=1+1")
    with pytest.raises(InvalidInput) as refused:
        list(finish(summary, target))
    assert [one.pointer for one in refused.value.errors] == [f"row {first + 1}, q", f"row {first + 1}, m"]
    [row] = scores_in(target.refused)
    assert (row["id"], row["q"], row["m"], row["rejected: row"]) == ("'=b", "best", "o0;o0", first + 1)
    mended = target.refused.read_text().replace("best", "o0").replace("o0;o0", "o0")
    (tmp_path / "mended.csv").write_text(mended)
    again = score_file(
        tmp_path / "mended.csv", "csv", BatchScorer(rubric, ["id"]), target._replace(force=True), ("id",)
    )
    assert (again.scored, again.refused) == (1, 0)
    assert scores_in(scores)[0]["id"] == ("'=b" if wanted == ".csv" else "=b")
    assert not target.refused.exists()


def test_columns_that_cannot_be_scored_leave_no_file_behind(rubric: CompiledRubric, tmp_path: Path) -> None:
    write(tmp_path / "answers.csv", CELLS)
    target = Target(tmp_path / "scores.csv", "csv", tmp_path / "scores.refused.csv", force=False)
    with pytest.raises(InvalidInput):
        score_file(tmp_path / "answers.csv", "csv", BatchScorer(rubric), target, ())
    assert [path.name for path in tmp_path.iterdir()] == ["answers.csv"]


def test_no_column_of_ones_own_takes_the_place_of_the_number(rubric: CompiledRubric, tmp_path: Path) -> None:
    write(tmp_path / "answers.csv", [cells | {"row": "1"} for cells in CELLS])
    target = Target(tmp_path / "scores.csv", "csv", tmp_path / "scores.refused.csv", force=False)
    with pytest.raises(InvalidInput) as refused:
        score_file(tmp_path / "answers.csv", "csv", BatchScorer(rubric, ["id", "row"]), target, ("id", "row"))
    assert refused.value.errors[0].pointer == "row"


def test_kept_columns_of_any_type_fit_into_a_csv() -> None:
    batch = pa.record_batch(
        {
            "n": pa.array([1, None]),
            "l": pa.array([["a", "=b"], []]),
            "d": pa.array(["x", "-y"]).dictionary_encode(),
            "t": pa.array([0, 1], pa.timestamp("s")),
        }
    )
    file = io.BytesIO()
    sink = open_sink("csv", file, batch.schema)
    sink.write(batch)
    sink.close()
    assert file.getvalue().decode().splitlines() == [
        '"n","l","d","t"',
        '1,"a;\'=b","x",1970-01-01 00:00:00',
        ',"none_of_these","\'-y",1970-01-01 00:00:01',
    ]
