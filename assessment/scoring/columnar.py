"""Score, level and bounds of many single responses at once: the figures of `rate`, by columns instead of one by one.

Every sum is taken in the order in which `assessment.scoring.score` takes it, over what `assessment.scoring.states` has
worked out with the same operations, so it is the same to the last bit. Only the exponential is numpy's, which may
differ in that bit: a row that lies so near to where a rounding or a level changes that this could show is left to
`rate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assessment.scoring.answers import Response
from assessment.scoring.assess import rate
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.score import TOLERANCE
from assessment.scoring.states import (
    APPLICABLE,
    CORE_UNSCORED,
    NEAR_CUT,
    SCORED,
    SUMS,
    UNSETTLED,
    DimensionStates,
    Floats,
    StateTable,
    Whole,
    Yes,
    core_flag,
    number_clauses,
    places_of,
)

REASONS = (None, "nothing_answered", "core_dimension_unscored", "no_dimension_scored")
"""Why there is no score, by the number that `Figures.reason` has."""
BLOCK = 16_384
"""Rows that are worked on at a time: few enough for a processor's caches, enough to forget what calling numpy costs."""
NEAR_ROUNDING = 1e-6
"""In hundredths of a point: what lies as near to a half as this may be rounded either way. An exponential that is wrong
in its last bits is wrong by 1e-11 of them."""
HIGHEST = np.int8(4)

Level = npt.NDArray[np.int8]


class Picks(NamedTuple):
    """What a column says of one question: row by row a code, and the place that each code stands for."""

    codes: npt.NDArray[np.integer]
    places: Whole


class Functions(NamedTuple):
    """For whom each row answers: row by row a code, and the function that each code stands for."""

    codes: npt.NDArray[np.integer]
    names: Sequence[str | None]


class _Room:
    """What the sums of a block are worked out in: kept from block to block, since fresh memory costs as much as they
    do."""

    def __init__(self, size: int) -> None:
        self.sums = np.empty((size, SUMS))
        self.added = np.empty((size, SUMS))
        self.columns = np.empty((SUMS, size))
        self.state = np.empty(size, np.intp)
        self.step = np.empty(size, np.intp)
        self.bits = np.empty(size, np.int64)


class Figures(NamedTuple):
    """By row. `score`, `level` and the dimensions' scores are set only where `reason` is 0; a dimension's score is not
    a number where it has none."""

    score: Floats
    level: Level
    lower: Floats
    upper: Floats
    firm: Yes
    reason: Level
    completeness: Floats
    dimensions: list[Floats]


