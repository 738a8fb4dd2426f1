"""What a PDF has in it besides what is read: actions, links, files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

HARMFUL = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/SubmitForm",
    "/AcroForm", "/ImportData", "/RichMedia", "/GoToR", "/GoToE", "/XFA",
}  # fmt: skip


def find_breaches(body: bytes, plain: bytes, texts: Sequence[str]) -> list[str]:
    """What a PDF does with texts beyond showing them, by one that has a plain text in their place."""
    opened = PdfReader(io.BytesIO(body))
    links, names = _parts(opened)
    known, _ = _parts(PdfReader(io.BytesIO(plain)))
    found = [f"a link to {link}" for link in sorted(links - known)]
    found += [f"it has {name}" for name in sorted(names & HARMFUL)]
    title = "" if opened.metadata is None else str(opened.metadata.title)
    for where, shown in (("title", title), ("first page", opened.pages[0].extract_text())):
        letters = _letters(shown)
        found += [f"the {where} does not show {text!r}" for text in texts if _letters(text[:100]) not in letters]
    return found


def _parts(opened: PdfReader) -> tuple[set[str], set[str]]:
    """Where its links lead, and every key and name in it."""
    links: set[str] = set()
    names: set[str] = set()
    for number in range(1, int(str(opened.trailer["/Size"]))):
        for holder in _dictionaries(opened.get_object(number)):
            names |= {str(key) for key in holder} | {str(value) for value in holder.values() if str(value)[:1] == "/"}
            if "/URI" in holder:
                links.add(str(holder["/URI"]))
    return links, names


def _dictionaries(thing: Any) -> Iterator[DictionaryObject]:
    if isinstance(thing, DictionaryObject):
        yield thing
        for value in thing.values():
            yield from _dictionaries(value)
    elif isinstance(thing, ArrayObject):
        for value in thing:
            yield from _dictionaries(value)


def _letters(text: str) -> str:
    """Without what a line's end may add or take."""
    return re.sub(r"[^0-9A-Za-z]", "", text)
