"""Steps: what one step up on a question is, and the fewest steps that reach the next level (method B.11).

A step moves a single-choice answer to its next higher option, or adds one option to a multiple choice. A
question that does not apply is never a step; one without an answer is one step to its lowest option that
helps. Inside a dimension the best use of k steps is found first; between dimensions the gain in
``w · ln(s + shift)`` decides. Where those gains only fall from step to step, taking the largest again and
again is optimal; where they do not (uneven options, several people's means), a table over numbers of steps
makes sure that no smaller set exists.

Dimensions that the half rule leaves out of the score are left alone, except for what a gate demands.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import combinations, pairwise, product

import msgspec

from assessment.scoring.combine import Combined
from assessment.scoring.compile import CompiledQuestion, CompiledRubric, Step
from assessment.scoring.rating import unmet_clauses
from assessment.scoring.result import Change, NextLevel, State
from assessment.scoring.score import TOLERANCE, Score, Tally, score, tally

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


def _entry_chain(question: CompiledQuestion, needed: float) -> Chain:
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


def next_level(rubric: CompiledRubric, combined: Combined, scored: Score, level: int) -> NextLevel | None:
    """The smallest set of steps from `level` to the one above; None when there is none above or none reaches it."""
    goal = level + 1
    if scored.overall is None or goal > len(rubric.cuts):
        return None
    if any(gate.functions and gate.level <= goal for gate in rubric.gates) and combined.perception.verdict != "passed":
        return None
    plans: list[tuple[int, int, int, list[Step], float]] = []
    for place, demands in enumerate(_gate_demands(rubric, combined, goal)):
        for forced in _forced_steps(rubric, combined, scored, demands):
            found = _complete(rubric, combined, forced, goal)
            if found is not None:
                steps, after = found
                plans.append((len(steps), sum(step.effort for step in steps), place, steps, after))
                if len(steps) == len(forced):
                    break
    if not plans:
        return None
    _, _, _, steps, after = min(plans, key=lambda plan: plan[:3])
    steps.sort(key=lambda step: (step.question, step.to_level))
    changes = [
        Change(s.id, None if s.from_level is None else round(s.from_level, 2), round(s.to_level, 2), s.option)
        for s in steps
    ]
    return NextLevel(goal, changes, round(100 * after, 2))


def _gate_demands(rubric: CompiledRubric, combined: Combined, goal: int) -> Iterator[dict[int, float]]:
    """Each way to pass the gates up to `goal`: question index → level needed."""
    clauses = [clause for gate in rubric.gates if gate.level <= goal for clause in unmet_clauses(gate, combined.levels)]
    for choice in product(*clauses):
        demands: dict[int, float] = {}
        for index, needed in choice:
            demands[index] = max(needed, demands.get(index, 0.0))
        yield demands


def _forced_steps(
    rubric: CompiledRubric, combined: Combined, scored: Score, demands: dict[int, float]
) -> Iterator[list[Step]]:
    """The ways to meet the demands, lowest first; none when a question cannot get there.

    A question without an answer can enter at the lowest option that its gate takes, or at the lowest that also
    helps its dimension's score: one step either way.
    """
    ways: list[list[Chain]] = []
    for index in sorted(demands):
        question, needed = rubric.questions[index], demands[index]
        if combined.states[index] == "not_applicable":
            return
        if combined.levels[index] is not None:
            chains = [_until(chain_of(question, combined), needed)]
        else:
            value = scored.dimensions[question.dimension]
            higher = max(needed, (value or 0.0) * 4 + 1e-6)
            chains = [_until(_entry_chain(question, level), needed) for level in (needed, higher)]
            if chains[0] == chains[1] or not chains[1]:
                del chains[1]
        if not chains[0]:
            return
        ways.append(chains)
    for choice in product(*ways):
        yield [step for chain in choice for step in chain]


def _until(chain: Chain, needed: float) -> Chain:
    """The chain up to the step that reaches `needed`; empty when none does."""
    for place, step in enumerate(chain, start=1):
        if step.to_level >= needed - TOLERANCE:
            return chain[:place]
    return ()


def _complete(
    rubric: CompiledRubric, combined: Combined, forced: list[Step], goal: int
) -> tuple[list[Step], float] | None:
    """The forced steps with the fewest others that bring core dimensions and score to the goal; None if none do."""
    levels, states, scored = _take(rubric, combined, forced)
    core_level = goal - rubric.core_rule
    core_cut = rubric.cuts[core_level - 1] if core_level >= 1 else 0.0
    bests: list[Best] = []
    start: list[int] = []
    weights: list[float] = []
    for dimension, value in zip(rubric.dimensions, scored.dimensions, strict=True):
        if value is None:
            continue
        best = _best(rubric, dimension.index, combined, forced, levels, states, scored)
        least = 0
        if dimension.core:
            least = next((k for k, s in enumerate(best.scores) if s >= core_cut - TOLERANCE), -1)
            if least < 0:
                return None
        bests.append(best)
        start.append(least)
        weights.append(dimension.weight)
    counts = _fewest(bests, start, weights, rubric.shift, rubric.cuts[goal - 1])
    if counts is None:
        return None
    steps = [*forced, *(step for best, k in zip(bests, counts, strict=True) for step in best.steps(k))]
    after = _take(rubric, combined, steps)[2].overall
    return None if after is None else (steps, after)


def _take(
    rubric: CompiledRubric, combined: Combined, steps: Sequence[Step]
) -> tuple[list[float | None], list[State], Score]:
    """Levels, states and score after the steps."""
    levels, states = list(combined.levels), list(combined.states)
    for step in steps:
        levels[step.question] = max(step.to_level, levels[step.question] or 0.0)
        states[step.question] = "answered"
    return levels, states, score(rubric, tally(rubric, levels, states))


def _best(
    rubric: CompiledRubric,
    dimension: int,
    combined: Combined,
    forced: Sequence[Step],
    levels: Sequence[float | None],
    states: Sequence[State],
    scored: Score,
) -> Best:
    """The best scores of one dimension after the forced steps, for every number of further steps."""
    current = scored.dimensions[dimension] or 0.0
    known: list[Chain] = []
    entries: list[Chain] = []
    for index, _ in rubric.dimensions[dimension].questions:
        question = rubric.questions[index]
        level = levels[index]
        if level is not None:
            known.append(_rest(question, combined, level))
        elif states[index] != "not_applicable" and not question.multiple:
            chain = _entry_chain(question, current * 4 + 1e-6)
            if chain:
                entries.append(chain)
    sums = scored.tallies[dimension]
    plain = _allocate(known, sums.earned, sums.answered)
    if not entries:
        return plain
    entries.sort(key=lambda chain: -rubric.questions[chain[0].question].weight)
    return _with_entries(rubric, plain, known, entries[:MOST_ENTRIES], sums)


def _rest(question: CompiledQuestion, combined: Combined, level: float) -> Chain:
    """The steps left on a question that stands at `level`, forced steps taken."""
    before = combined.levels[question.index]
    if before == level:
        return chain_of(question, combined)
    chain = _entry_chain(question, level) if before is None else chain_of(question, combined)
    return [step for step in chain if step.to_level > level + TOLERANCE]


def _with_entries(
    rubric: CompiledRubric, plain: Best, known: Sequence[Chain], entries: Sequence[Chain], sums: Tally
) -> Best:
    """Fold in first answers: every choice of them is tried, since each widens the weight that the score is over."""
    total = len(plain.scores) - 1 + sum(len(chain) for chain in entries)
    scores = [plain.scores[min(k, len(plain.scores) - 1)] for k in range(total + 1)]
    routes = [tuple(plain.steps(min(k, len(plain.scores) - 1))) for k in range(total + 1)]
    for size in range(1, len(entries) + 1):
        for chosen in combinations(entries, size):
            first = [chain[0] for chain in chosen]
            earned = sums.earned + sum(step.gain for step in first)
            weight = sums.answered + sum(rubric.questions[step.question].weight for step in first)
            option = _allocate([*known, *(chain[1:] for chain in chosen)], earned, weight)
            for k in range(size, total + 1):
                inner = min(k - size, len(option.scores) - 1)
                if option.scores[inner] > scores[k] + TOLERANCE:
                    scores[k] = option.scores[inner]
                    routes[k] = (*first, *option.steps(inner))
    return Best(scores, [], routes)


def _allocate(chains: Sequence[Chain], earned: float, weight: float) -> Best:
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
        gains = [sum(step.gain for step in chain[:n]) for n in range(len(chain) + 1)]
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


def _fewest(
    bests: Sequence[Best], start: Sequence[int], weights: Sequence[float], shift: float, cut: float
) -> list[int] | None:
    """The fewest steps for each dimension, from `start` on, whose weighted mean of ln(s + shift) reaches the cut."""
    counts = list(start)
    needed = sum(weights) * math.log(cut + shift) - TOLERANCE
    reached = sum(w * math.log(b.scores[k] + shift) for b, w, k in zip(bests, weights, counts, strict=True))
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
