"""Answers set beside a study's own: what a rubric without levels returns in place of a score.

A study counted its respondents by head, so the organisation's are counted by head too; how its functions differ is
the perception gap's business.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from assessment.scoring.answers import Sheet
from assessment.scoring.benchmark import ridit_interval
from assessment.scoring.combine import Combined, state_without_answer
from assessment.scoring.compile import ENGINE_VERSION
from assessment.scoring.compiled import CompiledBenchmark, CompiledDimension, CompiledQuestion, CompiledRubric
from assessment.scoring.confidential import tells_nobody
from assessment.scoring.gaps import functions_compared, verdict_of
from assessment.scoring.interval import wilson
from assessment.scoring.perceive import perceive
from assessment.scoring.perceived import Confidentiality, FunctionAnswers
from assessment.scoring.result import (
    BenchmarkPosition,
    ChosenOption,
    DimensionResult,
    QuestionBenchmark,
    QuestionResult,
    Result,
)

WITHOUT_LEVELS = "rubric_without_levels"
"""The reason why there is no score."""

POSITION_MEANING = (
    "The mean of the answers' positions among the respondents of the studies behind them: 0.5 is the middle. "
    "The studies differ in year, population and wording, so this is no percentile of any population."
)


def set_beside(rubric: CompiledRubric, sheets: Sequence[Sheet], confidentiality: Confidentiality) -> Result:
    """The result of a rubric without levels: each answer with its place in the study, no score and no level.

    With `confidentiality` "grouped" the answers of several people are only given where nobody's can be told. One
    response alone shows its own.
    """
    guarded = confidentiality == "grouped" and len(sheets) > 1
    placed = [_place(question, sheets, guarded=guarded) for question in rubric.questions]
    counts = Counter(sheet.function for sheet in sheets)
    functions = [function.id for function in rubric.source.head.functions]
    respondents = [FunctionAnswers(function, counts[function]) for function in functions if counts[function]]
    verdict, sides = verdict_of(rubric, sheets), functions_compared(rubric, sheets)
    compared = Combined([], [], [], placed, [], True, respondents, verdict, sides, [])
    return Result(
        rubric=rubric.used,
        engine=ENGINE_VERSION,
        score=None,
        rating=None,
        reason=WITHOUT_LEVELS,
        bounds=None,
        stability=None,
        completeness=_completeness(placed) or 0.0,
        equal_weights_score=None,
        single_perspective=verdict.verdict == "unverified",
        respondents=respondents,
        dimensions=[_dimension(dimension, placed) for dimension in rubric.dimensions],
        questions=placed,
        benchmark_position=benchmark_position([_mean_ridit(part) for part in placed]),
        perception=perceive(rubric, sheets, compared, confidentiality),
        inconsistencies=[],
        recommendations=[],
        next_level=None,
        target=None,
    )


def benchmark_position(ridits: Sequence[float | None]) -> BenchmarkPosition | None:
    """The mean of the questions' ridits, of those that have one; None when none has."""
    known = [ridit for ridit in ridits if ridit is not None]
    if not known:
        return None
    return BenchmarkPosition(round(math.fsum(known) / len(known), 4), len(known), POSITION_MEANING)


def _place(question: CompiledQuestion, sheets: Sequence[Sheet], *, guarded: bool) -> QuestionResult:
    """One question beside its benchmarks."""
    index = question.index
    given = [sheet for sheet in sheets if sheet.levels[index] is not None]
    if not given:
        state = state_without_answer([sheet.states[index] for sheet in sheets])
        return msgspec.structs.replace(question.template, state=state)
    withheld = guarded and not tells_nobody(given)
    chosen = [] if withheld else _chosen(question, given)
    benchmarks = []
    for benchmark in question.benchmarks:
        held = [sheet for sheet in given if _speaks_of(benchmark, sheet.function, question)]
        hidden = guarded and not tells_nobody(held)
        if held:
            benchmarks.append(_withhold(benchmark) if hidden else _compare(benchmark, question, held))
            withheld = withheld or hidden
    return msgspec.structs.replace(
        question.template, state="answered", chosen=chosen, withheld=withheld, benchmarks=benchmarks
    )


def _speaks_of(benchmark: CompiledBenchmark, function: str | None, question: CompiledQuestion) -> bool:
    """A distribution of everybody speaks of each function, one by function of its own; of somebody whose function
    is not known, or has none, all of them do."""
    if benchmark.function is None or benchmark.function == function:
        return True
    return function not in {one.function for one in question.benchmarks if one.function is not None}


def _chosen(question: CompiledQuestion, given: Sequence[Sheet]) -> list[ChosenOption]:
    counts = Counter(option for sheet in given for option in sheet.picks[question.index])
    titles = question.option_titles
    return [
        ChosenOption(option, titles[option], round(counts[option] / len(given), 4))
        for option in question.option_ids
        if counts[option]
    ]


def _compare(benchmark: CompiledBenchmark, question: CompiledQuestion, held: Sequence[Sheet]) -> QuestionBenchmark:
    """The benchmark with the organisation's answers in it, each person counting the same."""
    people = len(held)
    picks = Counter(option for sheet in held for option in sheet.picks[question.index])
    own = [sum(picks[option] for option in group) / people for group in benchmark.template.options]
    part = msgspec.structs.replace(benchmark.template, own=[round(share, 4) for share in own])
    if not benchmark.group_of_level:
        return part
    if benchmark.ridit_of_level:
        places = Counter(level for sheet in held if (level := sheet.levels[question.index]) is not None)
        placed = benchmark.at([(place, count / people) for place, count in sorted(places.items())])
        part = msgspec.structs.replace(part, ridit=placed.ridit, interval=placed.interval)
    same, interval = _same(benchmark, own)
    return msgspec.structs.replace(part, same=same, same_interval=interval)


def _same(benchmark: CompiledBenchmark, own: Sequence[float]) -> tuple[float, tuple[float, float] | None]:
    """The share of the study that answered as the organisation did, with its interval where n is published.

    Answers that differ are linear in the shares, as a ridit is, and take the interval of one.
    """
    total = math.fsum(benchmark.shares)
    same = math.fsum(share * part for share, part in zip(benchmark.shares, own, strict=True)) / total
    if benchmark.n is None:
        return round(same, 4), None
    if max(own) == 1:
        low, high = wilson(same * benchmark.n, benchmark.n)
    else:
        low, high = ridit_interval(benchmark.shares, benchmark.n, tuple(own))
    return round(same, 4), (round(low, 4), round(high, 4))


def _withhold(benchmark: CompiledBenchmark) -> QuestionBenchmark:
    """The study's side alone."""
    template = benchmark.template
    reason = template.interval_reason if benchmark.n is None else "withheld"
    return msgspec.structs.replace(template, ridit=None, interval_reason=reason)


def _mean_ridit(part: QuestionResult) -> float | None:
    ridits = [one.ridit for one in part.benchmarks if one.ridit is not None]
    return math.fsum(ridits) / len(ridits) if ridits else None


def _dimension(dimension: CompiledDimension, placed: Sequence[QuestionResult]) -> DimensionResult:
    return DimensionResult(
        id=dimension.id,
        title=dimension.title,
        core=False,
        weight=None,
        score=None,
        level=None,
        completeness=_completeness([placed[index] for index, _ in dimension.questions]),
        points_lost=None,
    )


def _completeness(parts: Sequence[QuestionResult]) -> float | None:
    """Answered over applicable questions, each counting the same; None when none applies."""
    applicable = [part for part in parts if part.state != "not_applicable"]
    if not applicable:
        return None
    return round(sum(part.state == "answered" for part in applicable) / len(applicable), 4)
