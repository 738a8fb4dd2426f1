"""Each mistake of an author is named with its file, its line and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.rubric.check import check
from tests.rubrics.spoil import replace, told

MISTAKES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text("utf-8"))

CLEANING = "kitchen/2026.1/dimensions/cleaning.yaml"
STORAGE = "kitchen/2026.1/dimensions/storage.yaml"
HEAD = "kitchen/2026.1/rubric.yaml"
MOVES = "kitchen/2026.1/recommendations.yaml"
CASE = "kitchen/2026.1/cases/plan-on-the-wall.yaml"
HALLS = "studies/market-halls-2019.yaml"


def test_a_rubric_without_mistakes_is_told_nothing(kitchen: Path) -> None:
    assert check(kitchen) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["name"] for mistake in MISTAKES])
def test_a_mistake_is_named_with_file_and_line(kitchen: Path, mistake: dict[str, Any]) -> None:
    replace(kitchen / mistake["file"], mistake["old"], mistake["new"])
    assert told(check(kitchen), kitchen) == mistake["told"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (HALLS, "share: 0.44", "share: 0.45"),
        (HALLS, "share: 0.25 }", "share: 0.20 }\n    sum_note: The other five per cent gave no answer."),
        (HALLS, "    dimension: cleaning\n    shares", "    shares"),
        (HALLS, "    kind: perception_gap", "    n: 900\n    kind: perception_gap"),
        (CLEANING, "categories: [written] }\n", "categories: [written] }\n        drop: []\n"),
        (
            CLEANING,
            'title: "Nobody looks", level: 0',
            'title: "Nobody looks", level: 0 }\n      - { id: o, title: O, level: 0',
        ),
        (
            CLEANING,
            "audience: [cooks, cleaners]\n    options:\n      - { id: never",
            "audience: [cooks]\n    options:\n      - { id: never",
        ),
        (CLEANING, "value: 1.242743", "value: 1.2427425"),
        (STORAGE, "points: 1.5", "points: 3.5"),
        (STORAGE, "    judgement: The points of each measure are ours.\n", ""),
        (STORAGE, "    evidence: [canteens-cold-chain]\n", ""),
        (STORAGE, "title: Storage", "title: 'No'"),
        (STORAGE, "title: Storage", "title: Kühlung und Lager – кухня"),
        (STORAGE, "weight: 1\nweight_r", "weight: 1.0\nweight_r"),
        (MOVES, "below: 3", "below: 0.5"),
        (MOVES, "judgement: false", "judgement: true"),
        (CASE, "  cleaning-plan: written\n", ""),
        (CASE, "cleaning-plan: written", "cleaning-plan: { state: dont_know }"),
        (CASE, "cleaning-plan: written", "cleaning-plan: { state: not_applicable, reason: no kitchen }"),
        (CASE, "cold-chain: [measured, put-away]", "cold-chain: []"),
        (CASE, "cold-chain: [measured, put-away]", "cold-chain: { option: [measured], evidence: the log }"),
        (CASE, "  level: 3\n", "  level: 3\n  caps: [both-sides, core-rule]\n  bounds: [60.0, 70.0]\n"),
        (CASE, "  score: 65.65\n  level: 3\n", "  score: null\n  level: null\n"),
    ],
)
def test_what_is_allowed_is_told_nothing(kitchen: Path, file: str, old: str, new: str) -> None:
    (kitchen / "published.lock").unlink()
    (kitchen / "kitchen/2026.1/locales/de.yaml").unlink()
    replace(kitchen / HEAD, "published: 2026-01-15\n", "")
    replace(kitchen / file, old, new)
    assert told(check(kitchen), kitchen) == []


def test_all_mistakes_are_named_at_once(kitchen: Path) -> None:
    replace(kitchen / "kitchen/2026.1/recommendations.yaml", "halls-post-the-plan", "halls-post-a-plan")
    replace(kitchen / "kitchen/2026.1/dimensions/storage.yaml", "audience: [cooks]", "audience: [cook, waiters]")
    replace(kitchen / "studies/canteens-2021.yaml", "n_reason: n_not_published\n", "")
    assert [line.split("] ")[0] for line in told(check(kitchen), kitchen)] == [
        "kitchen/2026.1/dimensions/storage.yaml:14: [unknown_function",
        "kitchen/2026.1/dimensions/storage.yaml:14: [unknown_function",
        "studies/canteens-2021.yaml:8: [invalid_value",
    ]


def test_nothing_is_called_unknown_while_a_study_cannot_be_read(kitchen: Path) -> None:
    (kitchen / "studies/market-halls-2019.yaml").write_text("id: [", "utf-8")
    problems = told(check(kitchen / "kitchen/2026.1"), kitchen)
    assert [line.split(": ")[0] for line in problems] == ["studies/market-halls-2019.yaml:1"]


def test_a_recommendation_below_the_lowest_level_can_never_fire(kitchen: Path) -> None:
    version = kitchen / "kitchen/2026.1"
    replace(version / "dimensions/cleaning.yaml", 'when they see dirt", level: 0', 'when they see dirt", level: 1')
    replace(version / "recommendations.yaml", "below: 3", "below: 1")
    assert (
        "kitchen/2026.1/recommendations.yaml:9: [never_fires] this can never fire: the lowest level of "
        "`cleaning-plan` is 1, which is not below 1"
    ) in told(check(kitchen), kitchen)


def test_a_gate_above_the_highest_option_is_named(kitchen: Path) -> None:
    version = kitchen / "kitchen/2026.1"
    replace(version / "dimensions/storage.yaml", "points: 1.5", "points: 0.5")
    replace(version / "rubric.yaml", "question: cleaning-plan, level: 3", "question: cold-chain, level: 4")
    assert (
        "kitchen/2026.1/rubric.yaml:43: [condition_does_not_fit] no option of `cold-chain` reaches level 4; "
        "its highest is 3"
    ) in told(check(kitchen), kitchen)


@pytest.mark.parametrize(
    ("part", "lines"),
    [
        (".", ["kitchen/2026.1/dimensions/storage.yaml:14", "studies/canteens-2021.yaml:39"]),
        ("kitchen", ["kitchen/2026.1/dimensions/storage.yaml:14"]),
        ("kitchen/2026.1", ["kitchen/2026.1/dimensions/storage.yaml:14"]),
        ("kitchen/2026.1/dimensions/storage.yaml", ["kitchen/2026.1/dimensions/storage.yaml:14"]),
        ("kitchen/2026.1/rubric.yaml", []),
        ("studies", ["studies/canteens-2021.yaml:39"]),
        ("studies/canteens-2021.yaml", ["studies/canteens-2021.yaml:39"]),
        ("studies/market-halls-2019.yaml", []),
    ],
)
def test_a_part_of_the_folder_can_be_checked_alone(kitchen: Path, part: str, lines: list[str]) -> None:
    replace(kitchen / "kitchen/2026.1/dimensions/storage.yaml", "audience: [cooks]", "audience: [cook]")
    replace(kitchen / "studies/canteens-2021.yaml", "dimension: storage", "dimension: fridges")
    assert [line.split(": ")[0] for line in told(check(kitchen / part), kitchen)] == lines


def test_files_are_spelled_as_the_author_spelled_the_path(kitchen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(kitchen / "kitchen/2026.1/dimensions/storage.yaml", "audience: [cooks]", "audience: [cook]")
    monkeypatch.chdir(kitchen.parent)
    assert [problem.pointer for problem in check(Path("rubrics"))] == [
        "rubrics/kitchen/2026.1/dimensions/storage.yaml:14"
    ]
    monkeypatch.chdir(kitchen / "kitchen/2026.1")
    assert [problem.pointer for problem in check(Path("."))] == [f"{kitchen}/kitchen/2026.1/dimensions/storage.yaml:14"]


def test_a_path_that_is_no_rubric_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a/b/c/d/e").mkdir(parents=True)
    assert told(check(tmp_path / "a/b/c/d/e"), tmp_path) == [
        "a/b/c/d/e:1: [not_a_rubrics_folder] this is no rubrics folder and lies in none: one has studies/<id>.yaml "
        "and <id>/<version>/rubric.yaml"
    ]
    assert told(check(tmp_path / "nowhere"), tmp_path) == ["nowhere:1: [not_found] there is no such file or folder"]
