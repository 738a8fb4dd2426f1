"""Several people's answers as the organisation's: mean within each function, then across functions.

Each function has an equal voice whatever its head-count (judgement). Where functions differ by two levels or
more on something that a record could settle, the lower answer counts and the question is marked disputed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from assessment.scoring.answers import Sheet
from assessment.scoring.compiled import Chain, CompiledBenchmark, CompiledQuestion, CompiledRubric
from assessment.scoring.perception import (
    LARGE,
    MINIMUM_GROUP,
    SUPPORTED,
    benjamini_hochberg,
    cliffs_delta,
    exact_permutation_p,
)
from assessment.scoring.rating import PerceptionVerdict
from assessment.scoring.result import FunctionAnswers, QuestionResult, State
from assessment.scoring.score import score, tally

DISPUTE = 2.0
"""Levels between two functions' answers to a question of fact from which it is disputed."""


class Combined(msgspec.Struct, gc=False):
    """The organisation's answers by question index.

    `chains` are the steps up that each answer leaves: for a multiple choice the options that not everybody chose,
    those that would add most first. `steady` says that no chain gains more later than sooner.
    """

    levels: list[float | None]
    states: list[State]
    ridits: list[float | None]
    parts: list[QuestionResult]
    chains: list[Chain]
    steady: bool
    respondents: list[FunctionAnswers]
    perception: PerceptionVerdict


def combine(rubric: CompiledRubric, sheets: Sequence[Sheet]) -> Combined:
    """Combine one or more sheets; the order in which they come does not matter."""
    if len(sheets) == 1:
        return _single(rubric, sheets[0])
    return _several(rubric, sheets)


def outline(
    rubric: CompiledRubric, sheets: Sequence[Sheet]
) -> tuple[list[float | None], list[State], PerceptionVerdict]:
    """Levels, states and the perception gate's verdict alone: what score, level and bounds need."""
    if len(sheets) == 1:
        return sheets[0].levels, sheets[0].states, _perception(rubric, sheets)
    combined = _several(rubric, sheets)
    return combined.levels, combined.states, combined.perception


def _single(rubric: CompiledRubric, sheet: Sheet) -> Combined:
    levels, states, function = sheet.levels, sheet.states, sheet.function
    ridits: list[float | None] = []
    parts: list[QuestionResult] = []
    chains: list[Chain] = []
    nothing: Chain = ()
    for question, level, state, picks in zip(rubric.questions, levels, states, sheet.picks, strict=True):
        if level is None:
            ridit, part, chain = None, question.template, nothing
            if state != "unanswered":
                part = msgspec.structs.replace(part, state=state)
        elif question.multiple:
            ridit, part = question.answered(level, function)
            chain = question.additions(level, _most_first([o for o in question.levels.items() if o[0] not in picks]))
        else:
            ridit, part, chain = question.prepared[function][picks[0]]
        ridits.append(ridit)
        parts.append(part)
        chains.append(chain)
    respondents = [FunctionAnswers(function, 1)] if function is not None else []
    return Combined(levels, states, ridits, parts, chains, rubric.steady, respondents, _perception(rubric, [sheet]))


def _several(rubric: CompiledRubric, sheets: Sequence[Sheet]) -> Combined:
    order: list[str | None] = [None, *(function.id for function in rubric.source.head.functions)]
    groups = [(f, members) for f in order if (members := [s for s in sheets if s.function == f])]
    combined = Combined([], [], [], [], [], False, [], _perception(rubric, sheets))
    combined.respondents = [FunctionAnswers(f, len(members)) for f, members in groups if f is not None]
    for question in rubric.questions:
        _add_question(combined, question, groups)
    return combined


def _add_question(
    combined: Combined, question: CompiledQuestion, groups: Sequence[tuple[str | None, Sequence[Sheet]]]
) -> None:
    index = question.index
    voices = [
        # Sorted, so that sums of fractions come out the same whoever answered first.
        (function, sorted(level for sheet in members if (level := sheet.levels[index]) is not None), members)
        for function, members in groups
    ]
    voices = [voice for voice in voices if voice[1]]
    if not voices:
        state = _state([sheet.states[index] for _, members in groups for sheet in members])
        combined.levels.append(None)
        combined.states.append(state)
        combined.ridits.append(None)
        combined.parts.append(msgspec.structs.replace(question.template, state=state))
        combined.chains.append(())
        return
    means = [math.fsum(given) / len(given) for _, given, _ in voices]
    disputed = question.fact and max(means) - min(means) >= DISPUTE
    if disputed:
        lowest = means.index(min(means))
        voices, means = [voices[lowest]], [means[lowest]]
    level = math.fsum(means) / len(means)
    ridit, part = _part(question, level, [(function, given) for function, given, _ in voices])
    combined.levels.append(level)
    combined.states.append("answered")
    combined.ridits.append(ridit)
    combined.parts.append(msgspec.structs.replace(part, disputed=disputed))
    if question.multiple:
        combined.chains.append(question.additions(level, _addable(question, [members for _, _, members in voices])))
    else:
        combined.chains.append(question.climb(level))


