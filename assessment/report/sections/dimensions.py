"""The dimensions: their scores on the levels' bands, and where the points to 100 were lost."""

from __future__ import annotations

from assessment.report.charts.bars import Bar, Loss, draw_bars, draw_losses
from assessment.report.charts.frame import NARROW, WIDE
from assessment.report.document import Figure, Paragraph, Section, Table, Text
from assessment.report.sections.score import bands_of
from assessment.report.words import join
from assessment.report.writer import Writer
from assessment.scoring.result import DimensionResult


def write_dimensions(writer: Writer) -> Section | None:
    if not writer.source.rubric.has_levels:
        return None
    words = writer.words
    intro = Paragraph(words.text("dimensions.intro"), "lead")
    return Section("dimensions", words.text("dimensions.title"), (intro, _bars(writer), _table(writer)))


def write_losses(writer: Writer) -> Section | None:
    """Only where there is a score that points can be missing from."""
    words, score = writer.words, writer.result.score
    lost = [(one, one.points_lost) for one in writer.result.dimensions if one.points_lost]
    if score is None or not lost:
        return None
    lost.sort(key=lambda pair: -pair[1])
    largest, points = lost[0]
    intro = words.text(
        "losses.intro",
        total=words.score(round(100 - score, 2)),
        dimension=writer.own(writer.dimension(largest.id)),
        points=words.score(points),
    )
    rows = [Loss(writer.dimension(one.id), words.signed(-points), points) for one, points in lost]
    whole = (words.say("losses.whole"), words.score(100))
    left = Loss(words.say("losses.left"), words.score(score), score)
    listed = words.apart.join(words.labelled(row.label, row.value) for row in rows)
    alt = f"{words.say('losses.alt', score=words.score(score))} {listed}."
    title = words.say("losses.figure")
    wide, narrow = (draw_losses(width, whole, rows, left, title=title, describe=alt) for width in (WIDE, NARROW))
    figure = Figure("figure-losses", wide, narrow, alt, words.text("losses.caption"))
    return Section("losses", words.text("losses.title"), (Paragraph(intro, "lead"), figure))


def _label(writer: Writer, one: DimensionResult) -> str:
    title = writer.dimension(one.id)
    return writer.words.say("dimensions.core_label", title=title) if one.core else title


def _value(writer: Writer, one: DimensionResult) -> str:
    if one.score is None or one.level is None:
        return writer.words.say("dimensions.unscored")
    return f"{writer.words.score(one.score)} · {writer.level(one.level)}"


def _bars(writer: Writer) -> Figure:
    words = writer.words
    rows = [Bar(_label(writer, one), _value(writer, one), one.score, one.level) for one in writer.result.dimensions]
    bands = bands_of(writer)
    listed = words.apart.join(words.labelled(row.label, row.value) for row in rows)
    alt = f"{words.say('dimensions.alt')} {listed}."
    title = words.say("dimensions.figure")
    wide, narrow = (draw_bars(width, rows, bands, title=title, describe=alt) for width in (WIDE, NARROW))
    return Figure("figure-dimensions", wide, narrow, alt, words.text("dimensions.caption"))


def _table(writer: Writer) -> Table:
    words = writer.words
    figures = ("score", "known", "weight", "lost")
    columns = writer.columns("dimensions", "dimension", "score", "level", "known", "weight", "lost", figures=figures)
    return Table(words.text("dimensions.table"), columns, tuple(_row(writer, one) for one in writer.result.dimensions))


def _row(writer: Writer, one: DimensionResult) -> tuple[Text, ...]:
    words, nothing = writer.words, writer.words.text("page.nothing")
    known = nothing if one.completeness is None else join(words.percent(one.completeness))
    figures = [None if value is None else words.number(value, 2) for value in (one.weight, one.points_lost)]
    return (
        words.text("dimensions.core_label", title=writer.own(writer.dimension(one.id)))
        if one.core
        else (writer.own(writer.dimension(one.id)),),
        nothing if one.score is None else join(words.score(one.score)),
        nothing if one.level is None else (writer.own(f"{one.level} {writer.level(one.level)}"),),
        known,
        *(nothing if value is None else join(value) for value in figures),
    )