class Batch:
    """A rubric with levels, prepared for scoring by columns."""

    def __init__(self, rubric: CompiledRubric) -> None:
        self.rubric = rubric
        self.places = [places_of(question) for question in rubric.questions]
        self._clauses = number_clauses(rubric)
        self._dimensions = [DimensionStates(rubric, one, self.places, self._clauses) for one in rubric.dimensions]

    def figures(self, picks: Sequence[Picks | None], functions: Functions | None, size: int) -> Figures:
        """The figures of `size` rows whose answers `picks` gives by question; None is a question that no row
        answers."""
        figures = _empty(size, len(self._dimensions))
        room = _Room(min(size, BLOCK))
        for start in range(0, size, BLOCK):
            rows = slice(start, min(size, start + BLOCK))
            block = [None if one is None else Picks(one.codes[rows], one.places) for one in picks]
            speakers = None if functions is None else Functions(functions.codes[rows], functions.names)
            if rows.stop - start < len(room.state):
                room = _Room(rows.stop - start)
            self._fill(_part(figures, rows), block, speakers, room)
        return figures

    def _fill(self, figures: Figures, picks: Sequence[Picks | None], functions: Functions | None, room: _Room) -> None:
        room.sums.fill(0.0)
        flags: dict[int, Whole] = {}
        for states, own in zip(self._dimensions, figures.dimensions, strict=True):
            table, state = self._state(states, picks, room)
            table.sums.take(state, axis=0, mode="clip", out=room.added)
            room.sums += room.added
            own[:] = room.added[:, -1]
            for word, bits in table.flags.items():
                if word not in flags:
                    flags[word] = bits.take(state, mode="clip")
                else:
                    flags[word] |= bits.take(state, mode="clip", out=room.bits)
        np.copyto(room.columns, room.sums.T)
        *logs, scored, counted, answered, applicable, _ = room.columns
        unsettled = (flags[0] & UNSETTLED) != 0
        unscored = np.flatnonzero((flags[0] & (SCORED | CORE_UNSCORED)) != SCORED)
        scores = self._scores(logs, scored, counted, flags[0], unscored)
        blocked = self.blocked(functions)
        level, lowest, highest = (
            self._level(value, case, flags, blocked, unsettled) for case, value in enumerate(scores)
        )
        for figure, value in zip((figures.score, figures.lower, figures.upper), scores, strict=True):
            _put_hundredths(figure, value, unsettled)
        figures.level[:] = level
        np.equal(lowest, highest, out=figures.firm)
        figures.firm[unscored] = False
        figures.reason[:] = 0
        figures.reason[unscored] = _reasons(flags[0][unscored], answered[unscored])
        _put_shares(figures.completeness, answered, applicable)
        for row in np.flatnonzero(unsettled).tolist():
            self._settle(figures, row, picks, functions)

    def _state(
        self, states: DimensionStates, picks: Sequence[Picks | None], room: _Room
    ) -> tuple[StateTable, npt.NDArray[np.intp]]:
        """A table, and each row's number in it."""
        size = len(room.state)
        if states.all is not None:
            room.state.fill(0)
            for index, stride in zip(states.questions, states.strides, strict=True):
                pick = picks[index]
                if pick is None:
                    room.state += stride * self.places[index].missing
                else:
                    room.state += (stride * pick.places).take(pick.codes, mode="clip", out=room.step)
            return states.all, room.state
        at = np.empty((size, len(states.questions)), np.int64)
        for n, index in enumerate(states.questions):
            pick = picks[index]
            at[:, n] = self.places[index].missing if pick is None else pick.places.take(pick.codes, mode="clip")
        different, number = np.unique(at, axis=0, return_inverse=True)
        return states.table(list(different.T)), number.reshape(-1)

    def _scores(
        self, logs: Sequence[Floats], scored: Floats, counted: Floats, flags: Whole, unscored: npt.NDArray[np.intp]
    ) -> list[Floats]:
        """The overall score, on 0–1, as answered and in the worst and the best case."""
        with np.errstate(divide="ignore", invalid="ignore"):
            means = [np.exp(total / weight) for total, weight in zip(logs, (scored, counted, counted), strict=True)]
        known, worst, best = (np.clip(mean - self.rubric.shift, 0.0, 1.0) for mean in means)
        open_bounds = [(worst, worst[unscored], 0.0), (best, best[unscored], 1.0)]
        # Where the half rule leaves a dimension out of the score, the bounds are widened to contain it.
        np.minimum(worst, known, out=worst)
        np.maximum(best, known, out=best)
        nothing = (flags[unscored] & APPLICABLE) == 0
        for bounds, own, of_nothing in open_bounds:
            own[nothing] = of_nothing
            bounds[unscored] = own
        known[unscored] = 0.0
        return [known, worst, best]

    def _level(
        self, value: Floats, case: int, flags: Mapping[int, Whole], blocked: Yes | None, unsettled: Yes
    ) -> Level:
        """The level awarded in one of CASES: that of the score, the core rule and the gates, whichever is lowest."""
        cuts = self.rubric.cuts
        level = np.ones(len(value), np.int8)
        for cut in cuts[1:]:
            beyond = value + (TOLERANCE - cut)
            level += beyond >= 0
            unsettled |= np.abs(beyond) < NEAR_CUT
        for below in range(1, len(cuts) - self.rubric.core_rule):
            _limit(level, (flags[0] & core_flag(case, below)) != 0, below + self.rubric.core_rule)
        for gate, clauses in zip(self.rubric.gates, self._clauses, strict=True):
            if gate.functions:
                if blocked is not None:
                    _limit(level, blocked, gate.level - 1)
                continue
            for word in {clause.word for clause in clauses}:
                needed = sum(1 << (clause.bit + case) for clause in clauses if clause.word == word)
                _limit(level, (flags[word] & needed) != needed, gate.level - 1)
        return level

    def blocked(self, functions: Functions | None) -> Yes | None:
        """Where a perception gate is closed: one function alone is never both of those it wants."""
        if functions is None or not self.rubric.perspectives:
            return None
        speaking: Yes = np.array([name is not None for name in functions.names], np.bool_)
        return speaking.take(functions.codes)

    def _settle(self, figures: Figures, row: int, picks: Sequence[Picks | None], functions: Functions | None) -> None:
        """Put the single scorer's figures into a row."""
        function = None if functions is None else functions.names[int(functions.codes[row])]
        rated = rate(self.rubric, [Response(dict(self._answers(picks, row)), function)])
        assert rated.lower is not None
        assert rated.upper is not None
        figures.lower[row], figures.upper[row], figures.firm[row] = rated.lower, rated.upper, rated.firm
        if rated.score is not None and rated.level is not None:
            figures.score[row], figures.level[row] = rated.score, rated.level

    def _answers(self, picks: Sequence[Picks | None], row: int) -> Iterator[tuple[str, object]]:
        for question, places, pick in zip(self.rubric.questions, self.places, picks, strict=True):
            if pick is not None:
                answer = places.answers[int(pick.places[pick.codes[row]])]
                if answer is not None:
                    yield question.id, answer


