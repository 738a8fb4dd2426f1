"""The colours: enough contrast for text in both themes, and groups that can be told apart in grey."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from assessment.report.charts.svg import INK, OWN, PAPER, QUIET, RAMP, shade
from assessment.report.html import stylesheet

CSS = stylesheet()[1].decode()
DARK = dict(re.findall(r"svg \.([a-z0-9-]+) \{ fill: (#[0-9a-f]{6}); \}", CSS))
LIGHT = {"ink": INK, "quiet": QUIET, "paper": PAPER, "own": OWN}
LIGHT |= {f"ramp-{place}": colour for place, colour in enumerate(RAMP, start=1)}


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast_in_both_themes(theme: dict[str, str]) -> None:
    for text in ("ink", "quiet", "own"):
        assert contrast(theme[text], theme["paper"]) >= 4.5, text
    names = {colour: name for name, colour in LIGHT.items()}
    for places in range(2, 6):
        for place in range(places):
            fill, ink = shade(place, places)
            assert contrast(theme[names[fill]], theme[names[ink]]) >= 4.5, (place, places)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_neighbours_on_the_scale_differ_in_grey(theme: dict[str, str]) -> None:
    scale = [luminance(theme[f"ramp-{place}"]) for place in range(1, 6)]
    assert scale == sorted(scale, reverse=theme is LIGHT)
    assert all((max(pair) + 0.05) / (min(pair) + 0.05) >= 1.2 for pair in pairwise(scale))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_and_edges_stand_out_from_the_paper(theme: dict[str, str]) -> None:
    assert contrast(theme["own"], theme["paper"]) >= 3
    assert contrast(theme["quiet"], theme["paper"]) >= 3
    assert contrast(theme["own"], theme["ramp-1"]) >= 3


def test_a_dark_screen_recolours_everything_that_charts_draw() -> None:
    edges = set(re.findall(r"svg \.edge-([a-z]+) \{ stroke:", CSS))
    assert set(LIGHT) | {"rule"} == set(DARK)
    assert {"ink", "quiet", "paper", "own", "rule"} == edges
