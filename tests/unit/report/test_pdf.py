"""The report as PDF: valid PDF/UA, the same text and figures as the page, the same bytes, and never a failure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import typst

from assessment.errors import PdfNotInstalled
from assessment.report.compose import compose
from assessment.report.document import Document, Part, Table, plain
from assessment.report.html import render_html
from assessment.report.pdf import render_pdf
from assessment.report.source import read_result
from assessment.report.words import LOCALES
from tests.unit.report.printed import Printed, faults, squeeze
from tests.unit.report.reading import Page, blocks, figures, sentences
from tests.unit.report.samples import REFERENCES, anybody, split_views, worked_example
from tests.unit.report.test_source import as_first_engine

OWN_FONTS = {"NotoSans-Regular", "NotoSans-Bold"}


@pytest.fixture(scope="module")
def document() -> Document:
    return compose(worked_example())


@pytest.fixture(scope="module")
def made(document: Document) -> bytes:
    return render_pdf(document)


def of(name: str) -> Document:
    """A short report on an organisation of this name."""
    return compose(msgspec.structs.replace(anybody("sentiment-2014@2026.1", 1), organisation=name))


def read_in_order(document: Document) -> Iterator[str]:
    """What the report says, from the first page to the last; of a figure, table or move the title alone."""
    cover = document.cover
    yield from (plain(cover.title), plain(cover.subtitle), plain(cover.summary))
    for section in document.sections:
        yield plain(section.title)
        for block in blocks(section.blocks):
            yield sentences((block,))[0]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_worked_example_is_valid_pdf_ua_in_every_language(locale: str) -> None:
    made = render_pdf(compose(worked_example(locale)))
    assert faults(made) == []
    printed = Printed(made)
    assert printed.root["/Lang"] == locale
    assert printed.fonts == OWN_FONTS
    score = "52.03" if locale == "en" else "52,03"
    assert score in printed.pages[0]


@pytest.mark.parametrize("reference", REFERENCES)
def test_any_answers_to_any_rubric_make_a_valid_pdf(reference: str) -> None:
    for seed, locale in enumerate(("en", "de")):
        made = render_pdf(compose(anybody(reference, seed, locale=locale)))
        assert faults(made) == []
        assert Printed(made).fonts == OWN_FONTS


def test_the_validator_tells_what_is_not_valid(made: bytes) -> None:
    untagged = typst.compile(b"= A heading", format="pdf", pdf_tags=False)
    assert any(fault.startswith("PDFUA1-TAGGED-DOCUMENT") for fault in faults(untagged))
    undescribed = made.replace(b"/Alt", b"/Tla")
    assert any(fault.startswith("PDFUA1-FIGURE-ALTERNATIVE-TEXT") for fault in faults(undescribed))


def test_what_is_read_aloud_has_headings_figures_and_tables_with_heads(document: Document, made: bytes) -> None:
    printed = Printed(made)
    assert [str(figure["/Alt"]) for figure in printed.elements("/Figure")] == [one.alt for one in figures(document)]
    tables = [one for part in document.sections for one in blocks(part.blocks) if isinstance(one, Table)]
    assert len(printed.elements("/Table")) == len(tables)
    assert len(printed.elements("/TH")) == sum(len(table.columns) for table in tables)
    levels = {kind: len(printed.elements(kind)) for kind in ("/Title", "/H1", "/H2", "/H4")}
    parts = [one for part in document.sections for one in blocks(part.blocks) if isinstance(one, Part)]
    moves = sentences(next(one.blocks for one in document.sections if one.id == "moves"))
    assert moves
    assert (levels["/Title"], levels["/H1"], levels["/H4"]) == (1, len(document.sections) + 1, 0)
    assert levels["/H2"] >= len(parts)


def test_bookmarks_name_the_sections_and_their_parts(document: Document, made: bytes) -> None:
    expected = []
    for section in document.sections:
        expected.append((1, plain(section.title)))
        expected += [(2, plain(one.title)) for one in section.blocks if isinstance(one, Part)]
    assert Printed(made).bookmarks == expected


def test_the_file_says_what_it_is(made: bytes) -> None:
    printed = Printed(made)
    metadata = printed.reader.metadata
    assert metadata is not None
    assert metadata.title == "Sales and marketing alignment: Acme Industries AG"
    assert metadata.author == "Alignment Assessment"
    assert metadata.creation_date is not None
    assert metadata.creation_date.isoformat() == "2026-11-22T00:00:00+00:00"
    assert printed.root["/ViewerPreferences"]["/DisplayDocTitle"]
    count = len(printed.pages)
    assert printed.pages[1].splitlines()[-1] == f"2 of {count}"
    assert printed.pages[1].splitlines()[0] == (
        "Acme Industries AG · Rubric version 2026.2 · completed 22 November 2026"
    )
    assert {tuple(round(float(side)) for side in one.mediabox) for one in printed.reader.pages} == {(0, 0, 595, 842)}


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_pdf_says_what_the_page_says_in_the_same_order(locale: str) -> None:
    document = compose(split_views(5, locale=locale))
    texts = [Printed(render_pdf(document)).body(document), squeeze("".join(Page(render_html(document)).texts))]
    for text in texts:
        at = 0
        for piece in read_in_order(document):
            found = text.find(squeeze(piece), at)
            assert found >= 0, piece
            at = found
    for section in document.sections:
        for sentence in sentences(section.blocks):
            assert all(squeeze(sentence) in text for text in texts), sentence


def test_another_language_than_the_reports_is_named() -> None:
    printed = Printed(render_pdf(compose(worked_example("de"))))
    assert printed.root["/Lang"] == "de"
    reasons = [cell for cell in printed.elements("/TD") if cell.get("/Lang") == "en"]
    assert len(reasons) == 32


def test_links_lead_into_the_report_or_to_the_studies(made: bytes) -> None:
    inside, outside = 0, []
    for one in Printed(made).reader.pages:
        for link in one.get("/Annots", []):
            annotation = link.get_object()
            assert annotation["/Subtype"] == "/Link"
            assert annotation["/Contents"]
            if "/A" in annotation:
                outside.append(str(annotation["/A"]["/URI"]))
            else:
                inside += 1
    assert inside > 50
    assert len(outside) >= 20
    assert all(address.startswith("https://") for address in outside)


def test_the_same_report_is_the_same_file(document: Document, made: bytes) -> None:
    assert render_pdf(document) == made
    assert render_pdf(compose(worked_example())) == made
    assert render_pdf(msgspec.structs.replace(document, date=None)) != made


@pytest.mark.parametrize(
    "name",
    [
        '#image("/etc/passwd") #eval("1+1") #sys.inputs',
        "$x^2$ *bold* _slanted_ `code` <label> @reference",
        "= Heading - list / term \\ \\u{41} ~ -- ' // comment /* open",
        "#{ panic() } ] [ #set page(width: 1cm)",
        "<script>alert(1)</script> &amp; {page} {pages}",
    ],
)
def test_markup_in_a_name_is_shown_as_it_is_written(name: str) -> None:
    made = render_pdf(of(name))
    assert faults(made) == []
    printed = Printed(made)
    assert len(printed.pages) == 5
    for page in printed.pages[:2]:
        assert squeeze(name) in squeeze(page)


@pytest.mark.parametrize("name", ["Ελληνική Εταιρεία", "ООО «Ромашка»", "Łódź Çağrı Việt Ñandú ẞ", "≈ ≤ ≥ → €"])
def test_latin_greek_and_cyrillic_names_stand_in_the_reports_own_font(name: str) -> None:
    made = render_pdf(of(name))
    assert faults(made) == []
    printed = Printed(made)
    assert printed.fonts == OWN_FONTS
    assert squeeze(name) in squeeze(printed.pages[0])


@pytest.mark.parametrize("name", ["שלום עולם בע״מ", "شركة الاختبار"])
def test_what_the_own_font_has_not_is_set_in_another(name: str) -> None:
    made = render_pdf(of(name))
    assert faults(made) == []
    assert Printed(made).fonts > OWN_FONTS


@pytest.mark.parametrize("name", ["\U000f0000 Ltd", "日本株式会社 \ue000", "👩‍👩‍👧 \U0010fffd Ventures"])
def test_letters_that_no_font_has_are_empty_boxes_and_not_a_failure(name: str) -> None:
    printed = Printed(render_pdf(of(name)))
    assert "Sentiment study of 2014, asked again" in printed.pages[0]
    assert printed.root["/MarkInfo"]["/Marked"]
    assert printed.elements("/H1")
    metadata = printed.reader.metadata
    assert metadata is not None
    assert metadata.title == f"Sentiment study of 2014, asked again: {name}"


def test_a_name_without_end_stays_on_the_page() -> None:
    printed = Printed(render_pdf(of("M" * 10_000)))
    lines = [squeeze(line) for line in printed.pages[0].splitlines()]
    assert max(line.count("M") for line in lines) < 40
    assert sum(line.count("MM") > 0 for line in lines) >= 5


def test_a_result_of_the_first_engine_is_printed() -> None:
    source = worked_example()
    old = read_result(as_first_engine(msgspec.json.encode(source.result)))
    made = render_pdf(compose(msgspec.structs.replace(source, result=old)))
    assert faults(made) == []
    assert "52.03" in Printed(made).pages[0]


def test_without_organisation_and_date_there_is_a_report() -> None:
    source = msgspec.structs.replace(worked_example(), organisation=None, completed_at=None, assessment=None)
    made = render_pdf(compose(source))
    assert faults(made) == []
    metadata = Printed(made).reader.metadata
    assert metadata is not None
    assert metadata.title == "Sales and marketing alignment"


def test_without_typst_the_extra_is_named(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PdfNotInstalled, match=r"pip install 'alignment-assessment\[pdf\]'"):
        render_pdf(document)


def test_reports_leave_nothing_behind(document: Document) -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    render_pdf(document)
    before = resident()
    for number in range(8):
        render_pdf(msgspec.structs.replace(document, title=f"Report {number}"))
    assert resident() - before < 100_000_000
