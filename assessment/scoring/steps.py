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
from heapq import heapify, heappop, heappush, heapreplace
from itertools import combinations
from operator import attrgetter

import msgspec

from assessment.scoring.compiled import Chain, CompiledQuestion, CompiledRubric, Step, falls
from assessment.scoring.score import TOLERANCE, Tally

_order = attrgetter("order")

MOST_ENTRIES = 6
"""Unanswered questions of one dimension that are weighed against each other; heavier ones first."""


def entry_chain(question: CompiledQuestion, needed: float) -> Chain:
    """From no answer to the lowest option at `needed` or above in one step, and on from there."""
    if question.multiple:
        by_points = sorted(question.levels.items(), key=lambda pair: -pair[1])
        return question.additions(None, by_points)
    for option, level in question.levels.items():
        if level >= needed - TOLERANCE:
            return [question.step(None, level, option), *question.climb(level)]
    return ()


class Best(msgspec.Struct, gc=False):
    """The best a dimension can do: `scores[k]` with at most k further steps, `routes[k]` those steps.

    Where the largest steps can be taken one after the other, `routes` is empty and `order` lists them; the
    gain of each step is then no larger than the one before. They are worked out as far as `has` asks, since few of
    them are ever needed: `ahead` is a heap of the chains by their next step, with its place.
    """

    scores: list[float]
    order: list[Step]
    routes: list[tuple[Step, ...]]
    ahead: list[tuple[tuple[float, int, int, float], int, Chain]] = []
    earned: float = 0.0
    weight: float = 1.0

    def has(self, k: int) -> bool:
        """Whether there are k steps."""
        while len(self.scores) <= k:
            if not self.ahead:
                return False
            _, place, chain = self.ahead[0]
            step = chain[place]
            self.order.append(step)
            self.earned += step.gain
            self.scores.append(self.earned / self.weight)
            place += 1
            if place < len(chain):
                heapreplace(self.ahead, (chain[place].order, place, chain))
            else:
                heappop(self.ahead)
        return True

    def exhaust(self) -> None:
        """Work out all of `scores`."""
        rest = sorted((step for _, place, chain in self.ahead for step in chain[place:]), key=_order)
        self.ahead = []
        for step in rest:
            self.order.append(step)
            self.earned += step.gain
            self.scores.append(self.earned / self.weight)

    def steps(self, k: int) -> Sequence[Step]:
        return self.routes[k] if self.routes else self.order[:k]


def with_entries(
    rubric: CompiledRubric, plain: Best, known: Sequence[Chain], entries: Sequence[Chain], sums: Tally
) -> Best:
    """Fold in first answers: every choice of them is tried, since each widens the weight that the score is over."""
    entries = sorted(entries, key=lambda chain: -rubric.questions[chain[0].question].weight)[:MOST_ENTRIES]
    plain.exhaust()
    total = len(plain.scores) - 1 + sum(len(chain) for chain in entries)
    scores = [plain.scores[min(k, len(plain.scores) - 1)] for k in range(total + 1)]
    routes = [tuple(plain.steps(min(k, len(plain.scores) - 1))) for k in range(total + 1)]
    for size in range(1, len(entries) + 1):
        for chosen in combinations(entries, size):
            first = [chain[0] for chain in chosen]
            earned = sums.earned + math.fsum(step.gain for step in first)
            weight = sums.answered + math.fsum(rubric.questions[step.question].weight for step in first)
            option = allocate([*known, *(chain[1:] for chain in chosen)], earned, weight, steady=False)
            option.exhaust()
            for k in range(size, total + 1):
                inner = min(k - size, len(option.scores) - 1)
                if option.scores[inner] > scores[k] + TOLERANCE:
                    scores[k] = option.scores[inner]
                    routes[k] = (*first, *option.steps(inner))
    return Best(scores, [], routes)


def allocate(chains: Sequence[Chain], earned: float, weight: float, *, steady: bool) -> Best:
    """The most that k steps on `chains` earn, for every k: greedily while no chain's gains rise, else by a table.
    `steady` says that none does."""
    if steady or all(falls(chain) for chain in chains):
        ahead = [(chain[0].order, 0, chain) for chain in chains if chain]
        heapify(ahead)
        return Best([earned / weight], [], [], ahead, earned, weight)
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


def _value(entry: tuple[float, object]) -> float:
    return entry[0]


def _is_concave(values: Sequence[float]) -> bool:
    return all(c - b <= b - a + 1e-12 for a, b, c in zip(values, values[1:], values[2:], strict=False))


def fewest(
    bests: Sequence[Best], start: Sequence[int], weights: Sequence[float], shift: float, cut: float
) -> list[int] | None:
    """The fewest steps for each dimension, from `start` on, whose weighted mean of ln(s + shift) reaches the cut."""
    needed = math.fsum(weights) * math.log(cut + shift) - TOLERANCE
    counts = list(start)
    here = [w * math.log(best.scores[k] + shift) for best, w, k in zip(bests, weights, start, strict=True)]
    reached = math.fsum(here)
    if reached >= needed:
        return counts
    if any(best.routes for best in bests):
        return _fewest_of_all(bests, start, weights, shift, needed)
    ahead: list[tuple[float, int, int, float]] = []

    def offer(place: int, worth: float) -> None:
        best, k = bests[place], counts[place]
        if best.has(k + 1):
            following = weights[place] * math.log(best.scores[k + 1] + shift)
            heappush(ahead, (worth - following, best.order[k].effort, place, following))

    for place, worth in enumerate(here):
        offer(place, worth)
    while ahead:
        lost, _, place, worth = heappop(ahead)
        reached -= lost
        counts[place] += 1
        if reached >= needed:
            return counts
        offer(place, worth)
    return None


def _fewest_of_all(
    bests: Sequence[Best], start: Sequence[int], weights: Sequence[float], shift: float, needed: float
) -> list[int] | None:
    """The same where the gains of a dimension can rise: every step is looked at."""
    for best in bests:
        best.exhaust()
    worth = [[w * math.log(s + shift) for s in best.scores] for best, w in zip(bests, weights, strict=True)]
    reached = math.fsum(values[k] for values, k in zip(worth, start, strict=True))
    counts = list(start)
    order = sorted(
        (values[k] - values[k + 1], 0 if best.routes else best.order[k].effort, place)
        for place, (best, values) in enumerate(zip(bests, worth, strict=True))
        for k in range(start[place], len(values) - 1)
    )
    for _, _, place in order:
        values = worth[place]
        reached += values[counts[place] + 1] - values[counts[place]]
        counts[place] += 1
        if reached >= needed:
            break
    else:
        return None
    if all(_is_concave(values[k:]) for best, values, k in zip(bests, worth, start, strict=True) if best.routes):
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
