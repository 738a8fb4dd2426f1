"""A result in words: what is missing, what is not shown, and the shortest way up."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO

import pytest
from rich.console import Console

from assessment.cli.table import lay_out
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import compile_rubric
from assessment.scoring.perceived import Confidentiality


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load(default_directory())


def shown(
    catalog: Catalog,
    *responses: Response,
    width: int = 200,
    top: int = 3,
    confidentiality: Confidentiality = "grouped",
) -> str:
    entry = catalog.find("alignment-quick")
    result = assess(
        compile_rubric(entry.rubric, catalog.studies, entry.digest), responses, confidentiality=confidentiality
    )
    console = Console(width=width, record=True, file=StringIO(), highlight=False)
    console.print(lay_out(result, entry.rubric, catalog.studies, top))
    return console.export_text()


def answers_at(catalog: Catalog, level: int, **other: object) -> Mapping[str, object]:
    """Each question answered at its option with this level; a multiple choice with all or none of its options."""
    rubric = catalog.find("alignment-quick").rubric
    given: dict[str, object] = {}
    for question in rubric.questions:
        if question.kind == "multiple":
            given[question.id] = [option.id for option in question.options] if level else []
        else:
            given[question.id] = next(option.id for option in question.options if option.level == level)
    return given | {name.replace("_", "-"): answer for name, answer in other.items()}


def test_the_best_answers_are_level_4_with_nothing_left_to_do(catalog: Catalog) -> None:
    best = answers_at(catalog, 4)
    text = shown(catalog, Response(best, "sales"), Response(best, "marketing"))
    assert "Level 4 of 4: Integrated    100.00 of 100" in text
    assert "Every question that applies is answered." in text
    assert "The shortest way to the next level" not in text


def test_one_function_alone_is_named_as_one_view_and_its_gate_as_not_shown(catalog: Catalog) -> None:
    text = shown(catalog, Response(answers_at(catalog, 4), "marketing"))
    assert "Level 3 of 4: Aligned    100.00 of 100" in text
    assert "One function alone has answered: this is one side's view." in text
    assert "not shown by the answers; no higher than level 3 (Aligned)." in text


def test_a_rating_that_missing_answers_could_change_says_which_it_could_be(catalog: Catalog) -> None:
    unknown = {"state": "dont_know"}
    text = shown(catalog, Response(answers_at(catalog, 2, cross_rewards=unknown, response_time=unknown)))
    assert "Level 3 of 4: Aligned" in text
    assert "the rating could be 2 Defined or 3 Aligned." in text


def test_too_little_in_a_core_dimension_is_said_with_the_range_that_is_left(catalog: Catalog) -> None:
    unknown = {"state": "dont_know"}
    text = shown(catalog, Response(answers_at(catalog, 2, kpi_set=unknown, cross_rewards=unknown)))
    assert "No rating. Too little is answered in a core dimension: at least half of it is needed." in text
    assert "With what is answered, the score can be anything from " in text
    assert "not enough known" in text


def test_the_worst_answers_show_the_steps_to_level_2(catalog: Catalog) -> None:
    text = shown(catalog, Response(answers_at(catalog, 0)))
    assert "Level 1 of 4: Undefined    0.00 of 100" in text
    assert "The shortest way to the next level" in text
    assert "  Level 2 Defined in " in text
    assert "0 → " in text


def test_a_narrow_terminal_is_never_overrun(catalog: Catalog) -> None:
    text = shown(catalog, Response(answers_at(catalog, 2)), width=72)
    assert max(map(len, text.splitlines())) <= 72


def test_every_study_that_a_figure_came_from_is_listed_with_n_or_that_it_is_missing(catalog: Catalog) -> None:
    sources = shown(catalog, Response(answers_at(catalog, 2)), width=400).partition("\nSources\n")[2].splitlines()
    listed = [line for line in sources if line.startswith("  [")]
    assert [line.split("]")[0] for line in listed] == [f"  [{number}" for number in range(1, len(listed) + 1)]
    assert all("; n not published; quality " in line or "; n " in line for line in listed)


def test_the_gap_of_two_functions_is_laid_out_with_its_test(catalog: Catalog) -> None:
    lower, higher = answers_at(catalog, 3), answers_at(catalog, 4)
    text = shown(catalog, *[Response(lower, "sales")] * 4, *[Response(higher, "marketing")] * 4)
    assert "How the functions see it" in text
    assert "Answered: sales 4, marketing 4." in text
    row = next(line for line in text.splitlines() if line.strip().startswith("Pipeline ownership") and "yes" in line)
    assert row.split()[-6:] == ["100.00", "75.00", "+25.00", "large", "0.0286", "yes"]
    assert "• campaign-involvement: marketing sees its own behaviour markedly better than sales does." in text
    assert "• pipeline-review: in a study marketing 75%, sales 35% (h +0.83; n not published) [" in text
    assert "here 100% and 100% (h +0.00)" in text
    assert "Agreement. Everybody: r_WG(J) " in text
    assert "Not testable" not in text


def test_too_few_for_a_test_are_told_so_and_withheld_unless_named(catalog: Catalog) -> None:
    pair = Response(answers_at(catalog, 1), "sales"), Response(answers_at(catalog, 4), "marketing")
    text = shown(catalog, *pair)
    assert "Withheld in whole or part, so that nobody's answer can be told: marketing, sales." in text
    assert "Not testable below 4 + 4: with fewer than four people on a side no test can tell a gap from chance" in text
    assert "• kpi-set: disputed. Look for the record that settles it; until then the lower answer counts." in text
    named = shown(catalog, *pair, confidentiality="named")
    assert "Withheld" not in named
    row = next(line for line in named.splitlines() if line.strip().startswith("Pipeline ownership") and "large" in line)
    assert row.split()[-6:] == ["100.00", "25.00", "+75.00", "large", "–", "–"]


def test_contradictions_are_laid_out_with_their_answers(catalog: Catalog) -> None:
    text = shown(
        catalog, Response(answers_at(catalog, 2, sla_agreement="none", sla_clauses=["escalation", "return-rule"]))
    )
    assert "Answers that contradict each other" in text
    assert "• Clauses are named, but there is no agreement (sla-clauses at 1, sla-agreement at 0)." in text
