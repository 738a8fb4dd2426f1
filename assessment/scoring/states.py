"""Every state that a dimension's questions can be in together, with what each adds to a score, worked out once.

A question is at a place: one of its levels, without an answer, or not applicable. The places of a dimension's questions
make one number, its state, and all that a score takes from the dimension is looked up by that. So each logarithm, sum
and rounding is done once by the very operations of `assessment.scoring.score`, and not once a row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assessment.scoring.compiled import CompiledDimension, CompiledQuestion, CompiledRubric
from assessment.scoring.rating import level_of
from assessment.scoring.score import TOLERANCE

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Yes = npt.NDArray[np.bool_]

MOST_STATES = 1 << 18
"""Of a dimension that has more (seven questions with five options), only those that occur are worked out."""
CASES = ("known", "worst", "best")
"""As answered; with every missing answer at the worst level; and with every one at the best."""

NEAR_CUT = 1e-12
"""A score on 0–1 as near to where its level changes could be given another one by another order of sums."""

SCORED, CORE_UNSCORED, APPLICABLE, UNSETTLED = 1, 2, 4, 8
"""Flags of a state, combined by "or" over the dimensions. Behind them stand those of `core_flag`, and of clauses."""
_FIRST_CORE_FLAG = 4
_FIRST_CLAUSE = 15
_BITS = 63


def core_flag(case: int, level: int) -> int:
    """The flag that a core dimension lies at `level` (1–3) or below in one of CASES. Level 4 needs none."""
    return 1 << (_FIRST_CORE_FLAG + 3 * case + level - 1)


class Places(NamedTuple):
    """What a question can be at: `levels`, then without an answer, then not applicable."""

    levels: tuple[float, ...]
    answers: tuple[object, ...]
    """An answer that leads to each place, as the single scorer reads it; None leaves the question out."""

    @property
    def missing(self) -> int:
        return len(self.levels)

    @property
    def not_applicable(self) -> int:
        return len(self.levels) + 1

    def __len__(self) -> int:
        return len(self.levels) + 2


def places_of(question: CompiledQuestion) -> Places:
    """The levels that a question's options can give, and how each is reached."""
    reached = _sums(question) if question.multiple else {level: option for option, level in question.levels.items()}
    levels = tuple(sorted(reached))
    ends: tuple[object, ...] = (None, {"state": "not_applicable", "reason": "it does not apply"})
    return Places(levels, (*(reached[level] for level in levels), *ends))


def _sums(question: CompiledQuestion) -> dict[float, object]:
    """The levels of a multiple choice with the options that give them. Fractions add up exactly, as fsum does."""
    top = Fraction(question.top)
    found: dict[Fraction, list[str]] = {Fraction(0): []}
    for option, points in question.levels.items():
        for total, chosen in list(found.items()):
            found.setdefault(min(top, total + Fraction(points)), [*chosen, option])
    return {float(total): chosen for total, chosen in found.items()}


class Clause(NamedTuple):
    """A gate's clause: `conditions` are (question, level), one of which must be shown. `bit` is the first of its flags,
    one for each of CASES, in one of the words that flags take."""

    conditions: tuple[tuple[int, float], ...]
    word: int
    bit: int


def number_clauses(rubric: CompiledRubric) -> list[list[Clause]]:
    """The clauses of each gate, with places for their flags."""
    places = count(_FIRST_CLAUSE, len(CASES))
    return [[Clause(clause, *divmod(next(places), _BITS)) for clause in gate.clauses] for gate in rubric.gates]


class StateTable(NamedTuple):
    """By state: what one dimension adds to the sums over dimensions, and its flags.

    A row of `sums` holds its weight times logarithm in each of CASES; its weight where it has a score, and where
    anything of it applies; the weights of its questions that are answered, and that apply; and, beside the sums, its
    own score, 0–100 as a result has it, which is not a number where it has none.
    """

    sums: npt.NDArray[np.float64]
    flags: dict[int, Whole]
    """By word."""


SUMS = 8
"""How many numbers a row of `StateTable.sums` has: those that a processor fetches at once."""


