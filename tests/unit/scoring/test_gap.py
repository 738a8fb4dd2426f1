"""When two functions' views are too far apart for the highest view: large, and more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.result import Result
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, single

KITCHEN, SERVICE = FUNCTIONS
BOTH = {"id": "both", "level": 4, "requires": {"kind": "perception", "functions": [KITCHEN, SERVICE]}}
VIEW = single(nature="perception")
ONE = build({"one": dimension({"a": VIEW})}, gates=[BOTH])
TWO = build({"one": dimension({"a": VIEW}), "two": dimension({"b": VIEW})}, gates=[BOTH])


def views(kitchen: Sequence[int], service: Sequence[int], **both: str) -> Result:
    """The result of people who answer question a at these levels, and the rest alike; -1 answers without it."""
    rubric = TWO if both else ONE
    responses = [
        Response(({} if level < 0 else {"a": f"o{level}"}) | both, function)
        for function, levels in ((KITCHEN, kitchen), (SERVICE, service))
        for level in levels
    ]
    return assess(rubric, responses)


def gap(result: Result) -> tuple[str, str] | None:
    """(status, reason) of the perception gate, or None where it is passed."""
    assert result.rating is not None
    found = [(cap.status, cap.reason) for cap in result.rating.caps if cap.gate == "both"]
    return found[0] if found else None


WIDE = "The views of kitchen and service differ widely, and by more than chance, on one."


@pytest.mark.parametrize(
    ("kitchen", "service", "wide"),
    [
        ([4, 4, 4, 4], [0, 0, 0, 0], True),
        ([0, 0, 0, 0], [4, 4, 4, 4], True),
        # Delta .69 and p .086 by counting: large, and not more than chance.
        ([4, 4, 3, 2], [3, 2, 1, 1], False),
        # Delta .35 over 40 a side is more than chance, and not large.
        ([3] * 26 + [2] * 14, [3] * 12 + [2] * 28, False),
        # Delta .474, 237 of 500 pairs, is large already.
        ([3] * 11 + [1] * 9, [0] * 13 + [1] * 7 + [4] * 5, True),
        # Three and nine could be more than chance (2 of 220 relabellings), but three are a group nobody may test.
        ([4, 4, 4], [0] * 9, False),
        ([0] * 9, [4, 4, 4], False),
        ([2, 2, 2, 2], [2, 2, 2, 2], False),
    ],
)
def test_a_gap_is_wide_when_large_and_more_than_chance(kitchen: list[int], service: list[int], wide: bool) -> None:
    assert gap(views(kitchen, service)) == (("failed", WIDE) if wide else None)


def test_whoever_has_no_score_in_a_dimension_does_not_count_there() -> None:
    # Of nine people in the kitchen five answered, then three, which are too few to be tested.
    assert gap(views([4] * 5 + [-1] * 4, [0] * 9, b="o4")) == ("failed", WIDE)
    assert gap(views([4] * 3 + [-1] * 6, [0] * 9, b="o4")) is None


def test_of_two_dimensions_tested_one_gap_needs_more_to_stand_out() -> None:
    # p .0286 alone, .0571 as the smaller of two.
    assert gap(views([4] * 4, [0] * 4)) == ("failed", WIDE)
    assert gap(views([4] * 4, [0] * 4, b="o4")) is None
    assert gap(views([4] * 5, [0] * 5, b="o4")) == ("failed", WIDE)


def test_a_gap_that_chance_makes_once_in_twenty_is_supported() -> None:
    # Eight dimensions of nine with p 22/495, which adjusted is 22/495 · 9/8 = .05.
    rubric = build({f"d{n}": dimension({f"q{n}": VIEW}) for n in range(1, 10)}, gates=[BOTH])
    responses = [
        Response({f"q{n}": f"o{level if n < 9 else 4}" for n in range(1, 10)}, function)
        for function, levels in ((KITCHEN, (1, 2, 3, 4)), (SERVICE, (0, 1, 1, 1, 1, 1, 1, 3)))
        for level in levels
    ]
    wide = WIDE.replace("on one", "on d1, d2, d3, d4, d5, d6, d7, d8")
    assert gap(assess(rubric, responses)) == ("failed", wide)


def test_a_function_whose_people_know_nothing_is_missing() -> None:
    unknowing: dict[str, Any] = {"a": {"state": "dont_know"}}
    result = assess(ONE, [Response({"a": "o4"}, KITCHEN), Response(unknowing, SERVICE)])
    assert gap(result) == ("unverified", "Nobody from service has answered.")
    result = assess(ONE, [Response({"a": "o4"}), Response(unknowing, SERVICE)])
    assert gap(result) == ("unverified", "Nobody from kitchen or service has answered.")


def test_a_gap_gate_below_the_level_by_score_limits_it() -> None:
    assert views([4] * 4, [4] * 4).rating is not None
    wide = views([4] * 9, [3] * 4)
    assert wide.rating is not None
    assert (wide.rating.level_by_score, wide.rating.level) == (4, 3)
    (cap,) = wide.rating.caps
    assert (cap.gate, cap.limit, cap.status, cap.unmet) == ("both", 3, "failed", [])
