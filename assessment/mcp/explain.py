"""The tool that explains a result: what holds the level, where points were lost, what each answer stands beside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assessment.mcp import said
from assessment.mcp.catalogue import no_such_dimension
from assessment.mcp.desk import Desk
from assessment.mcp.explanation import (
    AnswerExplained,
    Associated,
    Beside,
    Condition,
    Explanation,
    HeldBack,
    OfDimension,
    PointsLost,
)
from assessment.mcp.said import Told
from assessment.mcp.scores import find_result, say_position, say_standing
from assessment.rubric.question import Question
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Cap, QuestionBenchmark, QuestionResult, Result, Unmet


async def explain_result(desk: Desk, arguments: Any) -> Told:
    asked = {key: value for key, value in arguments.items() if key != "dimension"}
    result, rubric = await find_result(desk, asked)
    only = desk.documents.fit({k: v for k, v in arguments.items() if k == "dimension"}, OfDimension).dimension
    if only not in (None, *(one.id for one in rubric.source.dimensions)):
        raise no_such_dimension(rubric)
    questions = {question.id: question for question in rubric.source.questions}
    rating = result.rating
    explanation = Explanation(
        rubric=result.rubric,
        score=result.score,
        level=None if rating is None else rating.level,
        level_by_score=None if rating is None else rating.level_by_score,
        reason=result.reason,
        held_back=_held_back(result, rubric),
        points_lost=_points_lost(result),
        stability=result.stability,
        benchmark_position=result.benchmark_position,
        inconsistencies=result.inconsistencies,
        answers=[_explained(one, questions[one.id], desk) for one in result.questions if only in (None, one.dimension)],
    )
    return Told(explanation, "\n".join([say_standing(result, rubric), *_lines(explanation)]))


def _held_back(result: Result, rubric: CompiledRubric) -> list[HeldBack]:
    if result.rating is None:
        return []
    by_score = result.rating.level_by_score
    titles = {question.id: question.title for question in rubric.source.questions}
    titles |= {dimension.id: dimension.title for dimension in rubric.source.dimensions}

    def condition(one: Unmet) -> Condition:
        title = titles.get(one.question or one.dimension or "", "")
        return Condition(one.question, one.dimension, title, one.needs_level, one.has_level)

    def held(cap: Cap) -> HeldBack:
        unmet = [condition(one) for one in cap.unmet]
        return HeldBack(cap.gate, cap.limit, cap.limit < by_score, cap.status, cap.reason, unmet)

    return sorted((held(cap) for cap in result.rating.caps), key=lambda one: one.limit)


def _points_lost(result: Result) -> list[PointsLost]:
    lost = [PointsLost(one.id, one.title, one.core, one.score, one.level, one.points_lost) for one in result.dimensions]
    return sorted(lost, key=lambda one: -(one.points_lost or 0))


def _explained(one: QuestionResult, question: Question, desk: Desk) -> AnswerExplained:
    at = [option.title for option in question.options if option.level is not None and option.level == one.level]
    return AnswerExplained(
        question=one.id,
        title=question.title,
        dimension=one.dimension,
        state=one.state,
        level=one.level,
        means=at[0] if len(at) == 1 else None,
        chosen=one.chosen,
        weight=one.weight,
        weight_reason=one.weight_reason,
        known=one.known,
        judgement=one.judgement,
        disputed=one.disputed,
        beside=[_beside(benchmark) for benchmark in one.benchmarks],
        associations=list(_associations(one, desk)),
    )


def _beside(one: QuestionBenchmark) -> Beside:
    return Beside(
        finding=one.finding,
        publisher=one.publisher,
        year=one.year,
        population=one.population,
        n=one.n,
        function=one.function,
        ridit=one.ridit,
        interval=one.interval,
        same=one.same,
        rough=one.approximate or one.derived,
        judgement=one.judgement,
    )


def _associations(question: QuestionResult, desk: Desk) -> Iterator[Associated]:
    for one in question.associations:
        study, finding = desk.rubrics.catalog.finding(one.finding)
        yield Associated(
            finding=one.finding,
            publisher=study.publisher,
            year=one.year,
            population=finding.population or study.population,
            n=one.n,
            ratio=one.ratio,
            kind=one.kind,
            outcome=one.outcome,
            caution=one.caution,
        )


def _lines(explained: Explanation) -> Iterator[str]:
    yield from say_position(explained.benchmark_position)
    for held in explained.held_back:
        binds = "holds the level" if held.binds else "would hold a higher score"
        yield f"Limit {held.limit}, {held.status}, {binds}: {held.reason}"
        for one in held.unmet:
            yield f"  - {one.title} needs level {one.needs_level:g}, has {said.level(one.has_level)}"
    lost = [f"{part.title} {part.points_lost:.2f}" for part in explained.points_lost if part.points_lost is not None]
    if lost:
        yield f"Points lost: {'; '.join(lost)}."
    yield from (f"Contradiction: {check.title}. {check.explanation}" for check in explained.inconsistencies)
    if any(beside.ridit is not None for answer in explained.answers for beside in answer.beside):
        yield (
            "A position is the share of a study's respondents who answered lower, plus half of those who answered the "
            "same; studies tell of one question each, never of the whole score."
        )
    for answer in explained.answers:
        yield from _answer(answer)


def _answer(answer: AnswerExplained) -> Iterator[str]:
    if answer.state != "answered":
        yield f"- {answer.question}: {answer.title} {answer.state}."
        return
    given = answer.means or "; ".join(one.title for one in answer.chosen)
    at = "" if answer.level is None else f" {said.level(answer.level).capitalize()} of 4."
    yield f"- {answer.question}: {answer.title}{at}" + (f" {given}." if given else "")
    for one in answer.beside:
        rough = "≈ " if one.rough else ""
        found = []
        if one.ridit is not None:
            found.append(f"position {rough}{said.percent(one.ridit)}{said.interval(one.interval)}")
        if one.same is not None:
            found.append(f"{rough}{said.percent(one.same)} answered the same")
        if found:
            source = said.source(one.publisher, one.year, one.population, one.n)
            who = "" if one.function is None else f"beside {one.function}: "
            yield f"  {who}{'; '.join(found)} [{one.finding}: {source}]"
    for ratio in answer.associations:
        source = said.source(ratio.publisher, ratio.year, ratio.population, ratio.n)
        kind = ratio.kind.replace("_", " ")
        yield f"  {ratio.outcome}: {kind} {ratio.ratio:g} [{ratio.finding}: {source}] {ratio.caution}"
