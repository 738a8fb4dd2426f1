"""The fewest steps to the next level, held against trying every set of steps."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from assessment.scoring.answers import Response, read_responses
from assessment.scoring.assess import assess
from assessment.scoring.combine import Combined, combine
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.rating import awarded
from assessment.scoring.score import score, tally
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, random_answers, single

GATES: tuple[dict[str, Any], ...] = (
    {
        "id": "plain",
        "level": 2,
        "all_of": [{"any_of": [{"question": "a", "level": 1}, {"question": "c", "level": 2}]}],
    },
    {
        "id": "good",
        "level": 3,
        "all_of": [{"any_of": [{"question": "a", "level": 2}]}, {"any_of": [{"question": "d", "level": 1}]}],
    },
    {
        "id": "fine",
        "level": 4,
        "all_of": [{"any_of": [{"question": "a", "level": 3}, {"question": "b", "level": 4}]}],
    },
)


def _random_rubric(chance: random.Random) -> CompiledRubric:
    def question() -> dict[str, Any]:
        weight = chance.choice([0.5, 1.0, 1.25, 1.375])
        kind = chance.randrange(4)
        if kind == 0:
            return multiple(chance.choice([(1, 1, 1, 1), (2, 1, 1), (3, 1), (2, 2, 2)]), weight)
        if kind == 1:
            return single(chance.choice([(0, 2, 4), (0, 1, 4), (0, 3, 4)]), weight)
        return single(weight=weight)

    return build(
        {
            "one": dimension({"a": single(), "b": single(weight=1.25)}, core=True, weight=1.5),
            "two": dimension({"c": question(), "e": question()}, core=chance.random() < 0.5, weight=1.0),
            "three": dimension({"d": single((0, 1, 2, 4)), "f": question()}, core=False, weight=1.0),
        },
        gates=chance.sample(GATES, chance.randrange(4)),
    )


State = tuple[float | tuple[str, ...] | None, ...]


def _moves(
    rubric: CompiledRubric, combined: Combined, state: State, demanded: dict[int, set[float]]
) -> Iterator[State]:
    """Every state that one step leads to. A first answer is the lowest option that helps its dimension's score
    as it stood at the start, or that meets a gate's demand."""
    scored = score(rubric, tally(rubric, combined.levels, combined.states))
    for question in rubric.questions:
        index, here = question.index, state[question.index]
        following: list[float | tuple[str, ...]] = []
        if isinstance(here, tuple):
            following = [(*here, option) for option in question.option_ids if option not in here]
        elif here is not None:
            higher = [level for level in question.levels.values() if level > here]
            following = [min(higher)] if higher else []
        elif combined.states[index] != "not_applicable" and not question.multiple:
            start = scored.dimensions[question.dimension]
            wanted = set(demanded.get(index, set()))
            if start is not None:
                wanted.add(start * 4 + 1e-6)
            options = sorted(question.levels.values())
            following = sorted({min(o for o in options if o >= w) for w in wanted if options[-1] >= w})
        for value in following:
            yield (*state[:index], value, *state[index + 1 :])


def _levels(rubric: CompiledRubric, state: State) -> list[float | None]:
    return [
        min(4.0, sum(question.levels[o] for o in here)) if isinstance(here, tuple) else here
        for question, here in zip(rubric.questions, state, strict=True)
    ]


def _reaches(rubric: CompiledRubric, combined: Combined, state: State, goal: int) -> bool:
    levels = _levels(rubric, state)
    states = ["answered" if level is not None else s for level, s in zip(levels, combined.states, strict=True)]
    scored = score(rubric, tally(rubric, levels, states))
    if scored.overall is None:
        return False
    return awarded(rubric, scored.overall, levels, scored.dimensions, combined.perception) >= goal


def _smallest(rubric: CompiledRubric, answers: dict[str, object], goal: int, most: int) -> int | None:
    """The number of steps of a shortest way to the goal, by breadth-first search over every state."""
    sheet = read_responses(rubric, [Response(answers)])[0]
    combined = combine(rubric, [sheet])
    demanded: dict[int, set[float]] = {}
    for gate in rubric.gates:
        for clause in gate.clauses if gate.level <= goal else ():
            for index, level in clause:
                demanded.setdefault(index, set()).add(level)
    start: State = tuple(
        sheet.picks[q.index] if q.multiple and sheet.levels[q.index] is not None else sheet.levels[q.index]
        for q in rubric.questions
    )
    seen, frontier = {start}, [start]
    for steps in range(1, most + 1):
        following = []
        for state in frontier:
            for moved in _moves(rubric, combined, state, demanded):
                key = tuple(frozenset(part) if isinstance(part, tuple) else part for part in moved)
                if key not in seen:
                    seen.add(key)  # type: ignore[arg-type] # options of a multiple choice as a set
                    following.append(moved)
        if any(_reaches(rubric, combined, state, goal) for state in following):
            return steps
        frontier = following
    return None


