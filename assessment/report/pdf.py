"""A report's document as a PDF: tagged for who has it read aloud (PDF/UA-1), and equal documents equal to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assessment.errors import PdfNotInstalled
from assessment.report.document import Document

if TYPE_CHECKING:
    from typst import Fonts
    from typst import PDFStandard as Standard

ACCESSIBLE: Standard = "ua-1"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FONTS = Path(__file__).parent / "fonts"


def render_pdf(document: Document) -> bytes:
    """The report on A4. Raises PdfNotInstalled without the extra `pdf`.

    A letter that the report's own font has not is set in a font of the system. Where none has it either, it is an
    empty box, and since typst refuses to call that accessible, the file makes no such claim; its tags are the same.
    """
    try:
        import typst  # noqa: PLC0415 - an extra that need not be installed
    except ModuleNotFoundError:
        raise PdfNotInstalled(
            "What makes PDFs is not installed. Run: pip install 'alignment-assessment[pdf]'"
        ) from None
    data = msgspec.json.encode(document).decode()
    for fonts, standards in _ways():
        try:
            return _compile(_template(), {"document": data}, fonts, standards, _moment(document))
        except typst.TypstError as error:
            refused = error
        finally:
            _forget(fonts)
    raise refused


def _ways() -> Iterator[tuple[Fonts, list[Standard]]]:
    """Fonts and standards, from what nearly every report is made with to what makes every other."""
    yield _fonts(everything=False), [ACCESSIBLE]
    yield _fonts(everything=True), [ACCESSIBLE]
    yield _fonts(everything=True), []


def _compile(source: bytes, inputs: dict[str, str], fonts: Fonts, standards: list[Standard], moment: datetime) -> bytes:
    import typst  # noqa: PLC0415 - as above

    return typst.compile(
        source, format="pdf", font_paths=fonts, sys_inputs=inputs, pdf_standards=standards, timestamp=moment
    )


def _forget(fonts: Fonts) -> None:
    """typst keeps what it has worked out for ten compilations more, some 30 MB of each report, of which the next
    would use nothing. Compiling nothing is counted too, and takes half a millisecond."""
    for _ in range(11):
        _compile(b"", {}, fonts, [], EPOCH)


def _moment(document: Document) -> datetime:
    """When the file says that it was made: no clock, so that the same report is the same file."""
    return EPOCH if document.date is None else datetime.fromisoformat(document.date).replace(tzinfo=UTC)


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "templates" / "report.typ").read_bytes()


@cache
def _fonts(*, everything: bool) -> Fonts:
    """The report's own fonts; with `everything` those of the system and of typst as well."""
    import typst  # noqa: PLC0415 - as above

    return typst.Fonts(include_system_fonts=everything, include_embedded_fonts=everything, font_paths=[str(_FONTS)])
