"""How tests read a PDF: its texts as they are copied, its structure as it is read aloud, and a validator's verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import page
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from assessment.report.document import Document


def faults(made: bytes) -> list[str]:
    """What is against PDF/UA-1 (ISO 14289-1), as far as a program can tell; nothing where it conforms."""
    found = page.validate_pdf_bytes(made, profile=page.ValidationProfile.PDF_UA_1)
    assert found.is_compliant == (not found.failures)
    return [f"{failure.rule_id}: {failure.message}" for failure in found.failures]


class Printed:
    """A PDF that was read back."""

    def __init__(self, made: bytes) -> None:
        self.reader = PdfReader(BytesIO(made))
        self.root: Any = self.reader.trailer["/Root"]
        self.pages = [one.extract_text() for one in self.reader.pages]

    def body(self, document: Document) -> str:
        """All text without spaces and hyphens, which lines bring and take, and without what heads and foots pages."""
        kept = []
        for number, text in enumerate(self.pages, start=1):
            foot = document.labels.page.format(page=number, pages=len(self.pages))
            kept.append(squeeze(text).removeprefix(squeeze(document.running)).removesuffix(squeeze(foot)))
        return "".join(kept)

    def elements(self, kind: str) -> list[DictionaryObject]:
        """Structure elements of one type, in the order they are read."""
        return [one for one in _walk(self.root["/StructTreeRoot"]["/K"]) if one.get("/S") == kind]

    @property
    def fonts(self) -> set[str]:
        """Names of the fonts in use, without what marks them as a part of the font."""
        found = set()
        for one in self.reader.pages:
            for font in one["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
                found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
        return found

    @property
    def bookmarks(self) -> list[tuple[int, str]]:
        """Level and title of each."""
        return list(_bookmarks(self.reader.outline, 1))


def squeeze(text: str) -> str:
    return re.sub("[\\s\u00ad\u200b\u2010\u2066-\u2069-]", "", text)


def _bookmarks(outline: Any, level: int) -> Iterator[tuple[int, str]]:
    for one in outline:
        if isinstance(one, list):
            yield from _bookmarks(one, level + 1)
        else:
            yield level, str(one.title)


def _walk(node: Any) -> Iterator[DictionaryObject]:
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for one in node:
            yield from _walk(one)
    elif isinstance(node, DictionaryObject):
        yield node
        if "/K" in node:
            yield from _walk(node["/K"])