def _state(states: Sequence[State]) -> State:
    """The state of a question that nobody answered: what people said outranks silence."""
    if "dont_know" in states:
        return "dont_know"
    return "not_applicable" if "not_applicable" in states else "unanswered"


def _part(
    question: CompiledQuestion, level: float, voices: Sequence[tuple[str | None, Sequence[float]]]
) -> tuple[float | None, QuestionResult]:
    """(ridit, the question's part of the result). Each benchmark is held against the functions it speaks of, each
    function with an equal share."""
    held: dict[int, list[tuple[str | None, Sequence[float]]]] = {}
    ridit = 0.0
    for function, given in voices:
        benchmarks = question.benchmarks_for(function)
        for benchmark in benchmarks:
            held.setdefault(question.benchmarks.index(benchmark), []).append((function, given))
            ridit += _mean_ridit(benchmark, given) / len(benchmarks) / len(voices)
    shown = []
    for place in sorted(held):
        shares = [(given_level, 1 / len(given) / len(held[place])) for _, given in held[place] for given_level in given]
        shown.append(question.benchmarks[place].at(shares))
    part = msgspec.structs.replace(
        question.template, state="answered", level=round(level, 2), value=round(level / 4, 4), benchmarks=shown
    )
    return ridit if question.benchmarks else None, part


def _mean_ridit(benchmark: CompiledBenchmark, levels: Sequence[float]) -> float:
    return math.fsum(benchmark.ridit(level) for level in levels) / len(levels)


def _addable(question: CompiledQuestion, groups: Sequence[Sequence[Sheet]]) -> list[tuple[str, float]]:
    """The options that not everybody chose, with the levels that everybody choosing them would add."""
    index = question.index
    options = []
    for option, points in question.levels.items():
        chosen = 0.0
        for members in groups:
            given = [sheet for sheet in members if sheet.levels[index] is not None]
            chosen += sum(option in sheet.picks[index] for sheet in given) / len(given) / len(groups)
        if chosen < 1:
            options.append((option, points * (1 - chosen)))
    return _most_first(options)


def _most_first(options: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(options, key=lambda pair: -pair[1])


def _perception(rubric: CompiledRubric, sheets: Sequence[Sheet]) -> PerceptionVerdict:
    """What the rubric's perception gate sees.

    When no response names a function, nothing is known of who answered and the gate is passed by. When one
    of the two functions is missing the level above stays closed, unverified. With four or more on each side a
    dimension whose gap is large (|Cliff's delta| at least 0.474) and supported (exact p, adjusted over the
    dimensions tested, at most 0.05) fails the gate; with fewer, no test could support a gap.
    """
    if not rubric.perspectives or all(sheet.function is None for sheet in sheets):
        return PerceptionVerdict("passed", "")
    groups = [[sheet for sheet in sheets if sheet.function == function] for function in rubric.perspectives]
    missing = [
        f for f, members in zip(rubric.perspectives, groups, strict=True) if not any(_has_answers(s) for s in members)
    ]
    if missing:
        return PerceptionVerdict("unverified", f"Nobody from {' or '.join(missing)} has answered.")
    wide = _wide_gaps(rubric, groups)
    if wide:
        both = " and ".join(rubric.perspectives)
        return PerceptionVerdict(
            "failed", f"The views of {both} differ widely, and by more than chance, on {', '.join(wide)}."
        )
    return PerceptionVerdict("passed", "")


def _has_answers(sheet: Sheet) -> bool:
    return any(level is not None for level in sheet.levels)


def _wide_gaps(rubric: CompiledRubric, groups: Sequence[Sequence[Sheet]]) -> list[str]:
    if min(len(members) for members in groups) < MINIMUM_GROUP:
        return []
    by_person = [[score(rubric, tally(rubric, s.levels, s.states)).dimensions for s in members] for members in groups]
    tested: list[tuple[str, float, float]] = []
    for place, dimension in enumerate(rubric.dimensions):
        x, y = ([round(v, 9) for row in rows if (v := row[place]) is not None] for rows in by_person)
        if min(len(x), len(y)) >= MINIMUM_GROUP:
            tested.append((dimension.title, cliffs_delta(x, y), exact_permutation_p(x, y)))
    adjusted = benjamini_hochberg([p for _, _, p in tested])
    return [
        title for (title, delta, _), p in zip(tested, adjusted, strict=True) if abs(delta) >= LARGE and p <= SUPPORTED
    ]