def _reasons(flags: Whole, answered: Floats) -> Level:
    """Numbers of REASONS for rows without a score, by the order in which `score` asks."""
    reasons = np.where(flags & CORE_UNSCORED, 2, 3).astype(np.int8)
    reasons[answered == 0] = 1
    return reasons


def _limit(level: Level, where: Yes, limit: int) -> None:
    """At most `limit` where it says so. In arithmetic, since a processor guesses wrong at every other branch."""
    np.minimum(level, HIGHEST - where.view(np.int8) * np.int8(HIGHEST - limit), out=level)


def _put_hundredths(figure: Floats, values: Floats, unsettled: Yes) -> None:
    """Scores on 0–1 as points with two decimals, as Python rounds them: a whole number over 100 is the very float that
    its decimals read as."""
    exact = 100 * values * 100
    whole = np.rint(exact)
    unsettled |= np.abs(exact - whole) > 0.5 - NEAR_ROUNDING
    np.divide(whole, 100, out=figure)


def _put_shares(figure: Floats, parts: Floats, wholes: Floats) -> None:
    """Parts of wholes with four decimals; 0 of nothing. Sums of weights meet a half exactly, so those are rounded by
    Python, each once."""
    with np.errstate(invalid="ignore"):
        share = parts / wholes
    share[wholes == 0] = 0.0
    exact = share * 10_000
    whole = np.rint(exact)
    near = np.abs(exact - whole) > 0.5 - NEAR_ROUNDING
    np.divide(whole, 10_000, out=figure)
    if near.any():
        different, inverse = np.unique(share[near], return_inverse=True)
        figure[near] = np.array([round(one, 4) for one in different.tolist()])[inverse]


def _empty(size: int, dimensions: int) -> Figures:
    return Figures(
        score=np.empty(size),
        level=np.empty(size, np.int8),
        lower=np.empty(size),
        upper=np.empty(size),
        firm=np.empty(size, np.bool_),
        reason=np.empty(size, np.int8),
        completeness=np.empty(size),
        dimensions=list(np.empty((dimensions, size))),
    )


def _part(figures: Figures, rows: slice) -> Figures:
    """Some rows of the figures, to be filled."""
    return Figures(
        score=figures.score[rows],
        level=figures.level[rows],
        lower=figures.lower[rows],
        upper=figures.upper[rows],
        firm=figures.firm[rows],
        reason=figures.reason[rows],
        completeness=figures.completeness[rows],
        dimensions=[one[rows] for one in figures.dimensions],
    )