@pytest.mark.parametrize("seed", range(60))
def test_no_smaller_set_of_steps_reaches_the_next_level(seed: int) -> None:
    chance = random.Random(seed)
    rubric = _random_rubric(chance)
    answers = random_answers(rubric, chance, missing=chance.choice([0.0, 0.0, 0.25]))
    result = assess(rubric, [Response(answers)])
    if result.rating is None or result.rating.level == 4:
        assert result.next_level is None
        return
    goal = result.rating.level + 1
    found = None if result.next_level is None else len(result.next_level.changes)
    searched = _smallest(rubric, answers, goal, most=min(found or 6, 6))
    if found is None or found <= 6:
        assert found == searched
    else:
        assert searched is None


def test_changes_taken_one_by_one_reach_the_level_and_the_score() -> None:
    chance = random.Random(7)
    for _ in range(200):
        rubric = _random_rubric(chance)
        answers = random_answers(rubric, chance)
        result = assess(rubric, [Response(answers)])
        if result.next_level is None:
            continue
        for change in result.next_level.changes:
            question = rubric.by_id[change.question]
            if question.multiple:
                before = answers[question.id]
                assert isinstance(before, list)
                answers[question.id] = [*before, change.option]
            else:
                answers[question.id] = change.option
        after = assess(rubric, [Response(answers)])
        assert after.rating is not None
        assert after.rating.level >= result.next_level.level
        assert after.score == result.next_level.score_after


def test_a_gate_names_its_missing_answer_as_the_only_step() -> None:
    rubric = build({"one": dimension({"a": single(), "b": single()})}, gates=[GATES[2]])
    result = assess(rubric, [Response({"a": "o2", "b": "o3"})])
    changes = assess(rubric, [Response({"a": "o2", "b": "o4"})])
    assert changes.rating is not None and changes.rating.level == 4
    assert result.rating is not None and result.rating.level == 3
    assert result.next_level is not None
    assert [(c.question, c.from_level, c.to_level) for c in result.next_level.changes] == [("a", 2, 3)]


def test_a_question_that_does_not_apply_is_never_a_step() -> None:
    rubric = build(
        {"one": dimension({"a": single(), "b": single(), "c": single()})},
        gates=[GATES[1] | {"all_of": [{"any_of": [{"question": "a", "level": 2}]}]}],
    )
    result = assess(rubric, [Response({"a": {"state": "not_applicable", "reason": "no menu"}, "b": "o3", "c": "o3"})])
    assert result.rating is not None and result.rating.level == 2
    assert result.rating.caps[0].status == "unverified"
    assert result.next_level is None


def test_an_unanswered_question_that_a_gate_needs_is_one_step_and_is_named_so() -> None:
    rubric = build(
        {"one": dimension({"a": single(), "b": single(), "c": single()})},
        gates=[GATES[1] | {"all_of": [{"any_of": [{"question": "a", "level": 2}]}]}],
    )
    result = assess(rubric, [Response({"b": "o3", "c": "o3"})])
    assert result.rating is not None and result.rating.level == 2
    assert result.next_level is not None
    assert [(c.question, c.from_level, c.to_level) for c in result.next_level.changes] == [("a", None, 2)]


def test_at_the_highest_level_there_is_no_next() -> None:
    rubric = build({"one": dimension({"a": single()})})
    assert assess(rubric, [Response({"a": "o4"})]).next_level is None


def test_a_missing_function_closes_the_way_that_answers_cannot_open() -> None:
    gate = {"id": "both", "level": 4, "requires": {"kind": "perception", "functions": list(FUNCTIONS)}}
    rubric = build({"one": dimension({"a": single()})}, gates=[gate])
    result = assess(rubric, [Response({"a": "o4"}, function="kitchen")])
    assert result.rating is not None and result.rating.level == 3
    assert result.next_level is None
    assert result.single_perspective
