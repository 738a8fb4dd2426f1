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
    ("alignment", "2026.1", "1.1.0"): "b8bbd1f437f9a48fecc3a21bf3c19dfbbf55d378feea2e04576556f20c0cffd0",
    ("alignment", "2026.2", "1.1.0"): "63ae64b8ff519dff926bf1ba088868c21a110c05f2ced3e735713ef9bdf28bfc",
    ("alignment-quick", "2026.1", "1.1.0"): "4fef5273b8ed18d8a815f8465c4fb1a2fb0f9b8fd85e82b95fb8a921df8f8d9b",
    ("alignment-quick", "2026.2", "1.1.0"): "d811f8bb5595bd25dd3a33b832ee742d818952ee6213b6bfbda4c71e2ceef275",
    ("collaboration-2016", "2026.1", "1.1.0"): "0ddc31fb9d4048336db1074669f79b1b2498c8539939d187b6589d7f6ec4ba1b",
    ("collaboration-rating", "2026.1", "1.1.0"): "7824f4f5851819fb96cd09a9a3db9dc442d8ef977fd37e8905a0f00434620042",
    ("integration-2008", "2026.1", "1.1.0"): "3463b3d74072f9728fa853e73158b1e1bf1ca7959ce6b4f30ea0b4e0b351e953",
    ("sentiment-2014", "2026.1", "1.1.0"): "62a9b0657a47192623a82237c469ef378e247e665244ba2ea1410a00a9dc1547",
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
