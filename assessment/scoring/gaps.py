"""Two groups of respondents measured against each other, dimension by dimension and question by question.

What may be shown of it is decided in `assessment.scoring.confidential`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from assessment.scoring.answers import SENIORITIES, Sheet
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.perception import (
    LARGE,
    MINIMUM_GROUP,
    SUPPORTED,
    benjamini_hochberg,
    cliffs_delta,
    permutation_p,
)
from assessment.scoring.rating import PerceptionVerdict
from assessment.scoring.score import score, tally

LEADERSHIP = frozenset(SENIORITIES[:2])
"""The seniorities that lead; those of unknown seniority are in neither group."""


class Sides(NamedTuple):
    """Two groups' names, in alphabetical order, and the people of each; everybody else is in `others`."""

    names: tuple[str, str]
    first: list[Sheet]
    second: list[Sheet]
    others: list[Sheet]


class Measured(msgspec.Struct, gc=False):
    """One dimension or question: the sorted values of both groups, how many others answered, and the test, where both
    groups have four answers or more."""

    index: int
    first: list[float]
    second: list[float]
    others: int
    delta: float | None
    p: float | None = None
    method: Literal["exact", "normal"] | None = None
    adjusted: float | None = None

    @property
    def testable(self) -> bool:
        return self.p is not None

    @property
    def supported(self) -> bool:
        return self.adjusted is not None and self.adjusted <= SUPPORTED


def functions_compared(rubric: CompiledRubric, sheets: Sequence[Sheet]) -> Sides | None:
    """The two functions of the rubric's perception gate, or without one the first two in its order that answered;
    None unless both have."""
    answered = {sheet.function for sheet in sheets if sheet.function is not None and has_answers(sheet)}
    wanted = rubric.perspectives or tuple(f.id for f in rubric.source.head.functions if f.id in answered)
    names = sorted(wanted[:2])
    if len(names) < 2 or not answered.issuperset(names):
        return None
    return _sides((names[0], names[1]), sheets, [sheet.function for sheet in sheets])


def seniorities_compared(sheets: Sequence[Sheet]) -> Sides | None:
    """Those who lead against those who are known not to; None unless both have answered."""
    ranks = [
        None if sheet.seniority is None else "leadership" if sheet.seniority in LEADERSHIP else "rest"
        for sheet in sheets
    ]
    answered = {rank for sheet, rank in zip(sheets, ranks, strict=True) if has_answers(sheet)}
    return _sides(("leadership", "rest"), sheets, ranks) if answered >= {"leadership", "rest"} else None


def has_answers(sheet: Sheet) -> bool:
    return any(level is not None for level in sheet.levels)


def _sides(names: tuple[str, str], sheets: Sequence[Sheet], group_of: Sequence[str | None]) -> Sides:
    sides = Sides(names, [], [], [])
    for sheet, group in zip(sheets, group_of, strict=True):
        members = sides.first if group == names[0] else sides.second if group == names[1] else sides.others
        members.append(sheet)
    return sides


def dimension_gaps(rubric: CompiledRubric, sides: Sides) -> list[Measured]:
    """Each dimension by the scores (0–1) of each person who answered half of it; nothing in a rubric without
    levels, whose dimensions have no scores."""
    if not rubric.cuts:
        return []
    rows = [
        [score(rubric, tally(rubric, sheet.levels, sheet.states)).dimensions for sheet in members]
        for members in (sides.first, sides.second)
    ]
    measured = []
    for dimension in rubric.dimensions:
        # Rounded, so that scores which are equal but for the order of their sums tie.
        first, second = (
            sorted(round(value, 9) for row in part if (value := row[dimension.index]) is not None) for part in rows
        )
        questions = [index for index, _ in dimension.questions]
        others = sum(any(sheet.levels[index] is not None for index in questions) for sheet in sides.others)
        measured.append(_measure(dimension.index, first, second, others))
    return _adjust(measured)


def question_gaps(rubric: CompiledRubric, sides: Sides) -> list[Measured]:
    """Each question that anybody of the two groups answered, by levels; one whose options have no order is not
    tested."""
    measured = []
    for question in rubric.questions:
        first, second, others = (_levels(members, question.index) for members in sides[1:])
        if not first and not second:
            continue
        if question.ordinal:
            measured.append(_measure(question.index, first, second, len(others)))
        else:
            measured.append(Measured(question.index, first, second, len(others), None))
    return _adjust(measured)


def _levels(members: Iterable[Sheet], index: int) -> list[float]:
    return sorted(level for sheet in members if (level := sheet.levels[index]) is not None)


def _measure(index: int, first: list[float], second: list[float], others: int) -> Measured:
    found = Measured(index, first, second, others, cliffs_delta(first, second) if first and second else None)
    if min(len(first), len(second)) >= MINIMUM_GROUP:
        found.p, found.method = permutation_p(first, second)
    return found


def _adjust(measured: list[Measured]) -> list[Measured]:
    """Benjamini–Hochberg over the tests that were made."""
    tested = [one for one in measured if one.p is not None]
    for one, adjusted in zip(tested, benjamini_hochberg([one.p or 0.0 for one in tested]), strict=True):
        one.adjusted = adjusted
    return measured


def verdict_of(
    rubric: CompiledRubric, sheets: Sequence[Sheet], gaps: Sequence[Measured] | None = None
) -> PerceptionVerdict:
    """What the rubric's perception gate sees; `gaps` are those by dimension, where both functions answered.

    When no response names a function, nothing is known of who answered and the gate is passed by. When one
    of the two functions is missing the level above stays closed, unverified. With four or more on each side a
    dimension whose gap is large (|Cliff's delta| at least 0.474) and supported (p, adjusted over the dimensions
    tested, at most 0.05) fails the gate; with fewer, no test could support a gap.
    """
    if not rubric.perspectives or all(sheet.function is None for sheet in sheets):
        return PerceptionVerdict("passed", "")
    answered = {sheet.function for sheet in sheets if has_answers(sheet)}
    missing = [function for function in rubric.perspectives if function not in answered]
    if missing:
        return PerceptionVerdict("unverified", f"Nobody from {' or '.join(missing)} has answered.")
    wide = [
        rubric.dimensions[one.index].title
        for one in gaps or ()
        if one.supported and one.delta is not None and abs(one.delta) >= LARGE
    ]
    if wide:
        both = " and ".join(rubric.perspectives)
        return PerceptionVerdict(
            "failed", f"The views of {both} differ widely, and by more than chance, on {', '.join(wide)}."
        )
    return PerceptionVerdict("passed", "")
