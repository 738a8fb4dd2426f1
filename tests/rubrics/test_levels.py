"""Rubrics with levels and without: what belongs to levels is there or not as a whole, and each mistake is named."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.cli.cases import run_cases
from assessment.rubric.catalog import Catalog, default_directory
from assessment.rubric.check import check
from assessment.rubric.index import StudyIndex
from assessment.rubric.load import load_rubric
from assessment.rubric.locale_file import write_locale_file
from assessment.rubric.lock import publish
from assessment.rubric.translate import translated
from tests.rubrics.spoil import replace, told

MISTAKES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "mistakes_levels.yaml").read_text("utf-8"))
STUDIES_AGAIN = ("sentiment-2014", "integration-2008", "collaboration-2016", "collaboration-rating")
HALLS = "halls-again/2026.1"


@pytest.fixture
def halls(kitchen: Path) -> Path:
    """A rubrics folder with a rubric of each kind; the one without levels is a draft."""
    return Path(shutil.copytree(Path(__file__).parent / "beside", kitchen, dirs_exist_ok=True))


def test_a_rubric_without_levels_is_told_nothing_and_its_case_comes_out(halls: Path) -> None:
    assert check(halls) == []
    assert run_cases(halls) == (2, [])


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["name"] for mistake in MISTAKES])
def test_a_mistake_about_levels_is_named_with_file_and_line(halls: Path, mistake: dict[str, Any]) -> None:
    replace(halls / mistake["file"], mistake["old"], mistake["new"])
    assert told(check(halls), halls) == mistake["told"]


def test_recommendations_need_levels(halls: Path) -> None:
    (halls / HALLS / "recommendations.yaml").write_text("[]\n", "utf-8")
    assert told(check(halls), halls) == [
        "halls-again/2026.1/recommendations.yaml:1: [needs_levels] a rubric without `levels` recommends nothing: "
        "add levels to rubric.yaml, or remove this file"
    ]


def test_a_case_that_comes_out_otherwise_is_named(halls: Path) -> None:
    replace(halls / HALLS / "cases/a-note-on-the-wall.yaml", "position: 0.53, same: 0.44", "position: 0.53, same: 0.4")
    replace(halls / HALLS / "cases/a-note-on-the-wall.yaml", "position: 0.59", "position: 0.6")
    ran, differences = run_cases(halls)
    assert ran == 2
    assert [difference.detail for difference in differences] == [
        "position is 0.59, expected 0.6",
        "beside is ('plan', 0.53, 0.44), expected ('plan', 0.53, 0.4)",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("studies/market-halls-2019.yaml", "share: 0.70", "share: 0.705"),
        ("studies/market-halls-2019.yaml", "value: 2.0", "value: 2.5"),
        ("studies/canteens-2021.yaml", "share: 0.60", "share: 0.605"),
        (
            f"{HALLS}/dimensions/cleaning.yaml",
            "scale: nominal\n    options:\n      - { id: drawer",
            "options:\n      - { id: drawer",
        ),
        (f"{HALLS}/dimensions/cleaning.yaml", "wording: unknown", "wording: reported"),
    ],
)
def test_every_figure_beside_an_answer_is_part_of_the_digest(halls: Path, file: str, old: str, new: str) -> None:
    before = _digest(halls)
    replace(halls / file, old, new)
    assert _digest(halls) != before


def _digest(folder: Path) -> str:
    (folder / "published.lock").unlink(missing_ok=True)
    publish(folder)
    return Catalog.load(folder).find("halls-again", drafts=True).digest


def test_fields_added_for_rubrics_without_levels_leave_the_digests_of_the_others() -> None:
    catalog = Catalog.load(default_directory())
    assert catalog.find("alignment", "2026.1").digest == (
        "sha256:b3fa9c226d92bfc5cf4860f7401573a591719b98fa6910b23d32db19f10ddd50"
    )


@pytest.mark.parametrize("name", STUDIES_AGAIN)
def test_each_question_of_a_study_cites_it_and_says_how_much_of_its_wording_is_known(name: str) -> None:
    rubric = Catalog.load(default_directory()).find(name, "2026.1").rubric
    assert rubric.head.maturity is None
    assert rubric.recommendations == []
    assert all(question.evidence and question.wording and question.judgement for question in rubric.questions)
    assert all(question.benchmarks or question.known for question in rubric.questions)


@pytest.mark.parametrize("name", STUDIES_AGAIN)
def test_each_published_gap_is_one_of_a_finding_by_function(name: str) -> None:
    catalog = Catalog.load(default_directory())
    index = StudyIndex.build(catalog.studies.values())
    for question in catalog.find(name, "2026.1").rubric.questions:
        for gap in question.published_gaps:
            shares = index.findings[gap.finding][1].by_function
            assert set(shares) == {"sales", "marketing"}
            assert all(gap.category in {category.id for category in one} for one in shares.values())


def test_a_rubric_without_levels_is_translated_without_what_rests_on_them(halls: Path) -> None:
    path, empty = write_locale_file(halls / HALLS, "it")
    text = path.read_text("utf-8")
    assert "levels:" not in text and "target:" not in text and "recommendations:" not in text
    assert text.count("''") == empty
    path.write_text(text.replace("''", "testo"), "utf-8")
    assert check(halls) == []
    italian = translated(load_rubric(halls / HALLS), "it")
    assert (italian.head.locale, italian.head.title, italian.head.target) == ("it", "testo", None)
    assert {option.title for question in italian.questions for option in question.options} == {"testo"}
    path.write_text(
        path.read_text("utf-8") + "gates: {}\ntarget: { reason: x, aim_higher: x, stay_lower: x }\n", "utf-8"
    )
    assert [line.partition("] ")[2] for line in told(check(halls), halls)] == [
        "there is no key `gates`; there are: title, summary, functions, dimensions, questions",
        "there is no key `target`; there are: title, summary, functions, dimensions, questions",
    ]
