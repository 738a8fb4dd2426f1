"""Answers as people give them: what is allowed, what each one says, and how they are kept.

An answer is an option id; a list of option ids for a multiple choice (an empty list means none of them);
``{"option": …, "note": …, "evidence": …}``; ``{"state": "dont_know"}``; or
``{"state": "not_applicable", "reason": …}``. A question left out is unanswered. None of the three states
without an option is ever scored as the lowest or the highest level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import getitem
from typing import Any, cast

import msgspec
from msgspec.structs import astuple

from assessment.errors import InvalidAnswers, InvalidInput, Problem, pointer
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric
from assessment.scoring.result import State
from assessment.scoring.typed import NOTHING, Answers, Row, TypedAnswers, points

LONGEST_TEXT = 2000
"""Characters allowed in a note, an evidence reference or a reason."""

MOST_PROBLEMS = 500
"""Where a reader of bad answers stops: more than that nobody reads, and a hostile document has tens of thousands."""

STATES = ("dont_know", "not_applicable")

SENIORITIES = ("executive", "director", "manager", "specialist")
"""From the top down. The first two are the leadership, whose views are compared with those of the rest (judgement)."""


class Response(msgspec.Struct, frozen=True, gc=False):
    """One person's answers. `function` is the rubric's function they answer for, or None when nobody says who
    answered; `seniority` one of SENIORITIES, or None; `path` is where the answers stand in the caller's document, for
    error pointers."""

    answers: Answers
    function: str | None = None
    path: tuple[str | int, ...] = ("answers",)
    seniority: str | None = None


class Sheet(msgspec.Struct, gc=False):
    """A response by question index. `picks` holds the options chosen; `levels` is None unless answered."""

    function: str | None
    levels: list[float | None]
    states: list[State]
    picks: list[tuple[str, ...]]
    seniority: str | None = None


def read_responses(rubric: CompiledRubric, responses: Sequence[Response]) -> list[Sheet]:
    """Turn responses into sheets. Raises InvalidAnswers that lists the bad answers of all responses,
    the first 500 of them."""
    problems: list[Problem] = []
    sheets = [_read(rubric, response, problems) for response in responses]
    if problems:
        raise InvalidAnswers(f"{len(problems)} of the answers cannot be used.", errors=problems)
    return sheets


def check_answers(rubric: CompiledRubric, responses: Sequence[Response]) -> None:
    """Raise InvalidAnswers, with a JSON pointer for each problem, unless every response fits the rubric."""
    read_responses(rubric, responses)


def target_problems(rubric: CompiledRubric, target_level: int | None, *path: str | int) -> list[Problem]:
    """What is wrong with a target level, given at `path` of the caller's document: only a rating can reach one."""
    if target_level is None or rubric.has_levels:
        return []
    detail = f"{rubric.used.id} sets answers beside a study and has no levels: leave 'target_level' out."
    return [Problem(pointer(*path, "target_level"), "rubric_without_levels", detail)]


def check_target(rubric: CompiledRubric, target_level: int | None, *path: str | int) -> None:
    """Raise InvalidInput when the rubric cannot have this target level."""
    problems = target_problems(rubric, target_level, *path)
    if problems:
        raise InvalidInput(problems[0].detail, errors=problems)


def _read(rubric: CompiledRubric, response: Response, problems: list[Problem]) -> Sheet:
    answers = response.answers
    if response.function is not None and response.function not in rubric.functions:
        problems.append(_unknown_function(rubric, response))
    if isinstance(answers, rubric.reader.kind):
        levels, states, picks = zip(*_read_typed(rubric, answers, response.path, problems), strict=True)
        return Sheet(response.function, list(levels), list(states), list(picks), response.seniority)
    count = len(rubric.questions)
    sheet = Sheet(response.function, [None] * count, ["unanswered"] * count, [()] * count, response.seniority)
    by_id = rubric.by_id
    for key, answer in answers.items():
        if len(problems) >= MOST_PROBLEMS:
            break
        question = by_id.get(key)
        if question is None:
            problems.append(_unknown_question(rubric, response, key))
            continue
        index = question.index
        if type(answer) is str and not question.multiple:
            level = question.levels.get(answer)
            if level is not None:
                sheet.levels[index] = level
                sheet.states[index] = "answered"
                sheet.picks[index] = (answer,)
                continue
        row = _row(question, answer, (*response.path, key), problems)
        sheet.levels[index], sheet.states[index], sheet.picks[index] = row
    return sheet


