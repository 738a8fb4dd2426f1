"""What a study found two functions to differ by on an item, beside what an organisation's own differ by."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.scoring.answers import Sheet
from assessment.scoring.compiled import CompiledGap, CompiledQuestion
from assessment.scoring.gaps import Sides
from assessment.scoring.interval import newcombe
from assessment.scoring.perceived import PublishedGapBeside
from assessment.scoring.perception import cohens_h


def published_gaps(question: CompiledQuestion, sides: Sides, *, shown: bool) -> list[PublishedGapBeside]:
    """The gaps published between these two functions; with `shown`, the organisation's own shares beside them."""
    first, second = sides.names
    return [
        _beside(question, gap, sides, shown=shown)
        for gap in question.published_gaps
        if first in gap.shares and second in gap.shares
    ]


def _beside(question: CompiledQuestion, gap: CompiledGap, sides: Sides, *, shown: bool) -> PublishedGapBeside:
    one, other = (gap.shares[name] for name in sides.names)
    sizes = [gap.sizes.get(name) for name in sides.names]
    counts = [_counted(question, gap, members) for members in (sides.first, sides.second)]
    own = [among / answers for among, answers in counts] if shown and all(answers for _, answers in counts) else None
    own_interval = None if own is None else newcombe(own[0], counts[0][1], own[1], counts[1][1])[1:]
    interval = None if sizes[0] is None or sizes[1] is None else newcombe(one, sizes[0], other, sizes[1])[1:]
    return PublishedGapBeside(
        finding=gap.finding,
        study=gap.study,
        publisher=gap.publisher,
        year=gap.year,
        population=gap.population,
        n=gap.n,
        category=gap.category,
        shares=[round(one, 4), round(other, 4)],
        difference=round(one - other, 4),
        cohens_h=round(cohens_h(one, other), 4),
        interval=_rounded(interval),
        interval_reason=gap.interval_reason if interval is None else None,
        own_shares=None if own is None else [round(share, 4) for share in own],
        own_difference=None if own is None else round(own[0] - own[1], 4),
        own_cohens_h=None if own is None else round(cohens_h(*own), 4),
        own_interval=_rounded(own_interval),
        judgement=gap.judgement,
    )


def _counted(question: CompiledQuestion, gap: CompiledGap, members: Sequence[Sheet]) -> tuple[int, int]:
    """(how many gave the answer in question, how many gave any)."""
    among = answers = 0
    for sheet in members:
        level = sheet.levels[question.index]
        if level is not None:
            answers += 1
            if gap.level is None:
                among += not gap.options.isdisjoint(sheet.picks[question.index])
            else:
                among += level >= gap.level
    return among, answers


def _rounded(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if interval is None else (round(interval[0], 4), round(interval[1], 4))
