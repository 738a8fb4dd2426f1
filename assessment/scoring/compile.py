"""A rubric prepared for scoring: every lookup, weight, ridit and interval worked out once.

The scorer then handles plain tuples by index. What an answer contributes to the result is prepared per
option too, so that scoring copies nothing it could have known at start-up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from assessment.rubric.model import Benchmark, Dimension, Gate, Kind, Nature, Question, Recommendation, Rubric
from assessment.rubric.studies import Category, Finding, Study
from assessment.scoring.benchmark import ridits
from assessment.scoring.compiled import (
    CompiledBenchmark,
    CompiledDimension,
    CompiledGate,
    CompiledQuestion,
    CompiledRecommendation,
    CompiledRubric,
    falls,
)
from assessment.scoring.result import QuestionAssociation, QuestionBenchmark, QuestionResult, RubricUsed

ENGINE_VERSION = "1.0.0"
"""Changes whenever the same answers to the same rubric version could give another result."""

EFFORT_POINTS = {"S": 1, "M": 2, "L": 4}
"""What an effort costs in the ranking (judgement)."""


def compile_rubric(rubric: Rubric, studies: Mapping[str, Study], digest: str) -> CompiledRubric:
    """Prepare `rubric`, whose findings are looked up in `studies`; `digest` is carried into every result.

    The rubric must have passed `assessment.rubric.check`; KeyError otherwise.
    """
    findings = {finding.id: (study, finding) for study in studies.values() for finding in study.findings}
    efforts = _cheapest_efforts(rubric.recommendations)
    functions = [function.id for function in rubric.head.functions]
    questions: list[CompiledQuestion] = []
    dimensions: list[CompiledDimension] = []
    for number, dimension in enumerate(rubric.dimensions):
        first = len(questions)
        for question in dimension.questions:
            questions.append(_question(question, dimension, len(questions), number, findings, functions, efforts))
        members = tuple((q.index, q.weight) for q in questions[first:])
        dimensions.append(
            CompiledDimension(number, dimension.id, dimension.title, dimension.core, dimension.weight, members)
        )
    by_id = {question.id: question for question in questions}
    head = rubric.head
    gates = tuple(_gate(gate, by_id) for gate in head.gates)
    return CompiledRubric(
        used=RubricUsed(head.id, head.version, digest),
        source=rubric,
        functions=frozenset(functions),
        questions=tuple(questions),
        by_id=by_id,
        dimensions=tuple(dimensions),
        gates=gates,
        recommendations=tuple(_recommendation(i, r, by_id) for i, r in enumerate(rubric.recommendations)),
        cuts=tuple(level.from_ for level in head.levels),
        level_names=tuple(level.name for level in head.levels),
        shift=head.aggregation.shift,
        core_rule=head.aggregation.core_rule,
        half_rule=head.aggregation.half_rule,
        target=head.target.default,
        steady=all(falls(chain) for q in questions if not q.multiple for _, _, chain in q.prepared[None].values()),
        perspectives=next((gate.functions for gate in gates if gate.functions), ()),
    )


def _cheapest_efforts(recommendations: Iterable[Recommendation]) -> dict[str, int]:
    efforts: dict[str, int] = {}
    for recommendation in recommendations:
        points = EFFORT_POINTS[recommendation.effort]
        for trigger in recommendation.when:
            efforts[trigger.question] = min(points, efforts.get(trigger.question, points))
    return efforts


def _gate(gate: Gate, by_id: Mapping[str, CompiledQuestion]) -> CompiledGate:
    clauses = tuple(
        tuple((by_id[condition.question].index, float(condition.level)) for condition in clause.any_of)
        for clause in gate.all_of
    )
    functions = tuple(gate.requires.functions) if gate.requires else ()
    return CompiledGate(gate.id, gate.title, gate.level, clauses, functions)


def _recommendation(
    index: int, source: Recommendation, by_id: Mapping[str, CompiledQuestion]
) -> CompiledRecommendation:
    triggers = tuple((by_id[trigger.question].index, trigger.below) for trigger in source.when)
    return CompiledRecommendation(
        index, source, triggers, source.when_gap, EFFORT_POINTS[source.effort], source.effort.value
    )


def _question(
    question: Question,
    dimension: Dimension,
    index: int,
    dimension_index: int,
    findings: Mapping[str, tuple[Study, Finding]],
    functions: Sequence[str],
    efforts: Mapping[str, int],
) -> CompiledQuestion:
    multiple = question.kind is Kind.MULTIPLE
    benchmarks = tuple(_benchmark(benchmark, *findings[benchmark.finding]) for benchmark in question.benchmarks)
    levels = {option.id: float((option.points if multiple else option.level) or 0) for option in question.options}
    template = QuestionResult(
        id=question.id,
        dimension=dimension.id,
        state="unanswered",
        level=None,
        value=None,
        weight=question.weight.value,
        weight_reason=question.weight.reason,
        judgement=question.judgement,
        disputed=False,
        benchmark_kind=_benchmark_kind(benchmarks),
        benchmarks=[],
        associations=_associations(question, findings),
    )
    compiled = CompiledQuestion(
        index=index,
        id=question.id,
        title=question.title,
        dimension=dimension_index,
        dimension_id=dimension.id,
        multiple=multiple,
        fact=question.nature is Nature.FACT,
        weight=question.weight.value,
        levels=levels,
        option_ids=tuple(levels),
        benchmarks=benchmarks,
        template=template,
        prepared={},
        effort=efforts.get(question.id, EFFORT_POINTS["L"]),
    )
    if not multiple:
        for function in (None, *functions):
            compiled.prepared[function] = {
                option: (*compiled.answered(level, function), compiled.climb(level)) for option, level in levels.items()
            }
    return compiled


def _benchmark_kind(benchmarks: Sequence[CompiledBenchmark]) -> Literal["distribution", "prevalence", "none"]:
    if not benchmarks:
        return "none"
    return "distribution" if any(len(b.shares) > 2 for b in benchmarks) else "prevalence"


def _benchmark(benchmark: Benchmark, study: Study, finding: Finding) -> CompiledBenchmark:
    categories: Sequence[Category] = finding.by_function[benchmark.function] if benchmark.function else finding.shares
    share_of = {category.id: category.share for category in categories}
    shares = tuple(math.fsum(share_of[category] for category in group.categories) for group in benchmark.groups)
    group_of_level = {level: k for k, group in enumerate(benchmark.groups) for level in group.levels}
    by_group = ridits(shares)
    n, reason = study.size_of(finding)
    total = math.fsum(shares)
    used = {category for group in benchmark.groups for category in group.categories}
    template = QuestionBenchmark(
        finding=finding.id,
        study=study.id,
        publisher=study.publisher,
        year=study.year,
        population=finding.population or study.population,
        n=n,
        shares=[round(share / total, 4) for share in shares],
        levels=[list(group.levels) for group in benchmark.groups],
        ridit=0.0,
        interval=None,
        interval_reason=reason,
        approximate=benchmark.approximate or finding.approximate,
        derived=any(category.derived for category in categories if category.id in used),
        function=benchmark.function,
        judgement=benchmark.judgement,
    )
    return CompiledBenchmark(
        function=benchmark.function,
        shares=shares,
        n=n,
        group_of_level=tuple(group_of_level[level] for level in range(5)),
        ridit_of_level=tuple(by_group[group_of_level[level]] for level in range(5)),
        template=template,
    )


def _associations(question: Question, findings: Mapping[str, tuple[Study, Finding]]) -> list[QuestionAssociation]:
    """The question's weight finding first, then every other finding of its evidence that states a ratio."""
    association = question.weight.association
    ids = [association.finding, association.agrees_with] if association else []
    ordered = dict.fromkeys(i for i in [*ids, *question.evidence] if i is not None and i in findings)
    out = []
    for study, finding in (findings[i] for i in ordered):
        if finding.ratio is not None:
            ratio = finding.ratio
            n, _ = study.size_of(finding)
            out.append(
                QuestionAssociation(
                    finding.id, study.id, study.year, round(ratio.value, 4), ratio.kind, ratio.outcome, n, ratio.caution
                )
            )
    return out
