"""What the answers to one dimension come to, as far as no other dimension matters.

All figures of a result that follow from several dimensions are put together from these. One person's answers to the
few questions of a dimension can only differ in so many ways, so their figures are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import msgspec

from assessment.scoring.combine import Combined
from assessment.scoring.compiled import Chain, CompiledDimension, CompiledRubric
from assessment.scoring.rating import level_of
from assessment.scoring.rounding import points
from assessment.scoring.score import TOLERANCE, Tally, dimension_score, tally_of
from assessment.scoring.steps import Best, allocate, entry_chain, with_entries

MOST_KEPT = 1024
"""Ways to answer one dimension whose figures are kept, of about 1.5 kB each: four questions with five options have
625. When there are more, they are forgotten, and begin anew."""


class Figures(msgspec.Struct, gc=False):
    """Of one dimension. Most is there only where it has a score."""

    sums: Tally
    score: float | None
    completeness: float | None
    """Answered over applicable weight, rounded; None when none applies."""
    points: float | None = None
    """The score as the result shows it."""
    level: int | None = None
    means: tuple[float, ...] = ()
    """The dimension's four means, on 0–1: of levels by evidence weights, which is its score, of ridits by those, and of
    both by equal weights."""
    worth: tuple[float, ...] = ()
    """weight × ln(mean + shift), for each mean in turn and half, once and twice the rubric's shift."""
    left_out: tuple[tuple[float, int], ...] = ()
    """The same of the score with one question left out, with the question: of those that could be lowest or highest."""
    only: int | None = None
    """The question whose answer is the only one."""
    growth: tuple[float, ...] = ()
    """By how much one step on each question raises ln(score + shift); 0 where there is no step."""
    best: Best | None = None
    """The best use of steps, once it was asked for."""


def work_out_dimensions(rubric: CompiledRubric, combined: Combined) -> list[Figures]:
    """The figures of each dimension."""
    keys = combined.keys
    if keys is None:
        return [_work_out(rubric, dimension, combined) for dimension in rubric.dimensions]
    found = []
    for dimension in rubric.dimensions:
        key = tuple(keys[dimension.first : dimension.first + len(dimension.questions)])
        figures = dimension.kept.get(key)
        if figures is None:
            figures = _work_out(rubric, dimension, combined)
            if None not in key:
                if len(dimension.kept) >= MOST_KEPT:
                    dimension.kept.clear()
                dimension.kept[key] = figures
        found.append(figures)
    return found


def _work_out(rubric: CompiledRubric, dimension: CompiledDimension, combined: Combined) -> Figures:
    sums = tally_of(dimension, combined.levels, combined.states)
    score = dimension_score(rubric, sums)
    if score is None:
        return Figures(sums, None, _completeness(sums), growth=(0.0,) * len(dimension.questions))
    means = _means(dimension, combined, sums, score)
    shifts = (rubric.shift / 2, rubric.shift, rubric.shift * 2)
    left_out, only = _leave_out(rubric, dimension, combined, sums)
    return Figures(
        sums,
        score,
        _completeness(sums),
        points(score),
        level_of(rubric, score),
        means,
        tuple([dimension.weight * log(mean + shift) for mean in means for shift in shifts]),
        left_out,
        only,
        tuple([_growth(rubric, combined.chains[index], sums, score) for index, _ in dimension.questions]),
    )


def _completeness(sums: Tally) -> float | None:
    if sums.answered == sums.applicable:
        return 1.0 if sums.applicable else None
    return round(sums.answered / sums.applicable, 4)


def _means(dimension: CompiledDimension, combined: Combined, sums: Tally, score: float) -> tuple[float, ...]:
    equal = by_ridit = equal_by_ridit = 0.0
    count = 0
    for index, weight in dimension.questions:
        level = combined.levels[index]
        if level is not None:
            ridit = combined.ridits[index]
            alternative = level / 4 if ridit is None else ridit
            count += 1
            equal += level
            by_ridit += weight * alternative
            equal_by_ridit += alternative
    return score, by_ridit / sums.answered, equal / 4 / count, equal_by_ridit / count


def _leave_out(
    rubric: CompiledRubric, dimension: CompiledDimension, combined: Combined, sums: Tally
) -> tuple[tuple[tuple[float, int], ...], int | None]:
    found: list[tuple[float, int]] = []
    only = None
    for index, weight in dimension.questions:
        level = combined.levels[index]
        if level is not None:
            left = sums.answered - weight
            if left > 1e-12:
                rest = (sums.earned - weight * level / 4) / left
                found.append((dimension.weight * log(rest + rubric.shift), index))
            else:
                only = index
    if found:
        # What lies so close may be the same once the other dimensions are added.
        low, high = min(found)[0] + TOLERANCE, max(found)[0] - TOLERANCE
        found = [one for one in found if one[0] <= low or one[0] >= high]
    return tuple(found), only


def _growth(rubric: CompiledRubric, chain: Chain, sums: Tally, score: float) -> float:
    if not chain:
        return 0.0
    return log(((sums.earned + chain[0].gain) / sums.answered + rubric.shift) / (score + rubric.shift))


def best_use(rubric: CompiledRubric, dimension: CompiledDimension, combined: Combined, figures: Figures) -> Best | None:
    """The best use of steps in a dimension; None where it has no score."""
    if figures.best is None and figures.score is not None:
        levels = combined.levels
        figures.best = best_use_from(rubric, dimension, combined, levels, figures.sums, figures.score)
    return figures.best


def best_use_from(
    rubric: CompiledRubric,
    dimension: CompiledDimension,
    combined: Combined,
    levels: Sequence[float | None],
    sums: Tally,
    current: float,
) -> Best:
    """The best scores of one dimension, `current` without a step, for every number of steps beyond those that `levels`
    hold already."""
    known: list[Chain] = []
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
