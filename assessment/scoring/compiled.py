"""What a compiled rubric is made of: tuples by index, and what each answer contributes, prepared per option."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from assessment.rubric.model import Recommendation, Rubric
from assessment.scoring.benchmark import ridit_coefficients, ridit_interval
from assessment.scoring.result import Change, QuestionBenchmark, QuestionResult, RubricUsed, State
from assessment.scoring.typed import Reader, make_reader

T = TypeVar("T")


class CompiledBenchmark(msgspec.Struct, frozen=True, gc=False):
    """One benchmark of a question: the study's shares grouped to answer levels, or to options by their place.

    `group_of_level` is empty of a multiple choice without levels, `ridit_of_level` too where options have no order.
    """

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
        ridit = math.fsum(self.ridit(level) * share for level, share in levels)
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
    from_level: float | None
    to_level: float
    gain: float
    """Weight times value gained; of a first answer, all of it."""
    effort: int
    order: tuple[float, int, int, float]
    """Sorts steps: most gain first, then least effort, then the rubric's order."""
    change: Change
    """The step as a result names it."""


Chain = Sequence[Step]
"""The steps possible on one question, in the order they must be taken."""


def falls(chain: Chain) -> bool:
    """Whether no step of the chain gains more than the one before."""
    return all(b.gain <= a.gain + 1e-12 for a, b in pairwise(chain))


class Contribution(NamedTuple):
    """What an answer brings into a result."""

    ridit: float | None
    part: QuestionResult
    """What the result says of the question."""
    chain: Chain
    json: bytes
    """`part` as it is stored and sent."""
    cited: bytes
    """The answer as recommendations cite it, as it is stored and sent."""


class CompiledGap(msgspec.Struct, frozen=True, gc=False):
    """A published gap of a question: by function the share that gave the answer in question and, where it was
    published, how many were asked. `level` or, in a rubric without levels, `options` say which answers of ours count
    as it."""

    finding: str
    study: str
    publisher: str
    year: int | None
    population: str
    n: int | None
    interval_reason: str
    category: str
    level: int | None
    options: frozenset[str]
    shares: dict[str, float]
    sizes: dict[str, int]
    judgement: str


class CompiledBound(msgspec.Struct, frozen=True, gc=False):
    """A question by index, answered between two levels, both included."""

    question: int
    lowest: float
    highest: float


class CompiledCheck(msgspec.Struct, frozen=True, gc=False):
    """Answers that cannot all be right: every bound holds."""

    id: str
    title: str
    explanation: str
    bounds: tuple[CompiledBound, ...]


class CompiledQuestion(msgspec.Struct, frozen=True, gc=False):
    """One question by index. `levels` gives each option's level (single) or points (multiple); in a rubric without
    levels its place from 0, or 1 for each option of a multiple choice."""

    index: int
    id: str
    title: str
    dimension: int
    dimension_id: str
    multiple: bool
    fact: bool
    ordinal: bool
    top: float
    """The highest level of the scale: 4, or in a rubric without levels the place of the last option (of a multiple
    choice the number of options)."""
    about: str | None
    """The function whose own behaviour the question judges."""
    weight: float
    levels: dict[str, float]
    option_ids: tuple[str, ...]
    option_titles: dict[str, str]
    benchmarks: tuple[CompiledBenchmark, ...]
    published_gaps: tuple[CompiledGap, ...]
    template: QuestionResult
    silent: dict[State, Contribution]
    """What the result says of it without an answer, by state."""
    prepared: dict[str | None, dict[tuple[str, ...], Contribution]]
    """Function (or None) → options chosen → what that brings; not of a multiple choice with many options."""
    effort: int

    def step(self, from_level: float | None, to_level: float, option: str) -> Step:
        """A step on this question."""
        gain = self.weight * (to_level - (from_level or 0.0)) / 4
        order = (-round(gain, 12), self.effort, self.index, to_level)
        change = Change(self.id, None if from_level is None else round(from_level, 2), round(to_level, 2), option)
        return Step(self.index, from_level, to_level, gain, self.effort, order, change)

    def climb(self, level: float) -> Chain:
        """The steps of a single choice from `level`, an option's or between two, to the highest option."""
        steps = []
        for option, reached in self.levels.items():
            if reached > level:
                steps.append(self.step(level, reached, option))
                level = reached
        return steps

    def additions(self, level: float | None, options: Sequence[tuple[str, float]]) -> Chain:
        """The steps of a multiple choice: the options one by one, each with the levels it adds, up to level 4."""
        steps = []
        for option, points in options:
            reached = min(4.0, (level or 0.0) + points)
            if reached > (level or 0.0):
                steps.append(self.step(level, reached, option))
                level = reached
        return steps

    def benchmarks_for(self, function: str | None) -> tuple[CompiledBenchmark, ...]:
        """A distribution printed for this function where there is one, else all of the question's."""
        own = tuple(b for b in self.benchmarks if b.function is not None and b.function == function)
        return own or self.benchmarks

    def answered(self, level: float, function: str | None) -> tuple[float | None, QuestionResult]:
        """(ridit or None, the question's part of the result) for one answer at `level`."""
        benchmarks = self.benchmarks_for(function)
        ridit = math.fsum(b.ridit(level) for b in benchmarks) / len(benchmarks) if benchmarks else None
        part = msgspec.structs.replace(
            self.template,
            state="answered",
            level=round(level, 2),
            value=round(level / 4, 4),
            benchmarks=[b.at([(level, 1.0)]) for b in benchmarks],
        )
        return ridit, part


