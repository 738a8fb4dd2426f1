"""Handlers of assessments: create, list, read, complete, delete."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from litestar import delete, post, route

from assessment.api.answers import fit_with_answers
from assessment.api.body import read_json, read_nothing
from assessment.api.operation import ETAG, LOCATION, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import NoQuery, read_query
from assessment.api.refusals import InvalidQuery
from assessment.api.reply import Reply, encode, etag_of, tagged
from assessment.api.session import AnyRequest, secret_key, services_of
from assessment.api.wire import assessments as wire
from assessment.errors import (
    AssessmentCompleted,
    AssessmentOpen,
    DamagedResult,
    InvalidAnswers,
    InvalidInput,
    Problem,
    ResourceNotFound,
    RubricNotFound,
)
from assessment.scoring.result import Result
from assessment.service import assessments as service
from assessment.service import views

_NULL = msgspec.Raw(b"null")
_PRIVATE = ((b"cache-control", b"private, no-cache"),)


@post(
    "/v1/assessments",
    opt=described(
        Op(
            id="create_assessment",
            summary="Create an assessment",
            description="With `responses` and `complete: true` the answers are scored, kept, and the result is in "
            "the answer: the whole job in one call.",
            tag="Assessments",
            body=wire.AssessmentRequest,
            answers={201: Answer(wire.Assessment, "The assessment.", (LOCATION, ETAG))},
            problems=(RubricNotFound, InvalidAnswers),
        )
    ),
)
async def create_assessment(request: AnyRequest) -> Reply:
    principal = await secret_key(request)
    read_query(request.scope["query_string"], NoQuery)
    services = services_of(request)
    asked = fit_with_answers(await read_json(request), wire.AssessmentRequest, services.rubrics)
    view = await service.create(services, principal, _new(asked))
    body = encode(_assessment(view))
    location = f"/v1/assessments/{view.id}".encode()
    return Reply(201, body, ((b"location", location), (b"etag", etag_of(body))))


@route(
    "/v1/assessments",
    http_method=READ,
    opt=described(
        Op(
            id="list_assessments",
            summary="List assessments",
            description="The partner's assessments, newest first, without their results.",
            tag="Assessments",
            answers={200: Answer(wire.AssessmentPage, "A page of assessments.")},
            query=wire.AssessmentsQuery,
        )
    ),
)
async def list_assessments(request: AnyRequest) -> Reply:
    principal = await secret_key(request)
    query = read_query(request.scope["query_string"], wire.AssessmentsQuery)
    filters = service.AssessmentFilters(
        organisation=query.organisation,
        external_id=query.external_id,
        rubric=query.rubric,
        status=query.status,
        created_after=_utc(query.created_after),
        created_before=_utc(query.created_before),
    )
    try:
        page = await service.list_page(
            services_of(request), principal, limit=query.limit, cursor=query.cursor, filters=filters
        )
    except InvalidInput as error:
        # The use case knows fields, not that they stood in a query.
        errors = [Problem("/query" + problem.pointer, problem.code, problem.detail) for problem in error.errors]
        raise InvalidQuery(error.detail, errors=errors) from None
    data = [_assessment(view) for view in page.data]
    return Reply(200, encode(wire.AssessmentPage(data, page.has_more, page.next_cursor)), _PRIVATE)


@route(
    "/v1/assessments/{assessment_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_assessment",
            summary="Get an assessment",
            description="With its result, once it is completed.",
            tag="Assessments",
            answers={200: Answer(wire.Assessment, "The assessment.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound, DamagedResult),
        )
    ),
)
async def get_assessment(request: AnyRequest) -> Reply:
    principal = await secret_key(request)
    read_query(request.scope["query_string"], NoQuery)
    return _reply(request, await service.get(services_of(request), principal, _named(request)))


@delete(
    "/v1/assessments/{assessment_id:str}",
    status_code=200,  # the Reply says 204; Litestar refuses to return anything under its own 204
    opt=described(
        Op(
            id="delete_assessment",
            summary="Delete an assessment",
            description="With its responses and its result. The organisation stays.",
            tag="Assessments",
            answers={204: Answer(None, "It is gone.")},
            problems=(ResourceNotFound,),
        )
    ),
)
async def delete_assessment(request: AnyRequest) -> Reply:
    principal = await secret_key(request)
    read_query(request.scope["query_string"], NoQuery)
    await service.delete(services_of(request), principal, _named(request))
    return Reply(204)


@post(
    "/v1/assessments/{assessment_id:str}/complete",
    status_code=200,
    opt=described(
        Op(
            id="complete_assessment",
            summary="Complete an assessment",
            description="Scores the submitted responses and closes the assessment. Takes no body, or `{}`.",
            tag="Assessments",
            body=wire.Nothing,
            body_required=False,
            answers={200: Answer(wire.Assessment, "The assessment with its result.", (ETAG,))},
            problems=(ResourceNotFound, AssessmentCompleted, InvalidAnswers),
        )
    ),
)
async def complete_assessment(request: AnyRequest) -> Reply:
    principal = await secret_key(request)
    read_query(request.scope["query_string"], NoQuery)
    await read_nothing(request)
    view = await service.complete(services_of(request), principal, _named(request))
    body = encode(_assessment(view))
    return Reply(200, body, ((b"etag", etag_of(body)),))


@route(
    "/v1/assessments/{assessment_id:str}/result",
    http_method=READ,
    opt=described(
        Op(
            id="get_result",
            summary="Get the result of an assessment",
            description="The stored result, byte for byte what it was when the assessment was completed.",
            tag="Assessments",
            answers={200: Answer(Result, "The result.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound, AssessmentOpen, DamagedResult),
        )
    ),
)
async def get_result(request: AnyRequest) -> Reply:
    principal = await secret_key(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await service.result(services_of(request), principal, _named(request))
    return tagged(request.scope, body, headers=_PRIVATE)


def _named(request: AnyRequest) -> str:
    named: str = request.scope["path_params"]["assessment_id"]
    return named


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        detail = "The time is outside the years 1 to 9999 in UTC."
        raise InvalidQuery(detail, errors=[Problem("/query", "invalid_parameter", detail)]) from None


def _new(asked: wire.AssessmentRequest) -> views.NewAssessment:
    """The wire request as the use case takes it."""
    given = asked.organisation
    return views.NewAssessment(
        rubric=asked.rubric,
        organisation=views.OrganisationIn(
            given.name, given.external_id, given.domain, given.industry, given.size, given.region
        ),
        confidentiality=asked.confidentiality,
        functions=asked.functions,
        responses=[_response(response) for response in asked.responses or ()],
        complete=asked.complete,
        target_level=asked.target_level,
        contribute_to_benchmark=asked.contribute_to_benchmark,
        metadata=asked.metadata,
    )


def _response(given: wire.ResponseRequest) -> views.ResponseIn:
    who = given.respondent
    respondent = None if who is None else views.Respondent(who.reference, who.seniority)
    return views.ResponseIn(given.answers, given.function, respondent, given.submit)


def _assessment(view: views.AssessmentView) -> wire.Assessment:
    """The use case's view in its wire shape."""
    of = view.organisation
    return wire.Assessment(
        id=view.id,
        rubric=view.rubric,
        organisation=wire.Organisation(of.id, of.name, of.external_id, of.domain, of.industry, of.size, of.region),
        status=view.status,
        confidentiality=view.confidentiality,
        functions=view.functions,
        target_level=view.target_level,
        contribute_to_benchmark=view.contribute_to_benchmark,
        metadata=view.metadata,
        responses=[_seen(response) for response in view.responses],
        created_at=view.created_at,
        completed_at=view.completed_at,
        result=_NULL if view.result is None else view.result,
    )


def _seen(response: views.ResponseView) -> wire.Response:
    who = response.respondent
    respondent = None if who is None else wire.Respondent(who.reference, who.seniority)
    return wire.Response(response.id, response.function, respondent, response.submitted_at)


def _reply(request: AnyRequest, view: views.AssessmentView) -> Reply:
    return tagged(request.scope, encode(_assessment(view)), headers=_PRIVATE)


HANDLERS = (
    create_assessment,
    list_assessments,
    get_assessment,
    delete_assessment,
    complete_assessment,
    get_result,
)
