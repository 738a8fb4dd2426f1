"""Rubrics and studies in their wire shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from assessment.api.wire import rubrics as wire
from assessment.api.wire import studies as study_wire
from assessment.rubric.base import Model
from assessment.rubric.head import Gate
from assessment.rubric.question import Question
from assessment.rubric.studies import Category, Finding, Study
from assessment.rubric.translate import translated
from assessment.scoring.compiled import CompiledBenchmark, CompiledGap, CompiledQuestion, CompiledRubric

T = TypeVar("T")


def describe_rubric(compiled: CompiledRubric, locale: str) -> wire.Rubric:
    """A compiled rubric with the texts of a language, and its benchmarks' shares and ridits worked out."""
    rubric = translated(compiled.source, locale)
    head = rubric.head
    if head.published is None:
        raise ValueError(f"{head.id}@{head.version} is a draft; only published versions are served")
    return wire.Rubric(
        id=head.id,
        version=head.version,
        title=head.title,
        summary=head.summary,
        locale=head.locale,
        locales=compiled.source.locales,
        published_at=f"{head.published.isoformat()}T00:00:00Z",
        digest=compiled.used.digest,
        minutes=head.minutes,
        functions=[wire.Function(function.id, function.title) for function in head.functions],
        levels=[wire.Level(level.number, level.name, level.summary, level.from_) for level in head.levels],
        dimensions=[
            wire.Dimension(d.id, d.title, d.summary, bool(d.core), d.weight, d.weight_reason) for d in rubric.dimensions
        ],
        questions=[
            _question(question, compiled.by_id[question.id], dimension.id)
            for dimension in rubric.dimensions
            for question in dimension.questions
        ],
        gates=[_gate(gate) for gate in head.gates],
        consistency_checks=[
            msgspec.convert(check.model_dump(mode="json"), wire.ConsistencyCheck) for check in head.consistency_checks
        ],
        bridges=[msgspec.convert(bridge.model_dump(mode="json"), wire.Bridge) for bridge in head.bridges],
        aggregation=_convert(head.aggregation, wire.Aggregation),
        weighting=_convert(head.weighting, wire.Weighting),
        target=_convert(head.target, wire.Target),
        recommendations=[
            msgspec.convert(recommendation.model_dump(mode="json"), wire.Recommendation)
            for recommendation in rubric.recommendations
        ],
    )


def _convert(part: Model | None, kind: type[T]) -> T | None:
    return None if part is None else msgspec.convert(part.model_dump(mode="json"), kind)


def _question(question: Question, compiled: CompiledQuestion, dimension: str) -> wire.Question:
    weight = question.weight
    return wire.Question(
        id=question.id,
        dimension=dimension,
        title=question.title,
        help=question.help,
        kind=question.kind.value,
        nature=question.nature.value,
        scale=question.scale.value,
        wording=None if question.wording is None else question.wording.value,
        known=question.known,
        weight=None if weight is None else weight.value,
        weight_base=None if weight is None else weight.base,
        weight_association=None if weight is None else _convert(weight.association, wire.WeightAssociation),
        weight_reason=None if weight is None else weight.reason,
        audience=list(question.audience),
        about=question.about,
        options=[wire.Option(option.id, option.title, option.level, option.points) for option in question.options],
        benchmarks=[describe_benchmark(benchmark) for benchmark in compiled.benchmarks],
        published_gaps=[_published_gap(gap) for gap in compiled.published_gaps],
        evidence=list(question.evidence),
        judgement=question.judgement,
    )


def describe_benchmark(benchmark: CompiledBenchmark) -> wire.StudyBenchmark:
    """A study's distribution with its source and its ridits."""
    said = benchmark.template
    return wire.StudyBenchmark(
        finding=said.finding,
        study=said.study,
        publisher=said.publisher,
        year=said.year,
        population=said.population,
        n=said.n,
        n_reason=said.interval_reason if said.n is None else None,
        function=said.function,
        shares=[round(share, 4) for share in said.shares],
        levels=said.levels,
        options=said.options,
        titles=said.titles,
        ridits=[round(ridit, 4) for ridit in benchmark.ridit_of_level],
        approximate=said.approximate,
        derived=said.derived,
        judgement=said.judgement,
    )


def _published_gap(gap: CompiledGap) -> wire.PublishedGap:
    return wire.PublishedGap(
        finding=gap.finding,
        study=gap.study,
        publisher=gap.publisher,
        year=gap.year,
        population=gap.population,
        n=gap.n,
        category=gap.category,
        shares=gap.shares,
        n_by_function=gap.sizes,
        level=gap.level,
        options=sorted(gap.options),
        judgement=gap.judgement,
    )


def _gate(gate: Gate) -> wire.Gate:
    return msgspec.convert(gate.model_dump(mode="json"), wire.Gate)


def describe_study(study: Study) -> study_wire.Study:
    """A study with the population and n of each finding filled in."""
    quality = study.quality
    return study_wire.Study(
        id=study.id,
        label=study.label,
        title=study.title,
        publisher=study.publisher,
        year=study.year,
        year_reason=study.year_reason,
        population=study.population,
        n=study.n,
        n_reason=study.n_reason,
        n_note=study.n_note,
        read=study.read,
        sources=[msgspec.convert(source.model_dump(mode="json"), study_wire.Source) for source in study.sources],
        quality=msgspec.convert(
            {**quality.model_dump(exclude={"note"}), "grade": quality.grade, "reason": quality.note},
            study_wire.Quality,
        ),
        findings=[_finding(study, finding) for finding in study.findings],
        practices=[msgspec.convert(p.model_dump(mode="json"), study_wire.Practice) for p in study.practices],
    )


def _finding(study: Study, finding: Finding) -> study_wire.Finding:
    n, n_reason = study.size_of(finding)
    return study_wire.Finding(
        id=finding.id,
        label=finding.label,
        kind=finding.kind.value,
        claim=finding.claim,
        dimension=finding.dimension,
        shares=_shares(finding.shares),
        by_function={function: _shares(shares) for function, shares in finding.by_function.items()},
        ratio=None
        if finding.ratio is None
        else msgspec.convert(finding.ratio.model_dump(mode="json"), study_wire.Ratio),
        population=finding.population or study.population,
        n=n,
        n_reason=n_reason,
        n_by_function=dict(finding.n_by_function),
        approximate=finding.approximate,
        order_is_judgement=finding.order_is_judgement,
        sum_note=finding.sum_note,
        derived_from=list(finding.derived_from),
        contradicts=[study_wire.Contradiction(c.finding, c.note) for c in finding.contradicts],
        caution=finding.caution,
    )


def _shares(categories: Sequence[Category]) -> list[study_wire.Share]:
    return [study_wire.Share(c.id, c.title, c.share, c.derived) for c in categories]
