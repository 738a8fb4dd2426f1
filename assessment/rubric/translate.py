"""A rubric read in another language, and the texts that a translation of it has to have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from assessment.errors import InvalidInput, Problem
from assessment.rubric.base import Model
from assessment.rubric.head import RubricHead
from assessment.rubric.model import Rubric
from assessment.rubric.question import Dimension, Question
from assessment.rubric.translation import (
    CheckTexts,
    DimensionTexts,
    GateTexts,
    LevelTexts,
    QuestionTexts,
    RecommendationTexts,
    TargetTexts,
    Translation,
)

M = TypeVar("M", bound=Model)

Texts = dict[str, "str | Texts"]
"""Texts by the keys under which a translation has them."""


def texts_of(rubric: Rubric) -> Texts:
    """The rubric's own texts, with the keys and in the order that a translation of it has."""
    head = rubric.head
    maturity = head.maturity
    texts: Texts = {
        "title": head.title,
        "summary": head.summary,
        "functions": {function.id: function.title for function in head.functions},
        "levels": {str(level.number): _pick(level, LevelTexts) for level in head.levels},
        "dimensions": {dimension.id: _pick(dimension, DimensionTexts) for dimension in rubric.dimensions},
        "questions": {question.id: _texts_of_question(question) for question in rubric.questions},
        "recommendations": {item.id: _pick(item, RecommendationTexts) for item in rubric.recommendations},
        "gates": {gate.id: _pick(gate, GateTexts) for gate in head.gates},
        "consistency_checks": {check.id: _pick(check, CheckTexts) for check in head.consistency_checks},
        "target": {} if maturity is None else _pick(maturity.target, TargetTexts),
    }
    return {key: part for key, part in texts.items() if part}


def _texts_of_question(question: Question) -> Texts:
    return {
        "title": question.title,
        "help": question.help,
        "options": {option.id: option.title for option in question.options},
    }


def _pick(part: Model, kind: type[Model]) -> Texts:
    return {name: getattr(part, name) for name in kind.model_fields}


def translated(rubric: Rubric, locale: str) -> Rubric:
    """The rubric with the texts of `locale`, and no further translations; itself for its own language.

    Raises InvalidInput for a language that it does not have.
    """
    if locale == rubric.head.locale:
        return rubric
    check_locale(locale, rubric.locales)
    texts = next(one for one in rubric.translations if one.locale == locale)
    return _copy(
        rubric,
        head=_translate_head(rubric.head, texts),
        dimensions=[_translate_dimension(dimension, texts) for dimension in rubric.dimensions],
        recommendations=[_with(item, texts.recommendations[item.id]) for item in rubric.recommendations],
        translations=[],
    )


def check_locale(locale: str, locales: Sequence[str]) -> None:
    """Raises InvalidInput for a language that is not one of `locales`."""
    if locale not in locales:
        detail = f"No texts in {locale[:40]!r}. Allowed: {', '.join(locales)}."
        raise InvalidInput(detail, errors=[Problem("/locale", "unknown_locale", detail)])


def _translate_head(head: RubricHead, texts: Translation) -> RubricHead:
    levels = {int(number): level for number, level in texts.levels.items()}
    return _copy(
        head,
        locale=texts.locale,
        title=texts.title,
        summary=texts.summary,
        functions=[_copy(function, title=texts.functions[function.id]) for function in head.functions],
        levels=[_with(level, levels[level.number]) for level in head.levels],
        gates=[_with(gate, texts.gates[gate.id]) for gate in head.gates],
        consistency_checks=[_with(check, texts.consistency_checks[check.id]) for check in head.consistency_checks],
        target=head.target if head.target is None or texts.target is None else _with(head.target, texts.target),
    )


def _translate_dimension(dimension: Dimension, texts: Translation) -> Dimension:
    questions = [_translate_question(question, texts.questions[question.id]) for question in dimension.questions]
    return _copy(_with(dimension, texts.dimensions[dimension.id]), questions=questions)


def _translate_question(question: Question, texts: QuestionTexts) -> Question:
    options = [_copy(option, title=texts.options[option.id]) for option in question.options]
    return _copy(question, title=texts.title, help=texts.help, options=options)


def _with(part: M, texts: Model) -> M:
    return _copy(part, **dict(texts))


def _copy(part: M, **changed: Any) -> M:
    """A copy without validating again: the texts were validated as a translation."""
    return part.model_copy(update=changed)
