"""The score on the scale of levels, with the ranges that say how firm it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assessment.report.charts.measure import width_of, wrap
from assessment.report.charts.svg import INK, OWN, QUIET, SMALL, Canvas, height_of, shade
from assessment.report.document import Drawing


class Band(NamedTuple):
    """A level: its number as it is written, its name, and where it begins, on 0–100."""

    number: str
    name: str
    start: float


class Range(NamedTuple):
    """A range of scores, with the words that say what of."""

    label: str
    low: float
    high: float


def draw_gauge(
    width: float,
    bands: Sequence[Band],
    score: float | None,
    score_text: str,
    ranges: Sequence[Range],
    *,
    awarded: int | None = None,
    title: str,
    describe: str,
) -> Drawing:
    """`awarded` is the place of the level that is framed, from 0: conditions may keep it below that of the score."""
    canvas = Canvas(width)
    left, right = 8.0, width - 8.0

    def x(value: float) -> float:
        return left + (right - left) * value / 100

    if score is not None:
        canvas.text(x(score), 16, score_text, size=15, anchor="middle", fill=OWN, bold=True, within=(0, width))
        canvas.mark(x(score), 24, "diamond", OWN, size=4)
    ends = [*(band.start for band in bands[1:]), 100.0]
    for place, (band, end) in enumerate(zip(bands, ends, strict=True)):
        fill, ink = shade(place + 1, len(bands) + 1)
        start, stop = x(band.start), x(end)
        canvas.rect(start, 32, stop - start, 24, fill, stroke=QUIET)
        if stop - start > width_of(band.number, 12, bold=True) + 4:
            canvas.text((start + stop) / 2, 48.5, band.number, anchor="middle", fill=ink, bold=True)
    if awarded is not None:
        canvas.outline(x(bands[awarded].start), 32, x(ends[awarded]) - x(bands[awarded].start), 24, INK)
    if score is not None:
        canvas.line(x(score), 30, x(score), 58, OWN, width=2)
    canvas.y = 62
    _name_bands(canvas, bands, [(x(band.start), x(end)) for band, end in zip(bands, ends, strict=True)])
    for one in ranges:
        canvas.y = canvas.lines(0, canvas.y + 8, wrap(one.label, width, SMALL, lines=3), size=SMALL, fill=QUIET)
        canvas.line(left, canvas.y + 8, right, canvas.y + 8, width=0.75)
        canvas.rect(x(one.low), canvas.y + 4, max(2.0, x(one.high) - x(one.low)), 8, shade(3, 5)[0], stroke=QUIET)
        if score is not None:
            canvas.line(x(score), canvas.y + 1, x(score), canvas.y + 15, OWN, width=2)
        canvas.y += 18
    return canvas.finish(title, describe)


def _name_bands(canvas: Canvas, bands: Sequence[Band], places: Sequence[tuple[float, float]]) -> None:
    """The levels' names under their bands; where one does not fit, all of them in a list below."""
    if all(width_of(band.name, SMALL) <= stop - start - 4 for band, (start, stop) in zip(bands, places, strict=True)):
        for band, (start, stop) in zip(bands, places, strict=True):
            canvas.text((start + stop) / 2, canvas.y + 10, band.name, size=SMALL, anchor="middle", fill=QUIET)
        canvas.y += 18
        return
    for band in bands:
        lines = wrap(f"{band.number}  {band.name}", canvas.width, SMALL, lines=2)
        canvas.lines(0, canvas.y, lines, size=SMALL, fill=QUIET)
        canvas.y += height_of(lines, SMALL)
