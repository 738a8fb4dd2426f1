"""The method's worked example, every part of its result against the figures computed by hand."""

from __future__ import annotations

import pytest

from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import QuestionBenchmark, QuestionResult, Result

TITLE = "The worked example: aligned, and what keeps it from level 4"


@pytest.fixture(scope="module")
def rubric() -> CompiledRubric:
    catalog = Catalog.load(default_directory())
    entry = catalog.find("alignment", "2026.1")
    return compile_rubric(entry.rubric, catalog.studies, entry.digest)


@pytest.fixture(scope="module")
def result(rubric: CompiledRubric) -> Result:
    case = next(case for case in rubric.source.cases if case.title == TITLE)
    assert case.answers is not None
    return assess(rubric, [Response(case.answers)])


def _question(result: Result, name: str) -> QuestionResult:
    return next(question for question in result.questions if question.id == name)


def _benchmark(result: Result, name: str) -> QuestionBenchmark:
    return _question(result, name).benchmarks[0]


def test_score_level_and_bounds(result: Result) -> None:
    assert result.score == 52.03
    assert result.rating is not None
    assert (result.rating.level, result.rating.name, result.rating.level_by_score) == (3, "Aligned", 3)
    assert result.bounds is not None
    assert (result.bounds.lower, result.bounds.upper) == (50.64, 52.84)
    assert result.bounds.levels == [3]
    assert result.bounds.firm
    assert result.completeness == 0.9691


def test_what_keeps_it_from_level_4(result: Result) -> None:
    assert result.rating is not None
    integrated, core = result.rating.caps
    assert (integrated.gate, integrated.limit, integrated.status) == ("integrated", 3, "failed")
    assert [(u.question, u.needs_level, u.has_level) for u in integrated.unmet] == [
        ("sla-agreement", 3, 2),
        ("kpi-set", 3, 2),
        ("cross-rewards", 2, 1),
    ]
    assert (core.gate, core.limit) == ("core-rule", 3)
    assert [(u.dimension, u.needs_level, u.has_level) for u in core.unmet] == [("slas", 3, 2)]


def test_stability(result: Result) -> None:
    stability = result.stability
    assert stability is not None
    assert (stability.scenarios, stability.agreeing) == (16, 16)
    assert (stability.lowest, stability.highest) == (51.47, 53.34)
    left_out = stability.leave_one_out
    assert left_out is not None
    assert (left_out.lowest, left_out.lowest_without) == (50.11, "communication-formats")
    assert (left_out.highest, left_out.highest_without) == (53.41, "field-feedback")
    assert result.equal_weights_score == 51.54


def test_position_among_the_studies(result: Result) -> None:
    assert result.benchmark_position is not None
    assert result.benchmark_position.answers == 22
    assert result.benchmark_position.mean_ridit == 0.5737


@pytest.mark.parametrize(
    ("question", "ridit", "interval", "n"),
    [
        ("system-visibility", 0.695, None, None),
        ("lead-definition", 0.7517, (0.7376, 0.7658), 1200),
        ("closeness", 0.4545, (0.3701, 0.5437), 66),
        ("cross-rewards", 0.3345, (0.2932, 0.3757), 123),
        ("sla-agreement", 0.73, None, None),
    ],
)
def test_where_an_answer_lies(
    result: Result, question: str, ridit: float, interval: tuple[float, float] | None, n: int | None
) -> None:
    benchmark = _benchmark(result, question)
    assert benchmark.ridit == ridit
    assert benchmark.interval == interval
    assert benchmark.n == n
    assert benchmark.interval_reason == (None if interval else "n_not_published")


def test_a_benchmark_printed_by_function_is_compared_by_function(result: Result) -> None:
    by_function = {b.function: b.ridit for b in _question(result, "tool-usage").benchmarks}
    assert by_function == {"sales": 0.25, "marketing": 0.425}


def test_a_weight_names_the_ratio_it_leans_on_and_what_kind_it_is(result: Result) -> None:
    question = _question(result, "pipeline-responsibility")
    assert question.weight == 1.219238
    (association,) = question.associations
    assert (association.ratio, association.kind, association.n) == (3.0, "likelihood_ratio", 123)
    assert "likelihood ratio" in association.caution


def test_points_lost_add_up_to_what_is_missing(result: Result) -> None:
    lost = {dimension.id: dimension.points_lost for dimension in result.dimensions}
    assert lost["slas"] == 8.23
    assert sum(round(100 * (points or 0)) for points in lost.values()) == 4797


def test_the_largest_gains_of_one_step(result: Result) -> None:
    gains = {move.because[0].question: move.gain for move in result.recommendations}
    assert gains["response-time"] == 1.21
    assert gains["communication-formats"] == 1.19
    assert gains["tool-usage"] == gains["enablement-reach"] == gains["material-relevance"] == 1.1


def test_moves_are_ranked_by_gain_over_effort(result: Result) -> None:
    ranked = [(move.rank, move.gain, move.effort) for move in result.recommendations[:8]]
    assert ranked == [
        (1, 1.19, "S"),
        (2, 1.1, "S"),
        (3, 0.96, "S"),
        (4, 0.96, "S"),
        (5, 0.96, "S"),
        (6, 0.89, "S"),
        (7, 0.86, "S"),
        (8, 1.21, "M"),
    ]


def test_the_way_to_level_4_takes_23_steps(result: Result) -> None:
    assert result.next_level is not None
    assert (result.next_level.level, len(result.next_level.changes), result.next_level.score_after) == (4, 23, 75.01)


def test_the_target_is_the_rubrics_own_unless_given(rubric: CompiledRubric, result: Result) -> None:
    assert result.target is not None
    assert (result.target.level, result.target.reached) == (3, True)
    case = next(case for case in rubric.source.cases if case.title == TITLE)
    assert case.answers is not None
    higher = assess(rubric, [Response(case.answers)], target_level=4)
    assert higher.target is not None
    assert (higher.target.level, higher.target.reached) == (4, False)


def test_the_last_thing_missing_for_a_gate_comes_first_when_the_target_wants_it(rubric: CompiledRubric) -> None:
    case = next(case for case in rubric.source.cases if case.title == TITLE)
    assert case.answers is not None
    answers = case.answers | {"kpi-set": "shared-set", "cross-rewards": "appraisal-goals"}
    for target, first in ((4, "sign-two-way-sla"), (3, "use-all-formats")):
        moves = assess(rubric, [Response(answers)], target_level=target).recommendations
        assert moves[0].id == first
        assert next(move for move in moves if move.id == "sign-two-way-sla").opens_gate == "integrated"
