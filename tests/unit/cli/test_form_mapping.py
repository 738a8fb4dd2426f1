"""Mapping files: every mistake is named with its line, and the first version is written from the export."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assessment.cli.forms.draft import draft_mapping
from assessment.cli.forms.export import FormExport, Row, read_export
from assessment.cli.forms.mapping import FormMapping, check_mapping, read_mapping
from assessment.errors import InvalidInput
from assessment.rubric.catalog import Catalog
from assessment.rubric.document import read_document
from assessment.rubric.model import Rubric

FORMS = Path(__file__).parents[2] / "integration/cli/forms"
COLUMNS = ["Company", "Team", "When", "KPIs", "Clauses", "Clauses > None"]
WHOLE = """\
rubric: alignment-quick@2026.2
organisation:
  name: {column: Company}
function: {column: team, values: {Sales team: sales}}
answered_at: {column: When, format: "%d.%m.%Y %H:%M"}
none: [Nothing]
questions:
  kpi-set: {column: KPIs, options: {All the same: shared-set}}
  sla-clauses: {columns: [Clauses, "Clauses > None"]}
"""


@pytest.fixture
def rubric(catalog: Catalog) -> Rubric:
    return catalog.find("alignment-quick", "2026.2").rubric


def check(tmp_path: Path, rubric: Rubric, text: str) -> FormMapping:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    file = read_mapping(path)
    check_mapping(file, rubric, COLUMNS)
    return file.mapping


def problems_of(tmp_path: Path, rubric: Rubric, text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        check(tmp_path, rubric, text)
    return [f"{one.pointer.rpartition(':')[2]}: {one.detail}" for one in caught.value.errors]


def test_a_whole_mapping_is_read_with_its_defaults(tmp_path: Path, rubric: Rubric) -> None:
    mapping = check(tmp_path, rubric, WHOLE)
    assert (mapping.confidentiality, mapping.complete, mapping.contribute_to_benchmark) == ("grouped", True, False)
    assert mapping.questions["sla-clauses"].all_columns == ["Clauses", "Clauses > None"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{column: Company}", "{colum: Company}", "3: `organisation.name.colum` is not known (did you mean `column`?)"),
        ("{column: Company}", "{column: }", "3: give either the name of a column in `column`, or one text for every"),
        ("{column: Company}", "{column: Compani}", "3: the export has no column 'Compani' (did you mean 'Company'?)"),
        ("{column: Company}", "Company", "3: `organisation.name` must have keys with values"),
        ("column: team", "column: Role", "4: the export has no column 'Role'; there are: 'Company', 'Team', 'When'"),
        ("team: sales}", "team: sale}", "4: 'sale' is not known; allowed: sales, marketing, leadership, operations"),
        ("team: sales}", "team: }", "4: nothing is given for 'Sales team'; allowed: sales, marketing"),
        ("%d.%m.%Y %H:%M", "%Q", "5: this is no format of a time, such as %d.%m.%Y %H:%M:"),
        ("kpi-set:", "kpi-sets:", "8: alignment-quick@2026.2 has no question 'kpi-sets' (did you mean 'kpi-set'?)"),
        ("same: shared-set}", "same: shared}", "8: there is no option 'shared'; allowed: separate, common-reporting,"),
        ("same: shared-set}", "same: }", "8: no option is given for 'All the same'; allowed: separate,"),
        ("column: KPIs,", "columns: [KPIs],", "8: this question takes one option: give `column`, and no `separator`"),
        ("column: KPIs,", "colum: KPIs,", "8: `questions.kpi-set.colum` is not known (did you mean `column`?)"),
        ("column: KPIs", "column: clauses", "9: the column 'Clauses' is that of the question 'kpi-set' already"),
        ("columns: [Clauses", "column: Team, columns: [Clauses", "9: give the name of one column in `column`, or of"),
        ("none: [Nothing]", "none: Nothing", "6: `none` must be a list"),
        ("rubric:", "confidentiality: open\nrubric:", "1: `confidentiality` must be 'grouped' or 'named'"),
        ("rubric:", "complete: yes\nrubric:", "1: `yes` without quotes is a boolean in YAML"),
        ("questions:", "questions:\n  kpi-set: {column: Team}", "9: `kpi-set` is given twice; the first is on line 8"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, rubric: Rubric, old: str, new: str, said: str) -> None:
    assert old in WHOLE
    found = problems_of(tmp_path, rubric, WHOLE.replace(old, new))
    assert len(found) == 1
    assert found[0].startswith(said), found


def test_every_mistake_is_named_at_once_in_the_order_of_the_file(tmp_path: Path, rubric: Rubric) -> None:
    text = WHOLE.replace("Company}", "Firm}").replace("sales}", "sellers}").replace("KPIs,", "Goals,")
    assert [one.split(":")[0] for one in problems_of(tmp_path, rubric, text)] == ["3", "4", "8"]


def test_an_organisation_field_that_is_not_filled_in_is_named(tmp_path: Path, rubric: Rubric) -> None:
    text = WHOLE.replace("{column: Company}", "{column: Company}\n  industry: {column: Team, values: {IT: }}")
    expected = ["4: nothing is given for 'IT': write what it stands for, or take it out"]
    assert problems_of(tmp_path, rubric, text) == expected


@pytest.mark.parametrize("name", ["google-forms.csv", "microsoft-forms.csv", "surveymonkey.csv"])
def test_the_first_mapping_of_a_usual_form_needs_nothing_filled_in(tmp_path: Path, rubric: Rubric, name: str) -> None:
    export = read_export(FORMS / name)
    text = draft_mapping(rubric, export)
    assert "# FILL IN" not in text
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    file = read_mapping(path)
    check_mapping(file, rubric, export.columns)
    assert list(file.mapping.questions) == [question.id for question in rubric.questions]


def test_what_a_first_mapping_cannot_know_is_left_to_a_person(tmp_path: Path, rubric: Rubric) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "Your unit,How far are marketing and sales judged by the same measures?,SLA?,Formats?,Remarks\n"
        "Inside sales,Mostly,Agreed,E-mail; Fax,none\n"
        "Marketing,Each function has only its own measures,Not sure,E-mail; Virtual training,=1\n"
        "Board,N/A,None,In-person training; E-mail,\n",
        encoding="utf-8",
    )
    text = draft_mapping(rubric, read_export(path))
    lines = text.splitlines()
    assert "  name: {column: }  # FILL IN its column, or {value: Northwind} where all rows are of that one" in lines
    assert '    "Inside sales": sales  # by its words' in lines
    assert '    "Board": # FILL IN one of: sales, marketing, leadership, operations' in lines
    assert '    column: "How far are marketing and sales judged by the same measures?"' in lines
    assert '      "Mostly":  # FILL IN' in lines
    assert 'dont_know: ["Not sure"]' in lines
    assert 'not_applicable: ["N/A"]' in lines
    assert '    column: "Formats?"  # by its cells: is it this one?' in lines
    assert '      "Fax":  # FILL IN' in lines
    assert lines[-2:] == ["# Columns that nothing above reads:", '#   "Remarks"']
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_mapping(mapping)
    missing = [one for one in caught.value.errors if "give the name of one column" in one.detail]
    assert len(missing) == len(rubric.questions) - 3


def test_a_form_with_a_column_for_each_choice_is_recognised(tmp_path: Path, rubric: Rubric) -> None:
    path = tmp_path / "typeform.csv"
    path.write_text(
        "#,Which company do you work for?,E-mail,Virtual training,A repository of sales tools,Submit Date (UTC)\n"
        "a1b2,Northwind,E-mail,,A repository of sales tools,2026-03-04 10:11:12\n",
        encoding="utf-8",
    )
    lines = draft_mapping(rubric, read_export(path)).splitlines()
    start = lines.index("  communication-formats:")
    assert lines[start + 1 : start + 5] == [
        "    columns:",
        '      - "E-mail"',
        '      - "Virtual training"',
        '      - "A repository of sales tools"',
    ]
    assert '  reference: {column: "#"}' in lines
    assert '  column: "Submit Date (UTC)"' in lines
    assert "  format:" not in "\n".join(lines)


@given(st.lists(st.text(min_size=1, max_size=8).filter(str.strip), min_size=4, max_size=4), st.text(max_size=8))
@example(["\x7f", "\x85#", "\U000e0001: ", "company\x1b"], "\u2028")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_first_mapping_can_be_read_whatever_the_export_holds(
    tmp_path: Path, rubric: Rubric, texts: list[str], cell: str
) -> None:
    names = [texts[0], f"{texts[1]} company", texts[2], "What does the agreement lay down?"]
    rows = [Row(2, [cell, cell, texts[3], cell]), Row(3, ["x", "y", "sales", texts[3]])]
    path = tmp_path / "mapping.yaml"
    path.write_text(draft_mapping(rubric, FormExport(path, "utf-8", ",", [names], names, rows)), encoding="utf-8")
    document, problems = read_document(path)
    assert problems == []
    assert document is not None
    assert document.data["organisation"]["name"]["column"] == names[1]
