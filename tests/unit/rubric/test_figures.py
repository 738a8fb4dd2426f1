"""Figures of a text and of its translation are the same, however each language writes them."""

from __future__ import annotations

import pytest

from assessment.rubric.rules.figures import compare_figures


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("29.8%", "29,8 %"),
        ("29.8%", "29,8\u202f%"),
        ("1,200 firms", "1.200 Unternehmen"),
        ("1,200 firms", "1 200 entreprises"),
        ("1,200 firms", "1\u202f200 entreprises"),
        ("1,200 firms", "1\u00a0200 entreprises"),
        ("1,200 firms", "1’200 Unternehmen"),
        ("1,200 firms", "1200 empresas"),
        ("12,345,678.5", "12.345.678,5"),
        ("0.125", "0,125"),
        ("1.50", "1,5"),
        ("a ratio of 1.64 (n = 123, 2014)", "2014, n = 123: ein Verhältnis von 1,64"),
        ("in 2014 200 firms", "en 2014 200 entreprises"),
        ("levels 1, 2 and 3.", "Stufen 1, 2 und 3."),
        ("2014-2016", "2014–2016"),
        ("within 24 hours", "24 Stunden"),
        ("three of them", "drei davon"),
        ("41% said", "४१% ने कहा"),
    ],
)
def test_the_same_figures_written_otherwise_are_the_same(original: str, translation: str) -> None:
    assert compare_figures(original, translation) == ([], [])


@pytest.mark.parametrize(
    ("original", "translation", "missing", "added"),
    [
        ("29.8%", "28,9 %", ["29.8"], ["28,9"]),
        ("29.8%", "298 %", ["29.8"], ["298"]),
        ("1,200 firms", "1.2 firms", [], []),
        ("1,200 firms", "12.000 Unternehmen", ["1,200"], ["12.000"]),
        ("0.125", "125", ["0.125"], ["125"]),
        ("70% and 40%", "70 %", ["40"], []),
        ("70%", "70 % von 70", [], ["70"]),
        ("50 of 50", "50", ["50"], []),
        ("three of them", "3 davon", [], ["3"]),
        ("1,234,567.5", "1.234.567", ["1,234,567.5"], ["1.234.567"]),
    ],
)
def test_figures_that_differ_are_named_as_they_are_written(
    original: str, translation: str, missing: list[str], added: list[str]
) -> None:
    assert compare_figures(original, translation) == (missing, added)
