"""How tests read a document and its pages: all texts, all figures, and where the texts of a drawing stand."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from xml.etree import ElementTree

from assessment.report.charts.measure import width_of
from assessment.report.document import (
    Block,
    Bullets,
    Document,
    Drawing,
    Facts,
    Figure,
    Move,
    Paragraph,
    Part,
    Section,
    Table,
    Text,
    plain,
)

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "link", "br", "hr", "img", "input"}


def section(document: Document, name: str) -> Section:
    return next(section for section in document.sections if section.id == name)


def blocks(parts: tuple[Block, ...]) -> Iterator[Block]:
    """Every block, and those inside parts."""
    for block in parts:
        yield block
        if isinstance(block, Part):
            yield from blocks(block.blocks)


def sentences(parts: tuple[Block, ...]) -> list[str]:
    """Every text of these blocks, in the order it is read."""
    return [plain(text) for block in blocks(parts) for text in _texts(block)]


def figures(document: Document) -> list[Figure]:
    return [block for part in document.sections for block in blocks(part.blocks) if isinstance(block, Figure)]


def runs(document: Document) -> Iterator[tuple[str, str | None]]:
    """Each run's text and language."""
    for part in document.sections:
        for block in blocks(part.blocks):
            for text in _texts(block):
                for run in text:
                    yield run.text, run.lang


def _texts(block: Block) -> Iterator[Text]:
    match block:
        case Paragraph():
            yield block.text
        case Bullets():
            yield from block.items
        case Facts():
            for fact in block.items:
                yield from (fact.label, fact.value)
        case Figure():
            yield block.caption
            if block.source is not None:
                yield block.source
        case Table():
            yield block.caption
            yield from (column.title for column in block.columns)
            for row in block.rows:
                yield from row
        case Move():
            yield from (block.title, block.action, block.expected)
            for fact in block.facts:
                yield from (fact.label, fact.value)
        case Part():
            yield block.title


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def text_boxes(drawing: Drawing) -> list[Box]:
    """Where each text of a drawing stands, from its baseline's ascender to its descender."""
    found = []
    for element in ElementTree.fromstring(drawing.svg).iter(f"{SVG}text"):
        size, x, y = (float(element.attrib[name]) for name in ("font-size", "x", "y"))
        width = width_of(element.text or "", size, bold=element.get("font-weight") == "700")
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
        found.append(Box(left, y - 0.78 * size, left + width, y + 0.22 * size, element.text or ""))
    return found


class Page(HTMLParser):
    """A page read strictly: every element is closed in order; its ids, links, languages and texts are kept."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode())
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(attribute)) is not None]
