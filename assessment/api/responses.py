"""Handlers of responses that keys give: create, list, read, save as a draft, submit."""

from __future__ import annotations

from litestar import patch, post, route
from msgspec import UnsetType

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.assessment_views import PRIVATE, respondent_in, respondent_of
from assessment.api.body import decode, decode_nothing, read_body, read_json
from assessment.api.idempotency import Answering, once
from assessment.api.operation import ETAG, LOCATION, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.precondition import require_match
from assessment.api.query import NoQuery, in_query, read_query
from assessment.api.reply import Headers, Reply, encode, etag_of, tagged
from assessment.api.shape import fit
from assessment.api.wire import responses as wire
from assessment.api.wire.assessments import Nothing
from assessment.errors import (
    AssessmentCompleted,
    InvalidAnswers,
    InvitedResponse,
    LimitReached,
    ResourceNotFound,
    ResponseSubmitted,
    RubricNotFound,
)
from assessment.service import ids
from assessment.service import responses as service
from assessment.service.drafts import DraftChange
from assessment.service.receipts import About, Receipt

_CHANGE_PROBLEMS = (ResourceNotFound, InvitedResponse, AssessmentCompleted, ResponseSubmitted, RubricNotFound)


@post(
    "/v1/assessments/{assessment_id:str}/responses",
    opt=described(
        Op(
            id="create_response",
            scope="assessments:write",
            publishable=True,
            summary="Begin or give a response",
            description="One person's answers to an open assessment: a draft, unless `submit`. An assessment takes "
            "500 of them.",
            tag="Responses",
            body=wire.NewResponseRequest,
            answers={201: Answer(wire.ResponseDetails, "The response.", (LOCATION, ETAG))},
            problems=(ResourceNotFound, AssessmentCompleted, LimitReached, InvalidAnswers, RubricNotFound),
        )
    ),
)
async def create_response(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request)

    async def work(receipt: Receipt | None) -> Reply:
        asked = fit(decode(body), wire.NewResponseRequest)
        given = DraftChange(asked.answers, asked.function, respondent_in(asked.respondent))
        answering = Answering(receipt, _created, _about)
        await service.create(
            services_of(request),
            principal,
            named_in_path(request, "assessment_id"),
            given,
            submit=asked.submit,
            keep=answering.keep,
        )
        return answering.reply

    return await once(request, principal, body, work)


@route(
    "/v1/assessments/{assessment_id:str}/responses",
    http_method=READ,
    opt=described(
        Op(
            id="list_responses",
            scope="assessments:read",
            summary="List the responses of an assessment",
            description="Oldest first, each with what it answers, as far as that is shown.",
            tag="Responses",
            answers={200: Answer(wire.ResponsePage, "A page of responses.")},
            query=wire.ResponsesQuery,
            problems=(ResourceNotFound, RubricNotFound),
        )
    ),
)
async def list_responses(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.ResponsesQuery)
    with in_query():
        page = await service.list_page(
            services_of(request),
            principal,
            named_in_path(request, "assessment_id"),
            limit=query.limit,
            cursor=query.cursor,
        )
    data = [_response(view) for view in page.data]
    return Reply(200, encode(wire.ResponsePage(data, page.has_more, page.next_cursor)), PRIVATE)


@route(
    "/v1/assessments/{assessment_id:str}/responses/{response_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_response",
            scope="assessments:read",
            publishable=True,
            summary="Get a response",
            description="With what it answers. What an invited person answers is withheld, unless the assessment is "
            "`named` and every function has submitted or it is completed.",
            tag="Responses",
            answers={200: Answer(wire.ResponseDetails, "The response.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound, RubricNotFound),
        )
    ),
)
async def get_response(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    view = await service.get(
        services_of(request), principal, named_in_path(request, "assessment_id"), named_in_path(request, "response_id")
    )
    return tagged(request.scope, encode(_response(view)), headers=PRIVATE)


@patch(
    "/v1/assessments/{assessment_id:str}/responses/{response_id:str}",
    opt=described(
        Op(
            id="update_response",
            scope="assessments:write",
            publishable=True,
            summary="Save a draft",
            description="Answers are merged into those that are there, and null takes one out; other fields that are "
            "left out stay. The whole draft is examined. `If-Match` holds the ETag that the draft was read with.",
            tag="Responses",
            body=wire.ResponsePatch,
            answers={200: Answer(wire.ResponseDetails, "The draft as it is now.", (ETAG,))},
            problems=(*_CHANGE_PROBLEMS, InvalidAnswers),
            guarded=True,
        )
    ),
)
async def update_response(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    asked = fit(await read_json(request), wire.ResponsePatch)
    who = asked.respondent
    change = DraftChange(asked.answers, asked.function, who if isinstance(who, UnsetType) else respondent_in(who))
    expect = require_match(request, _etag)
    place = (named_in_path(request, "assessment_id"), named_in_path(request, "response_id"))
    return _tagged(200, await service.amend(services_of(request), principal, *place, change, expect))


@post(
    "/v1/assessments/{assessment_id:str}/responses/{response_id:str}/submit",
    status_code=200,
    opt=described(
        Op(
            id="submit_response",
            scope="assessments:write",
            publishable=True,
            summary="Submit a draft",
            description="It is scored when the assessment is completed, and does not change any more. Takes no body, "
            "or `{}`.",
            tag="Responses",
            body=Nothing,
            body_required=False,
            answers={200: Answer(wire.ResponseDetails, "The submitted response.", (ETAG,))},
            problems=_CHANGE_PROBLEMS,
        )
    ),
)
async def submit_response(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)

    async def work(receipt: Receipt | None) -> Reply:
        decode_nothing(body)
        answering = Answering(receipt, _submitted, _about)
        place = (named_in_path(request, "assessment_id"), named_in_path(request, "response_id"))
        await service.submit(services_of(request), principal, *place, answering.keep)
        return answering.reply

    return await once(request, principal, body, work)


def _response(view: service.ResponseDetails) -> wire.ResponseDetails:
    return wire.ResponseDetails(
        id=view.id,
        assessment=view.assessment,
        function=view.function,
        respondent=respondent_of(view.respondent),
        answers=view.answers,
        withheld=view.withheld,
        created_at=view.created_at,
        submitted_at=view.submitted_at,
    )


def _created(view: service.ResponseDetails) -> Reply:
    return _tagged(201, view, ((b"location", f"/v1/assessments/{view.assessment}/responses/{view.id}".encode()),))


def _submitted(view: service.ResponseDetails) -> Reply:
    return _tagged(200, view)


def _tagged(status: int, view: service.ResponseDetails, headers: Headers = ()) -> Reply:
    body = encode(_response(view))
    return Reply(status, body, (*headers, (b"etag", etag_of(body))))


def _etag(view: service.ResponseDetails) -> bytes:
    return etag_of(encode(_response(view)))


def _about(view: service.ResponseDetails) -> About:
    return About(ids.from_text("org", view.organisation))


HANDLERS = (create_response, list_responses, get_response, update_response, submit_response)
