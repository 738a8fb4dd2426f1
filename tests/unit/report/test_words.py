"""The report's words: the same keys and values in every language, each of them used, and figures written right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

import assessment.report
from assessment.report.document import Run, plain
from assessment.report.words import LOCALES, words_in

ROOM = Path(assessment.report.__file__).parent
ENGLISH = words_in("en")


def _forms(sentence: str | object) -> dict[str, str]:
    return {"": sentence} if isinstance(sentence, str) else dict(sentence)  # type: ignore[call-overload]  # a mapping


def _values(sentence: str) -> list[str]:
    return sorted(field for _, field, _, _ in Formatter().parse(sentence) if field is not None)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_the_same_sentences_with_the_same_values(locale: str) -> None:
    words = words_in(locale)
    assert list(words.sentences) == list(ENGLISH.sentences)
    for key, sentence in ENGLISH.sentences.items():
        forms, translated = _forms(sentence), _forms(words.sentences[key])
        assert forms.keys() == translated.keys(), key
        for form, text in forms.items():
            assert sorted(set(_values(text))) == sorted(set(_values(translated[form]))), key
            assert translated[form].strip(), key


def _used() -> Iterator[str]:
    """What the code asks for, as patterns: a key, or one with a part that is filled in."""
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else ".+" for one in node.values]
                if parts[0] != ".+" or "column" in "".join(parts):
                    yield "".join(parts)


def test_every_sentence_is_used() -> None:
    used = [re.compile(pattern) for pattern in set(_used()) if "\\." in pattern or "column" in pattern]
    assert [key for key in ENGLISH.sentences if not any(pattern.fullmatch(key) for pattern in used)] == []


@pytest.mark.parametrize(
    ("locale", "number", "percent", "day"),
    [
        ("en", "1,234.50", "30%", "1 May 2026"),
        ("de", "1.234,50", "30\u00a0%", "1. Mai 2026"),
        ("fr", "1\u202f234,50", "30", "1er mai 2026"),
        ("es", "1234,50", "30\u00a0%", "1 de mayo de 2026"),
    ],
)
def test_figures_and_dates_are_written_as_the_language_does(locale: str, number: str, percent: str, day: str) -> None:
    words = words_in(locale)
    assert words.number(1234.5, 2) == number
    assert words.percent(0.3).startswith(percent)
    assert words.date(datetime(2026, 5, 1, tzinfo=UTC)) == day


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    assert (ENGLISH.signed(-0.001), ENGLISH.signed(0.001), ENGLISH.signed(-1.5)) == ("0.00", "0.00", "−1.50")
    assert (ENGLISH.number(-1234567), ENGLISH.signed(2)) == ("−1,234,567", "+2.00")


def test_ranges_and_lists_are_written_out() -> None:
    assert ENGLISH.percent_range((0.294, 0.381)) == "29–38%"
    assert ENGLISH.all_of(["one"]) == "one"
    assert ENGLISH.all_of(["one", "two", "three"]) == "one, two and three"
    assert words_in("de").any_of(["2", "3"]) == "2 oder 3"
    assert (ENGLISH.level(3.0), ENGLISH.level(2.5)) == ("3", "2.50")


def test_a_list_of_titles_with_commas_is_set_apart_by_semicolons() -> None:
    titles = ["Technology, data and analytics", "Lead management"]
    assert ENGLISH.all_of(titles) == "Technology, data and analytics; Lead management"
    assert words_in("fr").all_of(titles) == "Technology, data and analytics\u202f; Lead management"
    assert words_in("es").all_of(["45,20", "52,03"]) == "45,20 y 52,03"


@pytest.mark.parametrize(
    ("locale", "row", "apart"),
    [("en", "SLA: 2", "; "), ("de", "SLA: 2", "; "), ("fr", "SLA\u202f: 2", "\u202f; "), ("es", "SLA: 2", "; ")],
)
def test_a_label_and_what_stands_beside_it_are_spaced_as_the_language_does(locale: str, row: str, apart: str) -> None:
    words = words_in(locale)
    assert (words.labelled("SLA", "2"), words.apart) == (row, apart)


def test_a_plural_follows_its_language() -> None:
    def people(locale: str, count: int) -> str:
        return plain(words_in(locale).counted("cover.respondents", count, function="X", number=str(count)))

    assert people("en", 1) == "X: 1 person"
    assert people("en", 0) == "X: 0 people"
    assert people("fr", 0).endswith("0 personne")
    assert people("fr", 2).endswith("2 personnes")


def test_a_value_keeps_its_language_and_what_is_alike_is_one_run() -> None:
    text = ENGLISH.text("page.judgement", text=Run("Wir meinen", lang="de"))
    assert text == (Run("Our judgement: "), Run("Wir meinen", lang="de"))
    assert ENGLISH.text("page.judgement", text="we think") == (Run("Our judgement: we think"),)


def test_a_language_without_words_of_its_own_gets_english_ones() -> None:
    assert words_in("it").locale == "en"
