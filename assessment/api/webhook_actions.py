"""Handlers of what is done with a webhook endpoint: rotate its secret, test, disable and enable it."""

from __future__ import annotations

from litestar import post

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.body import decode, decode_nothing, read_body
from assessment.api.events import event_reply
from assessment.api.idempotency import Answering, once
from assessment.api.operation import ETAG, LOCATION, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import NoQuery, read_query
from assessment.api.reply import Reply, request_id
from assessment.api.shape import fit
from assessment.api.shown_once import ShownOnce
from assessment.api.webhook_endpoints import endpoint_reply, remake_secret, secret_reply
from assessment.api.wire import webhook_endpoints as wire
from assessment.api.wire.assessments import Nothing
from assessment.api.wire.events import Event
from assessment.errors import EndpointDisabled, ResourceNotFound
from assessment.service import events
from assessment.service import webhook_endpoints as service
from assessment.service.receipts import Receipt
from assessment.service.webhook_secrets import BITS


@post(
    "/v1/webhook_endpoints/{endpoint_id:str}/rotate_secret",
    opt=described(
        Op(
            id="rotate_webhook_secret",
            scope="webhooks:write",
            summary="Rotate the secret of a webhook endpoint",
            description="Makes a new secret. Messages are signed with both until the overlap is over: a day, if "
            "nothing is said. A secret from before that signs no more. Takes no body, or one.",
            tag="Webhooks",
            body=wire.RotationRequest,
            body_required=False,
            answers={201: Answer(wire.NewWebhookEndpoint, "The endpoint with its new secret, this once.")},
            problems=(ResourceNotFound,),
        )
    ),
)
async def rotate_webhook_secret(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)
    secret = ShownOnce(request, "secret", remake_secret, size=BITS)

    async def work(receipt: Receipt | None) -> Reply:
        asked = fit(decode(body) if body else {}, wire.RotationRequest)
        answering = Answering(receipt, secret_reply)
        await service.rotate_secret(
            services_of(request),
            principal,
            named_in_path(request, "endpoint_id"),
            asked.overlap_seconds,
            bits=secret.bits,
            request_id=request_id(request.scope).decode(),
            keep=answering.keep,
        )
        return answering.reply

    return await once(request, principal, body, work, redact=secret.redact, restore=secret.restore)


@post(
    "/v1/webhook_endpoints/{endpoint_id:str}/test",
    status_code=202,
    opt=described(
        Op(
            id="test_webhook_endpoint",
            scope="webhooks:write",
            summary="Test a webhook endpoint",
            description="Sends it a `webhook_endpoint.test` event, whatever types it lists. Read the event to see what "
            "became of it. Takes no body, or `{}`.",
            tag="Webhooks",
            body=Nothing,
            body_required=False,
            answers={202: Answer(Event, "The event, on its way.", (LOCATION,))},
            problems=(ResourceNotFound, EndpointDisabled),
        )
    ),
)
async def test_webhook_endpoint(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)

    async def work(receipt: Receipt | None) -> Reply:
        decode_nothing(body)
        answering = Answering(receipt, event_reply)
        named = named_in_path(request, "endpoint_id")
        await events.send_test(services_of(request), principal, named, keep=answering.keep)
        return answering.reply

    return await once(request, principal, body, work)


@post(
    "/v1/webhook_endpoints/{endpoint_id:str}/disable",
    status_code=200,
    opt=described(
        Op(
            id="disable_webhook_endpoint",
            scope="webhooks:write",
            summary="Disable a webhook endpoint",
            description="It is sent nothing more. What is on its way waits until it is enabled; what happens meanwhile "
            "it is not sent. Disabling it again changes nothing. Takes no body, or `{}`.",
            tag="Webhooks",
            body=Nothing,
            body_required=False,
            answers={200: Answer(wire.WebhookEndpoint, "The disabled endpoint.", (ETAG,))},
            problems=(ResourceNotFound,),
        )
    ),
)
async def disable_webhook_endpoint(request: AnyRequest) -> Reply:
    return await _switch(request, service.disable)


@post(
    "/v1/webhook_endpoints/{endpoint_id:str}/enable",
    status_code=200,
    opt=described(
        Op(
            id="enable_webhook_endpoint",
            scope="webhooks:write",
            summary="Enable a webhook endpoint",
            description="It is sent what happens from now on, and what waited for it. Enabling it again changes "
            "nothing. Takes no body, or `{}`.",
            tag="Webhooks",
            body=Nothing,
            body_required=False,
            answers={200: Answer(wire.WebhookEndpoint, "The enabled endpoint.", (ETAG,))},
            problems=(ResourceNotFound,),
        )
    ),
)
async def enable_webhook_endpoint(request: AnyRequest) -> Reply:
    return await _switch(request, service.enable)


async def _switch(request: AnyRequest, switch: service.Switch) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)

    async def work(receipt: Receipt | None) -> Reply:
        decode_nothing(body)
        answering = Answering(receipt, endpoint_reply)
        named = named_in_path(request, "endpoint_id")
        asked = request_id(request.scope).decode()
        await switch(services_of(request), principal, named, request_id=asked, keep=answering.keep)
        return answering.reply

    return await once(request, principal, body, work)


HANDLERS = (rotate_webhook_secret, test_webhook_endpoint, disable_webhook_endpoint, enable_webhook_endpoint)
