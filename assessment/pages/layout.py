"""Where each question stands on the page of an invitation, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from assessment.errors import Problem
from assessment.pages import words
from assessment.pages.form import DONT_KNOW, LEFT_OPEN, NONE, NOT_APPLICABLE, Form, Given
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question


class Choice(msgspec.Struct, frozen=True):
    value: str
    title: str
    chosen: bool


class Asked(msgspec.Struct, frozen=True):
    """A question with what was given to it."""

    id: str
    title: str
    help: str
    multiple: bool
    options: list[Choice]
    others: list[Choice]
    note: str
    problems: list[str]


class Section(msgspec.Struct, frozen=True):
    """The questions of one dimension."""

    title: str
    questions: list[Asked]


class Part(msgspec.Struct, frozen=True):
    """The questions that a function is asked, or those it is not."""

    own: bool
    sections: list[Section]


class Open(msgspec.Struct, frozen=True):
    """A question without an answer."""

    id: str
    title: str


def lay_out(rubric: Rubric, function: str, form: Form, problems: Sequence[Problem]) -> list[Part]:
    """Every question: those for the function first, then those for others."""
    wrong: dict[str, list[str]] = {}
    for problem in problems:
        question_id = question_of(problem)
        if question_id is not None:
            wrong.setdefault(question_id, []).append(words.explain(problem))

    def asked(question: Question) -> Asked:
        return _asked(question, form.questions[question.id], list(dict.fromkeys(wrong.get(question.id, ()))))

    parts = [
        Part(own=True, sections=_sections(rubric, asked, lambda question: function in question.audience)),
        Part(own=False, sections=_sections(rubric, asked, lambda question: function not in question.audience)),
    ]
    return [part for part in parts if part.sections]


def left_open(rubric: Rubric, function: str, form: Form) -> list[tuple[bool, list[Open]]]:
    """Questions without an answer, those for the function first; each list with whether it is theirs."""
    unanswered = [question for question in rubric.questions if form.questions[question.id].is_open]
    lists = [
        (own, [Open(one.id, one.title) for one in unanswered if (function in one.audience) is own])
        for own in (True, False)
    ]
    return [(own, questions) for own, questions in lists if questions]


def question_of(problem: Problem) -> str | None:
    """The question that a problem's pointer lies in."""
    parts = problem.pointer.split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "answers" else None


def _sections(rubric: Rubric, asked: Callable[[Question], Asked], belongs: Callable[[Question], bool]) -> list[Section]:
    sections = []
    for dimension in rubric.dimensions:
        questions = [asked(question) for question in dimension.questions if belongs(question)]
        if questions:
            sections.append(Section(dimension.title, questions))
    return sections


def _asked(question: Question, given: Given, problems: list[str]) -> Asked:
    multiple = question.kind is Kind.MULTIPLE
    others = [(NONE, "None of these")] if multiple else []
    others += [(DONT_KNOW, "I don’t know"), (NOT_APPLICABLE, "Does not apply here: say why in the note")]
    if not multiple and not given.is_open:
        # A radio button cannot be switched off again, so taking an answer back is a choice too.
        others.append((LEFT_OPEN, "Leave it open"))
    return Asked(
        id=question.id,
        title=question.title,
        help=question.help,
        multiple=multiple,
        options=[Choice(option.id, option.title, option.id in given.choices) for option in question.options],
        others=[Choice(value, title, value in given.choices) for value, title in others],
        note=given.note,
        problems=problems,
    )