def _read_typed(
    rubric: CompiledRubric, answers: TypedAnswers, path: tuple[str | int, ...], problems: list[Problem]
) -> list[Row]:
    """What each answer says, by looking it up."""
    rows, given = rubric.reader.rows, astuple(answers)
    try:
        return list(map(getitem, rows, given))
    except (KeyError, TypeError):
        pass
    read = []
    for question, known, answer in zip(rubric.questions, rows, given, strict=True):
        row = known.get(answer) if answer is None or isinstance(answer, str) else None
        if row is None and len(problems) < MOST_PROBLEMS:
            row = _row(question, list(answer) if isinstance(answer, tuple) else answer, (*path, question.id), problems)
        read.append(row or NOTHING)
    return read


def _row(question: CompiledQuestion, answer: object, path: tuple[str | int, ...], problems: list[Problem]) -> Row:
    """What one answer says: nothing, after noting what is wrong with it."""
    found = _read_answer(question, answer, path, problems)
    if found is None:
        return NOTHING
    state, chosen = found
    return level_of(question, chosen) if state == "answered" else None, state, chosen


def level_of(question: CompiledQuestion, chosen: Sequence[str]) -> float:
    """Level of the options chosen: the option's own, or the points of a multiple choice, at most the highest."""
    if question.multiple:
        return points(question.top, question.levels, chosen)
    return question.levels[chosen[0]]


def _read_answer(
    question: CompiledQuestion, answer: object, path: tuple[str | int, ...], problems: list[Problem]
) -> tuple[State, tuple[str, ...]] | None:
    """(state, options chosen), or None after noting what is wrong."""
    if isinstance(answer, Mapping):
        return _read_object(question, cast("Mapping[str, object]", answer), path, problems)
    chosen = _read_choice(question, answer, path, problems)
    return None if chosen is None else ("answered", chosen)


def _read_object(
    question: CompiledQuestion, answer: Mapping[str, object], path: tuple[str | int, ...], problems: list[Problem]
) -> tuple[State, tuple[str, ...]] | None:
    before = len(problems)
    allowed = ("state", "reason") if "state" in answer else ("option", "note", "evidence")
    for key, value in answer.items():
        if key not in allowed:
            detail = f"Unknown field {key!r}: an answer with {allowed[0]!r} may have {_listed(allowed)}."
            problems.append(Problem(pointer(*path, key), "unknown_field", detail))
        elif key in ("note", "evidence", "reason") and not (isinstance(value, str) and len(value) <= LONGEST_TEXT):
            detail = f"{key!r} must be a text of at most {LONGEST_TEXT} characters."
            problems.append(Problem(pointer(*path, key), "invalid_text", detail))
    found: tuple[State, tuple[str, ...]] | None = None
    if "state" in answer:
        found = _read_state(answer, path, problems)
    elif "option" in answer:
        chosen = _read_choice(question, answer["option"], (*path, "option"), problems)
        found = None if chosen is None else ("answered", chosen)
    else:
        detail = f"The answer to {question.id!r} needs 'option' or 'state'. {_allowed(question)}"
        problems.append(Problem(pointer(*path), "missing_option", detail))
    return found if len(problems) == before else None


def _read_state(
    answer: Mapping[str, object], path: tuple[str | int, ...], problems: list[Problem]
) -> tuple[State, tuple[str, ...]] | None:
    state = answer["state"]
    if state == "dont_know":
        return "dont_know", ()
    if state == "not_applicable":
        reason = answer.get("reason")
        if isinstance(reason, str) and reason.strip():
            return "not_applicable", ()
        if reason is None or isinstance(reason, str):
            detail = "A question that does not apply needs a 'reason' in words."
            problems.append(Problem(pointer(*path, "reason"), "missing_reason", detail))
        return None
    problems.append(Problem(pointer(*path, "state"), "unknown_state", f"'state' must be one of {_listed(STATES)}."))
    return None


