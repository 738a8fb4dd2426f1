"""The same function in other engines: every row has the figures of the single scorer there too."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from assessment.scoring.answers import Response
from assessment.scoring.assess import rate
from assessment.scoring.batch import load_scorer
from tests.benchmarks.engines import duck
from tests.programs import find_program
from tests.unit.scoring.builders import random_answers

REFERENCE = "alignment@2026.2"
ROWS = 1_000


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """Answers as they stand in a table, with what the single scorer says of them."""
    rubric = load_scorer(REFERENCE).rubric
    chance = random.Random(10)
    made = []
    for number in range(ROWS):
        answers = random_answers(rubric, chance, missing=chance.choice((0.0, 0.05, 0.5)))
        cells = {name: answer for name, answer in answers.items() if not isinstance(answer, dict)}
        function = chance.choice((None, "sales", "marketing"))
        rated = rate(rubric, [Response(cells, function)])
        made.append({"id": number, "function": function, **cells, "expected": rated})
    return made


@pytest.fixture
def answers(rows: list[dict[str, Any]], tmp_path: Path) -> Path:
    """The table in four groups of rows, with one cell that is not allowed."""
    rubric = load_scorer(REFERENCE).rubric
    columns: dict[str, pa.Array] = {
        "id": pa.array([row["id"] for row in rows]),
        "function": pa.array([row["function"] for row in rows], pa.string()),
    }
    for question in rubric.questions:
        kind = pa.list_(pa.string()) if question.multiple else pa.string()
        columns[question.id] = pa.array([row.get(question.id) for row in rows], kind)
    changed = columns["kpi-set"].to_pylist()
    changed[77] = "best"
    path = tmp_path / "answers.parquet"
    parquet.write_table(pa.table(columns | {"kpi-set": pa.array(changed)}), path, row_group_size=ROWS // 4)
    return path


def check(rows: list[dict[str, Any]], scores: Path) -> None:
    found = {row["id"]: row for row in parquet.read_table(scores).to_pylist()}
    assert sorted(found) == list(range(ROWS))
    assert [one["code"] for one in found[77]["problems"]] == ["unknown_option"]
    for row in rows:
        score, expected = found[row["id"]], row["expected"]
        if row["id"] != 77:
            assert score["problems"] is None
            assert (score["score"], score["level"]) == (expected.score, expected.level)
            assert (score["bounds_lower"], score["bounds_upper"]) == (expected.lower, expected.upper)
            assert score["bounds_firm"] == expected.firm


def test_duckdb_gives_every_row_the_figures_of_the_single_scorer(
    rows: list[dict[str, Any]], answers: Path, tmp_path: Path
) -> None:
    scores = tmp_path / "scores.parquet"
    duck.score(answers, scores, REFERENCE, ("id",))
    check(rows, scores)


@pytest.mark.system
def test_spark_gives_every_row_the_figures_of_the_single_scorer(
    rows: list[dict[str, Any]], answers: Path, tmp_path: Path
) -> None:
    find_program(("java",), "default-jre-headless")
    scores = tmp_path / "scores"
    command = [sys.executable, "-m", "tests.benchmarks.engines.spark", str(answers), str(scores), REFERENCE, "2", "id"]
    done = subprocess.run(command, input="", capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout) == (0, "ready\n"), done.stderr
    check(rows, scores)
