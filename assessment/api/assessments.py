"""Handlers of assessments: create, list, read, change, complete, delete."""

from __future__ import annotations

from functools import partial

import msgspec
from litestar import delete, patch, post, route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.answers import read_with_answers
from assessment.api.assessment_views import PRIVATE, assessment_of, new_assessment
from assessment.api.body import decode_nothing, read_body, read_json
from assessment.api.idempotency import Answering, once
from assessment.api.operation import ETAG, LOCATION, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.precondition import require_match
from assessment.api.query import NoQuery, in_query, read_query, utc
from assessment.api.reply import Headers, Reply, encode, etag_of, request_id, tagged
from assessment.api.shape import fit
from assessment.api.shown_once import ShownOnce
from assessment.api.wire import assessments as wire
from assessment.errors import (
    AssessmentCompleted,
    AssessmentOpen,
    DamagedResult,
    InvalidAnswers,
    ResourceNotFound,
    ResponsesGiven,
    RubricNotFound,
)
from assessment.scoring.result import Result
from assessment.service import assessments as service
from assessment.service import ids, views
from assessment.service.client_tokens import make_token, with_token
from assessment.service.receipts import About, Receipt


@post(
    "/v1/assessments",
    opt=described(
        Op(
            id="create_assessment",
            scope="assessments:write",
            publishable=True,
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
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    services = services_of(request)
    body = await read_body(request)
    # A server needs no token: its key reads everything of its partner.
    secret = ShownOnce(request, "client_token", _remake) if principal.kind == "publishable" else None

    async def work(receipt: Receipt | None) -> Reply:
        asked = read_with_answers(body, wire.AssessmentRequest, services.rubrics)
        token = None if secret is None else make_token(secret.bits)
        answering = Answering(receipt, partial(_created, token=token), _about)
        keep = answering.keep if token is None else with_token(principal, token, answering.keep)
        await service.create(services, principal, new_assessment(asked), keep)
        return answering.reply

    if secret is None:
        return await once(request, principal, body, work)
    return await once(request, principal, body, work, redact=secret.redact, restore=secret.restore)


@route(
    "/v1/assessments",
    http_method=READ,
    opt=described(
        Op(
            id="list_assessments",
            scope="assessments:read",
            summary="List assessments",
            description="The partner's assessments, newest first, without their results.",
            tag="Assessments",
            answers={200: Answer(wire.AssessmentPage, "A page of assessments.")},
            query=wire.AssessmentsQuery,
        )
    ),
)
async def list_assessments(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.AssessmentsQuery)
    filters = service.AssessmentFilters(
        organisation=query.organisation,
        external_id=query.external_id,
        rubric=query.rubric,
        status=query.status,
        created_after=utc(query.created_after),
        created_before=utc(query.created_before),
    )
    with in_query():
        page = await service.list_page(
            services_of(request), principal, limit=query.limit, cursor=query.cursor, filters=filters
        )
    data = [assessment_of(view) for view in page.data]
    return Reply(200, encode(wire.AssessmentPage(data, page.has_more, page.next_cursor)), PRIVATE)


@route(
    "/v1/assessments/{assessment_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_assessment",
            scope="assessments:read",
            publishable=True,
            summary="Get an assessment",
            description="With its result, once it is completed.",
            tag="Assessments",
            answers={200: Answer(wire.Assessment, "The assessment.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound, DamagedResult),
        )
    ),
)
async def get_assessment(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    return _reply(request, await service.get(services_of(request), principal, named_in_path(request, "assessment_id")))


@patch(
    "/v1/assessments/{assessment_id:str}",
    opt=described(
        Op(
            id="update_assessment",
            scope="assessments:write",
            summary="Change an assessment",
            description="Fields that are left out stay. A completed assessment takes `contribute_to_benchmark` and "
            "`metadata` alone. `If-Match` holds the ETag that the assessment was read with, so that nobody's change "
            "is overwritten unseen.",
            tag="Assessments",
            body=wire.AssessmentPatch,
            answers={200: Answer(wire.Assessment, "The assessment as it is now.", (ETAG,))},
            problems=(ResourceNotFound, AssessmentCompleted, ResponsesGiven, RubricNotFound, DamagedResult),
            guarded=True,
        )
    ),
)
async def update_assessment(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    asked = fit(await read_json(request), wire.AssessmentPatch)
    amendment = service.Amendment(**msgspec.structs.asdict(asked))
    expect = require_match(request, _etag)
    return _tagged(
        200,
        await service.amend(
            services_of(request), principal, named_in_path(request, "assessment_id"), amendment, expect
        ),
    )


@delete(
    "/v1/assessments/{assessment_id:str}",
    status_code=200,  # the Reply says 204; Litestar refuses to return anything under its own 204
    opt=described(
        Op(
            id="delete_assessment",
            scope="assessments:write",
            summary="Delete an assessment",
            description="With its responses and its result. The organisation stays.",
            tag="Assessments",
            answers={204: Answer(None, "It is gone.")},
            problems=(ResourceNotFound, DamagedResult),
            guarded=True,
        )
    ),
)
async def delete_assessment(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    named = request_id(request.scope).decode()
    await service.delete(
        services_of(request), principal, named_in_path(request, "assessment_id"), require_match(request, _etag), named
    )
    return Reply(204)


@post(
    "/v1/assessments/{assessment_id:str}/complete",
    status_code=200,
    opt=described(
        Op(
            id="complete_assessment",
            scope="assessments:write",
            summary="Complete an assessment",
            description="Scores the submitted responses and closes the assessment: drafts are left out, and nobody can "
            "respond any more. Takes no body, or `{}`.",
            tag="Assessments",
            body=wire.Nothing,
            body_required=False,
            answers={200: Answer(wire.Assessment, "The assessment with its result.", (ETAG,))},
            problems=(ResourceNotFound, AssessmentCompleted, InvalidAnswers),
        )
    ),
)
async def complete_assessment(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)

    async def work(receipt: Receipt | None) -> Reply:
        decode_nothing(body)
        answering = Answering(receipt, _completed, _about)
        await service.complete(services_of(request), principal, named_in_path(request, "assessment_id"), answering.keep)
        return answering.reply

    return await once(request, principal, body, work)


@route(
    "/v1/assessments/{assessment_id:str}/result",
    http_method=READ,
    opt=described(
        Op(
            id="get_result",
            scope="assessments:read",
            publishable=True,
            summary="Get the result of an assessment",
            description="The stored result, byte for byte what it was when the assessment was completed.",
            tag="Assessments",
            answers={200: Answer(Result, "The result.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound, AssessmentOpen, DamagedResult),
        )
    ),
)
async def get_result(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await service.result(services_of(request), principal, named_in_path(request, "assessment_id"))
    return tagged(request.scope, body, headers=PRIVATE)


def _reply(request: AnyRequest, view: views.AssessmentView) -> Reply:
    return tagged(request.scope, encode(assessment_of(view)), headers=PRIVATE)


def _created(view: views.AssessmentView, token: str | None) -> Reply:
    reply = _tagged(201, view, ((b"location", f"/v1/assessments/{view.id}".encode()),))
    if token is not None:
        # The ETag stays that of the assessment, which is read without its token.
        reply.body = encode(assessment_of(view, token))
    return reply


def _remake(_: str, bits: int) -> str:
    return make_token(bits)


def _completed(view: views.AssessmentView) -> Reply:
    return _tagged(200, view)


def _tagged(status: int, view: views.AssessmentView, headers: Headers = ()) -> Reply:
    body = encode(assessment_of(view))
    return Reply(status, body, (*headers, (b"etag", etag_of(body))))


def _etag(view: views.AssessmentView) -> bytes:
    return etag_of(encode(assessment_of(view)))


def _about(view: views.AssessmentView) -> About:
    return About(ids.from_text("org", view.organisation.id), view.rubric.digest)


HANDLERS = (
    create_assessment,
    list_assessments,
    get_assessment,
    update_assessment,
    delete_assessment,
    complete_assessment,
    get_result,
)
