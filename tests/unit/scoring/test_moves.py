"""What moved between two results: questions, recommendations, and the way to the target."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rubric.bridges import Span
from assessment.scoring.answers import Response
from assessment.scoring.moves import questions_moved, recommendations_moved
from assessment.scoring.past import (
    PastAnswer,
    PastComparison,
    PastGap,
    PastPerception,
    PastQuestion,
    PastRecommendation,
    PastResult,
)
from assessment.scoring.progress import percent_to_target
from assessment.scoring.result import RubricUsed
from assessment.scoring.spread import Sample, spread_of
from tests.unit.scoring.builders import build, dimension, single

SAME = Span(("2026.1",))
GAP = "close-the-gap"


def result(
    questions: dict[str, float | None],
    because: dict[str, list[str]] | None = None,
    *,
    tested: list[bool] | None = None,
) -> PastResult:
    """A result of these levels in the dimension `d`, with a recommendation for each entry of `because`."""
    functions = None if tested is None else PastComparison([PastGap(testable) for testable in tested])
    return PastResult(
        rubric=RubricUsed("kitchen", "2026.1", "sha256:0"),
        score=None,
        rating=None,
        dimensions=[],
        questions=[PastQuestion(name, "d", level) for name, level in questions.items()],
        recommendations=[
            PastRecommendation(name, name.title(), [PastAnswer(question) for question in asked])
            for name, asked in (because or {}).items()
        ],
        target=None,
        perception=PastPerception(functions),
    )


def test_questions_that_moved_come_with_the_largest_change_first() -> None:
    before = result({"a": 1, "b": 2, "c": 3, "d": 4, "e": None, "f": 0.5, "gone": 1})
    after = result({"a": 2, "b": 2, "c": 1, "d": None, "e": 3, "f": 1.8333, "new": 1})
    assert [(move.question, move.before, move.after, move.change) for move in questions_moved(before, after, SAME)] == [
        ("c", 3, 1, -2),
        ("f", 0.5, 1.8333, 1.33),
        ("a", 1, 2, 1),
    ]


def test_questions_outside_a_bridge_are_not_compared() -> None:
    before, after = result({"a": 1}), result({"a": 2})
    assert questions_moved(before, after, None) == []
    assert questions_moved(before, after, Span(("2026.2", "2026.1"), dimensions=frozenset({"other"}))) == []
    assert len(questions_moved(before, after, Span(("2026.2", "2026.1"), dimensions=frozenset({"d"})))) == 1


def test_recommendations_are_done_open_or_new() -> None:
    before = result(
        {"a": 0, "b": 0, "c": 0},
        {"fix-a": ["a"], "fix-b": ["b"], "fix-c": ["c"], "dropped": ["a"], "fix-d": ["a", "c"]},
    )
    after = result({"a": 3, "b": 0, "c": None, "e": 0}, {"fix-e": ["e"], "fix-b": ["b"]})
    moved = recommendations_moved(before, after, SAME, {"fix-a", "fix-b", "fix-c", "fix-d", "fix-e"})
    assert [one.id for one in moved.done] == ["fix-a"]
    assert [(one.id, one.title) for one in moved.open] == [("fix-b", "Fix-B")]
    assert [one.id for one in moved.new] == ["fix-e"]
    nothing = recommendations_moved(before, after, None, {"fix-a"})
    assert (nothing.done, nothing.open, nothing.new) == ([], [], [])


@pytest.mark.parametrize(("tested", "done"), [([True, True], [GAP]), ([True, False], []), (None, [])])
def test_a_gap_is_closed_only_where_one_could_have_been_found(tested: list[bool] | None, done: list[str]) -> None:
    moved = recommendations_moved(result({}, {GAP: []}), result({}, tested=tested), SAME, {GAP})
    assert [one.id for one in moved.done] == done


@pytest.mark.parametrize(
    ("baseline", "score", "cut", "percent"),
    [
        (30, 30, 50, 0),
        (30, 35, 50, 25),
        (30, 49.99, 50, 99.95),
        (30, 40, 60, 33.33),
        (30, 50, 50, 100),
        (30, 80, 50, 100),
        (30, 20, 50, 0),
        (50, 50, 50, 100),
        (50, 49, 50, 0),
        (60, 55, 50, 100),
        (60, 49, 50, 0),
        (0, 0, 0, 100),
    ],
)
def test_progress_is_the_part_of_the_way_to_the_target(
    baseline: float, score: float, cut: float, percent: float
) -> None:
    assert percent_to_target(baseline, score, cut) == percent


points = st.floats(0, 100)


@given(points, points, points, points)
def test_progress_never_falls_while_the_score_rises(baseline: float, cut: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= percent_to_target(baseline, low, cut) <= percent_to_target(baseline, high, cut) <= 100


def test_a_spread_is_of_each_persons_own_score() -> None:
    rubric = build({"d": dimension({"q": single()}), "e": dimension({"r": single()}, core=False)})
    people = [Response({"q": f"o{level}"}) for level in range(5)]
    spread = spread_of(rubric, [*people, Response({"r": "o4"})])
    # 0, 25, 50, 75 and 100; whoever left out the core dimension has no overall score.
    assert spread.overall == Sample(5, 1562.5)
    assert spread.overall.squared_error == 312.5
    assert spread.dimensions == {"d": Sample(5, 1562.5), "e": Sample(1, None)}
    assert spread.dimensions["e"].squared_error is None
    # 0 and 25.
    assert spread_of(rubric, people[:2]).dimensions["d"] == Sample(2, 312.5)
