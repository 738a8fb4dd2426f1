"""A rubric prepared for scoring: every lookup, weight, ridit and interval worked out once.

The scorer then handles plain tuples by index. What an answer contributes to the result is prepared per
option too, so that scoring copies nothing it could have known at start-up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from assessment.rubric.head import ConsistencyCheck, Gate
from assessment.rubric.model import Recommendation, Rubric
from assessment.rubric.question import Benchmark, Dimension, Kind, Nature, PublishedGap, Question, Scale
from assessment.rubric.studies import Category, Finding, Study
from assessment.scoring.benchmark import ridits
from assessment.scoring.compiled import (
    CompiledBenchmark,
    CompiledBound,
    CompiledCheck,
    CompiledDimension,
    CompiledGap,
    CompiledGate,
    CompiledQuestion,
    CompiledRecommendation,
    CompiledRubric,
    falls,
)
from assessment.scoring.prepared import around, prepare
from assessment.scoring.result import QuestionAssociation, QuestionBenchmark, QuestionResult, RubricUsed

ENGINE_VERSION = "1.1.0"
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
    head = rubric.head
    questions: list[CompiledQuestion] = []
    dimensions: list[CompiledDimension] = []
    for number, dimension in enumerate(rubric.dimensions):
        first = len(questions)
        for question in dimension.questions:
            questions.append(_question(question, dimension, len(questions), number, findings, functions, efforts))
        members = tuple((q.index, q.weight) for q in questions[first:])
        dimensions.append(
            CompiledDimension(
                number, dimension.id, dimension.title, bool(dimension.core), dimension.weight or 0.0, members
            )
        )
    by_id = {question.id: question for question in questions}
    gates = tuple(_gate(gate, by_id) for gate in head.gates)
    return CompiledRubric(
        used=RubricUsed(head.id, head.version, digest),
        source=rubric,
        functions=frozenset(functions),
        questions=tuple(questions),
        by_id=by_id,
        dimensions=tuple(dimensions),
        gates=gates,
        checks=tuple(_check(check, by_id) for check in head.consistency_checks),
        recommendations=tuple(_recommendation(r, by_id) for r in rubric.recommendations),
        cuts=tuple(level.from_ for level in head.levels),
        level_names=tuple(level.name for level in head.levels),
        shift=head.aggregation.shift if head.aggregation else 0.0,
        core_rule=head.aggregation.core_rule if head.aggregation else 0,
        half_rule=head.aggregation.half_rule if head.aggregation else 0.0,
        target=head.target.default if head.target else 0,
        steady=all(falls(one.chain) for q in questions if not q.multiple for one in q.prepared.get(None, {}).values()),
        has_levels=head.maturity is not None,
        perspectives=next((gate.functions for gate in gates if gate.functions), ())
        if head.maturity is not None
        else tuple(functions[:2]),
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


def _check(check: ConsistencyCheck, by_id: Mapping[str, CompiledQuestion]) -> CompiledCheck:
    bounds = tuple(
        CompiledBound(
            question=by_id[bound.question].index,
            lowest=-math.inf if bound.at_least is None else bound.at_least,
            highest=math.inf if bound.at_most is None else bound.at_most,
        )
        for bound in check.when
    )
    return CompiledCheck(check.id, check.title, check.explanation, bounds)


def _published_gap(gap: PublishedGap, study: Study, finding: Finding) -> CompiledGap:
    n, reason = study.size_of(finding)
    return CompiledGap(
        finding=finding.id,
        study=study.id,
        publisher=study.publisher,
        year=study.year,
        population=finding.population or study.population,
        n=n,
        interval_reason=reason or "subgroup_size_not_published",
        category=gap.category,
        level=gap.level,
        options=frozenset(gap.options),
        shares={
            function: category.share
            for function, categories in finding.by_function.items()
            for category in categories
            if category.id == gap.category
        },
        sizes=dict(finding.n_by_function),
        judgement=gap.judgement,
    )


def _recommendation(source: Recommendation, by_id: Mapping[str, CompiledQuestion]) -> CompiledRecommendation:
    triggers = tuple((by_id[trigger.question].index, trigger.below) for trigger in source.when)
    return CompiledRecommendation(
        source, triggers, source.when_gap, EFFORT_POINTS[source.effort], source.effort.value, *around(source)
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
    weight = question.weight
    benchmarks = tuple(
        _benchmark(benchmark, question, *findings[benchmark.finding]) for benchmark in question.benchmarks
    )
    if weight is not None:
        levels = {option.id: float((option.points if multiple else option.level) or 0) for option in question.options}
        top = 4.0
    else:
        levels = {option.id: 1.0 if multiple else float(place) for place, option in enumerate(question.options)}
        top = math.fsum(levels.values()) if multiple else max(levels.values())
    template = QuestionResult(
        id=question.id,
        dimension=dimension.id,
        state="unanswered",
        level=None,
        value=None,
        weight=None if weight is None else weight.value,
        weight_reason=None if weight is None else weight.reason,
        chosen=[],
        withheld=False,
        wording=None if question.wording is None else question.wording.value,
        known=question.known,
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
        ordinal=question.scale is Scale.ORDINAL,
        top=top,
        about=question.about,
        weight=1.0 if weight is None else weight.value,
        levels=levels,
        option_ids=tuple(levels),
        option_titles={option.id: option.title for option in question.options},
        benchmarks=benchmarks,
        published_gaps=tuple(_published_gap(gap, *findings[gap.finding]) for gap in question.published_gaps),
        template=template,
        silent={},
        prepared={},
        effort=efforts.get(question.id, EFFORT_POINTS["L"]),
    )
    if weight is not None:
        prepare(compiled, functions)
    return compiled


def _benchmark_kind(benchmarks: Sequence[CompiledBenchmark]) -> Literal["distribution", "prevalence", "none"]:
    if not benchmarks:
        return "none"
    return "distribution" if any(len(b.shares) > 2 for b in benchmarks) else "prevalence"


def _benchmark(benchmark: Benchmark, question: Question, study: Study, finding: Finding) -> CompiledBenchmark:
    categories: Sequence[Category] = finding.by_function[benchmark.function] if benchmark.function else finding.shares
    share_of = {category.id: category.share for category in categories}
    shares = tuple(math.fsum(share_of[category] for category in group.categories) for group in benchmark.groups)
    title_of = {category.id: category.title for category in categories}
    group_of_level = _group_of_level(benchmark, question)
    exclusive = bool(group_of_level)
    ordered = exclusive and question.scale is Scale.ORDINAL
    by_group = ridits(shares) if ordered else ()
    n, reason = study.size_of(finding)
    # What people chose several of does not add up to 1.
    total = math.fsum(shares) if exclusive else 1.0
    used = {category for group in benchmark.groups for category in group.categories}
    template = QuestionBenchmark(
        finding=finding.id,
        study=study.id,
        publisher=study.publisher,
        year=study.year,
        population=finding.population or study.population,
        n=n,
        shares=[round(share / total, 4) for share in shares],
        levels=[list(group.levels) for group in benchmark.groups if group.levels],
        options=[list(group.options) for group in benchmark.groups if group.options],
        titles=["; ".join(title_of[c] for c in group.categories) for group in benchmark.groups if group.options],
        own=None,
        same=None,
        same_interval=None,
        ridit=0.0 if ordered else None,
        interval=None,
        interval_reason=reason if ordered or n is None else "no_order",
        approximate=benchmark.approximate or finding.approximate,
        derived=any(category.derived for category in categories if category.id in used),
        function=benchmark.function,
        judgement=benchmark.judgement,
    )
    return CompiledBenchmark(
        function=benchmark.function,
        shares=shares,
        n=n,
        group_of_level=group_of_level,
        ridit_of_level=tuple(by_group[group] for group in group_of_level) if ordered else (),
        template=template,
    )


def _group_of_level(benchmark: Benchmark, question: Question) -> tuple[int, ...]:
    """The group of each level 0–4, or of each option's place; nothing where an answer may fall into several."""
    by_level = {level: k for k, group in enumerate(benchmark.groups) for level in group.levels}
    if by_level:
        return tuple(by_level[level] for level in range(5))
    if question.kind is Kind.MULTIPLE:
        return ()
    by_option = {option: k for k, group in enumerate(benchmark.groups) for option in group.options}
    return tuple(by_option[option.id] for option in question.options)


def _associations(question: Question, findings: Mapping[str, tuple[Study, Finding]]) -> list[QuestionAssociation]:
    """The question's weight finding first, then every other finding of its evidence that states a ratio."""
    association = question.weight.association if question.weight else None
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
