"""Rubrics, studies, findings and practices are found by id; the latest published version is the default."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assessment.errors import RubricNotFound, StudyNotFound
from assessment.rubric.catalog import Catalog, default_directory, parse_reference
from assessment.rubric.lock import publish
from tests.rubrics.spoil import replace


def add_version(folder: Path, version: str, *, draft: bool = False) -> None:
    path = folder / "kitchen" / version
    shutil.copytree(folder / "kitchen/2026.1", path)
    replace(path / "rubric.yaml", 'version: "2026.1"', f'version: "{version}"')
    if draft:
        replace(path / "rubric.yaml", "published: 2026-01-15\n", "")


def test_the_latest_published_version_is_found_by_number_not_by_text(kitchen: Path) -> None:
    add_version(kitchen, "2026.10")
    add_version(kitchen, "2026.9")
    publish(kitchen)
    catalog = Catalog.load(kitchen)
    assert catalog.find("kitchen").reference == "kitchen@2026.10"
    assert [entry.reference for entry in catalog.entries()] == ["kitchen@2026.1", "kitchen@2026.9", "kitchen@2026.10"]


def test_a_draft_is_found_only_when_drafts_are_asked_for(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", draft=True)
    catalog = Catalog.load(kitchen)
    assert catalog.find("kitchen").reference == "kitchen@2026.1"
    assert [entry.reference for entry in catalog.entries()] == ["kitchen@2026.1"]
    with pytest.raises(RubricNotFound):
        catalog.find("kitchen", "2026.2")
    draft = catalog.find("kitchen", drafts=True)
    assert (draft.reference, draft.published) == ("kitchen@2026.2", False)


@pytest.mark.parametrize("version", [None, "2026.1", ""])
def test_an_unknown_rubric_is_not_found(kitchen: Path, version: str | None) -> None:
    with pytest.raises(RubricNotFound, match=r"there are: kitchen@2026\.1"):
        Catalog.load(kitchen).find("garden", version)


def test_an_unknown_version_is_not_found(kitchen: Path) -> None:
    with pytest.raises(RubricNotFound, match=r"`kitchen@2027\.1`"):
        Catalog.load(kitchen).find("kitchen", "2027.1")


def test_studies_findings_and_practices_are_found_by_id(kitchen: Path) -> None:
    catalog = Catalog.load(kitchen)
    assert sorted(catalog.studies) == ["canteens-2021", "market-halls-2019"]
    assert catalog.study("canteens-2021").title == "Clean canteens"
    study, finding = catalog.finding("halls-who-checks")
    assert (study.id, finding.label) == ("market-halls-2019", "H1.Q3")
    study, practice = catalog.practice("halls-post-the-plan")
    assert (study.id, practice.label) == ("market-halls-2019", "H1.P1")


def test_unknown_studies_findings_and_practices_are_not_found(kitchen: Path) -> None:
    catalog = Catalog.load(kitchen)
    with pytest.raises(StudyNotFound, match="No study has the id `x`"):
        catalog.study("x")
    with pytest.raises(StudyNotFound, match="No study has a finding with the id `x`"):
        catalog.finding("x")
    with pytest.raises(StudyNotFound, match="No study has a practice with the id `x`"):
        catalog.practice("x")


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("kitchen", ("kitchen", None)),
        ("kitchen@2026.1", ("kitchen", "2026.1")),
        ("kitchen@", ("kitchen", "")),
        ("", ("", None)),
        ("a@b@c", ("a", "b@c")),
    ],
)
def test_a_reference_is_an_id_with_or_without_a_version(reference: str, parts: tuple[str, str | None]) -> None:
    assert parse_reference(reference) == parts


def test_the_rubrics_of_the_repository_are_the_default() -> None:
    assert default_directory() == Path(__file__).parents[2] / "rubrics"
