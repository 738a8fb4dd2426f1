"""A rubric in another language: every mistake in a translation is named, and nothing but its texts is different."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.errors import InvalidInput
from assessment.rubric.catalog import Catalog, default_directory
from assessment.rubric.check import check
from assessment.rubric.load import load_rubric
from assessment.rubric.translate import translated
from tests.rubrics.spoil import replace, told

MISTAKES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "mistakes_translations.yaml").read_text("utf-8")
)
VERSION = "kitchen/2026.1"


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["name"] for mistake in MISTAKES])
def test_a_mistake_in_a_translation_is_named_with_file_and_line(kitchen: Path, mistake: dict[str, Any]) -> None:
    replace(kitchen / mistake["file"], mistake["old"], mistake["new"])
    assert told(check(kitchen), kitchen) == mistake["told"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Küchenhygiene", "title: Kitchen hygiene"),
        ("  1: { name: Riskant", '  "1": { name: Riskant'),
        ("70 % der Köche", "70% der Köche"),
        ("70 % der Köche", "70\u202f% der Köche"),
    ],
)
def test_what_is_allowed_in_a_translation_is_told_nothing(kitchen: Path, old: str, new: str) -> None:
    replace(kitchen / VERSION / "locales/de.yaml", old, new)
    assert told(check(kitchen), kitchen) == []


def test_a_translation_is_checked_alone(kitchen: Path) -> None:
    replace(kitchen / VERSION / "rubric.yaml", "summary: The basics", "summary: 9 basics")
    assert [line.split(": ")[0] for line in told(check(kitchen / VERSION / "locales/de.yaml"), kitchen)] == [
        "kitchen/2026.1/locales/de.yaml:10"
    ]


def test_a_rubric_lists_its_own_language_first(kitchen: Path) -> None:
    assert load_rubric(kitchen / VERSION).locales == ["en", "de"]


def test_a_rubric_is_itself_in_its_own_language(kitchen: Path) -> None:
    rubric = load_rubric(kitchen / VERSION)
    assert translated(rubric, "en") is rubric


def test_every_text_is_translated(kitchen: Path) -> None:
    german = translated(load_rubric(kitchen / VERSION), "de")
    head = german.head
    assert (head.locale, german.locales) == ("de", ["de"])
    assert head.title == "Küchenhygiene"
    assert head.summary.startswith("Wie gut sich eine Küche sauber hält")
    assert [function.title for function in head.functions] == ["Köche", "Reinigungskräfte"]
    assert [(level.number, level.name) for level in head.levels] == [
        (1, "Riskant"),
        (2, "Ordentlich"),
        (3, "Sauber"),
        (4, "Makellos"),
    ]
    assert head.levels[1].summary == "Das Nötigste ist vereinbart."
    assert [gate.title for gate in head.gates] == [
        "Ein geschriebener Plan wird eingehalten",
        "Köche und Reinigungskräfte sehen es gleich",
    ]
    (inconsistent,) = head.consistency_checks
    assert inconsistent.title == "Der Plan wird abgehakt, und niemand sieht nach"
    assert inconsistent.explanation == "Wer einen Plan jede Woche durchsieht, sieht nach. Fragen Sie, wer das tut."
    assert head.target is not None
    assert (head.target.reason, head.target.aim_higher, head.target.stay_lower) == (
        "Für die meisten genügt eine saubere Küche.",
        "Die Gäste sind krank oder alt.",
        "Es wird nicht gekocht, nur serviert.",
    )
    assert [(dimension.title, dimension.summary) for dimension in german.dimensions] == [
        ("Reinigung", "Was geputzt wird, von wem, und wer nachsieht."),
        ("Lagerung", "Wie Lebensmittel zwischen Lieferung und Herd aufbewahrt werden."),
    ]
    seen = german.questions[1]
    assert seen.title == "Sieht jemand nach, ob gut geputzt wurde?"
    assert seen.help == "Hier zählt Ihre eigene Sicht; es gibt keine Aufzeichnung, in der es steht."
    assert [option.title for option in seen.options] == [
        "Niemand sieht nach",
        "Jemand sieht nach, wenn es Ärger gab",
        "Jemand sieht jeden Tag nach und sagt, was er gesehen hat",
    ]
    move = german.recommendations[0]
    assert (move.title, move.owner) == ("Den Putzplan aufschreiben", "Küchenchefin")
    assert move.action.startswith("Flächen, Tage und Namen")
    assert move.expected.endswith("doppelt so häufig wie in durchgefallenen.")


def test_nothing_but_the_texts_is_different(kitchen: Path) -> None:
    rubric = load_rubric(kitchen / VERSION)
    german = translated(rubric, "de")
    shown = {"title", "summary", "locale", "name", "help", "action", "owner", "expected", "explanation"}
    shown |= {"aim_higher", "stay_lower", "translations"}

    def bare(part: Any) -> Any:
        if isinstance(part, dict):
            # The reason of the target is shown, other reasons are the author's own.
            kept = shown | ({"reason"} if "stay_lower" in part else set())
            return {key: bare(value) for key, value in part.items() if key not in kept}
        return [bare(value) for value in part] if isinstance(part, list) else part

    assert bare(german.model_dump()) == bare(rubric.model_dump())
    assert german.questions[0].weight == rubric.questions[0].weight
    assert german.questions[0].benchmarks == rubric.questions[0].benchmarks
    assert german.cases == rubric.cases


def test_a_language_that_it_does_not_have_is_refused(kitchen: Path) -> None:
    rubric = load_rubric(kitchen / VERSION)
    with pytest.raises(InvalidInput) as refused:
        translated(rubric, "fr")
    assert [(problem.pointer, problem.code, problem.detail) for problem in refused.value.errors] == [
        ("/locale", "unknown_locale", "No texts in 'fr'. Allowed: en, de.")
    ]


@pytest.mark.parametrize(
    ("rubric_id", "digest"),
    [
        ("alignment", "sha256:d0611af2ded89775faff164eddf911bee39608befdda6d42d777e4a711d31acf"),
        ("alignment-quick", "sha256:9db6444ee1e1fa30c359f4a7b58a99b2f25d7d1208625e8e391de0728b0945ca"),
    ],
)
def test_what_was_published_before_it_was_translated_keeps_its_digest(rubric_id: str, digest: str) -> None:
    assert Catalog.load(default_directory()).find(rubric_id, "2026.2").digest == digest
