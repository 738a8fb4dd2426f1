"""What of a result can be prepared with the rubric: all that one person's answer brings into it, and the texts of
recommendations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, product

import msgspec

from assessment.rubric.model import Recommendation
from assessment.scoring.answers import level_of
from assessment.scoring.compiled import Chain, CompiledQuestion, Contribution
from assessment.scoring.result import Because, QuestionResult, RecommendationResult, State

MOST_OPTIONS = 6
"""Options of a multiple choice up to which every selection is prepared: 64 of them, 1.5 kB each."""

SILENT: tuple[State, ...] = ("unanswered", "dont_know", "not_applicable")


def prepare(question: CompiledQuestion, functions: Sequence[str]) -> None:
    """Fill in what the question contributes without an answer, and with each that one person can give."""
    for state in SILENT:
        part = msgspec.structs.replace(question.template, state=state)
        question.silent[state] = Contribution(None, part, (), msgspec.json.encode(part), b"")
    everybody = {picks: contribution(question, picks, None) for picks in _selections(question)}
    question.prepared[None] = everybody
    for function in functions:
        alike = question.benchmarks_for(function) == question.benchmarks
        question.prepared[function] = (
            everybody if alike else {picks: contribution(question, picks, function) for picks in everybody}
        )


def contribution(question: CompiledQuestion, picks: tuple[str, ...], function: str | None) -> Contribution:
    """What it brings to choose these options, in the rubric's order."""
    level = level_of(question, picks)
    chain: Chain
    if question.multiple:
        chain = question.additions(level, most_first([o for o in question.levels.items() if o[0] not in picks]))
    else:
        chain = question.climb(level)
    ridit, part = question.answered(level, function)
    return Contribution(ridit, part, chain, msgspec.json.encode(part), msgspec.json.encode(cite(part)))


def around(source: Recommendation) -> tuple[bytes, bytes]:
    """A recommendation's JSON before and after what differs from one result to the next."""
    written = RecommendationResult(
        id=source.id,
        title=source.title,
        action=source.action,
        owner=source.owner,
        effort=source.effort.value,
        rank=1,
        gain=0.0,
        opens_gate=None,
        because=[],
        expected=source.expected,
        evidence=source.evidence,
        judgement=source.judgement,
    )
    # A quotation mark inside a text is written with a backslash, so that no text can hold this.
    start, end = msgspec.json.encode(written).split(b'"rank":1,"gain":0.0,"opens_gate":null,"because":[]')
    return start, end


def cite(part: QuestionResult) -> Because:
    """An answer as recommendations cite it."""
    return Because(part.id, part.level or 0.0)


def most_first(options: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Options with the levels they add, the largest first."""
    return sorted(options, key=lambda pair: -pair[1])


def _selections(question: CompiledQuestion) -> Iterator[tuple[str, ...]]:
    """What one person can choose; nothing of a multiple choice with too many options."""
    options = question.option_ids
    if not question.multiple:
        for option in options:
            yield (option,)
    elif len(options) <= MOST_OPTIONS:
        for chosen in product((False, True), repeat=len(options)):
            yield tuple(compress(options, chosen))
