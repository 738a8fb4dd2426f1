"""Rows of a chart: a label, a plot on a common axis, and a value; side by side, or where it is narrow stacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assessment.report.charts.measure import width_of, wrap
from assessment.report.charts.svg import QUIET, RULE, SIZE, SMALL, Canvas, Shape, height_of

WIDE, NARROW = 680.0, 330.0
_STACKED_BELOW = 480.0
_GAP = 12.0
_EDGE = 8.0
"""Room left of the axis' start and right of its end, for what stands on them."""


class Key(NamedTuple):
    """What a mark stands for."""

    shape: Shape
    colour: str
    hollow: bool
    title: str


class Frame:
    """The columns of a chart with rows; `highest` is where its axis ends."""

    def __init__(self, canvas: Canvas, values: Sequence[str], *, highest: float = 100.0) -> None:
        self.canvas = canvas
        self.highest = highest
        self.stacked = canvas.width < _STACKED_BELOW
        self.label_width = canvas.width - 2 if self.stacked else canvas.width * 0.37
        column = max((width_of(value, SIZE) for value in values), default=0.0)
        self.value_width = min(column, canvas.width * 0.3)
        self.start = _EDGE if self.stacked else self.label_width + 14 + _EDGE
        self.end = canvas.width - self.value_width - (12 if column else 0) - _EDGE

    def x(self, value: float) -> float:
        return self.start + (self.end - self.start) * min(1.0, max(0.0, value / self.highest))

    def row(self, label: str, value: str, height: float, *, source: str = "") -> float:
        """Write the label with its source in small print, and the value; the top of the plot's strip."""
        canvas = self.canvas
        lines = wrap(label, self.label_width, SIZE)
        small = wrap(source, self.label_width, SMALL, lines=3) if source else []
        words = height_of(lines) + height_of(small, SMALL)
        values = wrap(value, self.value_width, SIZE, lines=3) if value else []
        tall = max(height, height_of(values))
        if self.stacked:
            below = canvas.lines(0, canvas.y, lines)
            top = canvas.lines(0, below, small, size=SMALL, fill=QUIET) + 4
            bottom = top + tall
        else:
            bottom = canvas.y + max(words, tall)
            top = canvas.y + (bottom - canvas.y - height) / 2
            below = canvas.lines(0, canvas.y + (bottom - canvas.y - words) / 2, lines)
            canvas.lines(0, below, small, size=SMALL, fill=QUIET)
        first = top + (height - height_of(values)) / 2 + SIZE * 0.98
        if self.stacked:
            first = max(first, top + SIZE * 0.98)
        for number, line in enumerate(values):
            canvas.text(canvas.width - 2, first + number * SIZE * 1.3, line, anchor="end")
        canvas.y = bottom + _GAP
        return top

    def grid(self, top: float, bottom: float, at: Sequence[float]) -> None:
        for value in at:
            self.canvas.line(self.x(value), top, self.x(value), bottom, RULE, width=0.75)


def legend(canvas: Canvas, keys: Sequence[Key]) -> None:
    """The marks with what they stand for, in as many lines as it takes."""
    x = 0.0
    for key in keys:
        lines = wrap(key.title, canvas.width - 22, SMALL, lines=3)
        width = max(width_of(line, SMALL) for line in lines) + 22
        if x and x + width > canvas.width:
            x, canvas.y = 0.0, canvas.y + SMALL * 1.5
        canvas.mark(x + 7, canvas.y + SMALL * 0.62, key.shape, key.colour, size=4.5, hollow=key.hollow)
        bottom = canvas.lines(x + 18, canvas.y, lines, size=SMALL, fill=QUIET)
        if len(lines) > 1:
            x, canvas.y = 0.0, bottom
        else:
            x += width + 10
    canvas.y += (SMALL * 1.5 if x else 0) + 8
