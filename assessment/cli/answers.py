"""The answer file: written as a questionnaire to fill in, read back as responses to score.

It holds what `POST /v1/scores` takes, in YAML (JSON is YAML too); a value left empty is an unanswered question.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from assessment.errors import InvalidInput, Problem, pointer
from assessment.rubric.document import read_document
from assessment.rubric.model import Rubric
from assessment.rubric.question import Question
from assessment.scoring.answers import SENIORITIES, Response
from assessment.scoring.perceived import Confidentiality

WIDTH = 100
FIELDS = ("rubric", "answers", "responses", "target_level", "confidentiality")
CONFIDENTIALITIES = ("grouped", "named")


class AnswerFile(NamedTuple):
    """What an answer file says; `lines` has the line of each JSON pointer."""

    path: Path
    rubric: str | None
    responses: list[Response]
    target_level: int | None
    confidentiality: Confidentiality
    lines: dict[str, int]

    def place(self, problem: Problem) -> Problem:
        """The problem with `file:line` before its pointer: of the part itself, or of the nearest part around it."""
        return _place(self.path, self.lines, problem)


def write_questionnaire(rubric: Rubric) -> str:
    """A file to fill in: each question with its help and options as comments, and an empty answer."""
    head, total = rubric.head, len(rubric.questions)
    lines = [
        *_comment(f"{head.title} {head.version}: {total} questions, about {head.minutes} minutes."),
        *_comment(head.summary),
        "#",
        *_comment(
            "Write the id of an option after a question's colon. What stays empty is unanswered: it is never taken "
            f"for the worst or the best answer{', it only widens the range of the score' if head.levels else ''}."
        ),
        "#",
        "#   a-question: an-option",
        "#   a-question: [an-option, another-option]    where several fit; [] says that none does",
        "#   a-question: {state: dont_know}",
        '#   a-question: {state: not_applicable, reason: "why it does not apply"}',
        "#",
        *_comment("Then: assessment score FILE"),
        f"rubric: {head.id}@{head.version}",
        "answers:",
    ]
    number = 0
    for dimension in rubric.dimensions:
        lines += ["", f"  # ===== {dimension.title} =====", *_comment(dimension.summary, "  # ")]
        for question in dimension.questions:
            number += 1
            lines += ["", *_write_question(question, f"{number}/{total}")]
    return "\n".join(lines) + "\n"


def read_answers(path: Path) -> AnswerFile:
    """Read an answer file; InvalidInput names every part that is not one, with its line."""
    document, problems = read_document(path)
    if document is None:
        raise InvalidInput(f"{path} cannot be read as an answer file.", errors=problems)
    data: Any = document.data
    lines = {pointer(*place): line for place, line in document.lines.items()}
    problems = [_place(path, lines, problem) for problem in _shape_problems(data)]
    if problems:
        raise InvalidInput(f"{path} is not an answer file.", errors=problems)
    confidentiality = data.get("confidentiality", "grouped")
    return AnswerFile(path, data.get("rubric"), _responses(data), data.get("target_level"), confidentiality, lines)


def _responses(data: dict[str, Any]) -> list[Response]:
    if "answers" in data:
        return [Response(answers=_filled(data["answers"]))]
    return [
        Response(
            _filled(part.get("answers")), part.get("function"), ("responses", index, "answers"), part.get("seniority")
        )
        for index, part in enumerate(data["responses"])
    ]


def _place(path: Path, lines: dict[str, int], problem: Problem) -> Problem:
    part = problem.pointer
    while part and part not in lines:
        part = part.rpartition("/")[0]
    where = f"{path}:{lines.get(part, 1)} {problem.pointer}".rstrip()
    return Problem(where, problem.code, problem.detail)


def _comment(text: str, prefix: str = "# ") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=prefix, subsequent_indent=prefix)


def _write_question(question: Question, number: str) -> Iterator[str]:
    yield from _comment(f"{number}  {question.title}", "  # ")
    yield from _comment(question.help, "  #   ")
    if question.kind == "multiple":
        yield "  #   Any number of:"
    ids = [_as_text(option.id) for option in question.options]
    width = max(map(len, ids))
    for option_id, option in zip(ids, question.options, strict=True):
        first = f"  #     {option_id:<{width}}  "
        yield from textwrap.wrap(
            option.title, WIDTH, initial_indent=first, subsequent_indent=f"  #     {'':<{width}}  "
        )
    yield f"  {question.id}:"


def _as_text(option_id: str) -> str:
    """The id as YAML needs it to stay a text: `no` and `30` only do so in quotes."""
    return option_id if isinstance(yaml.safe_load(option_id), str) else f'"{option_id}"'


def _filled(answers: dict[str, Any] | None) -> dict[str, Any]:
    return {question: answer for question, answer in (answers or {}).items() if answer is not None}


def _shape_problems(document: Any) -> Iterator[Problem]:
    if not isinstance(document, dict):
        yield Problem("", "invalid_type", "It needs `answers:` with one line for each question.")
        return
    for name in document.keys() - set(FIELDS):
        yield Problem(pointer(name), "unknown_field", f"There is no such field; allowed: {', '.join(FIELDS)}.")
    if ("answers" in document) == ("responses" in document):
        yield Problem("", "invalid_request", "Give either `answers` or `responses`, one of the two.")
    elif "answers" in document:
        yield from _answers_problems(document["answers"], "answers")
    else:
        yield from _responses_problems(document["responses"])
    if not isinstance(document.get("rubric"), str | None):
        yield Problem("/rubric", "invalid_type", "It is one reference, such as alignment or alignment@2026.1.")
    if document.get("target_level") not in (None, 1, 2, 3, 4):
        yield Problem("/target_level", "invalid_value", "It is one of 1, 2, 3, 4.")
    if document.get("confidentiality", "grouped") not in CONFIDENTIALITIES:
        yield Problem("/confidentiality", "invalid_value", f"It is one of {', '.join(CONFIDENTIALITIES)}.")


def _responses_problems(responses: Any) -> Iterator[Problem]:
    if not isinstance(responses, list) or not responses:
        yield Problem("/responses", "invalid_type", "It is a list of entries with `function` and `answers`.")
        return
    for index, part in enumerate(responses):
        if not isinstance(part, dict) or part.keys() - {"function", "seniority", "answers"}:
            detail = "It has `function`, `seniority` and `answers`, no more."
            yield Problem(pointer("responses", index), "invalid_type", detail)
            continue
        if not isinstance(part.get("function"), str | None):
            yield Problem(pointer("responses", index, "function"), "invalid_type", "It is the id of a function.")
        if part.get("seniority") not in (None, *SENIORITIES):
            detail = f"It is one of {', '.join(SENIORITIES)}."
            yield Problem(pointer("responses", index, "seniority"), "invalid_value", detail)
        yield from _answers_problems(part.get("answers"), "responses", index, "answers")


def _answers_problems(answers: Any, *path: str | int) -> Iterator[Problem]:
    if not isinstance(answers, dict | None):
        yield Problem(pointer(*path), "invalid_type", "It holds one `question: option` a line.")