def _read_choice(
    question: CompiledQuestion, choice: object, path: tuple[str | int, ...], problems: list[Problem]
) -> tuple[str, ...] | None:
    if question.multiple:
        if not isinstance(choice, list):
            detail = f"{question.id!r} takes a list of options. {_allowed(question)}"
            problems.append(Problem(pointer(*path), "wrong_type", detail))
            return None
        return _read_options(question, choice, path, problems)
    if not isinstance(choice, str):
        detail = f"{question.id!r} takes one option id as a text. {_allowed(question)}"
        problems.append(Problem(pointer(*path), "wrong_type", detail))
        return None
    if choice not in question.levels:
        problems.append(_unknown_option(question, choice, path))
        return None
    return (choice,)


def _read_options(
    question: CompiledQuestion, choice: list[Any], path: tuple[str | int, ...], problems: list[Problem]
) -> tuple[str, ...] | None:
    before = len(problems)
    seen: set[str] = set()
    for place, option in enumerate(choice):
        if len(problems) >= MOST_PROBLEMS:
            break
        if not isinstance(option, str) or option not in question.levels:
            problems.append(_unknown_option(question, option, (*path, place)))
        elif option in seen:
            detail = f"{option!r} is given twice."
            problems.append(Problem(pointer(*path, place), "duplicate_option", detail))
        else:
            seen.add(option)
    # In the rubric's order, so that the order of a list never shows in a result.
    return tuple(o for o in question.option_ids if o in seen) if len(problems) == before else None


def _unknown_option(question: CompiledQuestion, option: object, path: tuple[str | int, ...]) -> Problem:
    shown = repr(option) if len(repr(option)) <= 80 else repr(option)[:77] + "…"
    return Problem(pointer(*path), "unknown_option", f"{question.id!r} has no option {shown}. {_allowed(question)}")


def _unknown_question(rubric: CompiledRubric, response: Response, key: str) -> Problem:
    used = rubric.used
    detail = f"{used.id}@{used.version} has no question with this id. Its questions: {_listed(tuple(rubric.by_id))}."
    return Problem(pointer(*response.path, key), "unknown_question", detail)


def _unknown_function(rubric: CompiledRubric, response: Response) -> Problem:
    allowed = tuple(function.id for function in rubric.source.head.functions)
    detail = f"{rubric.used.id} knows no such function. Allowed: {_listed(allowed)}."
    return Problem(pointer(*response.path[:-1], "function"), "unknown_function", detail)


def _allowed(question: CompiledQuestion) -> str:
    return f"Allowed options: {_listed(question.option_ids)}."


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)


def pack_answers(rubric: CompiledRubric, answers: Answers) -> bytes:
    """Answers in a compact form for storage, by question and option position; they must have been checked.

    A rubric version never changes, so positions are as good as ids; `unpack_answers` is the inverse.
    """
    packed: list[object] = []
    for question, answer in zip(rubric.questions, _in_order(rubric, answers), strict=True):
        if isinstance(answer, str):
            packed.append(question.option_ids.index(answer))
        elif isinstance(answer, list | tuple):
            packed.append([question.option_ids.index(option) for option in answer])
        else:
            packed.append(answer)
    while packed and packed[-1] is None:
        packed.pop()
    return msgspec.msgpack.encode(packed)


def _in_order(rubric: CompiledRubric, answers: Answers) -> Sequence[object]:
    """The answer to each question, or None."""
    if isinstance(answers, TypedAnswers):
        if isinstance(answers, rubric.reader.kind):
            return astuple(answers)
        answers = dict(answers.items())
    return [answers.get(question.id) for question in rubric.questions]


def unpack_answers(rubric: CompiledRubric, data: bytes) -> dict[str, object]:
    """What `pack_answers` was given, in the rubric's order of questions."""
    answers: dict[str, object] = {}
    for question, value in zip(rubric.questions, msgspec.msgpack.decode(data), strict=False):
        if isinstance(value, int):
            answers[question.id] = question.option_ids[value]
        elif isinstance(value, list):
            answers[question.id] = [question.option_ids[place] for place in value]
        elif value is not None:
            answers[question.id] = value
    return answers
