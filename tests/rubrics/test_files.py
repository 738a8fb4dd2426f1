"""Files that are missing, strange or broken as a whole are named too."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.errors import InvalidRubric
from assessment.rubric.check import check
from assessment.rubric.load import load_rubric, load_studies
from tests.rubrics.spoil import told

VERSION = "kitchen/2026.1"


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        (
            "kitchen/2026.1/notes.txt",
            "nothing reads this; a version folder holds rubric.yaml, recommendations.yaml, "
            "dimensions/<dimension>.yaml, cases/<case>.yaml and locales/<locale>.yaml",
        ),
        (
            "kitchen/2026.1/rubric.yml",
            "nothing reads this; a version folder holds rubric.yaml, recommendations.yaml, "
            "dimensions/<dimension>.yaml, cases/<case>.yaml and locales/<locale>.yaml",
        ),
        ("kitchen/2026.1/dimensions/storage.yml", "nothing reads this; dimensions/ holds only .yaml files"),
        ("kitchen/2026.1/cases/readme.md", "nothing reads this; cases/ holds only .yaml files"),
        ("kitchen/2026.1/locales/de.po", "nothing reads this; locales/ holds only .yaml files"),
        ("studies/pages.pdf", "nothing reads this; a study is one file `<id>.yaml`"),
        ("kitchen/old.yaml", "nothing reads this; a rubric lies in <id>/<version>/, a study in studies/<id>.yaml"),
        ("other.yaml", "nothing reads this; a rubric lies in <id>/<version>/, a study in studies/<id>.yaml"),
    ],
)
def test_a_file_that_nothing_reads_is_named(kitchen: Path, name: str, detail: str) -> None:
    (kitchen / name).write_text("x", "utf-8")
    assert told(check(kitchen), kitchen) == [f"{name}:1: [unknown_file] {detail}"]


def test_hidden_files_of_editors_are_let_be(kitchen: Path) -> None:
    (kitchen / VERSION / ".rubric.yaml.swp").write_bytes(b"\xff")
    (kitchen / "studies/.hidden.yaml").write_text("id: [", "utf-8")
    assert check(kitchen) == []


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (b"", 1, "empty_file"),
        (b"# only a comment\n", 1, "empty_file"),
        (b"id: storage\ntitle: \xff\n", 2, "not_utf8"),
        (b"id: storage\x00\n", 1, "yaml_syntax"),
        (b"id: storage\n---\nid: storage\n", 2, "yaml_syntax"),
        (b"id: storage\ntitle: " + b"[" * 20 + b"]" * 20, 2, "too_deep"),
        (b"id: " + b"[" * 200_000, 1, "too_deep"),
        (b"id: " + b"[" * 100_000 + b"]" * 100_000, 1, "too_deep"),
        (b"#" * (1 << 20) + b"\nid: storage\n", 1, "file_too_large"),
        (b"- id: storage\n", 1, "wrong_type"),
        (b"just text\n", 1, "wrong_type"),
    ],
)
def test_a_file_that_is_broken_as_a_whole_is_named(kitchen: Path, content: bytes, line: int, code: str) -> None:
    name = f"{VERSION}/dimensions/storage.yaml"
    (kitchen / name).write_bytes(content)
    assert [text.split("] ")[0] for text in told(check(kitchen), kitchen)] == [f"{name}:{line}: [{code}"]


def test_a_bomb_of_aliases_is_refused_at_once(kitchen: Path) -> None:
    rows = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60))]
    (kitchen / "studies/bomb.yaml").write_text("\n".join(rows), "utf-8")
    problems = told(check(kitchen / "studies/bomb.yaml"), kitchen)
    assert problems[0] == "studies/bomb.yaml:1: [alias] aliases (`*name`) are not allowed; write the content out"


@pytest.mark.parametrize("name", ["rubric.yaml", "recommendations.yaml"])
def test_a_missing_file_is_named(kitchen: Path, name: str) -> None:
    (kitchen / VERSION / name).unlink()
    problems = told(check(kitchen / "kitchen"), kitchen)
    assert problems == [f"{VERSION}/{name}:1: [missing_file] the file {name} is missing"]


def test_load_rubric_reads_a_version_folder(kitchen: Path) -> None:
    rubric = load_rubric(kitchen / VERSION)
    assert rubric.head.title == "Kitchen hygiene"
    assert [dimension.id for dimension in rubric.dimensions] == ["cleaning", "storage"]
    assert [question.id for question in rubric.questions] == ["cleaning-plan", "work-is-seen", "cold-chain"]
    assert [item.id for item in rubric.recommendations] == ["write-the-plan", "talk-about-checks"]
    assert [case.title for case in rubric.cases] == ["A written plan, and half of the cold chain"]


def test_load_rubric_lists_every_mistake_of_shape(kitchen: Path) -> None:
    (kitchen / VERSION / "recommendations.yaml").unlink()
    (kitchen / VERSION / "dimensions/storage.yaml").write_text("", "utf-8")
    with pytest.raises(InvalidRubric) as refused:
        load_rubric(kitchen / VERSION)
    assert told(refused.value.errors, kitchen) == [
        "kitchen/2026.1/recommendations.yaml:1: [missing_file] the file recommendations.yaml is missing",
        "kitchen/2026.1/dimensions/storage.yaml:1: [empty_file] the file is empty",
    ]
    assert refused.value.detail.startswith("2 mistakes in the rubric files\n")


def test_load_studies_reads_a_folder_of_studies(kitchen: Path) -> None:
    studies = load_studies(kitchen / "studies")
    assert {name: study.quality.grade for name, study in studies.items()} == {
        "canteens-2021": "E",
        "market-halls-2019": "B",
    }


def test_load_studies_lists_every_mistake_of_shape(kitchen: Path) -> None:
    (kitchen / "studies/empty.yaml").write_text("", "utf-8")
    with pytest.raises(InvalidRubric) as refused:
        load_studies(kitchen / "studies")
    assert told(refused.value.errors, kitchen) == ["studies/empty.yaml:1: [empty_file] the file is empty"]
    assert refused.value.detail.startswith("1 mistake in the rubric files\n")
