"""The form of a response: what its fields say as answers, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from assessment.errors import InvalidAnswers, InvalidInput, Problem, pointer
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.scoring.answers import Response, check_answers
from assessment.scoring.compiled import CompiledRubric
from assessment.service.examine import seniority_problems

NONE = "_none"
DONT_KNOW = "_dont_know"
NOT_APPLICABLE = "_not_applicable"
LEFT_OPEN = ""
SPECIAL = {NONE, DONT_KNOW, NOT_APPLICABLE, LEFT_OPEN}
"""Choices that are no option; an option's id has no underscore."""

SAVE = "save"
SUBMIT = "submit"
CONFIRM = "confirm"
"""What the buttons ask for; only the page that lists what is left open confirms."""


class Given(msgspec.Struct, frozen=True):
    """What stands in the fields of one question."""

    choices: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_open(self) -> bool:
        return not any(self.choices)


class Form(msgspec.Struct, frozen=True):
    """What was sent, by question."""

    action: str
    seniority: str
    questions: dict[str, Given]


def read_form(body: bytes, rubric: Rubric) -> Form:
    """The fields of a body. Raises InvalidInput for what the page never sends."""
    fields = _split(body, _most_fields(rubric))
    known = {question.id: question for question in rubric.questions}
    choices: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for name, value in fields:
        kind, _, question_id = name.partition(".")
        question = known.get(question_id)
        if kind == "q" and question is not None:
            choices.setdefault(question_id, []).append(value)
            if question.kind is Kind.SINGLE and len(choices[question_id]) > 1:
                raise _unusable("A field came twice that the form has once.")
        elif name in texts:
            raise _unusable("A field came twice that the form has once.")
        elif name in ("action", "seniority") or (kind == "note" and question is not None):
            texts[name] = value
        else:
            raise _unusable("A field came that the form does not have.")
    action = texts.get("action", SAVE)
    if action not in (SAVE, SUBMIT, CONFIRM):
        raise _unusable("The form has no such button.")
    if action == CONFIRM and len(fields) > 1:
        # It would look as if they had been saved.
        raise _unusable("Answers came with what only submits those that are saved.")
    given = {
        question_id: Given(tuple(choices.get(question_id, ())), texts.get(f"note.{question_id}", ""))
        for question_id in known
    }
    return Form(action, texts.get("seniority", ""), given)


def fill_form(answers: Mapping[str, Any], seniority: str | None, rubric: Rubric) -> Form:
    """The fields as a draft fills them."""
    given = {question.id: _given(answers.get(question.id)) for question in rubric.questions}
    return Form(SAVE, seniority or "", given)


def answers_of(form: Form, rubric: CompiledRubric, before: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields say, for every question: None leaves it open. `before` is the draft, whose references to
    evidence stay, since the form has no field for them. Raises InvalidInput that lists everything that is wrong."""
    answers: dict[str, Any] = {}
    problems = seniority_problems(form.seniority or None, ("seniority",))
    for question in rubric.source.questions:
        given = form.questions[question.id]
        chosen = [choice for choice in given.choices if choice != LEFT_OPEN]
        if len(chosen) > 1 and SPECIAL.intersection(chosen):
            problems.append(_problem(question, "contradiction"))
        elif not chosen and given.note:
            problems.append(_problem(question, "missing_option"))
        else:
            answers[question.id] = _answer(question, chosen, given.note, before.get(question.id))
    try:
        check_answers(rubric, [Response({name: answer for name, answer in answers.items() if answer is not None})])
    except InvalidAnswers as error:
        problems += error.errors
    if problems:
        raise InvalidInput(f"{len(problems)} things are wrong.", errors=problems)
    return answers


def _most_fields(rubric: Rubric) -> int:
    """As many as there are with every box checked."""
    return 2 + sum(len(question.options) + len(SPECIAL) + 1 for question in rubric.questions)


def _split(body: bytes, most: int) -> list[tuple[str, str]]:
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=most,
        )
    except ValueError:  # what it says quotes what was sent
        raise _unusable("The form did not arrive as a browser sends it.") from None
    if any("\0" in value for _, value in fields):
        raise _unusable("A field has a NUL character in it.")
    # Browsers send the ends of lines as CR LF, and count them as one character.
    return [(name, value.replace("\r\n", "\n").strip()) for name, value in fields]


def _given(answer: Any) -> Given:
    if answer is None:
        return Given()
    if isinstance(answer, str):
        return Given((answer,))
    if isinstance(answer, list):
        return Given(tuple(answer) or (NONE,))
    if "state" in answer:
        choice = DONT_KNOW if answer["state"] == "dont_know" else NOT_APPLICABLE
        return Given((choice,), answer.get("reason", ""))
    return Given(_given(answer["option"]).choices, answer.get("note", ""))


def _answer(question: Question, chosen: list[str], note: str, before: Any) -> Any:
    if not chosen:
        return None
    if chosen[0] in (DONT_KNOW, NOT_APPLICABLE):
        reason = {"reason": note} if note else {}
        return {"state": chosen[0].removeprefix("_")} | reason
    option: Any = chosen[0]
    if question.kind is Kind.MULTIPLE:
        option = [] if chosen[0] == NONE else chosen
    more = {"evidence": before["evidence"]} if isinstance(before, dict) and "evidence" in before else {}
    if note:
        more["note"] = note
    return {"option": option} | more if more else option


def _problem(question: Question, code: str) -> Problem:
    return Problem(pointer("answers", question.id), code, question.title)


def _unusable(detail: str) -> InvalidInput:
    return InvalidInput(detail)
