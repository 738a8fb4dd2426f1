"""What one answer contributes, between two levels too, and the steps from it."""

from __future__ import annotations

from typing import Any

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledBenchmark
from assessment.scoring.steps import entry_chain
from tests.unit.scoring.builders import build, dimension, multiple, single
from tests.unit.scoring.test_compile import DISTRIBUTION, THREE, benchmark, held


def distribution(**more: Any) -> CompiledBenchmark:
    """A benchmark with the ridits .25 at levels 0 and 1, .6 at 2, and .85 at 3 and 4."""
    rubric = held(benchmark("three", THREE), findings=(DISTRIBUTION | more,))
    return rubric.questions[0].benchmarks[0]


def test_between_two_levels_the_ridit_lies_on_the_straight_line() -> None:
    found = distribution()
    assert [found.ridit(level) for level in (0, 1, 2, 3, 4.0)] == [0.25, 0.25, 0.6, 0.85, 0.85]
    assert found.ridit(1.25) == 0.3375
    assert found.ridit(2.5) == 0.725
    assert found.ridit(3.75) == 0.85


def test_the_interval_of_a_level_between_two_mixes_theirs() -> None:
    found = distribution(n=100)
    assert found.at([(2.5, 1.0)]).interval == (0.6591, 0.7847)
    assert found.at([(0.0, 1.0)]).interval == (0.202, 0.2987)
    assert found.at([(2.5, 1.0)]).ridit == 0.725


def test_the_answers_of_several_are_mixed_by_their_shares() -> None:
    found = distribution(n=100).at([(1.25, 0.5), (4.0, 0.5)])
    assert found.ridit == 0.5938
    assert found.interval == (0.5454, 0.6398)


def test_without_a_published_n_there_is_no_interval() -> None:
    assert distribution().at([(2.5, 1.0)]).interval is None


def test_a_level_is_shown_with_two_decimals_and_its_value_with_four() -> None:
    rubric = build({"one": dimension({"a": multiple((1.2345, 2, 0.7655))})})
    (question,) = assess(rubric, [Response({"a": ["o0"]})]).questions
    assert (question.level, question.value) == (1.23, 0.3086)


def test_an_option_that_adds_nothing_is_no_step() -> None:
    rubric = build({"one": dimension({"a": multiple((4, 1)), "b": single()})})
    assert [(s.from_level, s.to_level) for s in entry_chain(rubric.questions[0], 1.0)] == [(None, 4)]
    assert rubric.questions[0].additions(0.0, [("o0", 0.0)]) == []
