"""A rubric prepared for scoring: every lookup, weight, ridit and interval worked out once.

The scorer then handles plain tuples by index. What an answer contributes to the result is prepared per
option too, so that scoring copies nothing it could have known at start-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from assessment.rubric.model import Benchmark, Dimension, Gate, Kind, Nature, Question, Recommendation, Rubric
from assessment.rubric.studies import Category, Finding, Study
from assessment.scoring.benchmark import ridit_coefficients, ridit_interval, ridits
from assessment.scoring.result import QuestionAssociation, QuestionBenchmark, QuestionResult, RubricUsed

ENGINE_VERSION = "1.0.0"
"""Changes whenever the same answers to the same rubric version could give another result."""

EFFORT_POINTS = {"S": 1, "M": 2, "L": 4}
"""What an effort costs in the ranking (judgement)."""


class CompiledBenchmark(msgspec.Struct, frozen=True, gc=False):
    """One benchmark of a question: the study's shares grouped to answer levels."""

    function: str | None
    shares: tuple[float, ...]
    n: int | None
    group_of_level: tuple[int, ...]
    ridit_of_level: tuple[float, ...]
    template: QuestionBenchmark

    def ridit(self, level: float) -> float:
        """Ridit at a level 0–4; between two levels on the straight line between theirs."""
        low = int(level)
        if low == level:
            return self.ridit_of_level[low]
        below, above = self.ridit_of_level[low], self.ridit_of_level[low + 1]
        return below + (above - below) * (level - low)

    def at(self, levels: Sequence[tuple[float, float]]) -> QuestionBenchmark:
        """The benchmark for answers at `levels`, each with its share of the answers (shares add up to 1)."""
        ridit = sum(self.ridit(level) * share for level, share in levels)
        interval = None
        if self.n is not None:
            size = len(self.shares)
            mixed = [0.0] * size
            for level, share in levels:
                low = int(level)
                for whole, part in ((low, 1 - (level - low)), (low + 1, level - low)):
                    if part:
                        for k, c in enumerate(ridit_coefficients(size, self.group_of_level[whole])):
                            mixed[k] += c * part * share
            low_end, high_end = ridit_interval(self.shares, self.n, tuple(mixed))
            interval = (round(low_end, 4), round(high_end, 4))
        return msgspec.structs.replace(self.template, ridit=round(ridit, 4), interval=interval)


class Step(msgspec.Struct, frozen=True, gc=False):
    """One step up on one question: to its next higher option, or one option more of a multiple choice."""

    question: int
    id: str
    from_level: float | None
    to_level: float
    option: str
    gain: float
    """Weight times value gained; of a first answer, all of it."""
    effort: int
    order: tuple[float, int, int, float]
    """Sorts steps: most gain first, then least effort, then the rubric's order."""


class CompiledQuestion(msgspec.Struct, frozen=True, gc=False):
    """One question by index. `levels` gives each option's level (single) or points (multiple)."""

    index: int
    id: str
    title: str
    dimension: int
    dimension_id: str
    multiple: bool
    fact: bool
    weight: float
    levels: dict[str, float]
    option_ids: tuple[str, ...]
    benchmarks: tuple[CompiledBenchmark, ...]
    template: QuestionResult
    prepared: dict[str | None, dict[str, tuple[float, float | None, QuestionResult]]]
    """Function (or None) → option → (level, ridit, what the result says); single-choice questions only."""
    climbs: dict[float, tuple[Step, ...]]
    """Level of each option → the steps from there to the highest; single-choice questions only."""
    effort: int

    def step(self, from_level: float | None, to_level: float, option: str) -> Step:
        """A step on this question."""
        gain = self.weight * (to_level - (from_level or 0.0)) / 4
        order = (-round(gain, 12), self.effort, self.index, to_level)
        return Step(self.index, self.id, from_level, to_level, option, gain, self.effort, order)

    def climb(self, level: float) -> tuple[Step, ...]:
        """The steps of a single choice from `level`, an option's or between two, to the highest option."""
        prepared = self.climbs.get(level)
        if prepared is not None:
            return prepared
        steps = []
        for option, reached in self.levels.items():
            if reached > level:
                steps.append(self.step(level, reached, option))
                level = reached
        return tuple(steps)

    def benchmarks_for(self, function: str | None) -> tuple[CompiledBenchmark, ...]:
        """A distribution printed for this function where there is one, else all of the question's."""
        own = tuple(b for b in self.benchmarks if b.function is not None and b.function == function)
        return own or self.benchmarks


