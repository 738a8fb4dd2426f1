"""The answer file: what is read from it, and what it says about its mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.cli.answers import AnswerFile, read_answers, write_questionnaire
from assessment.errors import InvalidInput, Problem
from assessment.rubric.catalog import Catalog, default_directory


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load(default_directory())


def read(tmp_path: Path, text: str) -> AnswerFile:
    path = tmp_path / "answers.yaml"
    path.write_text(text, encoding="utf-8")
    return read_answers(path)


def problems_of(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, text)
    return [f"{problem.pointer.removeprefix(str(tmp_path) + '/')}: {problem.detail}" for problem in caught.value.errors]


def test_a_questionnaire_asks_every_question_of_the_rubric_and_nothing_is_answered_in_it(
    tmp_path: Path, catalog: Catalog
) -> None:
    rubric = catalog.find("alignment").rubric
    text = write_questionnaire(rubric)
    file = read(tmp_path, text)
    assert file.rubric == "alignment@2026.2"
    assert file.responses[0].answers == {}
    asked = [place.removeprefix("/answers/") for place in file.lines if place.startswith("/answers/")]
    assert asked == [question.id for question in rubric.questions]
    assert len(asked) == 32


def test_a_questionnaire_shows_each_option_with_its_title_as_a_comment(catalog: Catalog) -> None:
    rubric = catalog.find("alignment-quick").rubric
    lines = write_questionnaire(rubric).splitlines()
    for question in rubric.questions:
        for option in question.options:
            assert any(line.split()[:2] == ["#", option.id] for line in lines)
    assert all(len(line) <= 100 for line in lines)


def test_what_is_filled_in_is_read_and_what_is_empty_is_unanswered(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        "rubric: alignment@2026.1\ntarget_level: 4\nanswers:\n  sla-agreement: agreed\n  sla-clauses: [escalation]\n"
        "  kpi-set:\n  closeness: {state: dont_know}\n",
    )
    assert file.target_level == 4
    assert [dict(response.answers.items()) for response in file.responses] == [
        {"sla-agreement": "agreed", "sla-clauses": ["escalation"], "closeness": {"state": "dont_know"}}
    ]


def test_responses_of_two_functions_are_read_from_json(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        '{"rubric": "alignment", "responses": [{"function": "sales", "answers": {"kpi-set": "separate"}},'
        ' {"function": "marketing", "answers": {"kpi-set": "shared-set"}}]}',
    )
    assert [(response.function, response.path) for response in file.responses] == [
        ("sales", ("responses", 0, "answers")),
        ("marketing", ("responses", 1, "answers")),
    ]


def test_confidentiality_and_seniority_are_read(tmp_path: Path) -> None:
    file = read(tmp_path, "confidentiality: named\nresponses:\n- seniority: director\n  answers: {}\n- answers: {}\n")
    assert file.confidentiality == "named"
    assert [response.seniority for response in file.responses] == ["director", None]
    assert read(tmp_path, "answers: {}\n").confidentiality == "grouped"


def test_a_problem_is_placed_on_the_line_of_its_answer(tmp_path: Path) -> None:
    file = read(tmp_path, "rubric: alignment\nanswers:\n  kpi-set: separate\n  sla-clauses: [a, b]\n")
    placed = file.place(Problem("/answers/sla-clauses/1", "unknown_option", "no"))
    assert placed.pointer == f"{file.path}:4 /answers/sla-clauses/1"


def test_a_problem_without_a_part_of_its_own_is_placed_on_what_is_around_it(tmp_path: Path) -> None:
    file = read(tmp_path, "answers:\n  kpi-set: {state: not_applicable}\n")
    placed = file.place(Problem("/answers/kpi-set/reason", "missing_reason", "needed"))
    assert placed.pointer == f"{file.path}:2 /answers/kpi-set/reason"


def test_every_wrong_part_is_named_with_its_line(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "rubric: [alignment]\ntarget_level: 9\nanswer: {}\nanswers: none\n")
    assert found == [
        "answers.yaml:3 /answer: There is no such field; allowed: rubric, answers, responses, target_level, "
        "confidentiality.",
        "answers.yaml:4 /answers: It holds one `question: option` a line.",
        "answers.yaml:1 /rubric: It is one reference, such as alignment or alignment@2026.1.",
        "answers.yaml:2 /target_level: It is one of 1, 2, 3, 4.",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("answers:\n  kpi-set: separate\n  kpi-set: shared-set\n", "answers.yaml:3"),
        ("answers:\n  kpi-set: no\n", "answers.yaml:2"),
        ("answers:\n  kpi-set: a: b\n", "answers.yaml:2"),
        ("", "answers.yaml:1"),
        ("answers: &a\n  kpi-set: *a\n", "answers.yaml:1"),
        ("answers:\n  kpi-set: " + "[" * 30 + "]" * 30 + "\n", "answers.yaml:2"),
        ("- kpi-set\n", "answers.yaml:1"),
        ("answers: {}\nresponses: []\n", "answers.yaml:1"),
        ("responses: []\n", "answers.yaml:1 /responses"),
        ("responses:\n- sales\n", "answers.yaml:2 /responses/0"),
        ("responses:\n- seniority: boss\n", "answers.yaml:2 /responses/0/seniority"),
        ("answers: {}\nconfidentiality: secret\n", "answers.yaml:2 /confidentiality"),
    ],
    ids=[
        "duplicate",
        "boolean",
        "syntax",
        "empty",
        "alias",
        "depth",
        "list",
        "both",
        "none",
        "text",
        "seniority",
        "confidentiality",
    ],
)
def test_what_is_no_answer_file_is_said_with_its_line(tmp_path: Path, text: str, place: str) -> None:
    found = problems_of(tmp_path, text)
    assert [line.partition(": ")[0] for line in found] == [place]
