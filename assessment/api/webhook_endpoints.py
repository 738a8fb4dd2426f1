"""Handlers of webhook endpoints: create, list, read, change, delete."""

from __future__ import annotations

from typing import cast

import msgspec
from litestar import delete, patch, post, route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.assessment_views import PRIVATE
from assessment.api.body import decode, read_body, read_json
from assessment.api.idempotency import Answering, once
from assessment.api.operation import ETAG, LOCATION, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.precondition import require_match
from assessment.api.query import NoQuery, in_query, read_query
from assessment.api.reply import Headers, Reply, encode, etag_of, request_id, tagged
from assessment.api.shape import fit
from assessment.api.shown_once import NEVER_KEPT, ShownOnce
from assessment.api.wire import webhook_endpoints as wire
from assessment.errors import LimitReached, ResourceNotFound
from assessment.service import webhook_endpoints as service
from assessment.service.receipts import Receipt
from assessment.service.webhook_secrets import BITS, make_secret, write_secret
from assessment.service.webhook_views import EndpointFields, SecretShown, WebhookEndpointView


@post(
    "/v1/webhook_endpoints",
    opt=described(
        Op(
            id="create_webhook_endpoint",
            scope="webhooks:write",
            summary="Create a webhook endpoint",
            description="It is sent what happens from now on, of the types it lists, in the mode of the key. The "
            "secret that messages are signed with is in the answer, this once. There are 20 of a mode at most.",
            tag="Webhooks",
            body=wire.WebhookEndpointRequest,
            answers={201: Answer(wire.NewWebhookEndpoint, "The endpoint with its secret.", (LOCATION,))},
            problems=(LimitReached,),
        )
    ),
)
async def create_webhook_endpoint(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request)
    secret = ShownOnce(request, "secret", remake_secret, size=BITS)

    async def work(receipt: Receipt | None) -> Reply:
        asked = fit(decode(body), wire.WebhookEndpointRequest)
        answering = Answering(receipt, _created)
        await service.create(
            services_of(request),
            principal,
            EndpointFields(asked.url, asked.description, asked.events),
            allow_inside=_may_be_inside(request),
            bits=secret.bits,
            request_id=_id_of(request),
            keep=answering.keep,
        )
        return answering.reply

    return await once(request, principal, body, work, redact=secret.redact, restore=secret.restore)


@route(
    "/v1/webhook_endpoints",
    http_method=READ,
    opt=described(
        Op(
            id="list_webhook_endpoints",
            scope="webhooks:read",
            summary="List webhook endpoints",
            description="The partner's endpoints of this key's mode, newest first, without their secrets.",
            tag="Webhooks",
            answers={200: Answer(wire.WebhookEndpointPage, "A page of webhook endpoints.")},
            query=wire.WebhookEndpointsQuery,
        )
    ),
)
async def list_webhook_endpoints(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.WebhookEndpointsQuery)
    with in_query():
        page = await service.list_page(services_of(request), principal, limit=query.limit, cursor=query.cursor)
    data = [_endpoint(view) for view in page.data]
    return Reply(200, encode(wire.WebhookEndpointPage(data, page.has_more, page.next_cursor)), PRIVATE)


@route(
    "/v1/webhook_endpoints/{endpoint_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_webhook_endpoint",
            scope="webhooks:read",
            summary="Get a webhook endpoint",
            description="Where it is, what it is sent and whether it is enabled; never its secret.",
            tag="Webhooks",
            answers={200: Answer(wire.WebhookEndpoint, "The endpoint.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound,),
        )
    ),
)
async def get_webhook_endpoint(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    view = await service.get(services_of(request), principal, named_in_path(request, "endpoint_id"))
    return tagged(request.scope, encode(_endpoint(view)), headers=PRIVATE)


@patch(
    "/v1/webhook_endpoints/{endpoint_id:str}",
    opt=described(
        Op(
            id="update_webhook_endpoint",
            scope="webhooks:write",
            summary="Change a webhook endpoint",
            description="What is on its way already goes to the new address. Other events are sent from now on.",
            tag="Webhooks",
            body=wire.WebhookEndpointPatch,
            answers={200: Answer(wire.WebhookEndpoint, "The endpoint after the change.", (ETAG,))},
            problems=(ResourceNotFound,),
            guarded=True,
        )
    ),
)
async def update_webhook_endpoint(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    asked = fit(await read_json(request), wire.WebhookEndpointPatch)
    view = await service.amend(
        services_of(request),
        principal,
        named_in_path(request, "endpoint_id"),
        EndpointFields(asked.url, asked.description, asked.events),
        require_match(request, _etag),
        allow_inside=_may_be_inside(request),
        request_id=_id_of(request),
    )
    return endpoint_reply(view)


@delete(
    "/v1/webhook_endpoints/{endpoint_id:str}",
    status_code=200,  # the Reply says 204; Litestar refuses to return anything under its own 204
    opt=described(
        Op(
            id="delete_webhook_endpoint",
            scope="webhooks:write",
            summary="Delete a webhook endpoint",
            description="With its secrets, and with what is on its way to it. The events stay.",
            tag="Webhooks",
            answers={204: Answer(None, "It is gone.")},
            problems=(ResourceNotFound,),
            guarded=True,
        )
    ),
)
async def delete_webhook_endpoint(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    named = named_in_path(request, "endpoint_id")
    await service.delete(services_of(request), principal, named, require_match(request, _etag), _id_of(request))
    return Reply(204)


def _may_be_inside(request: AnyRequest) -> bool:
    return cast("bool", request.scope["litestar_app"].state["webhooks_inside"])


def _id_of(request: AnyRequest) -> str:
    return request_id(request.scope).decode()


def remake_secret(_: str, bits: int) -> str:
    return write_secret(make_secret(bits))


def _created(created: SecretShown) -> Reply:
    return secret_reply(created, ((b"location", f"/v1/webhook_endpoints/{created.view.id}".encode()),))


def secret_reply(shown: SecretShown, headers: Headers = ()) -> Reply:
    fields = msgspec.structs.asdict(shown.view)
    return Reply(201, encode(wire.NewWebhookEndpoint(**fields, secret=shown.secret)), (*headers, *NEVER_KEPT))


def endpoint_reply(view: WebhookEndpointView) -> Reply:
    body = encode(_endpoint(view))
    return Reply(200, body, ((b"etag", etag_of(body)), *PRIVATE))


def _etag(view: WebhookEndpointView) -> bytes:
    return etag_of(encode(_endpoint(view)))


def _endpoint(view: WebhookEndpointView) -> wire.WebhookEndpoint:
    """The use case's view in its wire shape."""
    return wire.WebhookEndpoint(**msgspec.structs.asdict(view))


HANDLERS = (
    create_webhook_endpoint,
    list_webhook_endpoints,
    get_webhook_endpoint,
    update_webhook_endpoint,
    delete_webhook_endpoint,
)
