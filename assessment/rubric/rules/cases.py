"""What must hold in a worked case: it names questions, options, functions, gates and recommendations that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assessment.errors import Problem
from assessment.rubric.case import Case
from assessment.rubric.document import Document, Place
from assessment.rubric.load import RubricSource
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.rubric.rules.wording import unknown

_STATES = ("not_applicable", "dont_know")
_OBJECT_KEYS = {"state": ("state", "reason"), "option": ("option", "note", "evidence")}


def check_cases(source: RubricSource) -> Iterator[Problem]:
    questions = {question.id: question for question in source.rubric.questions}
    functions = [function.id for function in source.rubric.head.functions]
    for case, document in zip(source.rubric.cases, source.cases, strict=True):
        if case.answers is not None:
            yield from _check_answers(case.answers, document, ("answers",), questions)
        for position, response in enumerate(case.responses or []):
            place: Place = ("responses", position)
            if response.function is not None and response.function not in functions:
                detail = unknown("function", response.function, functions)
                yield document.problem((*place, "function"), "unknown_function", detail)
            yield from _check_answers(response.answers, document, (*place, "answers"), questions)
        yield from _check_expectation(case, document, source.rubric)
        yield from _check_beside(case, document, questions)


def _check_answers(
    answers: Mapping[str, Any], document: Document, place: Place, questions: Mapping[str, Question]
) -> Iterator[Problem]:
    for name, answer in answers.items():
        where = (*place, name)
        question = questions.get(name)
        if question is None:
            yield document.problem(where, "unknown_question", unknown("question", name, questions))
            continue
        detail = _refuse_answer(answer, question)
        if detail:
            yield document.problem(where, "answer_does_not_fit", detail)


def _refuse_answer(answer: Any, question: Question) -> str:
    """What is wrong with an answer, or nothing."""
    options = [option.id for option in question.options]
    chosen = answer
    if isinstance(answer, dict):
        form = next((key for key in _OBJECT_KEYS if key in answer), None)
        if form is None or not set(answer) <= set(_OBJECT_KEYS[form]):
            return "an answer in long form is {state, reason} or {option, note, evidence}"
        if form == "state":
            return "" if answer["state"] in _STATES else f"state must be {' or '.join(_STATES)}"
        chosen = answer["option"]
    if question.kind is Kind.MULTIPLE:
        if not isinstance(chosen, list):
            return f"`{question.id}` takes a list of options ([] for none of them): {', '.join(options)}"
    elif not isinstance(chosen, str):
        return f"`{question.id}` takes one option: {', '.join(options)}"
    picked = chosen if isinstance(chosen, list) else [chosen]
    for option in picked:
        if option not in options:
            return unknown(f"option of `{question.id}` called", str(option), options)
    return "" if len(set(picked)) == len(picked) else "an option is chosen twice"


def _check_expectation(case: Case, document: Document, rubric: Rubric) -> Iterator[Problem]:
    expect = case.expect
    gates = [*(gate.id for gate in rubric.head.gates), "core-rule"]
    for position, gate in enumerate(expect.caps or []):
        if gate not in gates:
            yield document.problem(("expect", "caps", position), "unknown_gate", unknown("gate", gate, gates))
    recommendations = [item.id for item in rubric.recommendations]
    for position, name in enumerate(expect.top_recommendations or []):
        if name not in recommendations:
            detail = unknown("recommendation", name, recommendations)
            yield document.problem(("expect", "top_recommendations", position), "unknown_recommendation", detail)
    dimensions = rubric.head.dimensions
    for name in expect.dimensions:
        if name not in dimensions:
            detail = unknown("dimension", name, dimensions)
            yield document.problem(("expect", "dimensions", name), "unknown_dimension", detail)
    for field, what, ids in (
        ("supported_gaps", "dimension", dimensions),
        ("disputed", "question", [question.id for question in rubric.questions]),
        ("inconsistencies", "consistency check", [check.id for check in rubric.head.consistency_checks]),
    ):
        for position, name in enumerate(getattr(expect, field) or []):
            if name not in ids:
                code = f"unknown_{what.replace(' ', '_')}"
                yield document.problem(("expect", field, position), code, unknown(what, name, ids))
    if expect.bounds is not None and expect.bounds[0] > expect.bounds[1]:
        yield document.problem(("expect", "bounds"), "invalid_value", "bounds are given as lower, then upper")
    if rubric.head.levels and (expect.score is None) != (expect.level is None):
        detail = "score and level are either both given or both null (too little answered)"
        yield document.problem(("expect", "level"), "invalid_value", detail)


def _check_beside(case: Case, document: Document, questions: Mapping[str, Question]) -> Iterator[Problem]:
    """Each place that a case expects is one of a benchmark, and of one alone."""
    for position, place in enumerate(case.expect.beside):
        where: Place = ("expect", "beside", position)
        question = questions.get(place.question)
        if question is None:
            detail = unknown("question", place.question, questions)
            yield document.problem((*where, "question"), "unknown_question", detail)
            continue
        meant = [one for one in question.benchmarks if place.means(one.finding, one.function)]
        if len(meant) != 1:
            listed = ", ".join(f"{one.finding} {one.function or ''}".strip() for one in question.benchmarks) or "none"
            detail = f"must name one benchmark of `{question.id}` by `finding` and `function`; it has: {listed}"
            yield document.problem(where, "unknown_benchmark", detail)
