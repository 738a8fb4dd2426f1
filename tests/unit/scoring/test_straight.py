"""Code written for a rubric finds, to the last bit, what the code that takes any answers finds."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest

from assessment.errors import InvalidAnswers
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response, read_responses
from assessment.scoring.assess import Rated, assess, rate
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.rating import PerceptionVerdict, awarded
from assessment.scoring.score import score, tally
from assessment.scoring.straight import straight, written
from assessment.scoring.typed import TypedAnswers
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, random_answers, single

CATALOG = Catalog.load(default_directory())
PUBLISHED = {
    entry.reference: compile_rubric(entry.rubric, CATALOG.studies, entry.digest) for entry in CATALOG.entries()
}


def typed(rubric: CompiledRubric, answers: Any) -> TypedAnswers:
    return msgspec.json.decode(json.dumps(answers), type=rubric.reader.kind)


def agree(rubric: CompiledRubric, answers: dict[str, object], function: str | None) -> Rated:
    """What `rate` finds, which has to be what it finds without a struct, and what `assess` does."""
    short = rate(rubric, [Response(typed(rubric, answers), function)])
    assert short == rate(rubric, [Response(answers, function)])
    whole = assess(rubric, [Response(answers, function)])
    assert short.score == whole.score
    assert short.level == (None if whole.rating is None else whole.rating.level)
    if whole.bounds is not None:
        assert (short.lower, short.upper, short.firm) == (whole.bounds.lower, whole.bounds.upper, whole.bounds.firm)
    return short


@pytest.mark.parametrize("reference", PUBLISHED)
def test_every_published_rubric_is_rated_alike(reference: str) -> None:
    rubric = PUBLISHED[reference]
    functions = [None, *sorted(rubric.functions)]
    chance = random.Random(3)
    for number in range(400):
        answers = random_answers(rubric, chance, missing=(0.0, 0.0, 0.0, 0.1)[number % 4])
        agree(rubric, answers, functions[number % len(functions)])


@pytest.mark.parametrize("reference", [name for name, rubric in PUBLISHED.items() if rubric.has_levels])
def test_the_score_before_rounding_is_the_same_to_the_last_bit(reference: str) -> None:
    rubric = PUBLISHED[reference]
    names: dict[str, Any] = dict(straight(rubric).__globals__)  # what its text refers to
    exec(written(rubric).replace("return points(score), level", "return score, level"), names)
    chance = random.Random(4)
    for _ in range(2000):
        answers = random_answers(rubric, chance)
        sheet = read_responses(rubric, [Response(answers)])[0]
        scored = score(rubric, tally(rubric, sheet.levels, sheet.states))
        assert scored.overall is not None
        level = awarded(rubric, scored.overall, sheet.levels, scored.dimensions, PerceptionVerdict("failed", "x"))
        assert names["rate"](typed(rubric, answers), False) == (scored.overall, level)


def test_any_small_rubric_is_rated_alike() -> None:
    chance = random.Random(5)
    for _ in range(150):
        rubric = any_rubric(chance)
        for _ in range(8):
            answers = random_answers(rubric, chance, missing=chance.choice([0.0, 0.0, 0.3]))
            agree(rubric, answers, chance.choice([None, *FUNCTIONS]))


def any_rubric(chance: random.Random) -> CompiledRubric:
    """Some dimensions, one without weight on the rest, some gates on single and on multiple choices."""
    dimensions: dict[str, Any] = {}
    for number in range(chance.randrange(1, 4)):
        questions = {
            f"q{number}{place}": single(
                sorted(chance.sample(range(5), chance.randrange(2, 6))), chance.choice([1, 0.7])
            )
            if chance.random() < 0.7
            else multiple(
                [chance.choice([0.5, 1, 4 / 3]) for _ in range(chance.randrange(2, 11))], chance.random() + 0.5
            )
            for place in range(chance.randrange(1, 4))
        }
        dimensions[f"d{number}"] = dimension(questions, core=chance.random() < 0.5, weight=chance.choice([1, 1.5, 0.3]))
    ids = [question for one in dimensions.values() for question in (q["id"] for q in one["questions"])]
    gates: list[dict[str, Any]] = [
        {
            "id": f"g{level}",
            "level": level,
            "all_of": [
                {
                    "any_of": [
                        {"question": q, "level": chance.randrange(1, 5)} for q in chance.sample(ids, 1 + (len(ids) > 1))
                    ]
                }
                for _ in range(chance.randrange(1, 3))
            ],
        }
        for level in (2, 3, 4)
        if chance.random() < 0.6
    ]
    if chance.random() < 0.5:
        gates.append({"id": "views", "level": 4, "requires": {"functions": list(FUNCTIONS), "kind": "perception"}})
    return build(dimensions, gates=gates, core_rule=chance.randrange(4))


def test_an_unknown_function_is_refused_in_a_struct_too() -> None:
    rubric = PUBLISHED["alignment-quick@2026.2"]
    answers = typed(rubric, random_answers(rubric, random.Random(1)))
    with pytest.raises(InvalidAnswers, match="1 of the answers cannot be used"):
        rate(rubric, [Response(answers, "garden")])


def test_answers_to_another_rubric_are_read_by_their_ids() -> None:
    quick, whole = PUBLISHED["alignment-quick@2026.2"], PUBLISHED["alignment@2026.2"]
    answers = {"kpi-set": "shared-set", "sla-clauses": ["follow-up-time", "lead-qualification"]}
    assert rate(whole, [Response(typed(quick, answers))]) == rate(whole, [Response(answers)])


def test_no_word_of_a_rubric_stands_in_the_code_written_for_it() -> None:
    hostile = "o0'); import os; os.abort() #"
    question = single()
    question["options"][4]["title"] = hostile
    rubric = build({"one": dimension({"a": question, "b": multiple((2, 1, 1), 0.75)}, weight=1.5)})
    assert written(rubric) == (
        "def rate(given, perceived):\n"
        "    try:\n"
        "        score0 = (part0[given.q0] + 0.75 * rows1[given.q1][0]) / 4 / 1.75\n"
        "    except (KeyError, TypeError):\n"
        "        return None\n"
        "    score = exp((1.5 * log(score0 + 0.1)) / 1.5) - 0.1\n"
        "    score = 0.0 if score < 0.0 else 1.0 if score > 1.0 else score\n"
        "    level = bisect(cuts, score + 1e-09)\n"
        "    limit = bisect(cuts, score0 + 1e-09) + 1\n"
        "    if limit < level:\n"
        "        level = limit\n"
        "    return points(score), level\n"
    )


def test_a_failure_in_written_code_shows_its_line() -> None:
    rubric = build({"one": dimension({"a": single()})})
    with pytest.raises(AttributeError) as raised:
        straight(rubric)(object(), True)  # type: ignore[arg-type]  # what is never given
    assert str(raised.traceback[-1].statement).strip() == "score0 = (part0[given.q0]) / 4 / 1.0"
