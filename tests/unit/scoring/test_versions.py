"""A later version that changes no scored content gives every answer the same score."""

from __future__ import annotations

import random

import pytest

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import compile_rubric
from tests.unit.scoring.builders import random_answers

CATALOG = Catalog.load(default_directory())


@pytest.mark.parametrize("name", ["alignment", "alignment-quick"])
def test_version_2026_2_scores_as_2026_1_does(name: str) -> None:
    before, after = (
        compile_rubric(entry.rubric, CATALOG.studies, entry.digest)
        for entry in (CATALOG.find(name, version) for version in ("2026.1", "2026.2"))
    )
    chance = random.Random(4)
    for number in range(60):
        responses = [
            Response(
                random_answers(before, chance, missing=(number % 4) / 10), chance.choice([None, "sales", "marketing"])
            )
            for _ in range(1 + number % 9)
        ]
        one, other = assess(before, responses), assess(after, responses)
        assert (one.score, one.rating, one.bounds) == (other.score, other.rating, other.bounds)
        assert one.dimensions == other.dimensions
        assert one.questions == other.questions
        assert one.recommendations == other.recommendations
        assert one.stability == other.stability


@pytest.mark.parametrize("name", ["alignment", "alignment-quick"])
def test_version_2026_2_says_that_its_scores_can_be_set_beside_those_of_2026_1(name: str) -> None:
    (bridge,) = CATALOG.find(name, "2026.2").rubric.head.bridges
    assert (bridge.version, bridge.overall, bridge.dimensions) == ("2026.1", True, [])
