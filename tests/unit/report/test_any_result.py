"""Any legal result of any rubric, in every language: a sound page with sound charts, and no figure left out."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.report.compose import compose
from assessment.report.document import plain
from assessment.report.html import render_html
from assessment.report.words import LOCALES
from tests.unit.report.reading import Page, figures, runs, sentences
from tests.unit.report.samples import REFERENCES, anybody, split_views, worked_example
from tests.unit.report.test_charts import assert_sound


@pytest.mark.parametrize("reference", REFERENCES)
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(LOCALES))
def test_any_answers_make_a_sound_report(reference: str, seed: int, locale: str) -> None:
    source = anybody(reference, seed, locale=locale)
    document = compose(source)
    for figure in figures(document):
        assert figure.alt
        assert plain(figure.caption)
        for drawing in (figure.wide, figure.narrow):
            assert_sound(drawing)
    page = Page(render_html(document))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.values("href") if address.startswith("#")} <= set(ids)
    for section in document.sections:
        assert any(sentences(section.blocks)), section.id
    text = "".join(page.texts)
    assert not {"{", "}"} & set(text)
    assert "nan" not in text.split()
    if source.result.score is not None:
        written = f"{source.result.score:.2f}"
        assert (written if locale == "en" else written.replace(".", ",")) in text


@pytest.mark.parametrize("reference", ["sentiment-2014@2026.1", "integration-2008@2026.1", "collaboration-2016@2026.1"])
def test_a_rubric_without_levels_has_positions_and_no_score(reference: str) -> None:
    document = compose(anybody(reference, 3))
    names = [section.id for section in document.sections]
    assert names[0] == "beside"
    assert not {"score", "dimensions", "losses", "positions", "limits", "moves"} & set(names)
    assert plain(document.cover.verdict) == "No rating: the answers are set beside those of a study."
    assert document.cover.figures == ()


def test_the_charts_of_page_and_paper_are_the_same_svg() -> None:
    document = compose(anybody("alignment@2026.2", 7))
    page = render_html(document).decode()
    for figure in figures(document):
        assert figure.wide.svg in page
        assert ElementTree.fromstring(figure.wide.svg).get("width") == "680"


def test_in_french_a_narrow_space_stands_before_colons_and_semicolons() -> None:
    for source in (worked_example("fr"), split_views(9, locale="fr")):
        document = compose(source)
        french = [text for text, lang in runs(document) if lang is None] + [figure.alt for figure in figures(document)]
        assert [text for text in french if re.search(r"(?<!\u202f)[:;?!](?=\s|$)", text)] == []
