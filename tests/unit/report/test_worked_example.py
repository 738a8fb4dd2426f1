"""The report on the worked example, sentence by sentence where figures stand in it."""

from __future__ import annotations

import msgspec
import pytest

from assessment.report.compose import compose
from assessment.report.document import Document, Figure, Move, Table, plain
from tests.unit.report.reading import blocks, figures, runs, section, sentences
from tests.unit.report.samples import split_views, worked_example


@pytest.fixture(scope="module")
def document() -> Document:
    return compose(worked_example())


def test_the_cover_says_whose_result_it_is_and_what_it_comes_to(document: Document) -> None:
    cover = document.cover
    assert document.title == "Sales and marketing alignment: Acme Industries AG"
    assert cover.organisation is not None
    assert plain(cover.organisation) == "Acme Industries AG"
    assert plain(cover.subtitle) == "Rubric version 2026.2 · completed 22 November 2026"
    assert plain(cover.verdict) == "Level 3 of 4: Aligned. Score 52.03 of 100."
    assert [(plain(one.label), plain(one.value)) for one in cover.figures] == [
        ("Level, of 4", "3 Aligned"),
        ("Score, of 100", "52.03"),
        ("With missing answers at worst and best", "50.64 – 52.84"),
    ]
    assert [plain(one.value) for one in cover.facts] == [
        "Nobody said which function they answer for",
        "31 of 32 questions, 97% of their weight",
        "3 (Aligned), reached",
    ]


def test_the_sections_stand_in_the_order_they_are_read(document: Document) -> None:
    assert [one.id for one in document.sections] == [
        "score",
        "dimensions",
        "losses",
        "positions",
        "limits",
        "moves",
        "method",
    ]


def test_how_firm_the_score_is_stands_in_words(document: Document) -> None:
    said = " ".join(sentences(section(document, "score").blocks))
    assert "the score would be 50.64, if every one were the best 52.84, and the level is the same throughout" in said
    assert "Of 16 ways to do so" in said
    assert "16 give the same level by score; the results lie between 51.47 and 53.34." in said
    assert "between 50.11 (without “Which formats are used to inform and train sales?”)" in said
    assert "With every question weighing the same, the score is 51.54." in said


def test_the_points_lost_add_up_to_what_is_missing(document: Document) -> None:
    table = next(block for block in section(document, "dimensions").blocks if isinstance(block, Table))
    assert [plain(cell) for cell in table.rows[1]] == [
        "Service-level agreements (core)",
        "47.14",
        "2 Defined",
        "100%",
        "1.50",
        "8.23",
    ]
    assert round(sum(float(plain(row[5])) for row in table.rows), 2) == 47.97
    assert sentences(section(document, "losses").blocks)[0].startswith(
        "47.97 points are missing to 100. The largest part, 8.23, was lost in Service-level agreements."
    )


def test_each_position_names_publisher_year_population_and_n(document: Document) -> None:
    figure = next(one for one in figures(document) if one.id == "figure-positions-shared-kpis")
    assert figure.source is not None
    assert plain(figure.source) == (
        "[1] Convince & Convert with Ascend2, 2021. Sales and marketing professionals; n not published. "
        "[2] Marketing Advisory Network, 2016. Respondents whose organisation exceeded its revenue goals; n not "
        "published. [2] Marketing Advisory Network, 2016. People in business-to-business sales and marketing who "
        "answered a questionnaire of the Marketing Advisory Network; n 123."
    )
    assert "Is each function rewarded for the other's success?: ≈\u00a033% (29–38%); the study’s shares" in figure.alt


def test_a_gate_says_which_answers_it_misses_and_what_in_it_is_judgement(document: Document) -> None:
    said = sentences(section(document, "limits").blocks)
    assert said[:6] == [
        "The level is that of the score, 3 (Aligned). The following keeps the levels above it closed, whatever the "
        "score.",
        "Shared agreement, measures, rewards and systems",
        "Not met: no level above 3 (Aligned) is possible.",
        "“Is there a service-level agreement between sales and marketing?” at level 3 or above; it is at 2",
        "“How far are sales and marketing judged by the same measures?” at level 3 or above; it is at 2",
        "“Is each function rewarded for the other's success?” at level 2 or above; it is at 1",
    ]
    assert "Service-level agreements at level 3 (Aligned) or above; it is at 2 (Defined)" in said
    assert any(
        one.startswith("23 steps are enough for level 4 (Integrated); the score would then be 75.01.") for one in said
    )


