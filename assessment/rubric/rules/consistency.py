"""What must hold in a consistency check: it names answers to two questions or more, which somebody could give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assessment.errors import Problem
from assessment.rubric.document import Place
from assessment.rubric.head import Bound, ConsistencyCheck
from assessment.rubric.load import RubricSource
from assessment.rubric.question import Kind, Question
from assessment.rubric.rules.wording import repeated, unknown


def check_consistency(source: RubricSource) -> Iterator[Problem]:
    checks, document = source.rubric.head.consistency_checks, source.head
    yield from repeated(document, ("consistency_checks",), [check.id for check in checks], "consistency check", "id")
    questions = {question.id: question for question in source.rubric.questions}
    for position, check in enumerate(checks):
        yield from _check_bounds(source, check, ("consistency_checks", position), questions)


def _check_bounds(
    source: RubricSource, check: ConsistencyCheck, place: Place, questions: Mapping[str, Question]
) -> Iterator[Problem]:
    document = source.head
    for position, bound in enumerate(check.when):
        where: Place = (*place, "when", position)
        if bound.question not in questions:
            detail = unknown("question", bound.question, questions)
            yield document.problem((*where, "question"), "unknown_question", detail)
            continue
        detail = _always_or_never(bound, questions[bound.question])
        if detail:
            yield document.problem(where, "bound_does_not_fit", detail)
        for other in check.when[:position]:
            if other.question == bound.question:
                yield from _check_pair(source, other, bound, where)
    if len({bound.question for bound in check.when}) == 1:
        detail = f"every bound is on `{check.when[0].question}`; answers to two questions or more contradict each other"
        yield document.problem((*place, "when"), "no_contradiction", detail)


def _check_pair(source: RubricSource, one: Bound, other: Bound, where: Place) -> Iterator[Problem]:
    """Two bounds on one question are a range."""
    if (one.at_least is None) == (other.at_least is None):
        detail = f"`{one.question}` is bounded on this side before; give each side once"
        yield source.head.problem((*where, "question"), "duplicate", detail)
        return
    lowest = max(bound.at_least or 0.0 for bound in (one, other))
    highest = min(4.0 if bound.at_most is None else bound.at_most for bound in (one, other))
    if lowest > highest:
        detail = (
            f"this can never hold: no answer to `{one.question}` is at {lowest:g} or above and {highest:g} or below"
        )
        yield source.head.problem(where, "never_holds", detail)


def _always_or_never(bound: Bound, question: Question) -> str:
    """What is wrong with a bound's level, or nothing."""
    if question.kind is Kind.MULTIPLE:
        lowest, highest = 0.0, min(4.0, sum(option.points or 0.0 for option in question.options))
    else:
        levels = [float(option.level or 0) for option in question.options]
        lowest, highest = min(levels), max(levels)
    if bound.at_least is not None and bound.at_least > highest:
        return f"no option of `{question.id}` reaches level {bound.at_least:g}; its highest is {highest:g}"
    if bound.at_most is not None and bound.at_most < lowest:
        return f"no option of `{question.id}` is as low as level {bound.at_most:g}; its lowest is {lowest:g}"
    if (bound.at_least is not None and bound.at_least <= lowest) or (
        bound.at_most is not None and bound.at_most >= highest
    ):
        return f"every answer to `{question.id}` lies between {lowest:g} and {highest:g}, so this bound always holds"
    return ""
