"""Change since the assessment before: score and dimensions, whether it is more than chance, and what has moved."""

from __future__ import annotations

from assessment.report.charts.frame import NARROW, WIDE, Key
from assessment.report.charts.pairs import Pair, draw_pairs
from assessment.report.charts.svg import INK, OWN
from assessment.report.document import Block, Bullets, Figure, Paragraph, Part, Section, Table, Text
from assessment.report.source import Since
from assessment.report.words import join
from assessment.report.writer import Writer
from assessment.scoring.change import ScoreChange

TICKS = (0, 25, 50, 75, 100)


def write_since(writer: Writer) -> Section | None:
    since, words = writer.source.since, writer.words
    if since is None:
        return None
    overall = since.change.overall
    blocks: list[Block] = [Paragraph(_headline(writer, since), "lead")]
    blocks += [Paragraph(text) for text in _explained(writer, overall)]
    if any(one.before is not None and one.after is not None for one in since.change.dimensions):
        blocks += [_figure(writer, since.change.dimensions), _table(writer, since.change.dimensions)]
    blocks += [*_questions(writer, since), *_moves(writer, since)]
    return Section("since", words.text("since.title"), tuple(blocks))


def _headline(writer: Writer, since: Since) -> Text:
    words, overall = writer.words, since.change.overall
    date = words.date(since.completed_at)
    if overall.before is None or overall.after is None:
        return words.text("since.no_scores", date=date)
    values = {"date": date, "before": words.score(overall.before), "after": words.score(overall.after)}
    if overall.change is None:
        return words.text("since.apart", **values)
    verdict = {True: "more", False: "less", None: "unknown"}[overall.significant]
    return words.text(f"since.headline_{verdict}", **values, change=words.signed(overall.change))


def _explained(writer: Writer, one: ScoreChange) -> list[Text]:
    words, texts = writer.words, []
    reliability = writer.source.rubric.source.head.reliability
    if one.significant is not None:
        if one.status == "reliable" and reliability is not None:
            texts.append(words.text("since.reliable", source=writer.authored(reliability.source)))
        else:
            texts.append(words.text("since.provisional"))
    if one.reason is not None:
        texts.append(words.text(f"since.{one.reason}"))
    if one.detectable is not None:
        texts.append(words.text("since.detectable", points=words.number(one.detectable, 2)))
    return texts


def _title(writer: Writer, one: ScoreChange) -> str:
    """An earlier version may have had a dimension that this one has not."""
    name = one.dimension or ""
    return writer.dimension(name) if name in writer.dimensions else one.title or name


def _figure(writer: Writer, changes: list[ScoreChange]) -> Figure:
    words = writer.words
    rows = [
        Pair(
            _title(writer, one),
            "–" if one.change is None else words.signed(one.change),
            one.before,
            one.after,
            bool(one.significant),
        )
        for one in changes
    ]
    keys = (
        Key("circle", INK, True, words.say("since.before")),
        Key("diamond", OWN, False, words.say("since.after")),
    )
    ticks = [(float(tick), words.number(tick)) for tick in TICKS]
    listed = words.apart.join(words.labelled(row.label, _written(writer, row)) for row in rows)
    alt = f"{words.say('since.alt')} {listed}."
    title = words.say("since.figure")
    wide, narrow = (draw_pairs(width, rows, keys, ticks, title=title, describe=alt) for width in (WIDE, NARROW))
    return Figure("figure-since", wide, narrow, alt, words.text("since.caption"))


def _written(writer: Writer, row: Pair) -> str:
    words = writer.words
    return words.all_of(words.say("page.nothing") if one is None else words.score(one) for one in row[2:4])


def _table(writer: Writer, changes: list[ScoreChange]) -> Table:
    words = writer.words
    names = ("dimension", "before", "after", "change", "reading")
    columns = writer.columns("since", *names, figures={"before", "after", "change"})
    return Table(words.text("since.table"), columns, tuple(_row(writer, one) for one in changes))


def _row(writer: Writer, one: ScoreChange) -> tuple[Text, ...]:
    words, nothing = writer.words, writer.words.text("page.nothing")
    if one.status == "not_comparable":
        reading = "since.reading_not_comparable"
    else:
        reading = {True: "since.reading_more", False: "since.reading_less", None: "since.reading_unknown"}[
            one.significant
        ]
    return (
        (writer.own(_title(writer, one)),),
        *(nothing if score is None else join(words.score(score)) for score in (one.before, one.after)),
        nothing if one.change is None else join(words.signed(one.change)),
        words.text(reading),
    )


def _questions(writer: Writer, since: Since) -> list[Part]:
    words = writer.words
    known = [move for move in since.questions if move.question in writer.questions]
    if not known:
        return []
    names = ("question", "before", "after", "change")
    columns = writer.columns("since", *names, figures=names[1:])
    rows = tuple(
        (
            (writer.own(writer.question(move.question)),),
            join(words.level(move.before)),
            join(words.level(move.after)),
            join(words.signed(move.change, 0 if move.change == int(move.change) else 2)),
        )
        for move in known
    )
    return [Part("moved", words.text("since.moved"), (Table(words.text("since.moved_table"), columns, rows),))]


def _moves(writer: Writer, since: Since) -> list[Part]:
    """What has become of the earlier recommendations."""
    words, parts = writer.words, []
    titles = {move.id: move.title for move in writer.source.texts.recommendations}
    moved = since.recommendations
    for kind, moves in (("done", moved.done), ("open", moved.open), ("new", moved.new)):
        if moves:
            items = tuple(
                (writer.own(titles[one.id]) if one.id in titles else writer.authored(one.title),) for one in moves
            )
            parts.append(Part(f"moves-{kind}", words.text(f"since.moves_{kind}"), (Bullets(items),)))
    return parts