def test_a_move_has_owner_effort_gain_and_evidence(document: Document) -> None:
    moves = [block for block in section(document, "moves").blocks if isinstance(block, Move)]
    assert len(moves) == 7
    assert (moves[0].rank, plain(moves[0].title)) == ("1", "Use all four formats to reach sales")
    assert [(plain(fact.label), plain(fact.value)) for fact in moves[0].facts] == [
        ("Owner", "Sales enablement"),
        ("Effort", "small"),
        ("Gain", "+1.19 points"),
        ("Because of", "“Which formats are used to inform and train sales?” at level 3"),
        ("Evidence", "S4.Q8\u00a0[2], S4.P7\u00a0[2]"),
    ]
    assert moves[0].judgement is None
    assert moves[1].judgement is not None
    assert plain(moves[1].judgement) == "Rests on judgement: no figure is published for it"


def test_every_study_that_is_cited_is_among_the_sources(document: Document) -> None:
    encoded = msgspec.json.encode(document).decode()
    facts = [one for one in sentences(section(document, "method").blocks) if one.startswith("[") and one.endswith("]")]
    numbers = [int(one[1:-1]) for one in facts]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(f"#source-{number}" in encoded for number in numbers)
    assert f"#source-{len(numbers) + 1}" not in encoded


def test_what_identifies_the_result_stands_at_the_end(document: Document) -> None:
    said = sentences(section(document, "method").blocks)
    assert said[-6:-4] == ["Engine", worked_example().result.engine]
    assert said[-4:] == [
        "Assessment",
        "asmt_01h455vb4pex5vsknk084sn02q",
        "Confidentiality",
        "grouped: figures of fewer than four people are withheld",
    ]


def test_the_same_input_gives_the_same_document(document: Document) -> None:
    assert msgspec.json.encode(compose(worked_example())) == msgspec.json.encode(document)


@pytest.mark.parametrize(
    ("locale", "verdict", "date"),
    [
        ("de", ("3", "52,03"), "22. November 2026"),
        ("fr", ("3", "52,03"), "22 novembre 2026"),
        ("es", ("3", "52,03"), "22 de noviembre de 2026"),
        ("it", ("3", "52.03"), "22 November 2026"),
    ],
)
def test_other_languages_write_figures_and_dates_their_way(locale: str, verdict: tuple[str, str], date: str) -> None:
    document = compose(worked_example(locale))
    assert all(figure in plain(document.cover.verdict) for figure in verdict)
    assert date in plain(document.cover.subtitle)


def test_what_is_quoted_from_studies_keeps_its_language(document: Document) -> None:
    german = compose(worked_example("de"))
    spoken = dict(runs(german))
    assert {lang for _, lang in runs(german)} == {None, "en"}
    assert spoken["2016 B2B Sales & Marketing Collaboration Study"] == "en"
    assert {lang for _, lang in runs(document)} == {None}


def test_the_perception_gap_is_a_pair_of_dots_for_each_dimension() -> None:
    document = compose(split_views(6))
    part = section(document, "perception")
    figure = next(block for block in blocks(part.blocks) if isinstance(block, Figure))
    assert figure.alt.startswith("Mean score of Marketing, then of Sales: Shared KPIs and incentives: 100.00 and 0.00;")
    assert (figure.wide.svg.count("<circle"), figure.narrow.svg.count("<circle")) == (9, 9)
    table = next(block for block in blocks(part.blocks) if isinstance(block, Table))
    assert [plain(cell) for cell in table.rows[0]] == [
        "Shared KPIs and incentives",
        "100.00",
        "0.00",
        "+100.00",
        "large",
        "0.0022",
        "yes",
    ]
    assert any(
        "differ widely, and by more than chance, on: " in one for one in sentences(section(document, "limits").blocks)
    )


def test_too_few_people_are_protected_in_words() -> None:
    said = sentences(section(compose(split_views(2)), "perception").blocks)
    withheld = "So that nobody’s own answer can be told, figures are withheld in whole or in part of:"
    assert f"{withheld} Marketing and Sales." in said
    assert any(one.startswith("With fewer than four people on a side no test can tell a gap") for one in said)


def test_sections_without_anything_to_say_are_left_out(document: Document) -> None:
    names = {one.id for one in document.sections}
    assert not names & {"perception", "contradictions", "since", "peers", "beside"}
