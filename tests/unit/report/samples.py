"""Inputs of reports: the worked example, and any legal answers to any rubric."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from assessment.report.source import ReportInput
from assessment.rubric.catalog import Catalog, default_directory
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.rubric.translate import translated
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.perceived import Confidentiality

CATALOG = Catalog.load(default_directory())
REFERENCES = tuple(entry.reference for entry in CATALOG.entries())
COMPLETED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@cache
def compiled(reference: str) -> CompiledRubric:
    entry = CATALOG.find(*reference.split("@"))
    return compile_rubric(entry.rubric, CATALOG.studies, entry.digest)


def in_language(rubric: Rubric, locale: str) -> Rubric:
    """The rubric in a language, or as it was written where it is not translated."""
    known = {rubric.head.locale, *(one.locale for one in rubric.translations)}
    return translated(rubric, locale) if locale in known else rubric


def report_on(
    reference: str,
    responses: Sequence[Response],
    *,
    locale: str = "en",
    confidentiality: Confidentiality = "grouped",
    organisation: str | None = "Acme Industries AG",
) -> ReportInput:
    rubric = compiled(reference)
    return ReportInput(
        result=assess(rubric, responses, confidentiality=confidentiality),
        rubric=rubric,
        texts=in_language(rubric.source, locale),
        locale=locale,
        studies=CATALOG.studies,
        organisation=organisation,
        completed_at=COMPLETED,
        assessment="asmt_01h455vb4pex5vsknk084sn02q",
        confidentiality=confidentiality,
    )


def worked_example(locale: str = "en") -> ReportInput:
    """`level-3-worked-example.yaml` of `alignment` 2026.2."""
    cases = compiled("alignment@2026.2").source.cases
    answers = next(case.answers for case in cases if case.title.startswith("The worked example"))
    assert answers is not None
    return report_on("alignment@2026.2", [Response(answers)], locale=locale)


def anybody(reference: str, seed: int, *, locale: str = "en") -> ReportInput:
    """Some people of some functions who gave any answers, or none."""
    chance = random.Random(seed)
    source = compiled(reference).source
    functions: list[str | None] = [None, *(function.id for function in source.head.functions)]
    open_share = chance.choice([0.0, 0.1, 0.6, 1.0])
    several = chance.choice([1, 2, 9, 14])
    named = [name for name in functions if name is not None]
    responses = [
        Response(
            _answers(source, chance, open_share),
            chance.choice(named) if several > 1 else chance.choice(functions),
            seniority=chance.choice([None, "executive", "manager", "specialist"]),
        )
        for _ in range(several)
    ]
    kind: Confidentiality = chance.choice(["grouped", "named"])
    return report_on(reference, responses, locale=locale, confidentiality=kind)


def split_views(people: int, *, locale: str = "en") -> ReportInput:
    """`people` of marketing who answer best, and as many of sales who answer worst."""
    source = compiled("alignment@2026.2").source
    best, worst = ({one.id: _extreme(one, best=best) for one in source.questions} for best in (True, False))
    responses = [Response(best, "marketing")] * people + [Response(worst, "sales")] * people
    return report_on("alignment@2026.2", responses, locale=locale)


def _extreme(question: Question, *, best: bool) -> Any:
    if question.kind is Kind.MULTIPLE:
        return [option.id for option in question.options] if best else []
    return max(question.options, key=lambda option: (option.level or 0) * (1 if best else -1)).id


def _answers(rubric: Rubric, chance: random.Random, open_share: float) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question in rubric.questions:
        if chance.random() < open_share:
            answers[question.id] = {"state": "dont_know"}
        elif question.kind is Kind.MULTIPLE:
            answers[question.id] = [option.id for option in question.options if chance.random() < 0.5]
        else:
            answers[question.id] = chance.choice(question.options).id
    return answers
