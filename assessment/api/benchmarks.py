"""Handlers of benchmarks: a rubric's cohorts beside its studies, and an assessment's place in a cohort."""

from __future__ import annotations

import msgspec
from litestar import route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.describe import describe_benchmark
from assessment.api.operation import ETAG, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import read_query
from assessment.api.reply import Reply, encode, tagged
from assessment.api.wire import benchmarks as wire
from assessment.errors import AssessmentOpen, DamagedResult, EditionNotFound, ResourceNotFound, RubricNotFound
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.release import Figures, Place
from assessment.scoring.result import BenchmarkPosition
from assessment.service import benchmarks as service

NOTE = (
    "Counted are organisations that agreed to it, each with the assessment that it completed last, in live mode only. "
    "Who takes part decides for itself, so this is no random sample, and the figures are as old as the edition that "
    "counted them. Scores are counted in steps of 5 points; quantiles are type 7 of Hyndman and Fan, rounded to "
    "2.5 points. The studies' figures are shares of respondents on single questions: they place an answer, and never "
    "the overall score."
)
WORDS = {
    "lower": "Below the interval of the cohort's median.",
    "middle": "Within the interval of the cohort's median: it cannot be told from the middle.",
    "higher": "Above the interval of the cohort's median.",
}

_PRIVATE = ((b"cache-control", b"private, no-cache"),)
_REVALIDATE = ((b"cache-control", b"no-cache"),)


@route(
    "/v1/benchmarks/{rubric:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_benchmarks",
            scope="catalogue:read",
            publishable=True,
            summary="Get the benchmarks of a rubric",
            description="What the current edition, or the one with a number, says of every declared cohort of "
            "organisations, and beside it what studies published on the rubric's questions. Editions are frozen. A "
            "cohort is released from 10 organisations on, and again only when 5 of its members have changed. Until "
            "there is an edition the studies' figures stand alone.",
            tag="Benchmarks",
            answers={200: Answer(wire.Benchmarks, "The benchmarks.", (ETAG,)), 304: NOT_MODIFIED},
            query=wire.BenchmarksQuery,
            problems=(RubricNotFound, EditionNotFound),
        )
    ),
)
async def get_benchmarks(request: AnyRequest) -> Reply:
    await admit(request)
    query = read_query(request.scope["query_string"], wire.BenchmarksQuery)
    view = await service.read(services_of(request), named_in_path(request, "rubric"), query.edition)
    return tagged(request.scope, encode(benchmarks_of(view)), headers=_REVALIDATE)


@route(
    "/v1/assessments/{assessment_id:str}/benchmark",
    http_method=READ,
    opt=described(
        Op(
            id="get_assessment_benchmark",
            scope="assessments:read",
            publishable=True,
            summary="Get the place of an assessment in a cohort",
            description="Computed from the frozen figures of an edition and the assessment's own scores, nothing "
            "else: in words from 10 organisations on, as a percentile with its interval from 20 on.",
            tag="Benchmarks",
            answers={200: Answer(wire.AssessmentBenchmark, "The place.", (ETAG,)), 304: NOT_MODIFIED},
            query=wire.StandingQuery,
            problems=(ResourceNotFound, AssessmentOpen, EditionNotFound, DamagedResult),
        )
    ),
)
async def get_assessment_benchmark(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.StandingQuery)
    named = named_in_path(request, "assessment_id")
    view = await service.stand(services_of(request), principal, named, query.cohort, query.edition)
    return tagged(request.scope, encode(_standing(view)), headers=_PRIVATE)


def benchmarks_of(view: service.BenchmarksView) -> wire.Benchmarks:
    """The use case's view in its wire shape."""
    titles = {dimension.id: dimension.title for dimension in view.rubric.dimensions}
    return wire.Benchmarks(
        rubric=view.rubric.used,
        edition=_edition(view.edition),
        note=NOTE,
        cohorts=[_cohort(cohort, titles) for cohort in view.cohorts],
        studies=_studies(view.rubric),
    )


def _studies(rubric: CompiledRubric) -> list[wire.StudiedQuestion]:
    return [
        wire.StudiedQuestion(
            question.id,
            question.dimension_id,
            question.title,
            [describe_benchmark(benchmark) for benchmark in question.benchmarks],
        )
        for question in rubric.questions
        if question.benchmarks
    ]


def _standing(view: service.StandingView) -> wire.AssessmentBenchmark:
    titles = {one.dimension: one.title for one in view.dimensions if one.dimension is not None}
    return wire.AssessmentBenchmark(
        assessment=view.id,
        rubric=view.rubric,
        score=view.score.score,
        edition=_edition(view.edition),
        cohort=None if view.cohort is None else _cohort(view.cohort, titles),
        suppressed=view.reason is not None,
        reason=view.reason,
        place=_place(view.score.place),
        dimensions=[
            wire.DimensionPlace(titles_id, one.title, one.score, _place(one.place))
            for one in view.dimensions
            if (titles_id := one.dimension) is not None
        ],
        benchmark_position=msgspec.json.decode(view.benchmark_position, type=BenchmarkPosition | None),
    )


def _cohort(view: service.CohortView, titles: dict[str, str]) -> wire.CohortBenchmark:
    body = view.body
    return wire.CohortBenchmark(
        cut=view.cohort.cut,
        value=view.cohort.value,
        title=view.title,
        n=None if body.score is None else body.score.n,
        suppressed=body.score is None,
        reason=body.reason,
        released_in=_edition(view.released_in),
        score=None if body.score is None else _figures(body.score),
        dimensions=[
            wire.DimensionFigures(dimension, titles[dimension], _figures(figures))
            for dimension, figures in body.dimensions.items()
        ],
    )


def _figures(figures: Figures) -> wire.CohortFigures:
    return msgspec.convert(msgspec.to_builtins(figures), wire.CohortFigures)


def _place(place: Place | None) -> wire.PlaceInCohort | None:
    if place is None:
        return None
    return wire.PlaceInCohort(place.position, WORDS[place.position], place.percentile, place.interval)


def _edition(view: service.EditionView | None) -> wire.Edition | None:
    return None if view is None else wire.Edition(view.number, view.released_at)


HANDLERS = (get_benchmarks, get_assessment_benchmark)
