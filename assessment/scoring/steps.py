"""The best use of k steps: inside a dimension, and between dimensions.

Inside a dimension the weighted mean rises by each step's gain, so the k largest gains are best as long as no
question's gains rise from step to step; else a table over numbers of steps finds the best. First answers to
unanswered questions widen the weight that the mean is over, so every choice of them is tried. Between
dimensions ``w · ln(s + shift)`` adds up: where it is concave in the number of steps, taking the largest gain
again and again is optimal; where it is not, a table makes sure that no smaller number does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import combinations, pairwise

import msgspec

from assessment.scoring.combine import Combined
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric, Step
from assessment.scoring.score import TOLERANCE, Tally

MOST_ENTRIES = 6
"""Unanswered questions of one dimension that are weighed against each other; heavier ones first."""

Chain = Sequence[Step]
"""The steps possible on one question, in the order they must be taken."""


def chain_of(question: CompiledQuestion, combined: Combined) -> Chain:
    """The steps from an answered question's level to its highest; empty for any other state."""
    level = combined.levels[question.index]
    if level is None:
        return ()
    if question.multiple:
        return _additions(question, level, combined.addable[question.index])
    return question.climb(level)


def _additions(question: CompiledQuestion, level: float | None, options: Sequence[tuple[str, float]]) -> Chain:
    steps = []
    for option, points in options:
        reached = min(4.0, (level or 0.0) + points)
        if reached > (level or 0.0) + TOLERANCE:
            steps.append(question.step(level, reached, option))
            level = reached
    return steps


def entry_chain(question: CompiledQuestion, needed: float) -> Chain:
    """From no answer to the lowest option at `needed` or above in one step, and on from there."""
    if question.multiple:
        by_points = sorted(question.levels.items(), key=lambda pair: -pair[1])
        return _additions(question, None, by_points)
    for option, level in question.levels.items():
        if level >= needed - TOLERANCE:
            return [question.step(None, level, option), *question.climb(level)]
    return ()


class Best(msgspec.Struct, gc=False):
    """The best a dimension can do: `scores[k]` with at most k further steps, `routes[k]` those steps.

    Where the largest steps can be taken one after the other, `routes` is empty and `order` lists them; the
    gain of each step is then no larger than the one before.
    """

    scores: list[float]
    order: list[Step]
    routes: list[tuple[Step, ...]]

    @property
    def falls(self) -> bool:
        return not self.routes

    def steps(self, k: int) -> Sequence[Step]:
        return self.routes[k] if self.routes else self.order[:k]


def with_entries(
    rubric: CompiledRubric, plain: Best, known: Sequence[Chain], entries: Sequence[Chain], sums: Tally
) -> Best:
    """Fold in first answers: every choice of them is tried, since each widens the weight that the score is over."""
    entries = sorted(entries, key=lambda chain: -rubric.questions[chain[0].question].weight)[:MOST_ENTRIES]
    total = len(plain.scores) - 1 + sum(len(chain) for chain in entries)
    scores = [plain.scores[min(k, len(plain.scores) - 1)] for k in range(total + 1)]
    routes = [tuple(plain.steps(min(k, len(plain.scores) - 1))) for k in range(total + 1)]
    for size in range(1, len(entries) + 1):
        for chosen in combinations(entries, size):
            first = [chain[0] for chain in chosen]
            earned = sums.earned + math.fsum(step.gain for step in first)
            weight = sums.answered + math.fsum(rubric.questions[step.question].weight for step in first)
            option = allocate([*known, *(chain[1:] for chain in chosen)], earned, weight)
            for k in range(size, total + 1):
                inner = min(k - size, len(option.scores) - 1)
                if option.scores[inner] > scores[k] + TOLERANCE:
                    scores[k] = option.scores[inner]
                    routes[k] = (*first, *option.steps(inner))
    return Best(scores, [], routes)


def allocate(chains: Sequence[Chain], earned: float, weight: float) -> Best:
    """The most that k steps on `chains` earn, for every k: greedily while no chain's gains rise, else by a table."""
    if all(_falls(chain) for chain in chains):
        order = sorted((step for chain in chains for step in chain), key=_order)
        scores = [earned / weight]
        for step in order:
            earned += step.gain
            scores.append(earned / weight)
        return Best(scores, order, [])
    table: list[tuple[float, tuple[Step, ...]]] = [(earned, ())]
    for chain in chains:
        gains = [math.fsum(step.gain for step in chain[:n]) for n in range(len(chain) + 1)]
        table = [
            max(
                (
                    (table[k - n][0] + gains[n], (*table[k - n][1], *chain[:n]))
                    for n in range(len(gains))
                    if 0 <= k - n < len(table)
                ),
                key=_value,
            )
            for k in range(len(table) + len(chain))
        ]
    return Best([value / weight for value, _ in table], [], [steps for _, steps in table])


def _order(step: Step) -> tuple[float, int, int, float]:
    return step.order


def _value(entry: tuple[float, object]) -> float:
    return entry[0]


def _falls(chain: Chain) -> bool:
    return all(b.gain <= a.gain + 1e-12 for a, b in pairwise(chain))


def _is_concave(values: Sequence[float]) -> bool:
    return all(c - b <= b - a + 1e-12 for a, b, c in zip(values, values[1:], values[2:], strict=False))


def fewest(
    bests: Sequence[Best], start: Sequence[int], weights: Sequence[float], shift: float, cut: float
) -> list[int] | None:
    """The fewest steps for each dimension, from `start` on, whose weighted mean of ln(s + shift) reaches the cut."""
    counts = list(start)
    needed = math.fsum(weights) * math.log(cut + shift) - TOLERANCE
    reached = math.fsum(w * math.log(b.scores[k] + shift) for b, w, k in zip(bests, weights, counts, strict=True))
    waiting: list[tuple[float, int, int]] = []

    def offer(place: int) -> None:
        best, k = bests[place], counts[place]
        if k + 1 < len(best.scores):
            gain = weights[place] * math.log((best.scores[k + 1] + shift) / (best.scores[k] + shift))
            effort = best.order[k].effort if best.falls else 0
            heappush(waiting, (-round(gain, 12), effort, place))

    for place in range(len(bests)):
        offer(place)
    while reached < needed:
        if not waiting:
            return None
        gain, _, place = heappop(waiting)
        counts[place] += 1
        reached -= gain
        offer(place)
    worth = [[w * math.log(s + shift) for s in best.scores] for best, w in zip(bests, weights, strict=True)]
    if all(best.falls or _is_concave(values[k:]) for best, values, k in zip(bests, worth, start, strict=True)):
        return counts
    return _fewer(worth, start, needed, sum(counts) - sum(start)) or counts


def _fewer(worth: Sequence[Sequence[float]], start: Sequence[int], needed: float, below: int) -> list[int] | None:
    """Fewer than `below` further steps that are enough, by a table over numbers of steps; None if there are none."""
    table: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * below
    for values, least in zip(worth, start, strict=True):
        last = len(values) - 1
        table = [
            max(
                (
                    (table[k - n][0] + values[min(least + n, last)], (*table[k - n][1], min(least + n, last)))
                    for n in range(k + 1)
                ),
                key=_value,
            )
            for k in range(below)
        ]
    return next((list(counts) for value, counts in table if value >= needed), None)
