"""The charts at any legal input: well-formed, inside their frame, no text over another, figures where they belong."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.report.charts.bars import Bar, Loss, draw_bars, draw_losses
from assessment.report.charts.frame import NARROW, WIDE, Key
from assessment.report.charts.gauge import Band, Range, draw_gauge
from assessment.report.charts.measure import fit, width_of, wrap
from assessment.report.charts.pairs import Pair, draw_pairs
from assessment.report.charts.position import Place, Share, draw_places, draw_shares
from assessment.report.charts.svg import INK, OWN
from assessment.report.document import Drawing
from tests.unit.report.reading import SVG, text_boxes

WORDS = st.text(
    st.one_of(
        st.sampled_from("abcdef ghijklmnop qrst WM<>&\"'"), st.characters(codec="utf-8", categories=["L", "N", "P"])
    ),
    max_size=300,
)
SCORES = st.floats(0, 100, allow_nan=False)
UNITS = st.floats(0, 1, allow_nan=False)
WIDTHS = st.sampled_from([WIDE, NARROW])
VALUES = st.sampled_from(["–", "52.03", "+100.00", "≈\u00a033% (29–38%)", "nicht genug bekannt"])
BANDS = [
    Band("1", "Undefined", 0.0),
    Band("2", "Defined", 25.0),
    Band("3", "Aligned", 50.0),
    Band("4", "Integrated", 75.0),
]
KEYS = (Key("circle", INK, False, "Marketing"), Key("square", OWN, True, "Sales"))
TICKS = ((0.0, "0"), (25.0, "25"), (50.0, "50"), (75.0, "75"), (100.0, "100"))
SOME = settings(max_examples=40, deadline=None)


def assert_sound(drawing: Drawing) -> None:
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("viewBox") == f"0 0 {drawing.width:g} {drawing.height:g}"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "rect", "line", "circle", "polygon", "text")
    }
    assert not any(name in {"style", "href", "onload"} for element in root.iter() for name in element.attrib)
    boxes = text_boxes(drawing)
    for box in boxes:
        assert box.left >= -0.5 and box.right <= drawing.width + 0.5, box
        assert box.top >= -0.5 and box.bottom <= drawing.height + 0.5, box
    for place, box in enumerate(boxes):
        assert [other for other in boxes[place + 1 :] if box.meets(other)] == [], box
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            if name in element.attrib:
                assert -0.5 <= float(element.attrib[name]) <= drawing.width + 0.5


@SOME
@given(WIDTHS, st.lists(st.tuples(WORDS, VALUES, st.none() | SCORES), min_size=1, max_size=50), WORDS)
def test_bars_of_dimensions_are_sound(width: float, rows: list[tuple[str, str, float | None]], title: str) -> None:
    bars = [
        Bar(label, value, score, None if score is None else 1 + int(score // 25.01)) for label, value, score in rows
    ]
    assert_sound(draw_bars(width, bars, BANDS, title=title, describe=title))


@SOME
@given(WIDTHS, st.lists(st.tuples(WORDS, UNITS), min_size=1, max_size=50))
def test_a_waterfall_of_points_is_sound(width: float, rows: list[tuple[str, float]]) -> None:
    total = sum(part for _, part in rows) or 1.0
    lost = [Loss(label, "−12.34", 100 * part / total) for label, part in rows]
    assert_sound(draw_losses(width, ("Everything", "100.00"), lost, Loss("Score", "0.00", 0.0), title="", describe=""))


@SOME
@given(
    WIDTHS,
    st.lists(WORDS, min_size=4, max_size=4),
    st.none() | SCORES,
    st.lists(st.tuples(WORDS, SCORES, SCORES), max_size=4),
)
def test_the_scale_of_levels_is_sound(
    width: float, names: list[str], score: float | None, ranges: list[tuple[str, float, float]]
) -> None:
    bands = [band._replace(name=name) for band, name in zip(BANDS, names, strict=True)]
    drawn = [Range(label, min(one, other), max(one, other)) for label, one, other in ranges]
    assert_sound(draw_gauge(width, bands, score, "52.03", drawn, title="", describe=""))


@SOME
@given(
    WIDTHS,
    st.lists(st.tuples(WORDS, WORDS, VALUES, st.lists(UNITS, min_size=2, max_size=5), UNITS), min_size=1, max_size=20),
)
def test_positions_among_respondents_are_sound(
    width: float, rows: list[tuple[str, str, str, list[float], float]]
) -> None:
    places = [
        Place(label, source, value, [(share, f"{share:.0%}") for share in shares], ridit, (ridit / 2, ridit))
        for label, source, value, shares, ridit in rows
    ]
    assert_sound(draw_places(width, places, KEYS, title="", describe=""))


@SOME
@given(WIDTHS, st.lists(st.tuples(WORDS, VALUES, UNITS, st.none() | UNITS), min_size=1, max_size=20), WORDS)
def test_shares_by_option_are_sound(width: float, rows: list[tuple[str, str, float, float | None]], name: str) -> None:
    keys = [key._replace(title=name) for key in KEYS]
    assert_sound(draw_shares(width, [Share(*row) for row in rows], keys, title="", describe=""))


@SOME
@given(
    WIDTHS, st.lists(st.tuples(WORDS, VALUES, st.none() | SCORES, st.none() | SCORES), min_size=1, max_size=50), WORDS
)
def test_pairs_of_views_are_sound(
    width: float, rows: list[tuple[str, str, float | None, float | None]], name: str
) -> None:
    keys = (KEYS[0]._replace(title=name), KEYS[1])
    pairs = [Pair(*row, loud=True) for row in rows]
    assert_sound(draw_pairs(width, pairs, keys, TICKS, title="", describe=""))


def _numbers(drawing: Drawing, shape: str, *names: str) -> list[tuple[float, ...]]:
    return [
        tuple(float(element.attrib[name]) for name in names)
        for element in ElementTree.fromstring(drawing.svg).iter(f"{SVG}{shape}")
    ]


def test_a_bar_is_as_long_as_its_score() -> None:
    rows = [Bar("One", "50.00", 50.0, 3), Bar("Other", "100.00", 100.0, 4), Bar("None", "–", None, None)]
    drawing = draw_bars(WIDE, rows, BANDS, title="", describe="")
    widths = [width for (width,) in _numbers(drawing, "rect", "width")]
    track, half, _, full, _ = widths
    assert len(widths) == 5
    assert half == pytest.approx(track / 2, abs=0.02)
    assert full == pytest.approx(track, abs=0.02)


def test_the_parts_of_a_waterfall_lead_from_100_to_the_score() -> None:
    rows = [Loss("One", "−30.00", 30.0), Loss("Other", "−20.00", 20.0)]
    drawing = draw_losses(WIDE, ("All", "100.00"), rows, Loss("Score", "50.00", 50.0), title="", describe="")
    whole, first, second, left = _numbers(drawing, "rect", "x", "width")
    assert first[0] + first[1] == pytest.approx(whole[0] + whole[1], abs=0.02)
    assert second[0] + second[1] == pytest.approx(first[0], abs=0.02)
    assert left[0] + left[1] == pytest.approx(second[0], abs=0.02)


def test_the_mark_stands_in_the_middle_of_the_group_that_answered_the_same() -> None:
    shares = [(0.2, "20%"), (0.6, "60%"), (0.2, "20%")]
    drawing = draw_places(WIDE, [Place("Question", "Study", "50%", shares, 0.5, None)], KEYS, title="", describe="")
    _, middle, _ = [one for one in _numbers(drawing, "rect", "x", "width") if one[1] > 20]
    points = re.findall(r'points="([^"]+)"', drawing.svg)[-1].split()
    assert float(points[0].split(",")[0]) == pytest.approx(middle[0] + middle[1] / 2, abs=0.02)


def test_what_is_written_into_a_drawing_is_escaped() -> None:
    rows = [Bar('<script>alert("1")</script> & more', "1", 10.0, 1)]
    drawing = draw_bars(WIDE, rows, BANDS, title="<title>", describe="]]>&")
    texts = [element.text for element in ElementTree.fromstring(drawing.svg).iter()]
    assert "<script" not in drawing.svg
    assert "<title>" in texts
    assert "]]>&" in texts


def test_a_text_breaks_between_words_and_a_long_word_inside() -> None:
    assert wrap("one two three", 40, 10) == ["one two", "three"]
    assert len(wrap("x" * 400, 100, 10, lines=3)) == 3
    assert wrap("x" * 400, 100, 10, lines=3)[-1].endswith("…")
    assert wrap("", 100, 10) == [""]
    assert fit("short", 100, 10) == "short"
    assert width_of("日本", 10) == 22
