"""Where the score stands among other organisations, as far as that may be said."""

from __future__ import annotations

from assessment.report.document import Paragraph, Section, Table, Text
from assessment.report.source import Peers
from assessment.report.words import join
from assessment.report.writer import Writer


def write_peers(writer: Writer) -> Section | None:
    peers, words = writer.source.peers, writer.words
    if not peers:
        return None
    placed = [one for one in peers if one.place is not None]
    blocks: list[Paragraph | Table] = [Paragraph(words.text("peers.intro" if placed else "peers.nothing"), "lead")]
    if placed:
        names = ("cohort", "n", "median", "place", "percentile", "edition")
        columns = writer.columns("peers", *names, figures={"n", "median", "percentile"})
        rows = tuple(_row(writer, one) for one in placed)
        blocks.append(Table(words.text("peers.table"), columns, rows))
    blocks += [
        Paragraph(words.text(f"peers.{one.reason}", cohort=_cohort(writer, one)), "note")
        for one in peers
        if one.place is None and one.reason is not None
    ]
    if placed:
        blocks.append(Paragraph(words.text("peers.reading"), "note"))
    return Section("peers", words.text("peers.title"), tuple(blocks))


def _cohort(writer: Writer, one: Peers) -> Text:
    """The cut in the report's language, and which of its cohorts in that of the edition."""
    cut = writer.words.text(f"peers.cut_{one.cut}")
    return cut if one.cut == "all" or not one.title else join(cut, " (", writer.studied(one.title), ")")


def _row(writer: Writer, one: Peers) -> tuple[Text, ...]:
    words, nothing = writer.words, writer.words.text("page.nothing")
    figures, place = one.figures, one.place
    percentile = nothing
    if place is not None and place.percentile is not None:
        share = words.percent(place.percentile / 100)
        if place.interval is not None:
            share += f" ({words.percent_range((place.interval[0] / 100, place.interval[1] / 100))})"
        percentile = join(share)
    edition = nothing
    if one.edition is not None and one.released_at is not None:
        edition = words.text("peers.edition", number=words.number(one.edition), date=words.date(one.released_at))
    return (
        _cohort(writer, one),
        nothing if figures is None else join(words.number(figures.n)),
        nothing if figures is None else join(words.number(figures.median, 1)),
        nothing if place is None else words.text(f"peers.place_{place.position}"),
        percentile,
        edition,
    )
