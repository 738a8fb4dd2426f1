"""An SVG written by hand: presentation attributes alone, so that every renderer shows the same and nothing is loaded.

Each shape has a class beside its colour, by which a page may recolour it for a dark screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

from assessment.report.charts.measure import width_of
from assessment.report.document import Drawing

FONTS = "Noto Sans, Helvetica Neue, Arial, Liberation Sans, sans-serif"
SIZE = 12.0
"""Of labels; small print is `SMALL`."""
SMALL = 10.5
LEADING = 1.3

INK, QUIET, RULE, PAPER, OWN = "#17242f", "#52606d", "#c3ccd4", "#ffffff", "#a3371a"
RAMP = ("#edf2f4", "#cddbe1", "#9dbac6", "#6798aa", "#245a70")
"""From least to most, told apart in grey as well."""
_ON_RAMP = (INK, INK, INK, INK, PAPER)
_CLASSES = {INK: "ink", QUIET: "quiet", RULE: "rule", PAPER: "paper", OWN: "own"}
_CLASSES |= {colour: f"ramp-{place}" for place, colour in enumerate(RAMP, start=1)}

Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "diamond", "triangle"]


def shade(place: int, places: int) -> tuple[str, str]:
    """(colour, colour of text on it) of one of several ordered groups, from least to most."""
    step = round(place * (len(RAMP) - 1) / (places - 1)) if places > 1 else 2
    return RAMP[step], _ON_RAMP[step]


class Canvas:
    """Collects shapes; `y` is how far down the drawing has come."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.y = 0.0
        self._parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, *, stroke: str | None = None) -> None:
        line = "" if stroke is None else f' stroke="{stroke}" stroke-width="0.75"'
        kind = _CLASSES[fill] + ("" if stroke is None else f" edge-{_CLASSES[stroke]}")
        self._parts.append(
            f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(max(0.0, width))}" height="{_n(height)}" '
            f'fill="{fill}"{line}/>'
        )

    def outline(self, x: float, y: float, width: float, height: float, stroke: str) -> None:
        """A strong frame around what is drawn already."""
        self._parts.append(
            f'<rect class="edge-{_CLASSES[stroke]}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
            f'fill="none" stroke="{stroke}" stroke-width="2.5"/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, *, width: float = 1.0, dash: str = ""
    ) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line class="edge-{_CLASSES[stroke]}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" '
            f'stroke="{stroke}" stroke-width="{_n(width)}"{dashes}/>'
        )

    def whisker(self, low: float, high: float, y: float, stroke: str = INK) -> None:
        """A range with its ends."""
        self.line(low, y, high, y, stroke, width=1.5)
        for x in (low, high):
            self.line(x, y - 4, x, y + 4, stroke, width=1.5)

    def mark(self, x: float, y: float, shape: Shape, fill: str, *, size: float = 5.0, hollow: bool = False) -> None:
        """A point: hollow ones let be seen what they stand on, filled ones have an edge of paper around them."""
        if hollow:
            look = f'class="edge-{_CLASSES[fill]}" fill="none" stroke="{fill}" stroke-width="1.75"'
        else:
            look = f'class="{_CLASSES[fill]} edge-{_CLASSES[PAPER]}" fill="{fill}" stroke="{PAPER}" stroke-width="1.5"'
        if shape == "circle":
            self._parts.append(f'<circle {look} cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}"/>')
            return
        corners = {
            "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
            "diamond": ((0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)),
            "triangle": ((0, -1), (1.15, 1), (-1.15, 1)),
        }[shape]
        points = " ".join(f"{_n(x + dx * size)},{_n(y + dy * size)}" for dx, dy in corners)
        self._parts.append(f'<polygon {look} points="{points}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SIZE,
        anchor: Anchor = "start",
        fill: str = INK,
        bold: bool = False,
        within: tuple[float, float] | None = None,
    ) -> None:
        """A line of text on its baseline; one in the middle of something is moved to stay `within`."""
        if within is not None and anchor == "middle":
            half = width_of(text, size, bold=bold) / 2
            x = max(within[0] + half, min(within[1] - half, x))
        weight = ' font-weight="700"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(
            f'<text class="{_CLASSES[fill]}" x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"'
            f"{place}{weight}>{escape(text, quote=False)}</text>"
        )

    def lines(self, x: float, y: float, lines: Sequence[str], *, size: float = SIZE, fill: str = INK) -> float:
        """Several lines, the first's top at `y`; where the last ends."""
        for number, line in enumerate(lines):
            self.text(x, y + size * (0.95 + number * LEADING), line, size=size, fill=fill)
        return y + height_of(lines, size)

    def finish(self, title: str, describe: str) -> Drawing:
        height = round(self.y + 0.5)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self.width)} {height}" '
            f'width="{_n(self.width)}" height="{height}" role="img" font-family="{FONTS}">'
        )
        words = f"<title>{escape(title, quote=False)}</title><desc>{escape(describe, quote=False)}</desc>"
        return Drawing(head + words + "".join(self._parts) + "</svg>", self.width, height)


def height_of(lines: Sequence[str], size: float = SIZE) -> float:
    return len(lines) * size * LEADING


def _n(value: float) -> str:
    """A coordinate without needless digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
