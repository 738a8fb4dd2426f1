"""Answers in a struct made for a rubric: what it takes, and what is looked up for what is in it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from assessment.errors import InvalidAnswers
from assessment.scoring.answers import Response, Sheet, pack_answers, read_responses
from assessment.scoring.typed import TypedAnswers
from tests.unit.scoring.builders import build, dimension, multiple, single

RUBRIC = build({"one": dimension({"a": single((0, 2, 4)), "b": multiple((2, 1, 0.5))})})
LONG = build({"one": dimension({"b": multiple([0.25] * 20)})})
READER = RUBRIC.reader
NOTHING = (None, "unanswered", ())


def typed(answers: Any, kind: type[TypedAnswers] = READER.kind) -> TypedAnswers:
    return msgspec.json.decode(json.dumps(answers), type=kind)


def sheet(answers: Any) -> Sheet:
    return read_responses(RUBRIC, [Response(typed(answers))])[0]


def test_an_option_is_looked_up_with_its_level() -> None:
    assert READER.rows[0] == {
        None: NOTHING,
        "o0": (0.0, "answered", ("o0",)),
        "o1": (2.0, "answered", ("o1",)),
        "o2": (4.0, "answered", ("o2",)),
    }


def test_every_set_of_options_is_looked_up_in_the_order_of_the_rubric() -> None:
    assert READER.rows[1] == {
        None: NOTHING,
        (): (0.0, "answered", ()),
        ("o0",): (2.0, "answered", ("o0",)),
        ("o1",): (1.0, "answered", ("o1",)),
        ("o2",): (0.5, "answered", ("o2",)),
        ("o0", "o1"): (3.0, "answered", ("o0", "o1")),
        ("o0", "o2"): (2.5, "answered", ("o0", "o2")),
        ("o1", "o2"): (1.5, "answered", ("o1", "o2")),
        ("o0", "o1", "o2"): (3.5, "answered", ("o0", "o1", "o2")),
    }


def test_another_order_is_put_into_that_of_the_rubric_and_not_kept() -> None:
    assert READER.rows[1]["o2", "o0"] == (2.5, "answered", ("o0", "o2"))
    assert len(READER.rows[1]) == 9


def test_sets_of_very_many_options_are_added_up_each_time() -> None:
    (rows,) = LONG.reader.rows
    assert rows["o19", "o3"] == (0.5, "answered", ("o3", "o19"))
    assert dict(rows) == {None: NOTHING}


def test_an_option_given_twice_has_no_row() -> None:
    with pytest.raises(KeyError):
        READER.rows[1]["o1", "o1"]


@pytest.mark.parametrize(
    ("answers", "levels", "states", "picks"),
    [
        ({}, [None, None], ["unanswered", "unanswered"], [(), ()]),
        ({"b": ["o1"], "a": "o1"}, [2.0, 1.0], ["answered", "answered"], [("o1",), ("o1",)]),
        ({"a": {"state": "dont_know"}, "b": ["o2", "o0"]}, [None, 2.5], ["dont_know", "answered"], [(), ("o0", "o2")]),
        ({"b": {"option": ["o1"], "note": "x"}, "a": "o2"}, [4.0, 1.0], ["answered"] * 2, [("o2",), ("o1",)]),
        ({"a": {"state": "not_applicable", "reason": "x"}}, [None, None], ["not_applicable", "unanswered"], [(), ()]),
    ],
)
def test_answers_become_a_sheet(answers: Any, levels: Any, states: Any, picks: Any) -> None:
    found = sheet(answers)
    assert (found.levels, found.states, found.picks) == (levels, states, picks)
    assert found == read_responses(RUBRIC, [Response(answers)])[0]


def test_bad_answers_are_named_beside_good_ones() -> None:
    with pytest.raises(InvalidAnswers) as refused:
        sheet({"a": {"state": "not_applicable"}, "b": ["o1", "o1"]})
    assert [(p.pointer, p.code) for p in refused.value.errors] == [
        ("/answers/a/reason", "missing_reason"),
        ("/answers/b/1", "duplicate_option"),
    ]


def test_of_very_many_bad_answers_only_the_first_are_named() -> None:
    responses = [Response(typed({"b": ["o1", "o1"]}), None, ("responses", n, "answers")) for n in range(600)]
    with pytest.raises(InvalidAnswers) as refused:
        read_responses(RUBRIC, responses)
    assert len(refused.value.errors) == 500


@pytest.mark.parametrize(
    "answers",
    [
        {"z": "o0"},
        {"a": "o3"},
        {"a": None},
        {"a": 0},
        {"a": ["o0"]},
        {"b": "o0"},
        {"b": [None]},
        {"b": ["o0", "o0", "o0", "o0"]},
        {"a": {"option": "o0", "note": 1}},
        {"a": {"option": [["o0"]]}},
        [],
    ],
)
def test_what_the_rubric_does_not_have_is_not_taken(answers: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        typed(answers)


@pytest.mark.parametrize("answers", [{"a": "o0"}, {"a": "o0", "b": {"option": []}}])
def test_what_is_not_whole_is_not_taken_for_whole(answers: Any) -> None:
    typed(answers)
    with pytest.raises(msgspec.ValidationError):
        typed(answers, READER.whole)


def test_whole_answers_have_their_questions_in_the_same_places() -> None:
    given = typed({"b": ["o1"], "a": "o2"}, READER.whole)
    assert isinstance(given, READER.kind)
    assert msgspec.structs.astuple(given) == ("o2", ("o1",))


def test_answers_are_given_back_as_they_were_sent() -> None:
    answers = {"a": {"option": "o0", "note": "x"}, "b": ["o2", "o0"]}
    assert dict(typed(answers).items()) == answers
    assert dict(typed({"b": []}).items()) == {"b": []}


def test_keys_are_counted_with_those_of_remarks() -> None:
    assert typed({"a": {"option": "o0", "note": "x"}, "b": []}).count_keys() == 4
    assert typed({"b": ["o2", "o0"]}).count_keys() == 1
    assert typed({"a": "o0", "b": ["o1"]}).least_keys() == 2
    assert typed({"a": {"option": "o0"}, "b": ["o1"]}).least_keys() == 2
    assert typed({"a": "o0"}).least_keys() == 0


def test_answers_are_packed_alike() -> None:
    answers = {"b": ["o2", "o0"], "a": {"state": "dont_know"}}
    assert pack_answers(RUBRIC, typed(answers)) == pack_answers(RUBRIC, answers)
    other = build({"one": dimension({"b": multiple((1, 1)), "a": single((0, 4))})})
    assert pack_answers(RUBRIC, typed({"a": "o1"}, other.reader.kind)) == pack_answers(RUBRIC, {"a": "o1"})
