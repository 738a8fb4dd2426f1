"""Two results side by side at a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.api.running import case_answers
from tests.integration.cli.conftest import Run

RUBRIC = "alignment-quick@2026.1"
BEFORE = case_answers("alignment-quick", "level-2-ground-rules")
AFTER = {**BEFORE, "sla-agreement": "agreed", "communication-quality": "fair"}


@pytest.fixture
def results(run: Run, tmp_path: Path) -> Path:
    for name, answers in (("before", BEFORE), ("after", AFTER)):
        given = yaml.safe_dump({"rubric": RUBRIC, "answers": answers})
        done = run("score", "-", "--json", stdin=given)
        assert (done.returncode, done.stderr) == (0, "")
        (tmp_path / f"{name}.json").write_text(done.stdout)
    return tmp_path


def test_a_change_is_shown_with_what_moved_and_what_is_done(run: Run, results: Path) -> None:
    done = run("change", "before.json", "after.json")
    assert (done.returncode, done.stderr) == (0, "")
    shown = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "Overall 36.65 37.10 +0.45 cannot be told" in shown
    assert "Pipeline ownership 40.53 40.53 +0.00 cannot be told" in shown
    assert "sla-agreement 2 3" in shown
    assert shown.index("sla-agreement 2 3") < shown.index("communication-quality 2 1")
    assert shown[shown.index("Done") + 1] == "Draft, agree and sign a two-way SLA"
    assert "without their answers" in " ".join(shown)


def test_the_same_change_as_json(run: Run, results: Path) -> None:
    done = run("change", "before.json", "after.json", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    overall = found["change"]["overall"]
    assert (overall["change"], overall["significant"], overall["reason"]) == (0.45, None, "no_responses")
    assert [one["question"] for one in found["questions"]] == ["sla-agreement", "communication-quality"]
    assert [one["id"] for one in found["recommendations"]["done"]] == ["sign-two-way-sla"]


def test_results_of_other_rubrics_are_not_compared(run: Run, results: Path) -> None:
    full = run("score", "-", "--json", stdin=yaml.safe_dump({"rubric": "alignment@2026.1", "answers": {}}))
    (results / "full.json").write_text(full.stdout)
    done = run("change", "before.json", "full.json")
    assert done.returncode == 0
    assert "not comparable" in done.stdout
    assert "The two were scored with different rubrics." in done.stdout


def test_a_file_that_is_no_result_is_named(run: Run, results: Path) -> None:
    (results / "answers.yaml").write_text("rubric: alignment\nanswers: {}\n")
    (results / "other.json").write_text('{"score": 3}')
    for name in ("answers.yaml", "other.json"):
        done = run("change", name, "after.json")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Error: {name} is no result that `assessment score --json` wrote: ")
    assert run("change", "missing.json", "after.json").returncode == 2