class CompiledDimension(msgspec.Struct, frozen=True, gc=False):
    index: int
    id: str
    title: str
    core: bool
    weight: float
    questions: tuple[tuple[int, float], ...]
    """(question index, evidence weight) of each question."""


Clause = tuple[tuple[int, float], ...]
"""Holds when any (question index, level) of it is reached."""


class CompiledGate(msgspec.Struct, frozen=True, gc=False):
    """`clauses`: all of them must hold."""

    id: str
    title: str
    level: int
    clauses: tuple[Clause, ...]
    functions: tuple[str, ...]
    """Non-empty on a perception gate: the functions that must have answered and agree well enough."""


class CompiledRecommendation(msgspec.Struct, frozen=True, gc=False):
    source: Recommendation
    triggers: tuple[tuple[int, float], ...]
    when_gap: bool
    effort: int
    """Points of effort."""
    size: Literal["S", "M", "L"]
    start: bytes
    """Its JSON in a result up to what differs from one result to the next."""
    end: bytes
    """Its JSON from there on."""


class CompiledRubric(msgspec.Struct, frozen=True, dict=True):
    """Everything `assess` needs of one rubric version."""

    used: RubricUsed
    source: Rubric
    functions: frozenset[str]
    questions: tuple[CompiledQuestion, ...]
    by_id: dict[str, CompiledQuestion]
    dimensions: tuple[CompiledDimension, ...]
    gates: tuple[CompiledGate, ...]
    checks: tuple[CompiledCheck, ...]
    recommendations: tuple[CompiledRecommendation, ...]
    cuts: tuple[float, ...]
    level_names: tuple[str, ...]
    shift: float
    core_rule: int
    half_rule: float
    target: int
    steady: bool
    """Whether no question's steps gain more later than sooner, from whichever option they start."""
    has_levels: bool
    """Without levels there are no cuts, gates and recommendations, the numbers above are 0, and nothing is aggregated:
    answers are set beside a study."""
    perspectives: tuple[str, ...]
    """The functions that must both have answered for the highest view; empty when the rubric wants none."""

    @cached_property
    def reader(self) -> Reader:
        """Reads answers to this version from bytes."""
        return make_reader(
            [(question.id, question.multiple, question.top, question.levels) for question in self.questions]
        )

    def once(self, make: Callable[[CompiledRubric], T]) -> T:
        """What `make` makes of this rubric, made when it is first asked for: who starts needs little of it."""
        found: T | None = self._made.get(make)
        if found is None:
            found = self._made[make] = make(self)
        return found

    @cached_property
    def _made(self) -> dict[Callable[[CompiledRubric], Any], Any]:
        return {}
