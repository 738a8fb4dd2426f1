"""The studies, asked again at a terminal: a questionnaire filled in, and a table of who answered the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Run
from tests.integration.cli.test_score import fill_in

NO_N = "n not published"


def filled(run: Run, tmp_path: Path, rubric: str, answers: dict[str, str]) -> Path:
    asked = run("questionnaire", rubric)
    assert (asked.returncode, asked.stderr) == (0, "")
    path = tmp_path / "answers.yaml"
    path.write_text(fill_in(asked.stdout, answers), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rubric", "answers", "rows"),
    [
        (
            "sentiment-2014",
            {"process-automation": "three-quarters-or-more", "technology-adoption": "no-one"},
            [
                ["process-automation", "≈ 13%", "≈ 94%", "[1] 2014"],
                ["75% or more", NO_N],
                ["technology-adoption", "≈ 25%", "≈ 12%", "[1] 2014"],
                ['counts as: "Less than half" or'],
            ],
        ),
        (
            "integration-2008",
            {
                "system-visibility": "sales-sees",
                "marketing-role": "generate-leads",
                "integration-challenges": "[silos]",
            },
            [
                ["system-visibility", "37%", "70%", "[1] 2008"],
                ["marketing-role", "≈ 29%", "–", "[1] 2008"],
                ["Generate leads", NO_N],
                ["• Siloed operations", "29%"],
                ["crm-standing", "–", "–"],
                ["not answered"],
            ],
        ),
        (
            "collaboration-2016",
            {"sales-rewarded": "rewarded", "formats": "[email, tool-repository]"},
            [
                ["sales-rewarded", "≈ 33%", "≈ 83%", "[1] 2016"],
                ["Yes", "25–42", "79–87", "n 123"],
                ["formats", "–", "–", "[1]"],
                ["E-mail; A repository of sales tools", "no share published"],
            ],
        ),
        (
            "collaboration-rating",
            {"collaboration-rating": "10-of-10"},
            [
                ["collaboration-rating", "35%", "82%", "[1] year not published"],
                ["collaboration-rating (sales)", "12%", "94%", "[1] year not published"],
                ["10 out of 10", NO_N],
            ],
        ),
    ],
)
def test_each_answer_stands_beside_the_study(
    run: Run, tmp_path: Path, rubric: str, answers: dict[str, str], rows: list[list[str]]
) -> None:
    done = run("score", filled(run, tmp_path, rubric, answers).name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "No rating: the answers are set beside the study's." in done.stdout
    lines = [line for line in done.stdout.splitlines() if line]
    for row in rows:
        assert any(all(cell in line for cell in row) for line in lines), row
    assert "\nSources\n  [1] " in done.stdout
    assert max(map(len, lines)) <= 80


def test_an_empty_questionnaire_is_accepted_and_says_what_was_not_answered(run: Run, tmp_path: Path) -> None:
    done = run("score", filled(run, tmp_path, "sentiment-2014", {}).name)
    assert done.returncode == 0
    assert "0 of 7 questions answered." in done.stdout
    assert done.stdout.count("not answered") == 7


def test_several_people_are_shown_where_the_file_says_that_answers_are_named(run: Run, tmp_path: Path) -> None:
    responses = (
        "rubric: collaboration-rating\nresponses:\n"
        "  - {function: marketing, answers: {collaboration-rating: 9-of-10}}\n"
        "  - {function: sales, answers: {collaboration-rating: 4-of-10}}\n"
    )
    (tmp_path / "grouped.yaml").write_text(responses, encoding="utf-8")
    (tmp_path / "named.yaml").write_text(responses + "confidentiality: named\n", encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(responses + "confidentiality: secret\n", encoding="utf-8")
    assert "withheld: too few people" in run("score", "grouped.yaml").stdout
    named = run("score", "named.yaml").stdout
    assert "withheld" not in named
    assert "88%" in named
    assert "in a study marketing 35%, sales 12% (h +0.56; n not" in named
    wrong = run("score", "wrong.yaml")
    assert wrong.returncode == 1
    assert "wrong.yaml:5 /confidentiality: It is one of grouped, named." in wrong.stderr


def test_a_target_level_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("score", filled(run, tmp_path, "collaboration-rating", {}).name, "--target", "3")
    assert done.returncode == 1
    assert "leave 'target_level' out" in done.stderr


@pytest.mark.parametrize("rubric", ["sentiment-2014", "integration-2008", "collaboration-2016", "collaboration-rating"])
def test_a_study_is_shown_with_what_its_answers_are_set_beside(run: Run, rubric: str) -> None:
    shown = run("rubric", "show", rubric)
    assert shown.returncode == 0
    assert "No levels: answers are set beside a study." in shown.stdout
    assert "published distribution" in shown.stdout
    assert "Gates" not in shown.stdout
