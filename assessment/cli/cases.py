"""Worked cases of rubrics, scored and held against what their authors expect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assessment.errors import AssessmentError, Problem
from assessment.rubric.case import Case, Expectation, ExpectedPlace
from assessment.rubric.digest import digest_of
from assessment.rubric.document import Document
from assessment.rubric.library import Library, read_library
from assessment.scoring.answers import Response
from assessment.scoring.assess import assess
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Result


def run_cases(path: Path) -> tuple[int, list[Problem]]:
    """How many cases lie in `path`, a rubrics folder or a part of one, and each difference by file and line."""
    ran = 0
    problems: list[Problem] = []
    library = _library_around(path)
    for source in library.rubrics:
        documents = [document for document in source.cases if document.path.is_relative_to(path)]
        if not documents:
            continue
        compiled = compile_rubric(source.rubric, library.index.studies, digest_of(source.rubric, library.index))
        for case, document in zip(source.rubric.cases, source.cases, strict=True):
            if document in documents:
                ran += 1
                problems += _run(compiled, case, document)
    return ran, problems


def _library_around(path: Path) -> Library:
    """The rubrics folder that `path` is or lies in; a path that was checked has one."""
    root = next(folder for folder in (path, *path.parents) if (folder / "studies").is_dir())
    return read_library(root)


def _run(rubric: CompiledRubric, case: Case, document: Document) -> Iterator[Problem]:
    if case.answers is not None:
        responses = [Response(case.answers)]
    else:
        responses = [
            Response(response.answers, response.function, seniority=response.seniority)
            for response in case.responses or []
        ]
    try:
        result = assess(rubric, responses, target_level=case.target_level)
    except AssessmentError as error:
        for problem in error.errors:
            yield document.problem((), problem.code, f"{problem.pointer}: {problem.detail}")
        return
    for field, expected, found in _compared(case.expect, result):
        if expected != found:
            yield document.problem(("expect", field), "case_differs", f"{field} is {found}, expected {expected}")


def _compared(expect: Expectation, result: Result) -> Iterator[tuple[str, object, object]]:
    """Field, what is expected, what came out; a field that the case leaves out is not compared."""
    rating, bounds = result.rating, result.bounds
    yield "score", expect.score, result.score
    yield "level", expect.level, rating and rating.level
    if expect.level_by_score is not None:
        yield "level_by_score", expect.level_by_score, rating and rating.level_by_score
    if expect.caps is not None:
        yield "caps", sorted(expect.caps), sorted(cap.gate for cap in rating.caps) if rating else []
    if expect.bounds is not None:
        yield "bounds", expect.bounds, [bounds.lower, bounds.upper] if bounds else None
    if expect.dimensions:
        scores = {dimension.id: dimension.score for dimension in result.dimensions}
        yield "dimensions", expect.dimensions, {name: scores[name] for name in expect.dimensions}
    if expect.top_recommendations is not None:
        top = [one.id for one in result.recommendations[: len(expect.top_recommendations)]]
        yield "top_recommendations", expect.top_recommendations, top
    if expect.supported_gaps is not None:
        compared = result.perception.functions if result.perception else None
        yield (
            "supported_gaps",
            expect.supported_gaps,
            [g.id for g in compared.dimensions if g.supported] if compared else [],
        )
    if expect.disputed is not None:
        yield "disputed", expect.disputed, [question.id for question in result.questions if question.disputed]
    if expect.inconsistencies is not None:
        yield "inconsistencies", expect.inconsistencies, [one.id for one in result.inconsistencies]
    if expect.reason is not None:
        yield "reason", expect.reason, result.reason
    if "position" in expect.model_fields_set:
        found = result.benchmark_position
        yield "position", expect.position, found and found.mean_ridit
    for place in expect.beside:
        expected = (place.position, place.same)
        yield "beside", (place.question, *expected), (place.question, *_place_in(place, result))


def _place_in(place: ExpectedPlace, result: Result) -> tuple[float | None, float | None]:
    """Position and share of the same answer, of the benchmark meant; nothing where the question was not answered."""
    question = next(one for one in result.questions if one.id == place.question)
    meant = [one for one in question.benchmarks if place.means(one.finding, one.function)]
    return (meant[0].ridit, meant[0].same) if meant else (None, None)
