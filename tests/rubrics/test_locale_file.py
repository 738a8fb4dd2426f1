"""The file that a translation starts from has a place for every text, and nothing that was written gets lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assessment.errors import InvalidInput, InvalidRubric
from assessment.rubric.check import check
from assessment.rubric.locale_file import write_locale_file
from tests.rubrics.spoil import replace, told

VERSION = "kitchen/2026.1"


def test_a_new_file_has_every_text_empty_for_the_check_to_name(kitchen: Path) -> None:
    path, empty = write_locale_file(kitchen / VERSION, "fr")
    assert (path, empty) == (kitchen / VERSION / "locales/fr.yaml", 49)
    lines = path.read_text("utf-8").splitlines()
    assert lines[:9] == [
        "locale: fr",
        "title: ''",
        "summary: ''",
        "functions:",
        "  cooks: ''",
        "  cleaners: ''",
        "levels:",
        "  1:",
        "    name: ''",
    ]
    problems = told(check(path), kitchen)
    assert len(problems) == 49
    assert problems[0] == f'{VERSION}/locales/fr.yaml:2: [invalid_value] `title` must have at least 1 character; got ""'


def test_the_file_shows_the_editor_its_schema_where_there_is_one(kitchen: Path) -> None:
    (kitchen / "schema.json").write_text("{}", "utf-8")
    path, _ = write_locale_file(kitchen / VERSION, "fr")
    assert path.read_text("utf-8").splitlines()[0] == (
        "# yaml-language-server: $schema=../../../schema.json#/$defs/Translation"
    )


def test_the_first_translation_makes_the_folder(kitchen: Path) -> None:
    (kitchen / VERSION / "locales/de.yaml").unlink()
    (kitchen / VERSION / "locales").rmdir()
    path, _ = write_locale_file(kitchen / VERSION, "fr")
    assert [each.name for each in path.parent.iterdir()] == ["fr.yaml"]


def test_a_file_that_lacks_nothing_is_left_as_it_is(kitchen: Path) -> None:
    path = kitchen / VERSION / "locales/de.yaml"
    before = path.read_bytes()
    assert write_locale_file(kitchen / VERSION, "de") == (path, 0)
    assert path.read_bytes() == before


def test_what_is_missing_is_added_and_what_is_there_stays(kitchen: Path) -> None:
    path = kitchen / VERSION / "locales/de.yaml"
    whole = yaml.safe_load(path.read_text("utf-8"))
    replace(path, "      habit: Aus Gewohnheit; jede Schicht macht es auf ihre Weise\n", "")
    replace(path, "title: Küchenhygiene", "# Küche ist richtig\ntitle: Küchenhygiene")
    assert write_locale_file(kitchen / VERSION, "de") == (path, 1)
    assert path.read_text("utf-8").startswith("# yaml-language-server: ")
    whole["questions"]["cleaning-plan"]["options"]["habit"] = ""
    assert yaml.safe_load(path.read_text("utf-8")) == whole
    assert [line.partition("options.")[2] for line in told(check(kitchen), kitchen)] == [
        'habit` must have at least 1 character; got ""'
    ]


def test_what_the_rubric_does_not_have_is_kept_for_the_check_to_name(kitchen: Path) -> None:
    path = kitchen / VERSION / "locales/de.yaml"
    replace(path, "  cooks: Köche\n", "  chefs: Köche\n")
    assert write_locale_file(kitchen / VERSION, "de") == (path, 1)
    functions = yaml.safe_load(path.read_text("utf-8"))["functions"]
    assert functions == {"cooks": "", "cleaners": "Reinigungskräfte", "chefs": "Köche"}
    assert list(functions) == ["cooks", "cleaners", "chefs"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("functions:\n  cooks: Köche\n  cleaners: Reinigungskräfte\n", "functions: [Köche]\n"), ("title: Kü", "tite: Kü")],
)
def test_what_has_another_shape_is_kept_for_the_check_to_name(kitchen: Path, old: str, new: str) -> None:
    path = kitchen / VERSION / "locales/de.yaml"
    replace(path, old, new)
    write_locale_file(kitchen / VERSION, "de")
    assert "Köche" in path.read_text("utf-8") and "Küchenhygiene" in path.read_text("utf-8")
    assert check(kitchen) != []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("locale: [", "this is not valid YAML"),
        ("- locale: de\n", "the file must have keys with values"),
        ("", "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_not_written_over(kitchen: Path, content: str, said: str) -> None:
    path = kitchen / VERSION / "locales/de.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(InvalidRubric, match=said):
        write_locale_file(kitchen / VERSION, "de")
    assert path.read_text("utf-8") == content


def test_a_rubric_that_cannot_be_read_is_not_translated(kitchen: Path) -> None:
    (kitchen / VERSION / "recommendations.yaml").unlink()
    with pytest.raises(InvalidRubric, match=r"recommendations\.yaml is missing"):
        write_locale_file(kitchen / VERSION, "fr")


def test_a_rubric_is_not_translated_into_its_own_language(kitchen: Path) -> None:
    with pytest.raises(InvalidInput, match="`en` is the rubric's own language"):
        write_locale_file(kitchen / VERSION, "en")
