"""From what is known of an assessment to the report's document: the sections in the order they are read."""

from __future__ import annotations

from collections.abc import Callable

from assessment.report.document import Document, Labels, Section, plain
from assessment.report.sections.appendix import write_method
from assessment.report.sections.beside import write_beside
from assessment.report.sections.cover import write_cover
from assessment.report.sections.dimensions import write_dimensions, write_losses
from assessment.report.sections.limits import write_limits
from assessment.report.sections.moves import write_contradictions, write_moves
from assessment.report.sections.peers import write_peers
from assessment.report.sections.perception import write_perception
from assessment.report.sections.positions import write_positions
from assessment.report.sections.score import write_score
from assessment.report.sections.since import write_since
from assessment.report.source import ReportInput
from assessment.report.writer import Writer

_SECTIONS: tuple[Callable[[Writer], Section | None], ...] = (
    write_score,
    write_dimensions,
    write_losses,
    write_positions,
    write_beside,
    write_perception,
    write_limits,
    write_moves,
    write_contradictions,
    write_since,
    write_peers,
    write_method,
)


def compose(source: ReportInput) -> Document:
    """The report, the same for the same input."""
    writer = Writer(source)
    words = writer.words
    cover = write_cover(writer)
    name = plain(cover.title) if cover.organisation is None else plain(cover.organisation)
    return Document(
        lang=words.locale,
        title=words.say("page.title", rubric=plain(cover.title), name=name)
        if cover.organisation is not None
        else plain(cover.title),
        running=f"{name} · {plain(cover.subtitle)}",
        date=None if source.completed_at is None else source.completed_at.date().isoformat(),
        cover=cover,
        sections=tuple(section for write in _SECTIONS if (section := write(writer)) is not None),
        labels=Labels(
            contents=words.say("page.contents"),
            page=words.template("page.page"),
            download=words.say("page.download"),
            languages=words.say("page.languages"),
            skip=words.say("page.skip"),
        ),
    )
