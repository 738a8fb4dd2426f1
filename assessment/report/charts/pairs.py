"""Two figures on one axis, joined: two groups' views, or one score before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assessment.report.charts.frame import Frame, Key, legend
from assessment.report.charts.svg import QUIET, RULE, SMALL, Canvas
from assessment.report.document import Drawing


class Pair(NamedTuple):
    """Two figures, either of which may be missing; `loud` joins them by a strong line."""

    label: str
    value: str
    first: float | None
    second: float | None
    loud: bool


def draw_pairs(
    width: float,
    rows: Sequence[Pair],
    keys: tuple[Key, Key],
    ticks: Sequence[tuple[float, str]],
    *,
    title: str,
    describe: str,
) -> Drawing:
    """`ticks` are figures on the axis with how they are written; the last one is its end."""
    canvas = Canvas(width)
    legend(canvas, keys)
    frame = Frame(canvas, [row.value for row in rows], highest=ticks[-1][0])
    for at, written in ticks:
        canvas.text(frame.x(at), canvas.y + 10, written, size=SMALL, anchor="middle", fill=QUIET, within=(0, width))
    canvas.y += 18
    for row in rows:
        top = frame.row(row.label, row.value, 18)
        y = top + 9
        canvas.line(frame.start, y, frame.end, y, RULE, width=0.75)
        for at, _ in ticks:
            canvas.line(frame.x(at), y - 5, frame.x(at), y + 5, RULE, width=0.75)
        if row.first is not None and row.second is not None:
            strength = 3.5 if row.loud else 1.5
            canvas.line(frame.x(row.first), y, frame.x(row.second), y, QUIET, width=strength)
        for value, key in ((row.first, keys[0]), (row.second, keys[1])):
            if value is not None:
                canvas.mark(frame.x(value), y, key.shape, key.colour, size=5, hollow=key.hollow)
    canvas.y -= 4
    return canvas.finish(title, describe)
