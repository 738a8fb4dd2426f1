"""Handlers of organisations: list, read, export, erase."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import delete, get, route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.assessment_views import assessment_of
from assessment.api.audit import event_of
from assessment.api.invitations import invitation_of
from assessment.api.operation import ETAG, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.precondition import require_match
from assessment.api.query import NoQuery, in_query, read_query, utc
from assessment.api.reply import Reply, StreamReply, encode, etag_of, request_id, tagged
from assessment.api.share_links import share_link_of
from assessment.api.wire import organisations as wire
from assessment.errors import DamagedResult, ResourceNotFound, RubricNotFound
from assessment.service import exports
from assessment.service import organisations as service

_PRIVATE = ((b"cache-control", b"private, no-cache"),)


@route(
    "/v1/organisations",
    http_method=READ,
    opt=described(
        Op(
            id="list_organisations",
            scope="organisations:read",
            summary="List organisations",
            description="The organisations that the partner has assessed, newest first.",
            tag="Organisations",
            answers={200: Answer(wire.OrganisationPage, "A page of organisations.")},
            query=wire.OrganisationsQuery,
        )
    ),
)
async def list_organisations(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.OrganisationsQuery)
    filters = service.OrganisationFilters(
        external_id=query.external_id,
        name=query.name,
        created_after=utc(query.created_after),
        created_before=utc(query.created_before),
    )
    with in_query():
        page = await service.list_page(
            services_of(request), principal, limit=query.limit, cursor=query.cursor, filters=filters
        )
    data = [_details(one) for one in page.data]
    return Reply(200, encode(wire.OrganisationPage(data, page.has_more, page.next_cursor)), _PRIVATE)


@route(
    "/v1/organisations/{organisation_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_organisation",
            scope="organisations:read",
            summary="Get an organisation",
            description="What is known of it, and how many assessments there are of it.",
            tag="Organisations",
            answers={200: Answer(wire.OrganisationDetails, "The organisation.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound,),
        )
    ),
)
async def get_organisation(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    found = await service.get(services_of(request), principal, named_in_path(request, "organisation_id"))
    return tagged(request.scope, encode(_details(found)), headers=_PRIVATE)


@get(
    "/v1/organisations/{organisation_id:str}/export",
    opt=described(
        Op(
            id="export_organisation",
            scope="organisations:read",
            summary="Export everything about an organisation",
            description="All that is kept about it in one document: its assessments with their results, what every "
            "respondent answered, who was invited and how it was shared, that tokens and answers for repeated requests "
            "exist, what webhooks tell of it, and what the audit log says of it. Answers of invited people that no key "
            "is shown are left out and say so; the operator's own export has them. The export itself is noted in the "
            "audit log. It is sent as it is read; one that breaks off has no end.",
            tag="Organisations",
            answers={200: Answer(wire.OrganisationExport, "Everything.")},
            problems=(ResourceNotFound, RubricNotFound, DamagedResult),
        )
    ),
)
async def export_organisation(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    export = await exports.export(
        services_of(request),
        principal,
        named_in_path(request, "organisation_id"),
        request_id=request_id(request.scope).decode(),
    )
    return StreamReply(document_of(export), ((b"cache-control", b"no-store"),))


@delete(
    "/v1/organisations/{organisation_id:str}",
    status_code=200,  # the Reply says 204; Litestar refuses to return anything under its own 204
    opt=described(
        Op(
            id="erase_organisation",
            scope="organisations:write",
            summary="Erase an organisation",
            description="With every assessment of it, all responses, results, share links and client tokens, and what "
            "is kept for repeated requests and for webhooks. It cannot be taken back. The audit log keeps that it was "
            "done, by ids alone. "
            "`If-Match` holds the ETag that the organisation was read with, so that nothing is erased that came in "
            "unseen.",
            tag="Organisations",
            answers={204: Answer(None, "It is gone.")},
            problems=(ResourceNotFound,),
            guarded=True,
        )
    ),
)
async def erase_organisation(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    await service.erase(
        services_of(request),
        principal,
        named_in_path(request, "organisation_id"),
        expect=require_match(request, _etag),
        request_id=request_id(request.scope).decode(),
    )
    return Reply(204)


async def document_of(export: exports.Export) -> AsyncIterator[bytes]:
    """The JSON document of an export, a `wire.OrganisationExport`, in parts."""
    head = {"exported_at": export.exported_at, "organisation": _details(export.organisation)}
    yield encode(head)[:-1] + b',"assessments":['
    separator = b""
    async for one in export.assessments():
        yield separator + encode(_assessment(one))
        separator = b","
    tail: dict[str, Any] = {
        "idempotency_records": await export.idempotency_records(),
        "events": await export.events(),
        "audit_events": [event_of(event) for event in await export.audit_events()],
    }
    yield b"]," + encode(tail)[1:]


def _details(view: service.OrganisationDetails) -> wire.OrganisationDetails:
    return wire.OrganisationDetails(*msgspec.structs.astuple(view))


def _etag(view: service.OrganisationDetails) -> bytes:
    return etag_of(encode(_details(view)))


def _assessment(one: exports.ExportedAssessment) -> wire.ExportedAssessment:
    responses = [wire.ExportedResponse(*msgspec.structs.astuple(response)) for response in one.responses]
    invitations = [invitation_of(invitation) for invitation in one.invitations]
    links = [share_link_of(link) for link in one.share_links]
    return wire.ExportedAssessment(
        assessment_of(one.assessment), responses, invitations, links, one.client_token_expires_at
    )


HANDLERS = (list_organisations, get_organisation, export_organisation, erase_organisation)
