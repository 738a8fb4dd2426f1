"""Bars by dimension: each score on the levels' bands, and where the points to 100 were lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assessment.report.charts.frame import Frame
from assessment.report.charts.gauge import Band
from assessment.report.charts.measure import width_of
from assessment.report.charts.svg import INK, OWN, QUIET, RULE, SMALL, Canvas, shade
from assessment.report.document import Drawing


class Bar(NamedTuple):
    """A score (None where there is none) at a level from 1, with its label and what is written beside it."""

    label: str
    value: str
    score: float | None
    level: int | None


class Loss(NamedTuple):
    """Points lost to one dimension."""

    label: str
    value: str
    points: float


def draw_bars(width: float, rows: Sequence[Bar], bands: Sequence[Band], *, title: str, describe: str) -> Drawing:
    canvas = Canvas(width)
    frame = Frame(canvas, [row.value for row in rows])
    levels = len(bands)
    ends = [*(frame.x(band.start) for band in bands[1:]), frame.end]
    rooms = [(frame.x(band.start), end) for band, end in zip(bands, ends, strict=True)]
    fits = all(
        width_of(_heading(band), SMALL) + 4 < end - start for band, (start, end) in zip(bands, rooms, strict=True)
    )
    for band, (start, end) in zip(bands, rooms, strict=True):
        written = _heading(band) if fits else band.number
        if width_of(written, SMALL) < end - start:
            canvas.text((start + end) / 2, 10, written, size=SMALL, anchor="middle", fill=QUIET)
    canvas.y = 20.0
    tops = []
    for row in rows:
        tops.append((row, frame.row(row.label, row.value, 18)))
        top = tops[-1][1]
        canvas.rect(frame.start, top, frame.end - frame.start, 18, shade(0, levels + 1)[0])
        for band in bands:
            canvas.line(frame.x(band.start), top - 2, frame.x(band.start), top + 20, RULE, width=0.75)
        if row.score is not None and row.level is not None:
            fill, _ = shade(row.level, levels + 1)
            canvas.rect(frame.start, top + 3, frame.x(row.score) - frame.start, 12, fill, stroke=QUIET)
            canvas.line(frame.x(row.score), top, frame.x(row.score), top + 18, INK, width=2)
    canvas.y -= 6
    return canvas.finish(title, describe)


def _heading(band: Band) -> str:
    return f"{band.number} {band.name}"


def draw_losses(
    width: float, whole: tuple[str, str], rows: Sequence[Loss], left: Loss, *, title: str, describe: str
) -> Drawing:
    """From 100 down to the score: `whole` is the first row's label and value, `left` the score that remains."""
    canvas = Canvas(width)
    frame = Frame(canvas, [whole[1], left.value, *(row.value for row in rows)])
    top = frame.row(*whole, 14)
    canvas.rect(frame.start, top, frame.end - frame.start, 14, shade(1, 5)[0], stroke=QUIET)
    at, bottom = 100.0, top + 14
    for row in rows:
        top = frame.row(row.label, row.value, 14)
        canvas.line(frame.x(at), bottom, frame.x(at), top, QUIET, width=0.75, dash="2 2")
        canvas.rect(frame.x(at - row.points), top, frame.x(at) - frame.x(at - row.points), 14, OWN)
        at, bottom = at - row.points, top + 14
    top = frame.row(left.label, left.value, 14)
    canvas.line(frame.x(left.points), bottom, frame.x(left.points), top, QUIET, width=0.75, dash="2 2")
    canvas.rect(frame.start, top, frame.x(left.points) - frame.start, 14, shade(4, 5)[0])
    canvas.y -= 6
    return canvas.finish(title, describe)
