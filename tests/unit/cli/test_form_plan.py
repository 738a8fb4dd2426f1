"""Rows of a form as assessments: what is read from them, and what is said of those that cannot be imported."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.cli.forms.export import FormExport, Row
from assessment.cli.forms.mapping import FormMapping, check_mapping, read_mapping
from assessment.cli.forms.plan import Plan, plan
from assessment.rubric.catalog import Catalog
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.service.views import NewAssessment, Respondent

MAPPING = """\
rubric: alignment-quick@2026.2
organisation:
  name: {column: Company}
  industry: {column: Industry, values: {IT: software}}
function: {column: Team, values: {Inside sales: sales}}
respondent:
  reference: {column: Person}
  seniority: {column: Rank, values: {Boss: executive}}
answered_at: {column: When}
dont_know: [No idea]
not_applicable: [Not for us]
none: [None of these]
questions:
  kpi-set: {column: KPIs}
  response-time: {column: Reply, options: {Same day: within-a-day}}
  communication-formats: {column: Formats}
  sla-clauses: {columns: [Clauses > What happens when a commitment is missed, Clauses > Other]}
"""
COLUMNS = ["Company", "Industry", "Team", "Person", "Rank", "When", "KPIs", "Reply", "Formats"]
CLAUSES = ["Clauses > What happens when a commitment is missed", "Clauses > Other"]
GOOD = {
    "Company": "Northwind",
    "Team": "Sales",
    "KPIs": "Each function has only its own measures",
    "Reply": "Same day",
    "Formats": "E-mail",
}


@pytest.fixture(scope="module")
def rubric(catalog: Catalog) -> CompiledRubric:
    entry = catalog.find("alignment-quick", "2026.2")
    return compile_rubric(entry.rubric, catalog.studies, entry.digest)


@pytest.fixture
def mapping(tmp_path: Path, rubric: CompiledRubric) -> FormMapping:
    return mapped(tmp_path, rubric, MAPPING)


def mapped(tmp_path: Path, rubric: CompiledRubric, text: str) -> FormMapping:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    file = read_mapping(path)
    check_mapping(file, rubric.source, [*COLUMNS, *CLAUSES])
    return file.mapping


def planned(mapping: FormMapping, rubric: CompiledRubric, *rows: dict[str, str]) -> Plan:
    """The plan of rows with these cells, the first of them in row 2."""
    names = [*COLUMNS, *CLAUSES]
    cells = [Row(number, [row.get(name, "") for name in names]) for number, row in enumerate(rows, start=2)]
    return plan(mapping, rubric, FormExport(Path("export.csv"), "utf-8", ",", [names], names, cells))


def one(mapping: FormMapping, rubric: CompiledRubric, **cells: str) -> NewAssessment:
    """The assessment of one good row with these cells besides."""
    found = planned(mapping, rubric, GOOD | {name.replace("_", " "): cell for name, cell in cells.items()})
    assert found.mistakes == []
    return found.planned[0].wanted.new


def answered(new: NewAssessment) -> dict[str, Any]:
    return dict(new.responses[0].answers.items())


def test_texts_of_the_form_become_ids_of_the_rubric(mapping: FormMapping, rubric: CompiledRubric) -> None:
    new = one(mapping, rubric, Industry="IT", Person="p-7", Rank="Boss", When="2026-03-04T10:11:12Z")
    assert new.organisation.industry == "software"
    assert new.responses[0].function == "sales"
    assert new.responses[0].respondent == Respondent("p-7", "executive")
    assert new.metadata["answered_at"] == "2026-03-04T10:11:12+00:00"
    assert answered(new) == {
        "kpi-set": "separate",
        "response-time": "within-a-day",
        "communication-formats": ["email"],
    }
    assert new.complete


@pytest.mark.parametrize(
    ("cell", "option"),
    [
        ("separate", "separate"),
        ("  each function has   ONLY its own measures ", "separate"),
        ("Jeder Bereich hat nur seine eigenen Kennzahlen", "separate"),
        ("At least one measure carries a joint target", "one-joint-target"),
        ("No idea", {"state": "dont_know"}),
        ("not for us", {"state": "not_applicable", "reason": "not for us"}),
    ],
)
def test_an_option_is_found_by_its_text_in_any_language(
    mapping: FormMapping, rubric: CompiledRubric, cell: str, option: Any
) -> None:
    assert answered(one(mapping, rubric, KPIs=cell))["kpi-set"] == option


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("E-mail;Virtual training", ["email", "virtual-training"]),
        ("E-mail, A repository of sales tools", ["email", "tool-repository"]),
        ("E-mail;;in-person training;", ["email", "in-person-training"]),
        ("E-mail\nE-mail", ["email"]),
        ("None of these", []),
        ("No idea", {"state": "dont_know"}),
    ],
)
def test_several_choices_in_a_cell_are_told_apart(
    mapping: FormMapping, rubric: CompiledRubric, cell: str, options: Any
) -> None:
    assert answered(one(mapping, rubric, Formats=cell))["communication-formats"] == options


def test_a_choice_with_commas_in_its_own_text_is_found_between_commas(tmp_path: Path, rubric: CompiledRubric) -> None:
    text = MAPPING.replace(f"columns: [{CLAUSES[0]}, Clauses > Other]", f"column: {CLAUSES[1]}")
    cell = "How many leads, of what quality, marketing owes, How leads are scored or qualified, as both have agreed"
    new = planned(mapped(tmp_path, rubric, text), rubric, GOOD | {CLAUSES[1]: cell}).planned[0].wanted.new
    assert answered(new)["sla-clauses"] == ["volume-and-quality", "lead-qualification"]


@pytest.mark.parametrize(
    ("first", "second", "options"),
    [
        ("What happens when a commitment is missed", "", ["escalation"]),
        ("1", "", ["escalation"]),
        ("yes", "return-rule", ["escalation", "return-rule"]),
        ("0", "return-rule", ["return-rule"]),
        ("", "None of these", []),
    ],
)
def test_choices_with_columns_of_their_own_are_gathered(
    mapping: FormMapping, rubric: CompiledRubric, first: str, second: str, options: list[str]
) -> None:
    found = planned(mapping, rubric, GOOD | dict(zip(CLAUSES, (first, second), strict=True)))
    assert answered(found.planned[0].wanted.new)["sla-clauses"] == options


def test_what_is_empty_or_not_ticked_is_not_answered(mapping: FormMapping, rubric: CompiledRubric) -> None:
    found = planned(mapping, rubric, GOOD | {"Formats": "", CLAUSES[0]: "no"})
    assert sorted(answered(found.planned[0].wanted.new)) == ["kpi-set", "response-time"]


def test_rows_of_an_organisation_become_one_assessment(mapping: FormMapping, rubric: CompiledRubric) -> None:
    found = planned(
        mapping,
        rubric,
        GOOD | {"When": "2026-03-04"},
        GOOD | {"Company": "Alder & Sons"},
        GOOD | {"Company": "NORTHWIND ", "Team": "Marketing", "When": "2026-03-02", "Industry": "IT"},
    )
    assert found.mistakes == []
    first, second = found.planned
    assert (first.rows, second.rows) == ([2, 4], [3])
    assert first.wanted.new.organisation.name == "Northwind"
    assert first.wanted.new.organisation.external_id == "name:northwind"
    assert first.wanted.new.organisation.industry == "software"
    assert [one.function for one in first.wanted.new.responses] == ["sales", "marketing"]
    assert first.wanted.new.metadata["answered_at"] == "2026-03-04T00:00:00"
    assert first.result is not None
    assert (first.result.score, first.result.level) == (None, None)


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"Company": " "}, "Company", "it is empty: name the organisation"),
        ({"Team": ""}, "Team", "it is empty: name the function, one of sales, marketing, leadership, operations"),
        (
            {"Team": "Board"},
            "Team",
            "'Board' is not known. Allowed: sales, marketing, leadership, operations, and",
        ),
        ({"Rank": "Chief", "Person": "7"}, "Rank", "'Chief' is not known. Allowed: executive, director, manager, spec"),
        ({"Rank": "manager"}, "Person", "it is empty: a seniority needs a reference beside it"),
        ({"When": "yesterday"}, "When", "'yesterday' is no time of the form 2026-03-31T09:30; for another one give"),
        ({"KPIs": "Some"}, "KPIs", "'Some' is no option of kpi-set. Allowed: Each function has only its own measures"),
        ({"Formats": "E-mail; Fax"}, "Formats", "'Fax' is no option of communication-formats. Allowed: E-mail (email)"),
        ({"Formats": "E-mail; None of these"}, "Formats", "'None of these' stands beside other choices"),
        ({"Formats": "E-mail; No idea"}, "Formats", "'No idea' stands beside other choices"),
        ({CLAUSES[1]: "1"}, CLAUSES[1], "'Other' is no option of sla-clauses. Allowed: How leads are scored"),
        ({"KPIs": "x" * 200}, "KPIs", f"'{'x' * 79}…' is no option of kpi-set."),
        ({"KPIs": "", "Reply": "", "Formats": ""}, None, "it answers none of the questions"),
        ({"Company": "N" * 201}, "Company", "'name' must be a text of 1 to 200 characters, without NUL."),
        ({"Industry": "i" * 101}, "Industry", "'industry' must be a text of 0 to 100 characters, without NUL."),
        ({"Person": "p" * 201}, "Person", "'reference' must be a text of 1 to 200 characters, without NUL."),
        ({"KPIs": "Not for us", "Formats": "n\0"}, "Formats", "'n\\x00' is no option of communication-formats."),
    ],
)
def test_a_mistake_is_named_with_row_and_column(
    mapping: FormMapping, rubric: CompiledRubric, cells: dict[str, str], column: str | None, said: str
) -> None:
    found = planned(mapping, rubric, GOOD | {"Company": "Alder & Sons"}, GOOD | cells)
    assert [(one.row, one.column) for one in found.mistakes] == [(3, column)]
    assert found.mistakes[0].detail.startswith(said), found.mistakes[0].detail
    assert [one.rows for one in found.planned] == [[2]]


def test_a_good_row_waits_for_the_bad_one_of_its_organisation(mapping: FormMapping, rubric: CompiledRubric) -> None:
    bad = GOOD | {"KPIs": "Some", "Team": "Board"}
    found = planned(mapping, rubric, GOOD, bad, GOOD | {"Company": "Alder & Sons"}, GOOD)
    assert [(one.row, one.column) for one in found.mistakes] == [(2, None), (3, "Team"), (3, "KPIs"), (5, None)]
    assert found.mistakes[0].detail == "held back: row 3 of the same organisation cannot be imported"
    assert [one.rows for one in found.planned] == [[4]]


def test_rows_that_disagree_about_their_organisation_are_named(mapping: FormMapping, rubric: CompiledRubric) -> None:
    found = planned(mapping, rubric, GOOD | {"Industry": "Retail"}, GOOD, GOOD | {"Industry": "Media"})
    assert [one.row for one in found.mistakes] == [2, 3, 4]
    assert found.mistakes[2].detail == "the organisation's industry is 'Media' here and 'Retail' in row 2"


def test_a_row_with_more_cells_than_columns_is_named(mapping: FormMapping, rubric: CompiledRubric) -> None:
    names = [*COLUMNS, *CLAUSES]
    rows = [Row(2, [GOOD.get(name, "") for name in names] + ["", "stray"])]
    found = plan(mapping, rubric, FormExport(Path("export.csv"), "utf-8", ",", [names], names, rows))
    assert found.mistakes[0].detail == "it has 13 cells, and there are 11 columns: is a quote missing?"


def test_more_responses_than_an_assessment_is_created_with_are_refused(
    mapping: FormMapping, rubric: CompiledRubric
) -> None:
    found = planned(mapping, rubric, *[GOOD] * 501)
    assert len(found.mistakes) == 501
    expected = "its organisation has 501 rows, and an assessment is created with 500 at most"
    assert found.mistakes[0].detail == expected


def test_five_hundred_rows_fit_into_the_metadata_that_the_api_takes(
    mapping: FormMapping, rubric: CompiledRubric
) -> None:
    found = planned(mapping, rubric, *[GOOD | {"When": datetime(2026, 3, 4, tzinfo=UTC).isoformat()}] * 500)
    wanted = found.planned[0].wanted
    assert len(wanted.prints) == 500
    assert len(wanted.new.metadata) == 10
    assert all(len(name) <= 40 and len(value) <= 500 for name, value in wanted.new.metadata.items())


def test_a_form_without_a_function_or_an_organisation_column_is_read(tmp_path: Path, rubric: CompiledRubric) -> None:
    text = MAPPING.replace("{column: Company}", "{value: Northwind}")
    text = text.replace("function: {column: Team, values: {Inside sales: sales}}\n", "").replace(
        "  industry: {column: Industry, values: {IT: software}}\n", ""
    )
    found = planned(mapped(tmp_path, rubric, text), rubric, {"KPIs": "separate"}, {"KPIs": "shared-set"})
    new = found.planned[0].wanted.new
    assert new.organisation.name == "Northwind"
    assert [one.function for one in new.responses] == [None, None]


def test_an_ambiguous_text_is_not_guessed(mapping: FormMapping, tmp_path: Path, rubric: CompiledRubric) -> None:
    question = next(one for one in rubric.source.questions if one.id == "kpi-set")
    options = [option.model_copy(update={"title": "The same"}) for option in question.options[:2]]
    same = question.model_copy(update={"options": [*options, *question.options[2:]]})
    dimensions = [
        dimension.model_copy(
            update={"questions": [same if one.id == "kpi-set" else one for one in dimension.questions]}
        )
        for dimension in rubric.source.dimensions
    ]
    source = rubric.source.model_copy(update={"dimensions": dimensions, "translations": []})
    found = planned(mapping, msgspec.structs.replace(rubric, source=source), GOOD | {"KPIs": "The same"})
    expected = "'The same' may be separate or common-reporting: say under `options` which one it is"
    assert found.mistakes[0].detail == expected


TEXTS = [
    "",
    "Northwind",
    "Alder & Sons",
    "Sales",
    "Board",
    "E-mail",
    "No idea",
    "Not for us",
    "None of these",
    "separate",
]
CELLS = st.sampled_from(TEXTS) | st.lists(st.sampled_from(TEXTS), max_size=3).map(";".join) | st.text(max_size=5)
ROWS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys([*COLUMNS, *CLAUSES], CELLS)), max_size=6)


@given(ROWS)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_row_is_lost_whatever_stands_in_it(
    mapping: FormMapping, rubric: CompiledRubric, rows: list[dict[str, str]]
) -> None:
    found = planned(mapping, rubric, *[GOOD | row for row in rows])
    imported = [row for one in found.planned for row in one.rows]
    rejected = {one.row for one in found.mistakes}
    assert len(imported) == len(set(imported))
    assert rejected.isdisjoint(imported)
    assert sorted([*imported, *rejected]) == list(range(2, 2 + len(rows)))
