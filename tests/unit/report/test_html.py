"""The page: sound, inert, readable by what reads aloud, and safe whatever an organisation calls itself."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec
import pytest

from assessment.report.compose import compose
from assessment.report.document import Document
from assessment.report.html import Language, Links, render_html, stylesheet
from assessment.report.writer import clean
from tests.unit.report.reading import Page, sentences
from tests.unit.report.samples import report_on, split_views, worked_example

HOSTILE = [
    '<script>alert("1")</script>',
    "'\"><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "]]><!-- --> &amp; &#0;",
    "\x00\x01\x07\x1b[31m\x7f\x9f",
    "\u202egnirts desrever\u2066\u2069\u200f",
    "\ud800 lone \udfff surrogate",
    "שלום עולם",
    "شركة الاختبار",
    "日本株式会社",
    "👩‍👩‍👧 Ventures",
    "\ufffe\uffff",
    "a\n\n\tb\u2028c",
    "x" * 10_000,
    " \t\u00a0 ",
]


@pytest.fixture(scope="module")
def document() -> Document:
    return compose(worked_example())


def test_the_page_is_sound_and_nothing_in_it_can_act(document: Document) -> None:
    page = Page(render_html(document, stylesheet_at="report.css"))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "style", "iframe", "object", "embed", "form", "input", "img", "foreignobject", "use"}
    attributes = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset"}]
    assert all(re.match(r"#|https://|report\.css$", address) for address in page.values("href"))


def test_ids_are_unique_and_every_link_on_the_page_leads_somewhere() -> None:
    page = Page(render_html(compose(split_views(6))))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.values("href") if address.startswith("#")} <= set(ids)


def test_headings_do_not_skip_a_level_and_tables_say_what_heads_them(document: Document) -> None:
    page = Page(render_html(document))
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(headings))
    scopes = [attributes.get("scope") for tag, attributes in page.elements if tag == "th"]
    assert set(scopes) == {"col", "row"}


def test_every_chart_has_a_name_and_says_in_words_what_it_shows(document: Document) -> None:
    page = Page(render_html(document))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("svg") == tags.count("desc") == 2 * tags.count("figure")
    assert "47.14 · Defined" in " ".join(page.texts)


@pytest.mark.parametrize("name", HOSTILE)
def test_an_organisation_may_call_itself_anything(name: str) -> None:
    rendered = render_html(compose(msgspec.structs.replace(worked_example(), organisation=name)))
    page = Page(rendered)
    text = "".join(page.texts)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", text)
    shown = clean(name)
    assert len(shown) <= 160
    assert shown in text
    assert ("bdi" in [tag for tag, _ in page.elements[:30]]) is bool(shown)


def test_a_name_is_kept_apart_from_the_direction_of_the_text_around_it() -> None:
    rendered = render_html(compose(msgspec.structs.replace(worked_example(), organisation="שלום"))).decode()
    assert '<span class="organisation"><bdi>שלום</bdi></span>' in rendered


def test_without_an_organisation_and_a_date_the_rubric_stands_alone() -> None:
    source = msgspec.structs.replace(worked_example(), organisation=None, completed_at=None, assessment=None)
    document = compose(source)
    assert (document.title, document.date) == ("Sales and marketing alignment", None)
    text = "".join(Page(render_html(document)).texts)
    assert "completed" not in text
    assert "asmt_" not in text


def test_the_page_names_its_language_and_links_to_others_and_to_the_pdf(document: Document) -> None:
    links = Links(pdf="report.pdf", languages=(Language("de", "Deutsch", "?locale=de"),))
    page = Page(render_html(document, stylesheet_at="report.css", links=links))
    assert page.elements[0] == ("html", {"lang": "en"})
    assert ("a", {"href": "report.pdf"}) in page.elements
    assert ("a", {"href": "?locale=de", "hreflang": "de", "lang": "de"}) in page.elements


def test_german_marks_what_stays_english() -> None:
    page = Page(render_html(compose(worked_example("de"))))
    assert page.elements[0] == ("html", {"lang": "de"})
    assert {attributes["lang"] for tag, attributes in page.elements[1:] if "lang" in attributes} == {"en"}


def test_a_file_carries_its_stylesheet_and_a_page_links_to_it(document: Document) -> None:
    name, body = stylesheet()
    assert re.fullmatch(r"report\.[0-9a-f]{16}\.css", name)
    alone, linked = render_html(document), render_html(document, stylesheet_at=f"static/{name}")
    assert body.decode().splitlines()[-1] in alone.decode()
    assert f'<link rel="stylesheet" href="static/{name}">' in linked.decode()
    assert b"url(" not in body
    assert b"@import" not in body


def test_an_assessment_that_nobody_answered_has_a_report_too() -> None:
    document = compose(report_on("alignment@2026.2", []))
    assert document.cover.figures == ()
    text = " ".join(Page(render_html(document)).texts)
    assert "No rating: too little is answered." in text
    assert "Nothing is answered that counts." in text


def test_nothing_of_the_document_is_left_out_of_the_page(document: Document) -> None:
    text = " ".join("".join(Page(render_html(document)).texts).split())
    for section in document.sections:
        for sentence in sentences(section.blocks):
            assert " ".join(sentence.split()) in text
