"""How far people agree over the questions: everybody, and each function."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal

from assessment.scoring.answers import Sheet
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.confidential import few, groups_shown
from assessment.scoring.perceived import Agreement, Confidentiality, FunctionAnswers
from assessment.scoring.perception import krippendorff_alpha, within_group_agreement, within_group_agreement_of_items

BANDS: tuple[Literal["none", "weak", "moderate", "strong", "very_strong"], ...] = (
    "none",
    "weak",
    "moderate",
    "strong",
    "very_strong",
)
BAND_ENDS = (0.30, 0.50, 0.70, 0.90)
"""Up to which r_WG(J) each band but the last goes (LeBreton & Senter 2008)."""

FIRM, TENTATIVE = 0.800, 0.667
"""Alpha from which conclusions are firm, or tentative (Krippendorff)."""


def agreements(
    rubric: CompiledRubric,
    sheets: Sequence[Sheet],
    respondents: Sequence[FunctionAnswers],
    confidentiality: Confidentiality,
) -> list[Agreement]:
    """Of everybody, then of each function with two people or more, as far as they may be given."""
    sizes = {one.function: one.respondents for one in respondents}
    unnamed = len(sheets) - sum(sizes.values())
    if confidentiality == "named":
        shown, everybody = {name for name, size in sizes.items() if size > 1}, True
    else:
        shown = groups_shown(sizes, unnamed)
        # Levels count functions alike, everybody's spread counts people: the two together could expose a few.
        everybody = not any(map(few, [*sizes.values(), unnamed]))
    groups: list[tuple[str | None, Sequence[Sheet]]] = [(None, sheets)] if everybody else []
    groups += [(name, [s for s in sheets if s.function == name]) for name in sizes if name in shown]
    return [agreement(rubric, name, members) for name, members in groups]


def agreement(rubric: CompiledRubric, group: str | None, members: Sequence[Sheet]) -> Agreement:
    """r_WG(J) and average deviation over the questions that all members answered, alpha over all questions; only
    questions whose options have an order."""
    ordinal = [question for question in rubric.questions if question.ordinal]
    given = [[level for s in members if (level := s.levels[question.index]) is not None] for question in ordinal]
    complete = [(q, levels) for q, levels in zip(ordinal, given, strict=True) if len(levels) == len(members)]
    r_wg_j = deviation = None
    if complete:
        scales = [int(question.top) + 1 for question, _ in complete]
        raters = list(zip(*(levels for _, levels in complete), strict=True))
        r_wg_j = within_group_agreement_of_items(raters, scales)
        deviation = math.fsum(within_group_agreement(levels)[2] for _, levels in complete) / len(complete)
    # Within one question alone alpha compares answers with themselves.
    alpha = krippendorff_alpha(given) if sum(len(levels) > 1 for levels in given) > 1 else None
    return Agreement(
        group=group,
        respondents=len(members),
        questions=len(complete),
        r_wg_j=None if r_wg_j is None else round(r_wg_j, 4),
        band=None if r_wg_j is None else BANDS[bisect_left(BAND_ENDS, round(r_wg_j, 4))],
        average_deviation=None if deviation is None else round(deviation, 4),
        alpha=None if alpha is None else round(alpha, 4),
        alpha_reading=None if alpha is None else _reading(round(alpha, 4)),
    )


def _reading(alpha: float) -> Literal["firm", "tentative", "low"]:
    if alpha >= FIRM:
        return "firm"
    return "tentative" if alpha >= TENTATIVE else "low"
