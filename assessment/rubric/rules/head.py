"""What must hold in rubric.yaml: its name, levels, functions, weighting keys and gates."""

from __future__ import annotations

import math
from collections.abc import Iterator

from assessment.errors import Problem
from assessment.rubric.document import Place
from assessment.rubric.head import Condition, Gate, Weighting
from assessment.rubric.index import StudyIndex
from assessment.rubric.load import RubricSource
from assessment.rubric.question import Kind, Nature, Question
from assessment.rubric.rules.wording import check_evidence, repeated, unknown

_RESERVED_GATE = "core-rule"


def check_head(source: RubricSource, index: StudyIndex) -> Iterator[Problem]:
    head, document = source.rubric.head, source.head
    folder = f"{source.directory.parent.name}/{source.directory.name}"
    if folder != f"{head.id}/{head.version}":
        detail = f"the folder must be named {head.id}/{head.version} after id and version; it is {folder}"
        yield document.problem(("id",) if source.directory.name == head.version else ("version",), "misnamed", detail)
    yield from repeated(document, ("functions",), [function.id for function in head.functions], "function", "id")
    if head.maturity is not None:
        yield from _check_levels(source)
        yield from _check_weighting(source, head.maturity.weighting)
        yield from check_evidence(document, ("target", "evidence"), head.maturity.target.evidence, index)
    yield from repeated(document, ("gates",), [gate.id for gate in head.gates], "gate", "id")
    questions = {question.id: question for question in source.rubric.questions}
    for position, gate in enumerate(head.gates):
        yield from _check_gate(source, gate, ("gates", position), questions)
        yield from check_evidence(document, ("gates", position, "evidence"), gate.evidence, index)


def _check_levels(source: RubricSource) -> Iterator[Problem]:
    levels, document = source.rubric.head.levels, source.head
    if [level.number for level in levels] != [1, 2, 3, 4]:
        yield document.problem(("levels",), "levels_out_of_order", "the levels must be numbered 1, 2, 3, 4 in order")
    if levels[0].from_ != 0:
        detail = f"the lowest level must start from 0, so that every score has a level; got {levels[0].from_:g}"
        yield document.problem(("levels", 0, "from"), "levels_out_of_order", detail)
    for position in range(1, len(levels)):
        below, here = levels[position - 1].from_, levels[position].from_
        if here <= below:
            detail = f"each level must start above the one before it: {here:g} is not above {below:g}"
            yield document.problem(("levels", position, "from"), "levels_out_of_order", detail)


def _check_weighting(source: RubricSource, weighting: Weighting) -> Iterator[Problem]:
    document = source.head
    natures = [nature.value for nature in Nature]
    for key in weighting.base:
        if key not in natures:
            detail = unknown("nature", key, natures)
            yield document.problem(("weighting", "base", key), "unknown_nature", detail)
    used = {question.nature.value for question in source.rubric.questions}
    for nature in sorted(used - set(weighting.base)):
        detail = f"questions of nature {nature} exist, so base needs a value for `{nature}`"
        yield document.problem(("weighting", "base"), "missing", detail)
    if weighting.large_sample < weighting.small_sample:
        detail = f"large_sample must be at least small_sample ({weighting.small_sample})"
        yield document.problem(("weighting", "large_sample"), "invalid_value", detail)


def _check_gate(source: RubricSource, gate: Gate, place: Place, questions: dict[str, Question]) -> Iterator[Problem]:
    document = source.head
    if gate.id == _RESERVED_GATE:
        detail = f"`{_RESERVED_GATE}` is the name of the core rule in results; name the gate otherwise"
        yield document.problem((*place, "id"), "reserved", detail)
    for clause_position, clause in enumerate(gate.all_of):
        for position, condition in enumerate(clause.any_of):
            where: Place = (*place, "all_of", clause_position, "any_of", position)
            if condition.question not in questions:
                detail = unknown("question", condition.question, questions)
                yield document.problem((*where, "question"), "unknown_question", detail)
            else:
                detail = _unfit(condition, questions[condition.question])
                if detail:
                    yield document.problem((*where, "level"), "condition_does_not_fit", detail)
    if gate.requires is not None:
        functions = [function.id for function in source.rubric.head.functions]
        where = (*place, "requires", "functions")
        yield from repeated(document, where, gate.requires.functions, "function")
        for position, function in enumerate(gate.requires.functions):
            if function not in functions:
                detail = unknown("function", function, functions)
                yield document.problem((*where, position), "unknown_function", detail)


def _unfit(condition: Condition, question: Question) -> str:
    """What is wrong with a condition's level, or nothing."""
    if condition.level == 0:
        return "every answer is at level 0 or above, so this condition always holds; ask for 1 to 4"
    if question.kind is Kind.MULTIPLE:
        highest = min(4.0, math.fsum(option.points or 0.0 for option in question.options))
    else:
        highest = max(option.level or 0 for option in question.options)
    if condition.level > highest:
        return f"no option of `{question.id}` reaches level {condition.level}; its highest is {highest:g}"
    return ""
