"""How figures and where they come from are written in the text beside a structured answer."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from assessment.errors import AssessmentError

PROBLEMS_SAID = 20


class Told(NamedTuple):
    """What a tool answers: the structured content, and the same for whoever reads texts only."""

    document: msgspec.Struct
    text: str


def source(publisher: str, year: int | None, population: str, n: int | None) -> str:
    """Where a figure comes from: every one names all four."""
    when = "year not published" if year is None else str(year)
    size = "n not published" if n is None else f"n = {n:,}"
    return f"{publisher}, {when}; {population}; {size}"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def interval(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f" ({ends[0] * 100:.0f}–{ends[1] * 100:.0f} %)"


def level(number: float | None) -> str:
    return "not answered" if number is None else f"level {number:g}"


def problem(error: AssessmentError) -> str:
    """An error in the words of the API's problem document: its title, what happened, and each field."""
    happened = "" if error.detail == error.title else f" {error.detail}"
    lines = [f"{error.title} ({error.code}).{happened}"]
    lines += [f"- {one.pointer or '/'}: {one.detail}" for one in error.errors[:PROBLEMS_SAID]]
    more = len(error.errors) - PROBLEMS_SAID
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)
