"""What is worked out once for a rubric: efforts, kinds of benchmark, what a benchmark says of its categories."""

from __future__ import annotations

from typing import Any

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compiled import CompiledRubric
from tests.unit.scoring.builders import FUNCTIONS, build, dimension, single

TWO = [{"levels": [0, 1], "categories": ["no"]}, {"levels": [2, 3, 4], "categories": ["yes"]}]
THREE = [
    {"levels": [0, 1], "categories": ["no"]},
    {"levels": [2], "categories": ["some"]},
    {"levels": [3, 4], "categories": ["yes"]},
]


def category(name: str, share: float, *, derived: bool = False) -> dict[str, Any]:
    return {"id": name, "title": "x", "share": share, "derived": derived}


PREVALENCE = {"id": "two", "kind": "prevalence", "shares": [category("no", 0.6), category("yes", 0.4)]}
DISTRIBUTION = {
    "id": "three",
    "kind": "distribution",
    "shares": [category("no", 0.5), category("some", 0.2), category("yes", 0.3)],
}


def benchmark(finding: str, groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {"finding": finding, "groups": groups, "judgement": "x"}


def held(*benchmarks: dict[str, Any], findings: tuple[dict[str, Any], ...]) -> CompiledRubric:
    return build({"one": dimension({"a": single(benchmarks=list(benchmarks))})}, findings=findings)


def test_a_step_costs_the_least_of_the_moves_that_bring_it() -> None:
    moves = [
        {"id": f"m{n}", "effort": effort, "when": [{"question": question, "below": 4}]}
        for n, (question, effort) in enumerate([("a", "L"), ("a", "M"), ("a", "L"), ("b", "S"), ("b", "L")])
    ]
    rubric = build({"one": dimension({"a": single(), "b": single(), "c": single()})}, recommendations=moves)
    assert [question.effort for question in rubric.questions] == [2, 1, 4]


def test_a_question_with_any_distribution_is_held_against_one() -> None:
    both = held(benchmark("two", TWO), benchmark("three", THREE), findings=(PREVALENCE, DISTRIBUTION))
    assert both.questions[0].template.benchmark_kind == "distribution"
    one = held(benchmark("two", TWO), findings=(PREVALENCE,))
    assert one.questions[0].template.benchmark_kind == "prevalence"
    assert build({"one": dimension({"a": single()})}).questions[0].template.benchmark_kind == "none"


def test_two_benchmarks_count_alike_in_the_position() -> None:
    rubric = held(benchmark("two", TWO), benchmark("three", THREE), findings=(PREVALENCE, DISTRIBUTION))
    result = assess(rubric, [Response({"a": "o2"})])
    assert [found.ridit for found in result.questions[0].benchmarks] == [0.8, 0.6]
    assert result.benchmark_position is not None
    assert (result.benchmark_position.mean_ridit, result.benchmark_position.answers) == (0.7, 1)


def test_a_benchmark_is_derived_when_a_share_that_it_uses_is() -> None:
    def derived(*, used: bool, left_out: bool) -> bool:
        shares = [category("no", 0.6, derived=used), category("yes", 0.3), category("dont-know", 0.1, derived=left_out)]
        finding = {"id": "two", "kind": "partial_distribution", "shares": shares}
        (template,) = (b.template for b in held(benchmark("two", TWO), findings=(finding,)).questions[0].benchmarks)
        return template.derived

    assert derived(used=True, left_out=False)
    assert not derived(used=False, left_out=True)
    assert not derived(used=False, left_out=False)


def test_a_gap_of_a_study_that_published_its_size_but_not_the_functions_says_so() -> None:
    shares = {function: [category("no", 0.6), category("yes", 0.4)] for function in FUNCTIONS}
    finding = {"id": "by-function", "kind": "perception_gap", "n": 100, "by_function": shares}
    gap = {"finding": "by-function", "category": "yes", "level": 4, "judgement": "x"}
    rubric = build({"one": dimension({"a": single(published_gaps=[gap])})}, findings=[finding])
    (compiled,) = rubric.questions[0].published_gaps
    assert (compiled.n, compiled.interval_reason) == (100, "subgroup_size_not_published")
