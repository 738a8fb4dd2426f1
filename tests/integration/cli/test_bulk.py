"""Answers scored in bulk at a terminal, as a user does it."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.integration.cli.conftest import Run

ANSWERS = """\
organisation,kpi-set,funnel-process,sla-clauses,function
Northwind,one-joint-target,monitored,lead-qualification;escalation,
Alder,best,monitored,none_of_these,sales
Bluebird,dont_know,,not_applicable: we have none,marketing
"""


def test_rows_are_scored_and_a_bad_one_is_named_and_kept_apart(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(ANSWERS)
    done = run(
        "bulk", "score", "answers.csv", "-o", "scores.csv", "--rubric", "alignment-quick", "--keep", "organisation"
    )
    assert (done.returncode, done.stdout) == (1, "")
    said = done.stderr.splitlines()
    assert said[0] == "2 rows were scored: scores.csv"
    assert said[1] == "Error: 1 of 3 rows have no score. They are in scores.refused.csv: mend and score that."
    assert said[2].startswith("  row 3, kpi-set: 'kpi-set' has no option 'best'. Allowed options: separate, ")
    rows = list(csv.DictReader((tmp_path / "scores.csv").read_text().splitlines()))
    assert [(row["row"], row["organisation"], row["single_perspective"]) for row in rows] == [
        ("2", "Northwind", "false"),
        ("4", "Bluebird", "true"),
    ]
    mended = (tmp_path / "scores.refused.csv").read_text().replace("best", "one-joint-target")
    (tmp_path / "scores.refused.csv").write_text(mended)
    done = run(
        *("bulk", "score", "scores.refused.csv", "-o", "more.jsonl"),
        *("--rubric", "alignment-quick@2026.2", "--keep", "organisation"),
    )
    assert (done.returncode, done.stderr) == (0, "1 rows were scored: more.jsonl\n")


def test_no_file_is_overwritten_unless_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("kpi-set\none-joint-target\n")
    (tmp_path / "scores.refused.csv").write_text("yesterday's\n")
    done = run("bulk", "score", "answers.csv", "-o", "scores.csv")
    assert (done.returncode, done.stderr) == (1, "Error: Cannot write scores.refused.csv: File exists.\n")
    assert run("bulk", "score", "answers.csv", "-o", "scores.csv", "--force").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "scores.csv"]
    done = run("bulk", "score", "answers.csv", "-o", "answers.csv", "--force")
    assert done.returncode == 2
    assert "Answers, scores and refused rows need a file each." in done.stderr


def test_files_of_other_kinds_are_refused_with_those_there_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.xlsx").write_bytes(b"")
    done = run("bulk", "score", "answers.xlsx", "-o", "scores.csv")
    assert done.returncode == 2
    assert "answers.xlsx ends in none of .csv, .jsonl, .ndjson, .parquet." in done.stderr
