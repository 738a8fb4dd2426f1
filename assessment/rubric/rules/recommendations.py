"""What must hold in recommendations.yaml: triggers that can fire, and evidence that carries what is claimed."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.errors import Problem
from assessment.rubric.document import Document, Place
from assessment.rubric.index import StudyIndex
from assessment.rubric.load import RubricSource
from assessment.rubric.model import Recommendation
from assessment.rubric.question import Kind, Question
from assessment.rubric.rules.wording import check_evidence, repeated, unknown
from assessment.rubric.studies import Finding


def check_recommendations(source: RubricSource, index: StudyIndex) -> Iterator[Problem]:
    recommendations, document = source.rubric.recommendations, source.recommendations
    if document is None:
        return
    yield from repeated(document, (), [item.id for item in recommendations], "recommendation", "id")
    questions = {question.id: question for question in source.rubric.questions}
    for position, item in enumerate(recommendations):
        yield from _check_triggers(source, item, document, (position,), questions)
        yield from check_evidence(document, (position, "evidence"), item.evidence, index)
        if not item.judgement and index.complete and not _has_figure(item, index):
            detail = "judgement is false, but no evidence here is a finding with a figure: name one, or say true"
            yield document.problem((position, "judgement"), "judgement_not_admitted", detail)


def _check_triggers(
    source: RubricSource, item: Recommendation, document: Document, place: Place, questions: dict[str, Question]
) -> Iterator[Problem]:
    yield from repeated(document, (*place, "when"), [trigger.question for trigger in item.when], "question", "question")
    for position, trigger in enumerate(item.when):
        where: Place = (*place, "when", position)
        question = questions.get(trigger.question)
        if question is None:
            detail = unknown("question", trigger.question, questions)
            yield document.problem((*where, "question"), "unknown_question", detail)
        elif trigger.below <= _lowest(question):
            detail = (
                f"this can never fire: the lowest level of `{question.id}` is {_lowest(question):g}, "
                f"which is not below {trigger.below:g}"
            )
            yield document.problem((*where, "below"), "never_fires", detail)
    if item.when_gap and not any(gate.requires for gate in source.rubric.head.gates):
        detail = (
            "this can never fire: no gate of rubric.yaml has `requires` with kind perception, "
            "which names the two functions whose views are compared"
        )
        yield document.problem((*place, "when_gap"), "never_fires", detail)


def _lowest(question: Question) -> float:
    if question.kind is Kind.MULTIPLE:
        return 0.0  # no option chosen
    return min(option.level or 0 for option in question.options)


def _has_figure(item: Recommendation, index: StudyIndex) -> bool:
    return any(_is_figure(index.findings[name][1]) for name in item.evidence if name in index.findings)


def _is_figure(finding: Finding) -> bool:
    return bool(finding.shares or finding.by_function or finding.ratio)
