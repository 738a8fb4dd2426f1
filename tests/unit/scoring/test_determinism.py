"""The same answers give the same bytes, on every Python version and machine.

The digests below were computed once. A change of the scorer that changes any of them changes results: it needs
a new ENGINE_VERSION, and new digests with it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

import msgspec
import pytest

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import ENGINE_VERSION, compile_rubric
from assessment.scoring.compiled import CompiledRubric
from tests.unit.scoring.builders import random_answers

DIGESTS = {
    ("alignment", "2026.1", "1.0.0"): "a58bd50aba26ddcd158e7fdb5dd98df9c25c160a7e9cbfaa884b830dbb375315",
    ("alignment-quick", "2026.1", "1.0.0"): "cb3989971fc564a719c529602bead23203b0ec09754f5b1db14cdc0532d9a2a2",
}


@pytest.mark.parametrize(("rubric_id", "version", "engine"), DIGESTS)
def test_five_hundred_results_are_the_same_to_the_byte(rubric_id: str, version: str, engine: str) -> None:
    catalog = Catalog.load(default_directory())
    entry = catalog.find(rubric_id, version)
    rubric = compile_rubric(entry.rubric, catalog.studies, entry.digest)
    assert engine == ENGINE_VERSION
    digest = hashlib.sha256()
    for responses in five_hundred(rubric):
        digest.update(msgspec.json.encode(assess(rubric, responses)))
    assert digest.hexdigest() == DIGESTS[rubric_id, version, engine]


def five_hundred(rubric: CompiledRubric) -> Iterator[list[Response]]:
    """What is scored for a digest: the answers of one respondent or of three, with and without gaps."""
    chance = random.Random(2026)
    functions = [None, *(function.id for function in rubric.source.head.functions)]
    for number in range(500):
        respondents = 1 if number % 5 else 3
        yield [
            Response(
                random_answers(rubric, chance, missing=(number % 4) / 10),
                functions[chance.randrange(len(functions))],
            )
            for _ in range(respondents)
        ]
