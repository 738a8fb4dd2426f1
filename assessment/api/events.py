"""Handlers of events: list, read, send again."""

from __future__ import annotations

import msgspec
from litestar import post, route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.assessment_views import PRIVATE
from assessment.api.body import decode, read_body
from assessment.api.idempotency import Answering, once
from assessment.api.operation import ETAG, LOCATION, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import NoQuery, in_query, read_query, utc
from assessment.api.reply import Reply, encode, tagged
from assessment.api.shape import fit
from assessment.api.wire import events as wire
from assessment.errors import EndpointDisabled, NeverSent, ResourceNotFound
from assessment.service import events as service
from assessment.service import ids
from assessment.service.receipts import About, Receipt


@route(
    "/v1/events",
    http_method=READ,
    opt=described(
        Op(
            id="list_events",
            scope="webhooks:read",
            summary="List events",
            description="What happened in the last 30 days, newest first, and which webhook endpoints were told. With "
            "`status=dead`: what did not arrive, and is not tried any more.",
            tag="Webhooks",
            answers={200: Answer(wire.EventPage, "A page of events.")},
            query=wire.EventsQuery,
        )
    ),
)
async def list_events(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.EventsQuery)
    filters = service.EventFilters(
        type=query.type,
        status=query.status,
        endpoint=query.endpoint,
        created_after=utc(query.created_after),
        created_before=utc(query.created_before),
    )
    with in_query():
        page = await service.list_page(
            services_of(request), principal, limit=query.limit, cursor=query.cursor, filters=filters
        )
    data = [_event(view) for view in page.data]
    return Reply(200, encode(wire.EventPage(data, page.has_more, page.next_cursor)), PRIVATE)


@route(
    "/v1/events/{event_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_event",
            scope="webhooks:read",
            summary="Get an event",
            description="What happened, and how far it is on its way to each webhook endpoint.",
            tag="Webhooks",
            answers={200: Answer(wire.Event, "The event.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound,),
        )
    ),
)
async def get_event(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    view = await service.get(services_of(request), principal, named_in_path(request, "event_id"))
    return tagged(request.scope, encode(_event(view)), headers=PRIVATE)


@post(
    "/v1/events/{event_id:str}/resend",
    status_code=202,
    opt=described(
        Op(
            id="resend_event",
            scope="webhooks:write",
            summary="Send an event again",
            description="To every enabled webhook endpoint that it was sent to, or to one of them, with as many "
            "attempts as a new one and the same `webhook-id`. Takes no body, or one.",
            tag="Webhooks",
            body=wire.ResendRequest,
            body_required=False,
            answers={202: Answer(wire.Event, "The event, on its way.", (LOCATION,))},
            problems=(ResourceNotFound, EndpointDisabled, NeverSent),
        )
    ),
)
async def resend_event(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)

    async def work(receipt: Receipt | None) -> Reply:
        asked = fit(decode(body) if body else {}, wire.ResendRequest)
        answering = Answering(receipt, event_reply, _about)
        named = named_in_path(request, "event_id")
        await service.resend(services_of(request), principal, named, asked.endpoint, keep=answering.keep)
        return answering.reply

    return await once(request, principal, body, work)


def event_reply(view: service.EventView) -> Reply:
    """The answer with an event that is on its way."""
    return Reply(202, encode(_event(view)), ((b"location", f"/v1/events/{view.id}".encode()),))


def _event(view: service.EventView) -> wire.Event:
    """The use case's view in its wire shape."""
    deliveries = [wire.Delivery(*msgspec.structs.astuple(delivery)) for delivery in view.deliveries]
    return wire.Event(view.id, view.type, view.created_at, view.data, deliveries)


def _about(view: service.EventView) -> About:
    """An event of no organisation tells of none."""
    return About(ids.from_text("org", view.data.get("organisation", "")))


HANDLERS = (list_events, get_event, resend_event)
