"""The best use of a number of steps, held against trying every use of them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import product

import pytest

from assessment.scoring.compiled import CompiledRubric, Step
from assessment.scoring.score import Tally
from assessment.scoring.steps import MOST_ENTRIES, Best, entry_chain, fewest, with_entries
from tests.unit.scoring.builders import build, dimension, multiple, single

Chains = Sequence[Sequence[Step]]
SCALES = [(0, 1, 2, 3, 4), (0, 2, 4), (0, 1, 4), (0, 3, 4), (0, 4), (0, 1, 2, 4)]


def rubric_of(chance: random.Random, size: int) -> CompiledRubric:
    questions = {
        f"q{n}": single(chance.choice(SCALES), weight=chance.choice([0.5, 1.0, 1.25, 1.5])) for n in range(size)
    }
    return build({"one": dimension(questions)})


def prefixes(chains: Chains) -> list[tuple[tuple[Step, ...], ...]]:
    """Every way to take some first steps of each chain."""
    return list(product(*([tuple(chain[:n]) for n in range(len(chain) + 1)] for chain in chains)))


def tried(rubric: CompiledRubric, known: Chains, entries: Chains, sums: Tally, most: int) -> list[float]:
    """The best score with at most k steps, for every k, by trying them all."""
    best = [sums.earned / sums.answered] * (most + 1)
    for steps in prefixes(known):
        for first in prefixes(entries):
            taken = [step for part in (*steps, *first) for step in part]
            entered = math.fsum(rubric.questions[part[0].question].weight for part in first if part)
            value = (sums.earned + math.fsum(step.gain for step in taken)) / (sums.answered + entered)
            for k in range(len(taken), most + 1):
                best[k] = max(best[k], value)
    return best


def plain_of(known: Chains, sums: Tally) -> Best:
    """The best use of steps on answered questions, of a chain at most here."""
    order = [step for chain in known for step in chain]
    scores = [sums.earned / sums.answered]
    for step in order:
        scores.append(scores[-1] + step.gain / sums.answered)
    return Best(scores, order, [])


@pytest.mark.parametrize("seed", range(60))
def test_first_answers_are_chosen_as_well_as_they_can_be(seed: int) -> None:
    chance = random.Random(seed)
    rubric = rubric_of(chance, 4)
    answered = rubric.questions[0]
    here = sorted(answered.levels.values())[0]
    # Of the first question a chain whose gains do not rise, so that its own order is the best.
    known: Chains = [answered.climb(here)] if len(answered.levels) in {2, 5} else []
    sums = Tally(answered.weight * chance.choice([0.1, 0.25, 0.4]) + 0.01, answered.weight + 0.5, answered.weight + 4)
    needed = chance.choice([0.5, 1.5, 2.5])
    entries = [entry_chain(question, needed) for question in rubric.questions[1:]]
    found = with_entries(rubric, plain_of(known, sums), known, entries, sums)
    most = sum(len(chain) for chain in (*known, *entries))
    assert len(found.scores) == len(found.routes) == most + 1
    assert found.scores == pytest.approx(tried(rubric, known, entries, sums, most), abs=1e-9)
    for k, value in enumerate(found.scores):
        steps = found.steps(k)
        assert len(steps) <= k
        entered = {step.question for step in steps if step.from_level is None}
        weight = sums.answered + math.fsum(rubric.questions[index].weight for index in entered)
        assert (sums.earned + math.fsum(step.gain for step in steps)) / weight == pytest.approx(value, abs=1e-9)
        for chain in (*known, *entries):
            taken = [step for step in steps if step.question == chain[0].question]
            assert taken == list(chain[: len(taken)])


def test_of_many_unanswered_questions_the_heaviest_are_weighed() -> None:
    weights = [1.5, 0.5, 1.25, 1.0, 1.125, 1.375, 0.75, 0.625]
    rubric = build({"one": dimension({f"q{n}": single((0, 4), weight=weight) for n, weight in enumerate(weights)})})
    entries = [entry_chain(question, 2.0) for question in rubric.questions]
    sums = Tally(0.1, 1.0, 9.0)
    found = with_entries(rubric, Best([0.1], [], []), [], entries, sums)
    assert MOST_ENTRIES == 6
    assert len(found.scores) == 7
    assert [rubric.questions[step.question].id for step in found.steps(6)] == ["q0", "q5", "q2", "q4", "q3", "q6"]
    assert found.scores[6] == pytest.approx((0.1 + 7.0) / (1.0 + 7.0))


def test_a_first_answer_is_the_lowest_that_is_enough() -> None:
    rubric = build({"one": dimension({"a": single((0, 2, 4)), "b": single()})})
    first, second = rubric.questions
    assert [(s.from_level, s.to_level) for s in entry_chain(first, 1.0)] == [(None, 2), (2, 4)]
    assert [(s.from_level, s.to_level) for s in entry_chain(second, 4.0)] == [(None, 4)]
    assert [s.to_level for s in entry_chain(second, 0.0)] == [0, 1, 2, 3, 4]
    assert list(entry_chain(second, 4.1)) == []


def test_a_first_answer_to_a_multiple_choice_takes_the_largest_options_first() -> None:
    rubric = build({"one": dimension({"a": multiple((1, 2, 1))})})
    steps = entry_chain(rubric.questions[0], 3.0)
    assert [(s.from_level, s.to_level) for s in steps] == [(None, 2), (2, 3), (3, 4)]


def searched(
    bests: Sequence[Best], start: Sequence[int], weights: Sequence[float], shift: float, cut: float
) -> int | None:
    """The fewest steps that reach the cut, by trying every number of steps in each dimension."""
    needed = math.fsum(weights) * math.log(cut + shift) - 1e-9
    enough = [
        sum(counts) - sum(start)
        for counts in product(*(range(least, len(best.scores)) for best, least in zip(bests, start, strict=True)))
        if math.fsum(
            weight * math.log(best.scores[k] + shift) for best, weight, k in zip(bests, weights, counts, strict=True)
        )
        >= needed
    ]
    return min(enough, default=None)


@pytest.mark.parametrize("seed", range(150))
def test_no_fewer_steps_reach_a_cut(seed: int) -> None:
    chance = random.Random(seed)
    question = build({"one": dimension({"a": single()})}).questions[0]
    step = question.step(0, 1, "o1")
    bests = []
    for _ in range(3):
        gains = [chance.choice([0.0, 0.02, 0.05, 0.1, 0.2, 0.3]) for _ in range(chance.randrange(0, 6))]
        falls = chance.random() < 0.5
        scores = [chance.choice([0.0, 0.1, 0.3])]
        for gain in sorted(gains, reverse=True) if falls else gains:
            scores.append(min(1.0, scores[-1] + gain))
        routes = [] if falls else [(step,) * k for k in range(len(scores))]
        bests.append(Best(scores, [step] * (len(scores) - 1) if falls else [], routes))
    start = [chance.randrange(len(best.scores)) if chance.random() < 0.3 else 0 for best in bests]
    weights = [chance.choice([0.5, 1.0, 1.5]) for _ in bests]
    cut = chance.choice([0.05, 0.25, 0.5, 0.75])
    found = fewest(bests, start, weights, 0.1, cut)
    expected = searched(bests, start, weights, 0.1, cut)
    if found is None:
        assert expected is None
        return
    assert sum(found) - sum(start) == expected
    assert all(least <= k < len(best.scores) for least, k, best in zip(start, found, bests, strict=True))
    reached = math.fsum(w * math.log(b.scores[k] + 0.1) for w, b, k in zip(weights, bests, found, strict=True))
    assert reached >= math.fsum(weights) * math.log(cut + 0.1) - 1e-8


def test_a_large_step_behind_a_small_one_is_not_taken_for_the_next() -> None:
    rubric = build({"one": dimension({"a": single((0, 1, 4))}), "two": dimension({"b": single((0, 4))})})
    first, second = (list(question.climb(0.0)) for question in rubric.questions)
    rising = Best([0.1, 0.12, 0.5], [], [(), (first[0],), tuple(first)])
    falling = Best([0.1, 0.3], second, [])
    # The second step of the first dimension would be the largest; one of the second dimension is enough.
    assert fewest([rising, falling], [0, 0], [1.0, 1.0], 0.1, 0.18) == [0, 1]


def test_of_equal_gains_the_smaller_effort_comes_first() -> None:
    moves = [
        {"id": "x", "effort": effort, "when": [{"question": q, "below": 4}]} for q, effort in (("a", "L"), ("b", "S"))
    ]
    rubric = build(
        {"one": dimension({"a": single((0, 4))}), "two": dimension({"b": single((0, 4))})}, recommendations=moves
    )
    bests = [Best([0.0, 1.0], list(question.climb(0.0)), []) for question in rubric.questions]
    assert [question.effort for question in rubric.questions] == [4, 1]
    assert fewest(bests, [0, 0], [1.0, 1.0], 0.1, 0.2) == [0, 1]
