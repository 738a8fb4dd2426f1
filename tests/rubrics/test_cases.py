"""The rubrics' own worked examples, scored: the human-readable half of the test suite."""

from __future__ import annotations

import pytest

from assessment.cli.cases import run_cases
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric

CATALOG = Catalog.load(default_directory())
COMPILED = {
    f"{entry.rubric.head.id}@{entry.rubric.head.version}": compile_rubric(entry.rubric, CATALOG.studies, entry.digest)
    for entry in CATALOG.entries()
}


def test_every_case_comes_out_as_its_author_expects() -> None:
    ran, differences = run_cases(default_directory())
    assert differences == []
    assert ran == sum(len(rubric.source.cases) for rubric in COMPILED.values())


RATED = {name: rubric for name, rubric in COMPILED.items() if rubric.has_levels}


@pytest.mark.parametrize("rubric", RATED.values(), ids=RATED)
def test_there_is_a_case_for_every_level_and_every_gate(rubric: CompiledRubric) -> None:
    expectations = [case.expect for case in rubric.source.cases]
    assert {e.level for e in expectations} >= {1, 2, 3, 4}
    held_back = {cap for e in expectations for cap in e.caps or []}
    assert held_back >= {gate.id for gate in rubric.gates} | {"core-rule"}