class CompiledDimension(msgspec.Struct, frozen=True, gc=False):
    index: int
    id: str
    title: str
    core: bool
    weight: float
    questions: tuple[tuple[int, float], ...]
    """(question index, evidence weight) of each question."""


class CompiledGate(msgspec.Struct, frozen=True, gc=False):
    """`clauses`: all of them must hold; each holds when any (question index, level) of it is reached."""

    id: str
    title: str
    level: int
    clauses: tuple[tuple[tuple[int, float], ...], ...]
    functions: tuple[str, ...]
    """Non-empty on a perception gate: the functions that must have answered and agree well enough."""


class CompiledRecommendation(msgspec.Struct, frozen=True, gc=False):
    index: int
    source: Recommendation
    triggers: tuple[tuple[int, float], ...]
    when_gap: bool
    effort: int


class CompiledRubric(msgspec.Struct, frozen=True, gc=False):
    """Everything `assess` needs of one rubric version."""

    used: RubricUsed
    source: Rubric
    functions: frozenset[str]
    questions: tuple[CompiledQuestion, ...]
    by_id: dict[str, CompiledQuestion]
    dimensions: tuple[CompiledDimension, ...]
    gates: tuple[CompiledGate, ...]
    recommendations: tuple[CompiledRecommendation, ...]
    cuts: tuple[float, ...]
    level_names: tuple[str, ...]
    shift: float
    core_rule: int
    half_rule: float
    target: int
    perspectives: tuple[str, ...]
    """The functions that must both have answered for the highest view; empty when the rubric wants none."""


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
    return CompiledRecommendation(index, source, triggers, source.when_gap, EFFORT_POINTS[source.effort])


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
        weight=round(question.weight.value, 4),
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
        climbs={},
        effort=efforts.get(question.id, EFFORT_POINTS["L"]),
    )
    if not multiple:
        for level in set(levels.values()):
            compiled.climbs[level] = compiled.climb(level)
        for function in (None, *functions):
            compiled.prepared[function] = {
                option: (level, *answered(compiled, level, function)) for option, level in levels.items()
            }
    return compiled


def answered(question: CompiledQuestion, level: float, function: str | None) -> tuple[float | None, QuestionResult]:
    """(ridit or None, the question's part of the result) for one answer at `level`."""
    benchmarks = question.benchmarks_for(function)
    ridit = sum(b.ridit(level) for b in benchmarks) / len(benchmarks) if benchmarks else None
    part = msgspec.structs.replace(
        question.template,
        state="answered",
        level=round(level, 2),
        value=round(level / 4, 4),
        benchmarks=[b.at([(level, 1.0)]) for b in benchmarks],
    )
    return ridit, part


def _benchmark_kind(benchmarks: Sequence[CompiledBenchmark]) -> Literal["distribution", "prevalence", "none"]:
    if not benchmarks:
        return "none"
    return "distribution" if any(len(b.shares) > 2 for b in benchmarks) else "prevalence"


def _benchmark(benchmark: Benchmark, study: Study, finding: Finding) -> CompiledBenchmark:
    categories: Sequence[Category] = finding.by_function[benchmark.function] if benchmark.function else finding.shares
    share_of = {category.id: category.share for category in categories}
    shares = tuple(sum(share_of[category] for category in group.categories) for group in benchmark.groups)
    group_of_level = {level: k for k, group in enumerate(benchmark.groups) for level in group.levels}
    by_group = ridits(shares)
    n, reason = study.size_of(finding)
    total = sum(shares)
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