class DimensionStates:
    """One dimension's states."""

    def __init__(
        self,
        rubric: CompiledRubric,
        dimension: CompiledDimension,
        places: Sequence[Places],
        clauses: Sequence[Sequence[Clause]],
    ) -> None:
        self._rubric = rubric
        self._dimension = dimension
        self.questions = [index for index, _ in dimension.questions]
        self._places = [places[index] for index in self.questions]
        self._clauses = [clause for of_gate in clauses for clause in of_gate]
        sizes = [len(one) for one in self._places]
        self.strides = [math.prod(sizes[:n]) for n in range(len(sizes))]
        """What one place more of each question adds to the number of the state."""
        total = math.prod(sizes)
        self.all: StateTable | None = None
        """The table of every state, unless there are too many."""
        if total <= MOST_STATES:
            numbers = np.arange(total, dtype=np.int64)
            self.all = self.table([numbers // s % n for s, n in zip(self.strides, sizes, strict=True)])

    def table(self, at: Sequence[Whole]) -> StateTable:
        """What states add in which the dimension's questions are `at` these places."""
        size = len(at[0])
        earned, answered, missing = np.zeros(size), np.zeros(size), np.zeros(size)
        for (_, weight), places, place in zip(self._dimension.questions, self._places, at, strict=True):
            known = [weight * level for level in places.levels]
            earned += np.array([*known, 0.0, 0.0])[place]
            answered += np.array([*(weight for _ in known), 0.0, 0.0])[place]
            missing += np.array([*(0.0 for _ in known), weight, 0.0])[place]
        earned /= 4
        applicable = answered + missing
        counts = applicable > 0
        scored = (answered > 0) & (answered >= self._rubric.half_rule * applicable - TOLERANCE)
        nothing = np.full(size, np.nan)
        values = (
            np.divide(earned, answered, out=nothing.copy(), where=scored),
            np.divide(earned, applicable, out=nothing.copy(), where=counts),
            np.divide(earned + applicable - answered, applicable, out=nothing, where=counts),
        )
        weight, shift = self._dimension.weight, self._rubric.shift
        logs = [np.nan_to_num(_by_value(value, lambda one: weight * math.log(one + shift))) for value in values]
        weights = [np.where(there, weight, 0.0) for there in (scored, counts)]
        own = _by_value(values[0], lambda one: round(100 * one, 2))
        sums = np.stack([*logs, *weights, answered, applicable, own], axis=1)
        flags = {0: self._flags(values)}
        self._show(at, flags)
        return StateTable(sums, flags)

    def _flags(self, values: Sequence[Floats]) -> Whole:
        scored = ~np.isnan(values[0])
        flags = np.where(scored, SCORED, 0) | np.where(np.isnan(values[1]), 0, APPLICABLE)
        if self._dimension.core:
            flags |= np.where(scored, 0, CORE_UNSCORED)
            for case, value in enumerate(values):
                level = _by_value(value, lambda one: float(level_of(self._rubric, one)))
                for cut in self._rubric.cuts:
                    flags |= np.where(np.abs(value + TOLERANCE - cut) < NEAR_CUT, UNSETTLED, 0)
                for below in range(1, len(self._rubric.cuts)):
                    flags |= np.where(level <= below, core_flag(case, below), 0)
        return flags.astype(np.int64)

    def _show(self, at: Sequence[Whole], flags: dict[int, Whole]) -> None:
        """Flag what answers show. A missing answer counts as 0 in the worst case and 4 in the best; one that does not
        apply shows nothing."""
        for clause in self._clauses:
            for index, needed in clause.conditions:
                if index not in self.questions:
                    continue
                n = self.questions.index(index)
                word = flags.setdefault(clause.word, np.zeros(len(at[0]), np.int64))
                for case, of_missing in enumerate((-1.0, 0.0, 4.0)):
                    levels = [*self._places[n].levels, of_missing, -1.0]
                    bit = 1 << (clause.bit + case)
                    bits = np.array([bit if level >= max(0.0, needed - TOLERANCE) else 0 for level in levels])
                    word |= bits[at[n]]


def _by_value(values: Floats, of: Callable[[float], float]) -> Floats:
    """`of` each value, worked out once for equal ones; what is not a number stays it."""
    different, inverse = np.unique(values, return_inverse=True)
    known = [one if math.isnan(one) else of(one) for one in different.tolist()]
    return np.array(known, dtype=np.float64)[inverse]
