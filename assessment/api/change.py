"""Handlers of change over time: an organisation's trend, and an assessment beside an earlier one."""

from __future__ import annotations

import msgspec
from litestar import route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.operation import ETAG, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import in_query, read_query
from assessment.api.reply import Reply, encode, tagged
from assessment.api.wire import change as wire
from assessment.errors import AssessmentOpen, DamagedResult, NothingBefore, ResourceNotFound, RubricNotFound
from assessment.service import change as service

_PRIVATE = ((b"cache-control", b"private, no-cache"),)


@route(
    "/v1/organisations/{organisation_id:str}/trend",
    http_method=READ,
    opt=described(
        Op(
            id="get_trend",
            scope="organisations:read",
            summary="Get the trend of an organisation",
            description="Its completed assessments with one rubric, what has changed from each to the next and since "
            "the first, whether that is more than chance, and how far it has come towards the level it aims at. "
            "Scores of different versions of a rubric are compared only where the later version says that they can be.",
            tag="Organisations",
            answers={200: Answer(wire.Trend, "The trend.", (ETAG,)), 304: NOT_MODIFIED},
            query=wire.TrendQuery,
            problems=(ResourceNotFound, RubricNotFound, DamagedResult),
        )
    ),
)
async def get_trend(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.TrendQuery)
    organisation = named_in_path(request, "organisation_id")
    with in_query():
        found = await service.trend(
            services_of(request), principal, organisation, rubric=query.rubric, limit=query.limit
        )
    return tagged(request.scope, encode(_trend(found)), headers=_PRIVATE)


@route(
    "/v1/assessments/{assessment_id:str}/change",
    http_method=READ,
    opt=described(
        Op(
            id="get_change",
            scope="assessments:read",
            summary="Compare an assessment with an earlier one",
            description="Overall and by dimension, with what of it is more than chance; the questions that moved; the "
            "recommendations that are done, still open and new; and how far the organisation has come since its "
            "baseline. Stored results stay as they are.",
            tag="Assessments",
            answers={200: Answer(wire.AssessmentChange, "The change.", (ETAG,)), 304: NOT_MODIFIED},
            query=wire.ChangeQuery,
            problems=(ResourceNotFound, AssessmentOpen, NothingBefore, DamagedResult),
        )
    ),
)
async def get_change(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.ChangeQuery)
    assessment = named_in_path(request, "assessment_id")
    with in_query():
        found = await service.change(services_of(request), principal, assessment, since=query.since)
    return tagged(request.scope, encode(_change(found)), headers=_PRIVATE)


def _trend(view: service.TrendView) -> wire.Trend:
    return wire.Trend(
        organisation=view.organisation,
        rubric=view.rubric,
        points=[_point(point) for point in view.points],
        has_more=view.has_more,
        changes=[_step(step) for step in view.changes],
        since_baseline=None if view.since_baseline is None else _step(view.since_baseline),
        progress=_progress(view.progress),
        meaning=wire.MEANING,
    )


def _change(view: service.ChangeView) -> wire.AssessmentChange:
    return wire.AssessmentChange(
        organisation=view.organisation,
        since=_point(view.since),
        assessment=_point(view.assessment),
        change=view.change,
        questions=view.questions,
        recommendations=view.recommendations,
        progress=_progress(view.progress),
        meaning=wire.MEANING,
    )


def _point(point: service.Point) -> wire.TrendPoint:
    dimensions = [wire.PointDimension(one.id, one.title, one.score) for one in point.dimensions]
    return wire.TrendPoint(point.assessment, point.rubric, point.completed_at, point.score, point.level, dimensions)


def _step(step: service.Step) -> wire.TrendStep:
    return wire.TrendStep(step.since, step.assessment, step.change)


def _progress(progress: service.Progress | None) -> wire.Progress | None:
    return None if progress is None else wire.Progress(*msgspec.structs.astuple(progress))


HANDLERS = (get_trend, get_change)
