"""Which figures a text has, however its language writes them, and whether two texts have the same."""

from __future__ import annotations

import re
from decimal import Decimal

_POINTS = ".,"
# Marks that set off thousands: point, comma, apostrophes, and spaces of every width.
_MARKS = ".,'\u2019 \u00a0\u2009\u202f"
_FIGURE = re.compile(
    rf"(?<!\d)\d{{1,3}}([{_MARKS}])\d{{3}}(?:\1\d{{3}})*(?:[{_POINTS}]\d+)?(?!\d)|\d+(?:[{_POINTS}]\d+)?"
)


def compare_figures(original: str, translation: str) -> tuple[list[str], list[str]]:
    """The figures of the original that the translation does not have, and those that only it has, as written.

    ``1,200``, ``1.200`` and ``1 200`` are the same, and so are ``29.8%`` and ``29,8 %``. Which of point and comma sets
    off thousands is a matter of the language, so ``1.200`` may be read both ways, and passes where one of them fits.
    """
    missing: list[str] = []
    left = [match[0] for match in _FIGURE.finditer(translation)]
    for figure in (match[0] for match in _FIGURE.finditer(original)):
        fits = next((other for other in left if _readings(figure) & _readings(other)), None)
        if fits is None:
            missing.append(figure)
        else:
            left.remove(fits)
    return missing, left


def _readings(figure: str) -> set[Decimal]:
    """What a figure can stand for: with one mark before three digits, thousands or a fraction."""
    marks = [character for character in figure if not character.isdigit()]
    if not marks:
        return {Decimal(figure)}
    readings = set()
    whole, mark, fraction = figure.rpartition(marks[-1])
    if mark in _POINTS and (len(marks) == 1 or mark != marks[-2]):
        readings.add(Decimal(f"{_digits(whole)}.{fraction}"))
    if len(fraction) == 3 and len(set(marks)) == 1 and not figure.startswith("0"):
        readings.add(Decimal(_digits(figure)))
    return readings


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
