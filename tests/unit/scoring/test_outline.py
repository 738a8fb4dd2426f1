"""Score, level and bounds alone, for bulk work: the same as those of the whole result."""

from __future__ import annotations

import random

import pytest

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess, rate
from assessment.scoring.compile import compile_rubric
from tests.unit.scoring.builders import random_answers


@pytest.mark.parametrize("name", ["alignment", "alignment-quick"])
def test_the_short_form_agrees_with_the_whole_for_several_people(name: str) -> None:
    catalog = Catalog.load(default_directory())
    entry = catalog.find(name)
    rubric = compile_rubric(entry.rubric, catalog.studies, entry.digest)
    functions = [None, *sorted(rubric.functions)]
    chance = random.Random(11)
    for people in (2, 3, 9):
        for missing in (0.0, 0.3):
            responses = [
                Response(random_answers(rubric, chance, missing=missing), chance.choice(functions))
                for _ in range(people)
            ]
            whole, short = assess(rubric, responses), rate(rubric, responses)
            assert short.score == whole.score
            assert short.level == (whole.rating.level if whole.rating else None)
            assert whole.bounds is not None
            assert (short.lower, short.upper) == (whole.bounds.lower, whole.bounds.upper)
            assert short.firm == whole.bounds.firm
