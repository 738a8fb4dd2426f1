"""What must hold for any rubric and any answers."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response, pack_answers, read_responses, unpack_answers
from assessment.scoring.assess import assess, rate
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric
from assessment.scoring.result import Result
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, multiple, single

CATALOG = Catalog.load(default_directory())
RUBRICS = {
    name: compile_rubric(CATALOG.find(name).rubric, CATALOG.studies, CATALOG.find(name).digest)
    for name in ("alignment", "alignment-quick")
}
UNKNOWN: list[Any] = [{"state": "dont_know"}, {"state": "not_applicable", "reason": "we have none"}]

Given = tuple[CompiledRubric, dict[str, Any]]


def _answer(question: CompiledQuestion) -> st.SearchStrategy[Any]:
    options = st.sampled_from(question.option_ids)
    return st.lists(options, unique=True) if question.multiple else options


COMPLETE = {
    name: st.fixed_dictionaries({question.id: _answer(question) for question in rubric.questions})
    for name, rubric in RUBRICS.items()
}
ANY = {
    name: st.fixed_dictionaries(
        {},
        optional={
            question.id: st.one_of(_answer(question), _answer(question), st.sampled_from(UNKNOWN))
            for question in rubric.questions
        },
    )
    for name, rubric in RUBRICS.items()
}
any_answers = st.one_of([st.tuples(st.just(RUBRICS[name]), answers) for name, answers in ANY.items()])
complete_answers = st.one_of([st.tuples(st.just(RUBRICS[name]), answers) for name, answers in COMPLETE.items()])


def best(rubric: CompiledRubric) -> dict[str, Any]:
    return {q.id: list(q.option_ids) if q.multiple else q.option_ids[-1] for q in rubric.questions}


def worst(rubric: CompiledRubric) -> dict[str, Any]:
    return {q.id: [] if q.multiple else q.option_ids[0] for q in rubric.questions}


@given(any_answers)
def test_every_number_lies_in_its_bounds(given_: Given) -> None:
    rubric, answers = given_
    result = assess(rubric, [Response(answers)])
    # The struct's own constraints (0–100, 0–1, levels 1–4) are checked on decoding.
    assert msgspec.json.decode(msgspec.json.encode(result), type=Result) == result
    assert result.bounds is not None
    assert 0 <= result.bounds.lower <= result.bounds.upper <= 100
    if result.score is not None and result.rating is not None:
        assert result.bounds.lower <= result.score <= result.bounds.upper
        assert result.rating.level in result.bounds.levels
        assert result.rating.level <= result.rating.level_by_score
        assert result.stability is not None
        assert 0 <= result.stability.agreeing <= result.stability.scenarios == 16
        lost = sum(round(100 * (d.points_lost or 0.0)) for d in result.dimensions)
        assert lost == 10_000 - round(100 * result.score)
    else:
        assert result.score is None
        assert result.rating is None
        assert result.reason in {"nothing_answered", "core_dimension_unscored"}
        assert result.next_level is None


@given(any_answers, st.data())
def test_raising_an_answer_lowers_neither_score_nor_level(given_: Given, data: st.DataObject) -> None:
    rubric, answers = given_
    known = [q for q in rubric.questions if isinstance(answers.get(q.id), str | list)]
    assume(known)
    question = data.draw(st.sampled_from(known))
    raised = dict(answers)
    if question.multiple:
        raised[question.id] = list(question.option_ids)
    else:
        here = question.option_ids.index(answers[question.id])
        raised[question.id] = question.option_ids[data.draw(st.integers(here, len(question.option_ids) - 1))]
    before, after = assess(rubric, [Response(answers)]), assess(rubric, [Response(raised)])
    assert (before.score is None) == (after.score is None)
    if before.score is not None and after.score is not None and before.rating and after.rating:
        assert after.score >= before.score
        assert after.rating.level >= before.rating.level
        assert after.rating.level_by_score >= before.rating.level_by_score
        assert after.bounds is not None
        assert before.bounds is not None
        assert after.bounds.lower >= before.bounds.lower
        assert after.bounds.upper >= before.bounds.upper


@given(any_answers, st.randoms(use_true_random=False))
def test_the_order_of_answers_and_of_options_does_not_matter(given_: Given, chance: Any) -> None:
    rubric, answers = given_
    keys = list(answers)
    chance.shuffle(keys)
    shuffled = {key: answers[key][::-1] if isinstance(answers[key], list) else answers[key] for key in keys}
    assert assess(rubric, [Response(shuffled)]) == assess(rubric, [Response(answers)])


@given(st.data())
def test_the_order_of_respondents_does_not_matter(data: st.DataObject) -> None:
    rubric = RUBRICS["alignment-quick"]
    functions = ["sales", "marketing", "leadership", "operations"]
    responses = [
        Response(data.draw(ANY["alignment-quick"]), function=data.draw(st.sampled_from(functions))) for _ in range(3)
    ]
    results = {msgspec.json.encode(assess(rubric, list(order))) for order in itertools.permutations(responses)}
    assert len(results) == 1


@given(any_answers)
def test_the_short_form_agrees_with_the_whole(given_: Given) -> None:
    rubric, answers = given_
    whole, short = assess(rubric, [Response(answers)]), rate(rubric, [Response(answers)])
    assert short.score == whole.score
    assert short.level == (whole.rating.level if whole.rating else None)
    assert whole.bounds is not None
    assert (short.lower, short.upper, short.firm) == (whole.bounds.lower, whole.bounds.upper, whole.bounds.firm)


@given(any_answers)
def test_complete_or_not_nothing_unanswered_is_scored(given_: Given) -> None:
    rubric, answers = given_
    result = assess(rubric, [Response(answers)])
    for question in result.questions:
        answer = answers.get(question.id)
        if answer is None or isinstance(answer, dict):
            assert question.level is None
            assert question.value is None
            assert question.benchmarks == []
            assert question.state == ("unanswered" if answer is None else answer["state"])
        else:
            assert question.state == "answered"


@given(complete_answers)
def test_with_every_answer_given_the_bounds_are_the_score(given_: Given) -> None:
    rubric, answers = given_
    result = assess(rubric, [Response(answers)])
    assert result.bounds is not None
    assert result.bounds.lower == result.score == result.bounds.upper
    assert result.bounds.firm
    assert result.completeness == 1


@given(any_answers)
def test_answers_survive_storage(given_: Given) -> None:
    rubric, answers = given_
    noted = {
        key: {"option": value, "note": "said so", "evidence": "wiki/42"}
        if i % 3 == 0 and not isinstance(value, dict)
        else value
        for i, (key, value) in enumerate(answers.items())
    }
    kept = unpack_answers(rubric, pack_answers(rubric, noted))
    assert kept == noted
    assert read_responses(rubric, [Response(kept)]) == read_responses(rubric, [Response(noted)])


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_all_best_is_100_and_level_4(rubric: CompiledRubric) -> None:
    result = assess(rubric, [Response(best(rubric))])
    assert result.score == 100
    assert result.rating is not None
    assert result.rating.level == 4
    assert result.rating.caps == []
    assert result.recommendations == []


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_all_worst_is_0_and_level_1(rubric: CompiledRubric) -> None:
    result = assess(rubric, [Response(worst(rubric))])
    assert result.score == 0
    assert result.rating is not None
    assert result.rating.level == 1
    assert [cap.limit for cap in result.rating.caps] == [1, 2, 2, 3]


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_not_applicable_everywhere_but_one_dimension_leaves_the_rating_open(rubric: CompiledRubric) -> None:
    kept = rubric.dimensions[0]
    none = {"state": "not_applicable", "reason": "we have no such thing"}
    answers = {q.id: best(rubric)[q.id] if q.dimension == kept.index else none for q in rubric.questions}
    result = assess(rubric, [Response(answers)])
    assert result.rating is None
    assert result.score is None
    assert result.reason == "core_dimension_unscored"
    assert [d.score for d in result.dimensions] == [100.0] + [None] * (len(rubric.dimensions) - 1)
    assert result.bounds is not None
    assert (result.bounds.lower, result.bounds.upper) == (100.0, 100.0)
    assert result.completeness == 1.0


@given(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.integers(0, 3))
def test_equal_levels_everywhere_give_that_level_as_the_score(levels: list[int], place: int) -> None:
    rubric = build(
        {
            "one": dimension({"a": single(weight=1.25), "b": single()}, weight=1.5),
            "two": dimension({"c": single(), "d": single(weight=0.5)}, core=False),
        }
    )
    level = levels[place]
    result = assess(rubric, [Response(dict.fromkeys("abcd", f"o{level}"))])
    assert result.score == level * 25.0
    assert result.rating is not None
    assert result.rating.level_by_score == min(4, level + 1)


@given(st.data())
def test_one_function_asked_twice_counts_like_once(data: st.DataObject) -> None:
    """Equal voice: a second identical answer from the same function changes nothing."""
    rubric = build({"one": dimension({"a": single(), "b": multiple((1, 1, 1, 1))})})
    kitchen, service = (
        {
            "a": data.draw(st.sampled_from(["o0", "o1", "o2", "o3", "o4"])),
            "b": data.draw(st.lists(st.sampled_from(["o0", "o1", "o2", "o3"]), unique=True)),
        }
        for _ in range(2)
    )
    once = assess(rubric, [Response(kitchen, FUNCTIONS[0]), Response(service, FUNCTIONS[1])])
    twice = assess(
        rubric, [Response(kitchen, FUNCTIONS[0]), Response(kitchen, FUNCTIONS[0]), Response(service, FUNCTIONS[1])]
    )
    assert once.score == twice.score
    assert once.questions == twice.questions
