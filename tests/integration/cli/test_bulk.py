"""Answers scored in bulk at a terminal, as a user does it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from assessment.service import assessments
from assessment.service.assessments import OrganisationIn
from assessment.service.context import Principal, Services
from assessment.service.ids import to_text
from assessment.service.organisations import Operator
from assessment.service.rescores import Rescoring
from tests.integration.cli.conftest import Run, environment
from tests.integration.service.helpers import new_assessment, new_principal

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


RESCORE = ("bulk", "rescore", "--rubric", "alignment-quick@2026.2", "-o", "rescored.jsonl", "--page", "1")


def kill_midway(tmp_path: Path, where: dict[str, str]) -> int:
    """Start to score anew, and kill the process once some rows are written, in the middle of another one; how many rows
    were noted. One that was done before it could be killed is begun again."""
    whole, note = tmp_path / "rescored.jsonl", tmp_path / "rescored.jsonl.checkpoint"
    command = [sys.executable, "-m", "assessment", *RESCORE]
    while not note.exists():
        whole.unlink(missing_ok=True)
        with subprocess.Popen(command, cwd=tmp_path, env=environment(**where), stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and rows_noted(note) < 2:
                time.sleep(0.001)
            process.kill()
    with (tmp_path / "rescored.jsonl.part").open("ab") as file:
        file.write(b'{"partner": "ptnr_half a row')
    return rows_noted(note)


def rows_noted(note: Path) -> int:
    try:
        return int(json.loads(note.read_bytes())["rows"])
    except FileNotFoundError:
        return 0


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("rescored*"))


async def expected_rows(services: Services, principals: list[Principal]) -> list[str]:
    rubric = services.rubrics.get("alignment-quick@2026.2")
    rescoring = Rescoring(services, services.rubrics, rubric, datetime.now(UTC))
    found = []
    for one in sorted(principals, key=lambda one: to_text("ptnr", one.partner_id)):
        async for rows, _ in rescoring.pages(Operator(one.partner_id, one.mode, "test"), 100):
            found += [row["assessment"] for row in rows]
    return found


async def test_scoring_anew_goes_on_where_it_was_killed(
    services: Services, database_url: str, run: Run, tmp_path: Path
) -> None:
    where = {"ASSESSMENT_DATABASE_URL": database_url, "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true"}
    principals = [await new_principal(services), await new_principal(services, name="Other")]
    for number in range(60):
        new = new_assessment(services, organisation=OrganisationIn(f"Organisation {number}"))
        await assessments.create(services, principals[number % 2], new)
    before = kill_midway(tmp_path, where)
    assert 2 <= before < 60
    done = run(*RESCORE, **where)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "60 assessments were scored by alignment-quick@2026.2: rescored.jsonl\n"
    rows = [json.loads(line) for line in (tmp_path / "rescored.jsonl").read_text().splitlines()]
    assert [row["assessment"] for row in rows] == await expected_rows(services, principals)
    assert {(row["score"], row["old_score"], row["change"]) for row in rows} == {(100.0, 100.0, 0.0)}
    assert names_in(tmp_path) == ["rescored.jsonl"]
