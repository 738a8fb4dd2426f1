"""Answers among a study's respondents: on the distribution of its answers, or option by option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assessment.report.charts.frame import Frame, Key, legend
from assessment.report.charts.measure import width_of
from assessment.report.charts.svg import INK, OWN, QUIET, SMALL, Canvas, shade
from assessment.report.document import Drawing


class Place(NamedTuple):
    """A study's shares from worst to best, each as it is written, and where the answer lies among them (0–1)."""

    label: str
    source: str
    value: str
    shares: Sequence[tuple[float, str]]
    ridit: float
    interval: tuple[float, float] | None


class Share(NamedTuple):
    """An answer: the study's share that gave it, and the organisation's own, where that is shown."""

    label: str
    value: str
    study: float
    own: float | None


def draw_places(width: float, rows: Sequence[Place], keys: Sequence[Key], *, title: str, describe: str) -> Drawing:
    canvas = Canvas(width)
    legend(canvas, keys)
    frame = Frame(canvas, [row.value for row in rows], highest=1.0)
    for row in rows:
        top = frame.row(row.label, row.value, 30, source=row.source)
        before, total = 0.0, sum(share for share, _ in row.shares) or 1.0
        for place, (share, written) in enumerate(row.shares):
            start, end = frame.x(before / total), frame.x((before + share) / total)
            fill, ink = shade(place, len(row.shares))
            canvas.rect(start, top, end - start, 16, fill, stroke=QUIET)
            if end - start > width_of(written, SMALL) + 4:
                canvas.text((start + end) / 2, top + 11.8, written, size=SMALL, anchor="middle", fill=ink)
            before += share
        if row.interval is not None:
            canvas.whisker(frame.x(row.interval[0]), frame.x(row.interval[1]), top + 24, INK)
        canvas.mark(frame.x(row.ridit), top + 23.5, "diamond", OWN, size=4.5)
    canvas.y -= 6
    return canvas.finish(title, describe)


def draw_shares(width: float, rows: Sequence[Share], keys: Sequence[Key], *, title: str, describe: str) -> Drawing:
    canvas = Canvas(width)
    legend(canvas, keys)
    frame = Frame(canvas, [row.value for row in rows], highest=1.0)
    for row in rows:
        top = frame.row(row.label, row.value, 16)
        canvas.rect(frame.start, top, frame.end - frame.start, 16, shade(0, 5)[0])
        canvas.rect(frame.start, top + 2, frame.x(row.study) - frame.start, 12, shade(2, 5)[0], stroke=QUIET)
        if row.own is not None:
            canvas.mark(frame.x(row.own), top + 8, "diamond", OWN, size=5)
    canvas.y -= 6
    return canvas.finish(title, describe)
