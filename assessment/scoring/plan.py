"""The fewest steps that reach the next level: score cut, gates and core rule together.

A step moves a single-choice answer to its next higher option, or adds one option to a multiple choice. A
question that does not apply is never a step; one without an answer is one step to its lowest option that
helps. The steps that a gate demands are forced (where it offers alternatives, each is tried), the core rule
forces a minimum in each core dimension, and `assessment.scoring.steps` finds the best use of further ones.

Dimensions that the half rule leaves out of the score are left alone, except for what a gate demands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from operator import attrgetter, itemgetter

from assessment.scoring.combine import Combined
from assessment.scoring.compiled import Chain, CompiledDimension, CompiledRubric, Step
from assessment.scoring.result import NextLevel
from assessment.scoring.score import TOLERANCE, Score, Tally, dimension_score, shifted_geometric_mean, tally_of
from assessment.scoring.steps import Best, allocate, entry_chain, fewest, with_entries


def next_level(rubric: CompiledRubric, combined: Combined, scored: Score, level: int) -> NextLevel | None:
    """The smallest set of steps from `level` to the one above; None when there is none above or none reaches it."""
    goal = level + 1
    if scored.overall is None or goal > len(rubric.cuts):
        return None
    if any(gate.functions and gate.level <= goal for gate in rubric.gates) and combined.perception.verdict != "passed":
        return None
    here = _Start(rubric, combined, scored)
    plans: list[tuple[int, int, list[Step], float]] = []
    for demands in _gate_demands(rubric, combined, goal):
        for forced in _forced_steps(rubric, combined, scored, demands):
            found = _complete(here, forced, goal)
            if found is not None:
                steps, after = found
                plans.append((len(steps), sum([step.effort for step in steps]), steps, after))
                if len(steps) == len(forced):
                    break
    if not plans:
        return None
    _, _, steps, after = min(plans, key=_size)
    steps.sort(key=_in_order)
    return NextLevel(goal, [step.change for step in steps], round(100 * after, 2))


_size = itemgetter(0, 1)
_in_order = attrgetter("question", "to_level")


def _gate_demands(rubric: CompiledRubric, combined: Combined, goal: int) -> Iterator[dict[int, float]]:
    """Each way to pass the gates up to `goal`: question index → level needed."""
    pairs = zip(rubric.gates, combined.unmet, strict=True)
    clauses = [clause for gate, unmet in pairs if gate.level <= goal for clause in unmet]
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
            chains = [_until(combined.chains[index], needed)]
        else:
            value = scored.dimensions[question.dimension]
            higher = max(needed, (value or 0.0) * 4 + 1e-6)
            chains = [_until(entry_chain(question, level), needed) for level in (needed, higher)]
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


class _Start:
    """Where the steps begin. What each dimension can do from there is worked out once, for all plans."""

    def __init__(self, rubric: CompiledRubric, combined: Combined, scored: Score) -> None:
        self.rubric = rubric
        self.combined = combined
        self.scored = scored
        self._bests: list[Best | None] = [None] * len(rubric.dimensions)

    def best(self, dimension: CompiledDimension) -> Best | None:
        """The best scores of a dimension; None where it has no score."""
        value = self.scored.dimensions[dimension.index]
        if value is None:
            return None
        found = self._bests[dimension.index]
        if found is None:
            sums = self.scored.tallies[dimension.index]
            found = _best(self.rubric, dimension, self.combined, self.combined.levels, sums, value)
            self._bests[dimension.index] = found
        return found

    def best_after(self, dimension: CompiledDimension, forced: Sequence[Step]) -> Best | None:
        """The same for a dimension in which the forced steps are taken."""
        levels = list(self.combined.levels)
        for step in forced:
            levels[step.question] = step.to_level
        sums = tally_of(dimension, levels, self.combined.states)
        value = dimension_score(self.rubric, sums)
        return None if value is None else _best(self.rubric, dimension, self.combined, levels, sums, value)


def _complete(here: _Start, forced: list[Step], goal: int) -> tuple[list[Step], float] | None:
    """The forced steps with the fewest others that bring core dimensions and score to the goal, and the score then;
    None if none do."""
    rubric = here.rubric
    core_level = goal - rubric.core_rule
    core_cut = rubric.cuts[core_level - 1] if core_level >= 1 else 0.0
    touched = {rubric.questions[step.question].dimension for step in forced}
    bests: list[Best] = []
    start: list[int] = []
    weights: list[float] = []
    for dimension in rubric.dimensions:
        best = here.best_after(dimension, forced) if dimension.index in touched else here.best(dimension)
        if best is None:
            continue
        least = 0
        while dimension.core and best.scores[least] < core_cut - TOLERANCE:
            least += 1
            if not best.has(least):
                return None
        bests.append(best)
        start.append(least)
        weights.append(dimension.weight)
    counts = fewest(bests, start, weights, rubric.shift, rubric.cuts[goal - 1])
    if counts is None:
        return None
    steps = list(forced)
    for best, k in zip(bests, counts, strict=True):
        steps += best.steps(k)
    after = [best.scores[k] for best, k in zip(bests, counts, strict=True)]
    return steps, shifted_geometric_mean(after, weights, rubric.shift)


def _best(
    rubric: CompiledRubric,
    dimension: CompiledDimension,
    combined: Combined,
    levels: Sequence[float | None],
    sums: Tally,
    current: float,
) -> Best:
    """The best scores of one dimension, `current` without a step, for every number of steps beyond those that `levels`
    hold already."""
    if levels is combined.levels and sums.answered == sums.applicable:
        known = [combined.chains[index] for index, _ in dimension.questions]
        return allocate(known, sums.earned, sums.answered, steady=combined.steady)
    known = []
    entries: list[Chain] = []
    for index, _ in dimension.questions:
        level = levels[index]
        if level is not None:
            chain = combined.chains[index]
            known.append(chain if level == combined.levels[index] else _rest(rubric, combined, index, level))
        elif combined.states[index] != "not_applicable" and not rubric.questions[index].multiple:
            entry = entry_chain(rubric.questions[index], current * 4 + 1e-6)
            if entry:
                entries.append(entry)
    plain = allocate(known, sums.earned, sums.answered, steady=combined.steady)
    return with_entries(rubric, plain, known, entries, sums) if entries else plain


def _rest(rubric: CompiledRubric, combined: Combined, index: int, level: float) -> Chain:
    """The steps left on a question that forced steps have brought to `level`."""
    before = combined.levels[index]
    chain = entry_chain(rubric.questions[index], level) if before is None else combined.chains[index]
    return [step for step in chain if step.to_level > level + TOLERANCE]
