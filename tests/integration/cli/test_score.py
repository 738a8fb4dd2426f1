"""Questionnaire, filled in, scored: at a terminal, as a user does it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Run

MIDDLE = {
    "kpi-set": "one-joint-target",
    "conversion-measurement": "one-function-sees",
    "cross-rewards": "informal-recognition",
    "sla-agreement": "one-sided",
    "sla-clauses": "[lead-qualification, escalation]",
    "response-time": "within-a-day",
    "pipeline-responsibility": "at-acceptance",
    "funnel-process": "monitored",
    "pipeline-review": "monthly",
    "communication-formats": "[email]",
    "campaign-involvement": "asked-before-launch",
    "communication-quality": "{state: dont_know}",
}


def fill_in(questionnaire: str, answers: dict[str, str]) -> str:
    """Write each answer after its question's colon, as a person does in an editor."""
    for question, answer in answers.items():
        questionnaire, written = re.subn(rf"^  {question}:$", f"  {question}: {answer}", questionnaire, flags=re.M)
        assert written == 1, question
    return questionnaire


@pytest.fixture
def filled_in(run: Run, tmp_path: Path) -> Path:
    asked = run("questionnaire", "alignment-quick")
    assert (asked.returncode, asked.stderr) == (0, "")
    path = tmp_path / "answers.yaml"
    path.write_text(fill_in(asked.stdout, MIDDLE), encoding="utf-8")
    return path


def test_a_questionnaire_that_was_filled_in_is_scored(run: Run, filled_in: Path) -> None:
    done = run("score", filled_in.name, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert result["rubric"]["id"] == "alignment-quick"
    states = {question["id"]: question["state"] for question in result["questions"]}
    assert states.pop("communication-quality") == "dont_know"
    assert set(states.values()) == {"answered"}
    levels = {question["id"]: question["level"] for question in result["questions"]}
    assert levels["funnel-process"] == 3
    assert levels["sla-clauses"] == 1.5


def test_an_empty_questionnaire_is_accepted_and_gives_no_rating(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(run("questionnaire", "alignment").stdout, encoding="utf-8")
    done = run("score", "answers.yaml")
    assert done.returncode == 0
    assert "No rating." in done.stdout
    assert "anything from 0.00 to 100.00" in done.stdout


def test_the_table_says_level_score_certainty_place_and_what_to_do(run: Run, filled_in: Path) -> None:
    shown = run("score", filled_in.name, "--top", "2").stdout
    result = json.loads(run("score", filled_in.name, "--json").stdout)
    assert (
        f"Level {result['rating']['level']} of 4: {result['rating']['name']}    {result['score']:.2f} of 100" in shown
    )
    assert f"{result['bounds']['lower']:.2f} to {result['bounds']['upper']:.2f}" in shown
    assert f"{result['stability']['agreeing']} of 16 ways to compute the score" in shown
    for dimension in result["dimensions"]:
        assert f"{dimension['score']:.2f}" in shown
    for recommendation in result["recommendations"][:2]:
        assert f"{recommendation['rank']}. {recommendation['title']}  +{recommendation['gain']:.2f}" in shown
    assert f"3. {result['recommendations'][2]['title']}" not in shown
    assert "2011, n 2,241" in shown
    assert "Harvard Business Review (Oldroyd, McElheran & Elkington)" in shown
    assert "n – means that n was not" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_the_target_can_be_chosen(run: Run, filled_in: Path) -> None:
    result = json.loads(run("score", filled_in.name, "--target", "4", "--json").stdout)
    assert result["target"] == {"level": 4, "reached": False}


def test_answers_are_read_from_standard_input_as_json(run: Run) -> None:
    body = json.dumps({"rubric": "alignment-quick", "answers": {"kpi-set": "separate"}})
    result = json.loads(run("score", "-", "--json", stdin=body).stdout)
    assert result["questions"][0]["level"] == 0


def test_every_bad_answer_is_named_with_its_line_and_what_is_allowed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(
        "rubric: alignment\nanswers:\n  kpi-set: sometimes\n  no-such-question: none\n  sla-clauses: escalation\n",
        encoding="utf-8",
    )
    done = run("score", "answers.yaml")
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0] == "Error: answers.yaml: 3 of the answers cannot be used."
    assert lines[1].startswith(
        "  answers.yaml:3 /answers/kpi-set: 'kpi-set' has no option 'sometimes'. Allowed options: "
    )
    assert lines[2].startswith("  answers.yaml:4 /answers/no-such-question: ")
    assert lines[3].startswith("  answers.yaml:5 /answers/sla-clauses: 'sla-clauses' takes a list of options.")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("answers: {}\n", 2, "The file names no rubric"),
        ("rubric: unheard-of\nanswers: {}\n", 1, "unheard-of"),
        ("just words\n", 1, "It needs `answers:`"),
        ("answers:\n  kpi-set: *x\n", 1, "answers.yaml:2"),
    ],
)
def test_a_file_that_cannot_be_scored_is_explained_without_a_traceback(
    run: Run, tmp_path: Path, text: str, code: int, said: str
) -> None:
    (tmp_path / "answers.yaml").write_text(text, encoding="utf-8")
    done = run("score", "answers.yaml")
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_missing_is_wrong_usage(run: Run) -> None:
    done = run("score", "nowhere.yaml")
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr
