"""The rubrics' own worked examples, scored: the human-readable half of the test suite."""

from __future__ import annotations

import pytest

from assessment.rubric.catalog import Catalog, default_directory
from assessment.rubric.model import Case
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric

CATALOG = Catalog.load(default_directory())
COMPILED = {
    entry.rubric.head.id: compile_rubric(entry.rubric, CATALOG.studies, entry.digest) for entry in CATALOG.entries()
}
CASES = [(rubric, case) for rubric in COMPILED.values() for case in rubric.source.cases]


@pytest.mark.parametrize(("rubric", "case"), CASES, ids=[f"{r.used.id}: {c.title}" for r, c in CASES])
def test_case(rubric: CompiledRubric, case: Case) -> None:
    expected = case.expect
    responses = (
        [Response(case.answers)]
        if case.answers is not None
        else [
            Response(response.answers, response.function, ("responses", place, "answers"))
            for place, response in enumerate(case.responses or [])
        ]
    )
    result = assess(rubric, responses, target_level=case.target_level)
    assert result.score == expected.score
    assert (result.rating.level if result.rating else None) == expected.level
    assert result.reason == expected.reason
    if expected.level_by_score is not None:
        assert result.rating is not None
        assert result.rating.level_by_score == expected.level_by_score
    if expected.caps is not None:
        assert result.rating is not None
        assert [cap.gate for cap in result.rating.caps] == expected.caps
    if expected.bounds is not None:
        assert [result.bounds.lower, result.bounds.upper] == expected.bounds
    scores = {dimension.id: dimension.score for dimension in result.dimensions}
    assert {name: scores[name] for name in expected.dimensions} == expected.dimensions
    if expected.top_recommendations is not None:
        top = [move.id for move in result.recommendations[: len(expected.top_recommendations)]]
        assert top == expected.top_recommendations


@pytest.mark.parametrize("rubric", COMPILED.values(), ids=COMPILED)
def test_there_is_a_case_for_every_level_and_every_gate(rubric: CompiledRubric) -> None:
    expectations = [case.expect for case in rubric.source.cases]
    assert {e.level for e in expectations} >= {1, 2, 3, 4}
    held_back = {cap for e in expectations for cap in e.caps or []}
    assert held_back >= {gate.id for gate in rubric.gates} | {"core-rule"}
