"""Several people's answers as the organisation's: mean within each function, then across functions.

Each function has an equal voice whatever its head-count (judgement). Where functions differ by two levels or
more on something that a record could settle, the lower answer counts and the question is marked disputed. Under
`grouped` confidentiality, what is said of a question that so few of a function answered follows from its level alone
(`assessment.scoring.confidential`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from assessment.scoring.answers import Sheet
from assessment.scoring.compiled import Chain, Clause, CompiledBenchmark, CompiledQuestion, CompiledRubric, Contribution
from assessment.scoring.confidential import few, may_name_dispute
from assessment.scoring.gaps import Measured, Sides, dimension_gaps, functions_compared, verdict_of
from assessment.scoring.perceived import Confidentiality, FunctionAnswers
from assessment.scoring.prepared import contribution, most_first
from assessment.scoring.rating import PerceptionVerdict, unmet_clauses
from assessment.scoring.result import QuestionResult, State

DISPUTE = 2.0
"""Levels between two functions' answers to a question of fact from which it is disputed."""


class Combined(msgspec.Struct, gc=False):
    """The organisation's answers by question index.

    `chains` are the steps up that each answer leaves: for a multiple choice the options that not everybody chose,
    those that would add most first. `steady` says that no chain gains more later than sooner. `sides` are the two
    functions compared, where both answered, and `gaps` what lies between them on each dimension. `unmet` holds of each
    gate the clauses that no answer shows to hold. `contributions` are one person's answers, as far as prepared.
    """

    levels: list[float | None]
    states: list[State]
    ridits: list[float | None]
    parts: list[QuestionResult]
    chains: list[Chain]
    steady: bool
    respondents: list[FunctionAnswers]
    perception: PerceptionVerdict
    sides: Sides | None
    gaps: list[Measured]
    unmet: list[list[Clause]] = []
    contributions: list[Contribution] | None = None


def combine(rubric: CompiledRubric, sheets: Sequence[Sheet], confidentiality: Confidentiality = "grouped") -> Combined:
    """Combine one or more sheets; the order in which they come does not matter."""
    if len(sheets) == 1:
        return _single(rubric, sheets[0])
    return _several(rubric, sheets, confidentiality)


def outline(
    rubric: CompiledRubric, sheets: Sequence[Sheet]
) -> tuple[list[float | None], list[State], PerceptionVerdict]:
    """Levels, states and the perception gate's verdict alone: what score, level and bounds need."""
    if len(sheets) == 1:
        return sheets[0].levels, sheets[0].states, verdict_of(rubric, sheets)
    combined = _several(rubric, sheets, "grouped")
    return combined.levels, combined.states, combined.perception


def _single(rubric: CompiledRubric, sheet: Sheet) -> Combined:
    function = sheet.function
    found = [
        (question.prepared[function].get(picks) or contribution(question, picks, function))
        if state == "answered"
        else question.silent[state]
        for question, state, picks in zip(rubric.questions, sheet.states, sheet.picks, strict=True)
    ]
    return Combined(
        levels=sheet.levels,
        states=sheet.states,
        ridits=[one.ridit for one in found],
        parts=[one.part for one in found],
        chains=[one.chain for one in found],
        steady=rubric.steady,
        respondents=[FunctionAnswers(function, 1)] if function is not None else [],
        perception=verdict_of(rubric, [sheet]),
        sides=None,
        gaps=[],
        unmet=_unmet(rubric, sheet.levels),
        contributions=found,
    )


def _several(rubric: CompiledRubric, sheets: Sequence[Sheet], confidentiality: Confidentiality) -> Combined:
    order: list[str | None] = [None, *(function.id for function in rubric.source.head.functions)]
    groups = [(f, members) for f in order if (members := [s for s in sheets if s.function == f])]
    sides = functions_compared(rubric, sheets)
    gaps = dimension_gaps(rubric, sides) if sides else []
    combined = Combined([], [], [], [], [], False, [], verdict_of(rubric, sheets, gaps), sides, gaps)
    combined.respondents = [FunctionAnswers(f, len(members)) for f, members in groups if f is not None]
    for question in rubric.questions:
        _add_question(combined, question, groups, confidentiality)
    combined.unmet = _unmet(rubric, combined.levels)
    return combined


def _unmet(rubric: CompiledRubric, levels: Sequence[float | None]) -> list[list[Clause]]:
    return [unmet_clauses(gate, levels) for gate in rubric.gates]


def _add_question(
    combined: Combined,
    question: CompiledQuestion,
    groups: Sequence[tuple[str | None, Sequence[Sheet]]],
    confidentiality: Confidentiality,
) -> None:
    index = question.index
    voices = [
        # Sorted, so that sums of fractions come out the same whoever answered first.
        (function, sorted(level for sheet in members if (level := sheet.levels[index]) is not None), members)
        for function, members in groups
    ]
    voices = [voice for voice in voices if voice[1]]
    if not voices:
        state = state_without_answer([sheet.states[index] for _, members in groups for sheet in members])
        combined.levels.append(None)
        combined.states.append(state)
        combined.ridits.append(None)
        combined.parts.append(question.silent[state].part)
        combined.chains.append(())
        return
    means = [math.fsum(given) / len(given) for _, given, _ in voices]
    sizes = [len(given) for _, given, _ in voices]
    # A function that answered alone is the organisation itself, and has nobody to be told apart from.
    protected = confidentiality == "grouped" and len(groups) > 1 and any(map(few, sizes))
    disputed = question.fact and max(means) - min(means) >= DISPUTE
    if disputed:
        lowest = means.index(min(means))
        voices, means = voices if protected else [voices[lowest]], [means[lowest]]
    level = math.fsum(means) / len(means)
    members = [members for _, _, members in voices]
    if protected:
        ridit, part = question.answered(level, None)
        disputed = disputed and may_name_dispute(question, level, sizes)
        additions = _evenly(question, level, members) if question.multiple else []
    else:
        ridit, part = _part(question, level, [(function, given) for function, given, _ in voices])
        additions = _addable(question, members) if question.multiple else []
    combined.levels.append(level)
    combined.states.append("answered")
    combined.ridits.append(ridit)
    combined.parts.append(msgspec.structs.replace(part, disputed=disputed))
    combined.chains.append(question.additions(level, additions) if question.multiple else question.climb(level))


def state_without_answer(states: Sequence[State]) -> State:
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
    """The options with the levels that everybody choosing them would add: none for one that everybody chose."""
    index = question.index
    options = []
    for option, points in question.levels.items():
        chosen = 0.0
        for members in groups:
            given = [sheet for sheet in members if sheet.levels[index] is not None]
            chosen += sum(option in sheet.picks[index] for sheet in given) / len(given) / len(groups)
        options.append((option, points * (1 - chosen)))
    return most_first(options)


def _evenly(question: CompiledQuestion, level: float, groups: Sequence[Sequence[Sheet]]) -> list[tuple[str, float]]:
    """The options that not everybody chose, as if what is missing to all of them were missing evenly: how many chose
    which of them would tell what one of a few did."""
    everybody = [
        sheet.picks[question.index]
        for members in groups
        for sheet in members
        if sheet.levels[question.index] is not None
    ]
    open_options = {o: p for o, p in question.levels.items() if not all(o in picks for picks in everybody)}
    whole = math.fsum(question.levels.values())
    missing = min(math.fsum(open_options.values()), whole - level)
    share = missing / math.fsum(open_options.values()) if open_options else 0.0
    return most_first([(option, points * share) for option, points in open_options.items()])
