"""A report as a tree of plain structs: every sentence written, every figure formatted, nothing laid out.

HTML and PDF walk the same tree. Every text is a list of runs; a run in another language than the report's names it, so
that it is read aloud and hyphenated as what it is.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

RunStyle = Literal["plain", "strong", "quiet", "name"]
"""`name` marks what somebody typed: it is kept apart from the text around it, whichever way it is written."""


class Run(Struct, frozen=True):
    """A piece of text in one language and style; `href` makes it a link."""

    text: str
    lang: str | None = None
    style: RunStyle = "plain"
    href: str | None = None


Text: TypeAlias = tuple[Run, ...]


class Fact(Struct, frozen=True):
    """A label and what is said under it; `id` where links lead to it."""

    label: Text
    value: Text
    id: str | None = None


class Paragraph(Struct, frozen=True, tag_field="kind", tag="paragraph"):
    """`lead` opens a section, `note` is small print."""

    text: Text
    role: Literal["body", "lead", "note"] = "body"


class Bullets(Struct, frozen=True, tag_field="kind", tag="bullets"):
    items: tuple[Text, ...]
    ordered: bool = False


class Facts(Struct, frozen=True, tag_field="kind", tag="facts"):
    """Labels and values."""

    items: tuple[Fact, ...]


class Drawing(Struct, frozen=True):
    """An SVG of its own, with its size in the units of its viewBox."""

    svg: str
    width: float
    height: float


class Figure(Struct, frozen=True, tag_field="kind", tag="figure"):
    """A chart. `wide` is for a page, `narrow` the same for a small screen; `alt` says in words all that is drawn."""

    id: str
    wide: Drawing
    narrow: Drawing
    alt: str
    caption: Text
    source: Text | None = None


class Column(Struct, frozen=True):
    """`end` is for figures, aligned at their end."""

    title: Text
    align: Literal["start", "end"] = "start"


class Table(Struct, frozen=True, tag_field="kind", tag="table"):
    """The first cell of each row is its header."""

    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]


class Move(Struct, frozen=True, tag_field="kind", tag="move"):
    """A recommendation; `judgement` is set where it rests on no published figure."""

    rank: str
    title: Text
    action: Text
    facts: tuple[Fact, ...]
    expected: Text
    judgement: Text | None = None


class Part(Struct, frozen=True, tag_field="kind", tag="part"):
    """A part of a section, with a heading of its own."""

    id: str
    title: Text
    blocks: tuple[Paragraph | Bullets | Facts | Figure | Table | Move, ...]


Block: TypeAlias = Paragraph | Bullets | Facts | Figure | Table | Move | Part


class Section(Struct, frozen=True):
    """A section of the report; `id` is stable and unique, for links."""

    id: str
    title: Text
    blocks: tuple[Block, ...]


class Cover(Struct, frozen=True):
    """What the first page opens with. `verdict` is the result in one line, `figures` are the same to be set large (none
    without a rating), `facts` say who answered what."""

    kicker: str
    organisation: Text | None
    title: Text
    subtitle: Text
    verdict: Text
    figures: tuple[Fact, ...]
    summary: Text
    facts: tuple[Fact, ...]


class Labels(Struct, frozen=True):
    """Words of the page around the report. `page` has places for `{page}` and `{pages}`."""

    contents: str
    page: str
    download: str
    languages: str
    skip: str


class Document(Struct, frozen=True):
    """The whole report. `title` names it in a window or a file's properties; `date` is when the assessment was
    completed (ISO 8601), None where that is not known."""

    lang: str
    title: str
    running: str
    date: str | None
    cover: Cover
    sections: tuple[Section, ...]
    labels: Labels


def plain(text: Text) -> str:
    """A text without its runs."""
    return "".join(run.text for run in text)
