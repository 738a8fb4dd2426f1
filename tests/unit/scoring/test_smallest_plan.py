"""The way to the next level, held against every combination of changes of small rubrics of any shape."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.scoring.answers import Response, Sheet, read_responses
from assessment.scoring.assess import assess
from assessment.scoring.combine import Combined, combine
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric
from assessment.scoring.rating import awarded
from assessment.scoring.result import Change
from assessment.scoring.score import Score, score, tally
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, random_answers, single

SCALES = [(0, 1, 2, 3, 4), (0, 2, 4), (0, 1, 4), (0, 3, 4), (0, 4), (0, 1, 2, 4), (1, 2, 3), (0, 1)]
POINTS = [(1, 1, 1, 1), (2, 1, 1), (3, 1), (2, 2, 2), (0.5, 3)]
WEIGHTS = [0.5, 0.75, 1.0, 1.25, 1.375, 1.5]
MOST_WAYS = 40_000
"""Combinations that are tried of one rubric: where there are more, the example is passed over."""

Way = tuple[int, float | None]
"""Steps on a question, and its level after them."""


def rubric_of(chance: random.Random) -> CompiledRubric:
    names = iter("abcdef")
    sizes = chance.choice([(1, 1), (2, 2), (1, 2), (3, 1), (1, 1, 2), (2, 1, 2)])
    questions: list[str] = []

    def question(name: str) -> dict[str, Any]:
        questions.append(name)
        weight = chance.choice(WEIGHTS)
        if chance.random() < 0.25:
            return multiple(chance.choice(POINTS), weight)
        return single(chance.choice(SCALES), weight)

    dimensions = {
        f"dimension-{place}": dimension(
            {name: question(name) for name in [next(names) for _ in range(size)]},
            core=place == 0 or chance.random() < 0.5,
            weight=chance.choice(WEIGHTS),
        )
        for place, size in enumerate(sizes)
    }
    gates = [
        {
            "id": f"gate-{level}",
            "level": level,
            "all_of": [
                {
                    "any_of": [
                        {"question": name, "level": chance.randrange(1, 5)}
                        for name in chance.sample(questions, chance.randrange(1, 3))
                    ]
                }
                for _ in range(chance.randrange(1, 3))
            ],
        }
        for level in (2, 3, 4)
        if chance.random() < 0.5
    ]
    return build(dimensions, gates=gates, core_rule=chance.randrange(3))


def demands_on(rubric: CompiledRubric, levels: Sequence[float | None], goal: int) -> dict[int, set[float]]:
    """The levels that gates up to the goal ask of each question, in any alternative of what is missing."""
    found: dict[int, set[float]] = {}
    for gate in rubric.gates:
        for clause in gate.clauses if gate.level <= goal else ():
            if not any((levels[index] or 0.0) >= needed for index, needed in clause):
                for index, needed in clause:
                    found.setdefault(index, set()).add(needed)
    return found


def increments(question: CompiledQuestion, combined: Combined, sheets: Sequence[Sheet]) -> list[float]:
    """What each option adds to a multiple choice once everybody chooses it, functions having equal voices; where they
    dispute it, the lower one is alone."""
    index = question.index
    given = [sheet for sheet in sheets if sheet.levels[index] is not None]
    groups = [[sheet for sheet in given if sheet.function == function] for function in (None, *FUNCTIONS)]
    groups = [group for group in groups if group]
    if combined.parts[index].disputed:
        groups = [min(groups, key=lambda group: math.fsum(s.levels[index] or 0.0 for s in group) / len(group))]
    found = []
    for option, points in question.levels.items():
        shares = [sum(option in s.picks[question.index] for s in group) / len(group) for group in groups]
        found.append(points * (1 - math.fsum(shares) / len(shares)))
    return [one for one in found if one > 0]


def changes_of(
    question: CompiledQuestion, combined: Combined, scored: Score, sheets: Sequence[Sheet], demanded: set[float]
) -> list[Way]:
    """Every way to leave or to change the answer: its steps and the level after them."""
    level = combined.levels[question.index]
    value = scored.dimensions[question.dimension]
    stays: list[Way] = [(0, level)]
    if combined.states[question.index] == "not_applicable" or (value is None and not demanded):
        return stays
    if question.multiple:
        adding = increments(question, combined, sheets) if level is not None else list(question.levels.values())
        found = {
            (size, min(4.0, (level or 0.0) + math.fsum(chosen)))
            for size in range(1, len(adding) + 1)
            for chosen in combinations(adding, size)
        }
        if level is None:
            found = {one for one in found if any(one[1] >= needed for needed in demanded)}
        return [*stays, *sorted(found)]
    options = sorted(question.levels.values())
    if level is not None:
        return [*stays, *enumerate((o for o in options if o > level), start=1)]
    # One step to the lowest option that a gate takes, or that helps the dimension's score; then up from there.
    wanted = demanded if value is None else {*demanded, value * 4 + 1e-6}
    for first in {min(o for o in options if o >= w) for w in wanted if options[-1] >= w}:
        stays += enumerate((o for o in options if o >= first), start=1)
    return stays


def ways(choices: Sequence[list[Way]], fewer_than: int) -> Iterator[list[float | None]]:
    """The levels after every combination of changes with fewer steps."""
    for combination in product(*choices):
        if sum(steps for steps, _ in combination) < fewer_than:
            yield [level for _, level in combination]


def reaches(rubric: CompiledRubric, combined: Combined, levels: list[float | None], goal: int) -> bool:
    scored = score(rubric, tally(rubric, levels, combined.states))
    if scored.overall is None:
        return False
    return awarded(rubric, scored.overall, levels, scored.dimensions, combined.perception) >= goal


def levels_after(
    rubric: CompiledRubric, combined: Combined, choices: Sequence[list[Way]], changes: Sequence[Change]
) -> list[float | None]:
    """The levels once the changes are made; a change names its level to two decimals."""
    levels = list(combined.levels)
    for change in changes:
        index = rubric.by_id[change.question].index
        possible = [level for _, level in choices[index] if level is not None]
        levels[index] = min(possible, key=lambda level: abs(level - change.to_level))
    return levels


def hold_against_every_way(seed: int) -> str:
    """Compare one plan with all there are, and say what was compared."""
    chance = random.Random(seed)
    rubric = rubric_of(chance)
    people = chance.choice([1, 1, 2, 3])
    functions = [None, *FUNCTIONS] if people == 1 else FUNCTIONS
    missing = chance.choice([0.0, 0.0, 0.15, 0.4])
    responses = [
        Response(random_answers(rubric, chance, missing=missing), chance.choice(functions)) for _ in range(people)
    ]
    result = assess(rubric, responses, confidentiality="named")
    if result.rating is None or result.rating.level == 4:
        assert result.next_level is None
        return "nothing to plan"
    goal = result.rating.level + 1
    sheets = read_responses(rubric, responses)
    combined = combine(rubric, sheets, "named")
    scored = score(rubric, tally(rubric, combined.levels, combined.states))
    demanded = demands_on(rubric, combined.levels, goal)
    choices = [changes_of(q, combined, scored, sheets, demanded.get(q.index, set())) for q in rubric.questions]
    if math.prod(map(len, choices)) > MOST_WAYS:
        return "too many ways"
    if result.next_level is None:
        assert not any(reaches(rubric, combined, levels, goal) for levels in ways(choices, 1000))
        return "no way"
    assert reaches(rubric, combined, levels_after(rubric, combined, choices, result.next_level.changes), goal)
    fewer = len(result.next_level.changes)
    assert not any(reaches(rubric, combined, tried, goal) for tried in ways(choices, fewer))
    return "a smallest way"


@settings(max_examples=300, derandomize=True)
@given(st.integers(0, 2**32))
def test_no_combination_with_fewer_steps_reaches_the_next_level(seed: int) -> None:
    hold_against_every_way(seed)
