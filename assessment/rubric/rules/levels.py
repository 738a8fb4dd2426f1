"""What belongs to levels is there in a rubric with levels, and in none without: nothing half rated."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.errors import Problem
from assessment.rubric.base import Model
from assessment.rubric.case import Case
from assessment.rubric.document import Document, Place
from assessment.rubric.load import RubricSource
from assessment.rubric.question import PublishedGap, Question
from assessment.rubric.validate import spell

_OF_HEAD = ("aggregation", "weighting", "target")
_OF_DIMENSION = ("core", "weight", "weight_reason")
_ONLY_RATED = ("gates", "consistency_checks", "bridges", "reliability")
_OF_EXPECTATION = ("score", "level")
_ONLY_RATING = ("level_by_score", "caps", "bounds", "dimensions", "top_recommendations", "reason")


def check_levels(source: RubricSource) -> Iterator[Problem]:
    """Problems of what is missing beside `levels`, or of what is there without them."""
    head, rated = source.rubric.head, bool(source.rubric.head.levels)
    yield from _check(head, source.head, (), _OF_HEAD, _ONLY_RATED, rated=rated)
    for dimension, document in zip(source.rubric.dimensions, source.dimensions, strict=True):
        yield from _check(dimension, document, (), _OF_DIMENSION, (), rated=rated)
        for position, question in enumerate(dimension.questions):
            yield from _check_question(question, document, ("questions", position), rated=rated)
    for case, document in zip(source.rubric.cases, source.cases, strict=True):
        yield from _check_case(case, document, rated=rated)


def _check(
    part: Model, document: Document, place: Place, needed: tuple[str, ...], allowed: tuple[str, ...], *, rated: bool
) -> Iterator[Problem]:
    """With levels each field of `needed` is given; without, neither they nor those of `allowed`."""
    for name in needed:
        if rated and name not in part.model_fields_set:
            yield document.problem(place, "missing", f"`{spell((*place, name))}` is missing")
    for name in (*needed, *allowed):
        if not rated and name in part.model_fields_set:
            yield document.problem((*place, name), "needs_levels", _left_out(name))


def _left_out(name: str) -> str:
    return f"a rubric without `levels` has no `{name}`: add levels to rubric.yaml, or leave it out"


def _check_question(question: Question, document: Document, place: Place, *, rated: bool) -> Iterator[Problem]:
    yield from _check(question, document, place, ("weight",), (), rated=rated)
    for position, gap in enumerate(question.published_gaps):
        yield from _check_gap(gap, document, (*place, "published_gaps", position), rated=rated)
    for position, benchmark in enumerate(question.benchmarks):
        for number, group in enumerate(benchmark.groups):
            if bool(group.levels) != rated:
                name, wanted = ("options", "levels") if rated else ("levels", "options")
                where: Place = (*place, "benchmarks", position, "groups", number, name)
                kind = "with" if rated else "without"
                detail = f"in a rubric {kind} `levels` a group names `{wanted}`, not `{name}`"
                yield document.problem(where, "unknown_key", detail)
    if rated:
        return
    for position, option in enumerate(question.options):
        yield from _check(option, document, (*place, "options", position), (), ("level", "points"), rated=rated)
    if question.wording is None:
        detail = (
            "a rubric without `levels` repeats a study's questions, so `wording` says how much of the study's words "
            "is known: published, reported or unknown"
        )
        yield document.problem(place, "missing", detail)
    if not question.benchmarks and question.known is None:
        detail = "without a benchmark the question says in `known` what is known instead"
        yield document.problem(place, "missing", detail)


def _check_gap(gap: PublishedGap, document: Document, place: Place, *, rated: bool) -> Iterator[Problem]:
    if bool(gap.options) == rated:
        name, wanted = ("options", "level") if rated else ("level", "options")
        kind = "with" if rated else "without"
        detail = f"in a rubric {kind} `levels` a published gap names `{wanted}`, not `{name}`"
        yield document.problem((*place, name), "unknown_key", detail)


def _check_case(case: Case, document: Document, *, rated: bool) -> Iterator[Problem]:
    yield from _check(case.expect, document, ("expect",), _OF_EXPECTATION, _ONLY_RATING, rated=rated)
    if rated:
        return
    if case.target_level is not None:
        yield document.problem(("target_level",), "needs_levels", _left_out("target_level"))
    if "position" not in case.expect.model_fields_set:
        detail = "`expect.position` is missing: the mean over the questions with a position, or null"
        yield document.problem(("expect",), "missing", detail)
