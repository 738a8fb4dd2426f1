"""A report of a result in a file, as a PDF and as a page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.api.running import case_answers
from tests.integration.cli.conftest import Run, environment
from tests.unit.report.printed import Printed, faults
from tests.unit.report.reading import Page

RUBRIC = "alignment-quick@2026.2"


@pytest.fixture
def result(run: Run, tmp_path: Path) -> dict[str, Any]:
    answers = case_answers("alignment-quick", "level-2-ground-rules")
    done = run("score", "-", "--json", stdin=yaml.safe_dump({"rubric": RUBRIC, "answers": answers}))
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "result.json").write_text(done.stdout)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_pdf_for_the_table(run: Run, result: dict[str, Any], tmp_path: Path) -> None:
    done = run("report", "result.json", "-o", "report.pdf", "--organisation", "Acme Industries AG")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    made = (tmp_path / "report.pdf").read_bytes()
    assert faults(made) == []
    first = Printed(made).pages[0]
    assert "Acme Industries AG" in first
    assert "36.65" in first
    assert run("report", "result.json", "-o", "again.pdf", "--organisation", "Acme Industries AG").returncode == 0
    assert (tmp_path / "again.pdf").read_bytes() == made


def test_a_page_that_stands_alone(run: Run, result: dict[str, Any], tmp_path: Path) -> None:
    done = run("report", "result.json", "-o", "report.html", "--locale", "de")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    page = Page((tmp_path / "report.html").read_bytes())
    tags = [tag for tag, _ in page.elements]
    assert "style" in tags
    assert not {"link", "script", "img"} & set(tags)
    assert ("html", {"lang": "de"}) in page.elements
    assert "36,65" in "".join(page.texts)


def test_an_assessment_brings_its_organisation_and_date(run: Run, result: dict[str, Any], tmp_path: Path) -> None:
    assessment = {
        "id": "asmt_01h455vb4pex5vsknk084sn02q",
        "organisation": {"id": "org_01h455vb4pex5vsknk084sn02q", "name": "Globex", "industry": None},
        "completed_at": "2026-11-03T09:30:00Z",
        "confidentiality": "named",
        "status": "completed",
        "result": result,
    }
    done = run("report", "-", "--format", "html", stdin=json.dumps(assessment))
    assert (done.returncode, done.stderr) == (0, "")
    text = "".join(Page(done.stdout.encode()).texts)
    assert "Globex" in text
    assert "completed 3 November 2026" in text
    assert "asmt_01h455vb4pex5vsknk084sn02q" in text
    other = run("report", "-", "--format", "html", "--organisation", "Initech", stdin=json.dumps(assessment))
    assert "Initech" in other.stdout
    assert "Globex" not in other.stdout


def test_the_format_outranks_the_ending_and_standard_output_takes_a_pdf(
    result: dict[str, Any], run: Run, tmp_path: Path
) -> None:
    assert run("report", "result.json", "-o", "report.txt", "--format", "html").returncode == 0
    assert (tmp_path / "report.txt").read_bytes().startswith(b"<!doctype html>")
    command = [sys.executable, "-m", "assessment", "report", "result.json", "--format", "pdf"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, timeout=60, check=True)
    assert done.stdout.startswith(b"%PDF-1.7")
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("rubric: alignment\n", "JSON is malformed"),
        ("", "Input data was truncated"),
        ('{"score": 3}', "missing required field"),
        ("[1, 2]", "Expected `object`"),
        ('{"result": 3}', "Expected `object | null`, got `int` - at `$.result`"),
    ],
)
def test_a_file_that_is_no_result_is_named(run: Run, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "other.json").write_text(content)
    done = run("report", "other.json", "-o", "report.pdf")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "Error: other.json is neither a result that `assessment score --json` printed nor an assessment of the API: "
    )
    assert said in done.stderr
    assert not (tmp_path / "report.pdf").exists()


def test_a_file_that_is_no_text_or_has_no_bottom_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bytes.json").write_bytes(b'{"score": "\xff"}')
    assert "bytes.json is neither a result" in run("report", "bytes.json", "-o", "report.pdf").stderr
    (tmp_path / "deep.json").write_text('{"a":' * 100_000)
    done = run("report", "deep.json", "-o", "report.pdf")
    assert (done.returncode, done.stderr) == (1, "Error: deep.json is no result: it is nested too deep.\n")


def test_an_open_assessment_has_no_report_yet(run: Run, tmp_path: Path) -> None:
    done = run("report", "-", "--format", "html", stdin='{"id": "asmt_1", "result": null}')
    assert (done.returncode, done.stdout) == (1, "")
    assert "is an assessment that is still open" in done.stderr


def test_a_result_of_another_rubric_than_those_here_is_told(run: Run, result: dict[str, Any]) -> None:
    unknown = result | {"rubric": result["rubric"] | {"version": "1999.1"}}
    done = run("report", "-", "--format", "html", stdin=json.dumps(unknown))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: No published rubric is called `alignment-quick@1999.1`; there are: ")
    changed = result | {"rubric": result["rubric"] | {"digest": "sha256:0"}}
    done = run("report", "-", "--format", "html", stdin=json.dumps(changed))
    assert (done.returncode, done.stdout) == (1, "")
    assert "was scored with another alignment-quick@2026.2 than the one here (sha256:0, not sha256:" in done.stderr
    assert "--rubrics-dir" in done.stderr


def test_a_result_that_was_changed_by_hand_is_refused(run: Run, result: dict[str, Any]) -> None:
    result["questions"][0]["id"] = "favourite-colour"
    done = run("report", "-", "--format", "html", stdin=json.dumps(result))
    assert (done.returncode, done.stdout) == (1, "")
    assert "is no result of alignment-quick@2026.2 as it was scored: 'favourite-colour'" in done.stderr


def test_a_language_that_the_rubric_does_not_have_is_told(run: Run, result: dict[str, Any]) -> None:
    done = run("report", "result.json", "-o", "report.html", "--locale", "nl")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: No texts in 'nl'. Allowed: en, de, es, fr.\n")


def test_wrong_usage_is_told(run: Run, result: dict[str, Any]) -> None:
    for arguments, said in (
        ([], "Say where to write, --output report.pdf or --output report.html"),
        (["-o", "report.docx"], "report.docx ends neither in .pdf nor in .html: give --format as well."),
        (["--format", "docx"], "'docx' is not one of 'pdf', 'html'"),
    ):
        done = run("report", "result.json", *arguments)
        assert done.returncode == 2
        assert said in " ".join(done.stderr.replace("│", " ").split())
    assert run("report", "missing.json", "-o", "report.pdf").returncode == 2
    done = run("report", "result.json", "-o", "no/such/folder/report.html")
    assert (done.returncode, done.stderr) == (
        1,
        "Error: Cannot write no/such/folder/report.html: No such file or directory.\n",
    )


def test_a_terminal_is_shown_no_pdf(result: dict[str, Any], tmp_path: Path) -> None:
    reader, terminal = os.openpty()
    command = [sys.executable, "-m", "assessment", "report", "result.json", "--format", "pdf"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(terminal)
    os.close(reader)
    assert done.returncode == 2
    assert "A PDF is nothing for a terminal to show" in " ".join(done.stderr.decode().replace("│", " ").split())


def test_without_the_extra_pages_are_made_and_a_pdf_says_what_to_install(
    result: dict[str, Any], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "without" / "typst").mkdir(parents=True)
    (tmp_path / "without" / "typst" / "__init__.py").write_text("raise ModuleNotFoundError('No module named typst')\n")
    path = str(tmp_path / "without")
    done = run("report", "result.json", "-o", "report.pdf", PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("Error: What makes PDFs is not installed. Run: pip install 'alignment-assessment[pdf]'\n")
    assert run("report", "result.json", "-o", "report.html", PYTHONPATH=path).returncode == 0
