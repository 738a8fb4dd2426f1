"""What has changed since last time, and the place among others: in words, also where nothing can be said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import msgspec
import pytest

from assessment.report.compose import compose
from assessment.report.document import Document, Figure, Table, plain
from assessment.report.html import render_html
from assessment.report.source import Peers, PeersReason, ReportInput, Since
from assessment.report.words import LOCALES
from assessment.scoring.change import ChangeReason, ResultChange, ScoreChange
from assessment.scoring.moves import QuestionMove, RecommendationSeen, RecommendationsMoved
from assessment.scoring.release import Figures, Place
from tests.unit.report.reading import Page, blocks, section, sentences
from tests.unit.report.samples import worked_example

BEFORE = datetime(2026, 5, 1, tzinfo=UTC)
UNCHANGED = ScoreChange(
    dimension=None,
    title=None,
    before=44.1,
    after=52.03,
    change=7.93,
    status="provisional",
    significant=True,
    standard_error=2.0,
    index=3.97,
    detectable=3.92,
    reason=None,
    explanation="",
)


def since(overall: ScoreChange, *dimensions: ScoreChange) -> ReportInput:
    change = ResultChange(True, None, None, [], overall, list(dimensions))
    moves = RecommendationsMoved(
        done=[RecommendationSeen("sign-two-way-sla", "")],
        open=[],
        new=[RecommendationSeen("dropped-since", "An old move")],
    )
    known = Since(BEFORE, change, [QuestionMove("sla-agreement", "slas", 1.0, 2.5, 1.5)], moves)
    return msgspec.structs.replace(worked_example(), since=known)


def said(document: Document, name: str) -> list[str]:
    return sentences(section(document, name).blocks)


def test_a_change_is_named_with_its_date_and_its_reading() -> None:
    slas = msgspec.structs.replace(UNCHANGED, dimension="slas", title="SLA", change=-3.0, significant=False)
    texts = said(compose(since(UNCHANGED, slas)), "since")
    assert texts[0] == "Since 1 May 2026 the score has gone from 44.10 to 52.03 (+7.93): more than chance would bring."
    assert "A change of 3.92 points or more would be more than chance." in texts
    assert "not more than chance" in texts
    document = compose(since(UNCHANGED, slas))
    tables = [block for block in blocks(section(document, "since").blocks) if isinstance(block, Table)]
    assert [plain(cell) for cell in tables[1].rows[0]] == [
        "Is there a service-level agreement between sales and marketing?",
        "1",
        "2.50",
        "+1.50",
    ]
    figure = next(block for block in section(document, "since").blocks if isinstance(block, Figure))
    assert figure.alt == "Score of each dimension last time, then now: Service-level agreements: 44.10 and 52.03."
    assert "Draft, agree and sign a two-way SLA" in texts
    assert "An old move" in texts


@pytest.mark.parametrize(
    ("significant", "ending"),
    [
        (False, "(+7.93): not more than chance could bring."),
        (None, "(+7.93). Whether that is more than chance cannot be told."),
    ],
)
def test_a_change_that_is_not_more_than_chance_is_not_called_one(significant: bool | None, ending: str) -> None:
    changed = msgspec.structs.replace(UNCHANGED, significant=significant)
    assert said(compose(since(changed)), "since")[0].endswith(ending)


def test_scores_that_cannot_be_compared_stand_side_by_side() -> None:
    apart = msgspec.structs.replace(
        UNCHANGED, change=None, status="not_comparable", significant=None, reason="other_version", detectable=None
    )
    texts = said(compose(since(apart)), "since")
    assert texts[0] == "On 1 May 2026 the score was 44.10, now it is 52.03. The two cannot be compared."
    assert texts[1].startswith("The two were scored with different versions of the rubric")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("reason", get_args(ChangeReason))
def test_every_reason_why_a_change_is_not_judged_has_its_words(locale: str, reason: ChangeReason) -> None:
    changed = msgspec.structs.replace(UNCHANGED, significant=None, reason=reason, before=None)
    source = msgspec.structs.replace(since(changed), locale=locale)
    assert Page(render_html(compose(source))).texts


FIGURES = Figures(24, 47.5, (42.5, 57.5), 0.96, (37.5, 62.5), None, None)


def peers(*several: Peers, locale: str = "en") -> Document:
    return compose(msgspec.structs.replace(worked_example(), peers=several, locale=locale))


def test_a_place_has_its_interval_n_and_edition() -> None:
    place = Place("middle", 61.3, (40.9, 78.2))
    document = peers(Peers("all", "All organisations", FIGURES, place, None, 3, BEFORE))
    table = next(block for block in section(document, "peers").blocks if isinstance(block, Table))
    assert [plain(cell) for cell in table.rows[0]] == [
        "All organisations",
        "24",
        "47.5",
        "in the middle",
        "61% (41–78%)",
        "3, 1 May 2026",
    ]


def test_a_place_in_words_has_no_percentile() -> None:
    document = peers(Peers("industry", "Retail and wholesale", FIGURES, Place("higher", None, None), None, 3, BEFORE))
    table = next(block for block in section(document, "peers").blocks if isinstance(block, Table))
    assert plain(table.rows[0][0]) == "The same industry (Retail and wholesale)"
    assert plain(table.rows[0][4]) == "–"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("reason", [*get_args(get_args(PeersReason)[0]), *get_args(get_args(PeersReason)[1])])
def test_every_reason_why_no_place_is_said_has_its_words(locale: str, reason: PeersReason) -> None:
    texts = said(peers(Peers("size", "200 to 999 employees", None, None, reason, None, None), locale=locale), "peers")
    assert len(texts) == 2
    assert "200 to 999 employees" in texts[1]
