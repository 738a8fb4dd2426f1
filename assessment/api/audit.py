"""Handler of the audit log."""

from __future__ import annotations

import msgspec
from litestar import route

from assessment.api.admission import AnyRequest, admit, services_of
from assessment.api.operation import READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import in_query, read_query, utc
from assessment.api.reply import Reply, encode
from assessment.api.wire import audit as wire
from assessment.service import audit as service

_PRIVATE = ((b"cache-control", b"private, no-cache"),)


@route(
    "/v1/audit_events",
    http_method=READ,
    opt=described(
        Op(
            id="list_audit_events",
            summary="List the audit log",
            description="What was done with the privileges of the partner, newest first: keys made and revoked, data "
            "exported, deleted and erased. Entries outlive what they speak of, and hold ids and figures only.",
            tag="Account",
            answers={200: Answer(wire.AuditEventPage, "A page of the log.")},
            query=wire.AuditEventsQuery,
        )
    ),
)
async def list_audit_events(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.AuditEventsQuery)
    filters = service.AuditFilters(
        action=query.action,
        target=query.target,
        created_after=utc(query.created_after),
        created_before=utc(query.created_before),
    )
    with in_query():
        page = await service.list_page(
            services_of(request), principal, limit=query.limit, cursor=query.cursor, filters=filters
        )
    data = [event_of(event) for event in page.data]
    return Reply(200, encode(wire.AuditEventPage(data, page.has_more, page.next_cursor)), _PRIVATE)


def event_of(event: service.AuditEvent) -> wire.AuditEvent:
    """The use case's event in its wire shape."""
    return wire.AuditEvent(*msgspec.structs.astuple(event))


HANDLERS = (list_audit_events,)
