"""Position against each study, in a rubric with levels: each answer on the distribution of a study's answers."""

from __future__ import annotations

from typing import NamedTuple

from assessment.report.charts.frame import NARROW, WIDE, Key
from assessment.report.charts.position import Place, draw_places
from assessment.report.charts.svg import INK, OWN
from assessment.report.document import Block, Figure, Paragraph, Part, Section, Text
from assessment.report.words import join
from assessment.report.writer import Writer
from assessment.scoring.result import DimensionResult, QuestionBenchmark, QuestionResult


class _Row(NamedTuple):
    question: QuestionResult
    benchmark: QuestionBenchmark
    ridit: float


def write_positions(writer: Writer) -> Section | None:
    words, position = writer.words, writer.result.benchmark_position
    if not writer.source.rubric.has_levels or position is None:
        return None
    blocks: list[Block] = [
        Paragraph(
            words.counted(
                "positions.intro",
                position.answers,
                answers=words.number(position.answers),
                mean=words.percent(position.mean_ridit),
            ),
            "lead",
        ),
        Paragraph(words.text("positions.reading")),
    ]
    for dimension in writer.result.dimensions:
        rows = [
            _Row(question, one, one.ridit)
            for question in writer.result.questions
            if question.dimension == dimension.id
            for one in question.benchmarks
            if one.ridit is not None
        ]
        if rows:
            blocks.append(_part(writer, dimension, rows))
    without = [q for q in writer.result.questions if q.state == "answered" and not q.benchmarks]
    if without:
        count = words.number(len(without))
        names = words.apart.join(writer.question(one.id) for one in without)
        blocks.append(
            Paragraph(
                words.counted("positions.without", len(without), number=count, questions=writer.own(names)), "note"
            )
        )
    return Section("positions", words.text("positions.title"), tuple(blocks))


def source_of(writer: Writer, one: QuestionBenchmark) -> Text:
    """Publisher, year, population and n, with the study's number."""
    return writer.words.text(
        "source.full",
        publisher=writer.studied(one.publisher),
        year=writer.year(one.year),
        population=writer.studied(one.population),
        n=writer.size(one.n),
        mark=writer.cite(one.study),
    )


def _part(writer: Writer, dimension: DimensionResult, rows: list[_Row]) -> Part:
    words = writer.words
    title = writer.dimension(dimension.id)
    places = [_place(writer, row) for row in rows]
    keys = [
        Key("diamond", OWN, False, words.say("positions.key_answer")),
        Key("square", INK, True, words.say("positions.key_shares")),
    ]
    alt = " ".join(_alt(writer, row) for row in rows)
    figure_title = words.say("positions.figure", dimension=title)
    wide, narrow = (draw_places(width, places, keys, title=figure_title, describe=alt) for width in (WIDE, NARROW))
    text: Text = ()
    for source in dict.fromkeys(source_of(writer, row.benchmark) for row in rows):
        text = join(text, " " if text else (), source)
    caption = words.text("positions.caption", dimension=writer.own(title))
    figure = Figure(f"figure-positions-{dimension.id}", wide, narrow, alt, caption, text)
    return Part(f"positions-{dimension.id}", (writer.own(title),), (figure,))


def _label(writer: Writer, row: _Row) -> str:
    title = writer.question(row.question.id)
    if row.benchmark.function is None:
        return title
    return writer.words.say("positions.by_function", question=title, function=writer.function(row.benchmark.function))


def _short_source(writer: Writer, one: QuestionBenchmark) -> str:
    return writer.words.say(
        "source.short", year=writer.year(one.year), n=writer.size(one.n), mark=writer.cite(one.study).text
    )


def _value(writer: Writer, row: _Row) -> str:
    words = writer.words
    rough = "≈\u00a0" if row.benchmark.approximate or row.benchmark.derived else ""
    value = f"{rough}{words.percent(row.ridit)}"
    return value if row.benchmark.interval is None else f"{value} ({words.percent_range(row.benchmark.interval)})"


def _place(writer: Writer, row: _Row) -> Place:
    shares = [(share, writer.words.percent(share)) for share in row.benchmark.shares]
    source = f"{_publisher(row.benchmark.publisher)}, {_short_source(writer, row.benchmark)}"
    value = _value(writer, row)
    return Place(_label(writer, row), source, value, shares, row.ridit, row.benchmark.interval)


def _publisher(publisher: str) -> str:
    """Without what is said of it after a comma or in brackets."""
    return publisher.split(",", maxsplit=1)[0].split(" (", maxsplit=1)[0]


def _alt(writer: Writer, row: _Row) -> str:
    words = writer.words
    shares = ", ".join(words.percent(share) for share in row.benchmark.shares)
    source = f"{row.benchmark.publisher}, {_short_source(writer, row.benchmark)}"
    return words.say(
        "positions.alt", question=_label(writer, row), value=_value(writer, row), shares=shares, source=source
    )
