"""The part of a result that sets two groups of respondents side by side, as far as it may be shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from assessment.scoring.agreement import agreements
from assessment.scoring.answers import Sheet
from assessment.scoring.combine import DISPUTE, Combined
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric
from assessment.scoring.confidential import few, means_shown
from assessment.scoring.gaps import Measured, Sides, dimension_gaps, question_gaps, seniorities_compared
from assessment.scoring.perceived import Comparison, Confidentiality, Gap, GroupLevel, Perception
from assessment.scoring.perception import MEDIUM, MINIMUM_GROUP, size_of
from assessment.scoring.published import published_gaps
from assessment.scoring.result import QuestionResult

MEANING = (
    "Each function tends to see its own behaviour more kindly, so a gap says where to look, not who is right. A gap is "
    "supported when it is unlikely to come from who happened to answer; with fewer than four people on a side no test "
    "can tell, which is not the same as no gap. A level itself always says something of those behind it: at the lowest "
    "or highest level all answered alike, and one person alone in a function moves it as much as all of the other "
    "function together."
)
REQUEST = "Look for the record that settles it; until then the lower answer counts."


def perceive(
    rubric: CompiledRubric, sheets: Sequence[Sheet], combined: Combined, confidentiality: Confidentiality
) -> Perception | None:
    """How functions, and those who lead and the rest, compare; None unless two groups answered."""
    if len(sheets) < 2:
        return None
    ranks = seniorities_compared(sheets)
    if combined.sides is None and ranks is None:
        return None
    named = confidentiality == "named"
    withheld: dict[str, None] = {}
    functions = seniority = None
    if combined.sides is not None:
        view = _View(rubric, combined.parts, combined.sides, named, False, withheld)
        functions = view.comparison(combined.gaps)
    if ranks is not None:
        view = _View(rubric, None, ranks, named, not named and _crosses_few(sheets, ranks), withheld)
        seniority = view.comparison(dimension_gaps(rubric, ranks))
    return Perception(
        respondents=combined.respondents,
        confidentiality=confidentiality,
        withheld=list(withheld),
        functions=functions,
        seniority=seniority,
        agreement=agreements(rubric, sheets, combined.respondents, confidentiality),
        meaning=MEANING,
    )


def _crosses_few(sheets: Sequence[Sheet], ranks: Sides) -> bool:
    """Whether functions and seniorities cut one to three people out between them: whoever knows the sums of both could
    take one from the other."""
    functions = {sheet.function for sheet in sheets}
    if len(functions) == 1:
        return False
    cells = Counter((sheet.function, side) for side, part in enumerate(ranks[1:]) for sheet in part)
    return any(few(people) for people in cells.values())


class _View(NamedTuple):
    """Two groups compared, and what may be shown of them. `crossed`: their means, beside those of another cut, would
    give a few people away."""

    rubric: CompiledRubric
    parts: Sequence[QuestionResult] | None
    """The questions' parts of the result, where the two groups are functions."""
    sides: Sides
    named: bool
    crossed: bool
    withheld: dict[str, None]
    """Groups of which a mean was withheld, in the order they came up."""

    def comparison(self, dimensions: Sequence[Measured]) -> Comparison:
        return Comparison(
            groups=list(self.sides.names),
            dimensions=[self._gap(one, self.rubric.dimensions[one.index].id, 100.0) for one in dimensions],
            questions=[self._question(one) for one in question_gaps(self.rubric, self.sides)],
        )

    def _question(self, one: Measured) -> Gap:
        question = self.rubric.questions[one.index]
        gap = self._gap(one, question.id, 1.0, ordered=question.ordinal)
        if self.parts is None:
            disputed = question.fact and question.ordinal and gap.gap is not None and abs(gap.gap) >= DISPUTE
            return msgspec.structs.replace(gap, disputed=disputed, request=REQUEST if disputed else None)
        disputed = self.parts[one.index].disputed
        return msgspec.structs.replace(
            gap,
            disputed=disputed,
            request=REQUEST if disputed else None,
            own_behaviour=_kinder_to_itself(question, gap.delta, self.sides),
            published=published_gaps(question, self.sides, shown=self.named or all(self._means(one))),
        )

    def _gap(self, one: Measured, id_: str, scale: float, *, ordered: bool = True) -> Gap:
        groups = []
        # Options of a rubric without levels have places, which people count from 1: a mark of 9 is the ninth.
        start = 0 if self.rubric.has_levels else 1
        for name, values, shown in zip(self.sides.names, (one.first, one.second), self._means(one), strict=True):
            if values and not shown:
                self.withheld[name] = None
            mean = round(start + scale * math.fsum(values) / len(values), 2) if shown and values and ordered else None
            counted = self.named or len(values) >= MINIMUM_GROUP
            groups.append(GroupLevel(name, len(values) if counted else None, mean))
        enough = min(len(one.first), len(one.second)) >= (1 if self.named else MINIMUM_GROUP)
        delta = one.delta if enough else None
        difference = None
        if delta is not None and not self.crossed:
            difference = math.fsum(one.first) / len(one.first) - math.fsum(one.second) / len(one.second)
        return Gap(
            id=id_,
            groups=groups,
            gap=None if difference is None else round(scale * difference, 2),
            delta=None if delta is None else round(delta, 4),
            size=None if delta is None else size_of(delta),
            testable=one.testable,
            p=None if one.p is None else round(one.p, 4),
            p_method=one.method,
            p_adjusted=None if one.adjusted is None else round(one.adjusted, 4),
            supported=one.supported if one.testable else None,
            disputed=False,
            request=None,
            own_behaviour=None,
            published=[],
        )

    def _means(self, one: Measured) -> tuple[bool, bool]:
        if self.named:
            return True, True
        return (False, False) if self.crossed else means_shown(one)


def _kinder_to_itself(question: CompiledQuestion, delta: float | None, sides: Sides) -> str | None:
    """The function whose own behaviour is judged, where it sees it better by a medium gap or more."""
    if delta is None or question.about not in sides.names or abs(delta) < MEDIUM:
        return None
    rosier = sides.names[0] if delta > 0 else sides.names[1]
    return rosier if rosier == question.about else None
