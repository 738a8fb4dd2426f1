"""Handlers of share links: create, list, revoke."""

from __future__ import annotations

from functools import partial

import msgspec
from litestar import delete, post, route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.assessment_views import PRIVATE
from assessment.api.body import decode, read_body
from assessment.api.idempotency import Answering, once
from assessment.api.operation import READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.public_address import public_address
from assessment.api.query import NoQuery, in_query, read_query
from assessment.api.reply import Reply, encode, request_id
from assessment.api.shape import fit
from assessment.api.shown_once import NEVER_KEPT, ShownOnce
from assessment.api.wire import share_links as wire
from assessment.errors import AssessmentOpen, LimitReached, ResourceNotFound, RubricNotFound
from assessment.service import ids
from assessment.service import share_links as service
from assessment.service.receipts import About, Receipt
from assessment.service.tokens import SHARE_LINK


@post(
    "/v1/assessments/{assessment_id:str}/share_links",
    opt=described(
        Op(
            id="create_share_link",
            scope="assessments:write",
            publishable=True,
            summary="Share the report of an assessment",
            description="Whoever has the `url` sees the report, as a page and as PDF, until the link expires or is "
            "revoked. Token and address are in the answer, this once.",
            tag="Assessments",
            body=wire.ShareLinkRequest,
            answers={201: Answer(wire.NewShareLink, "The link with what opens it.")},
            problems=(ResourceNotFound, AssessmentOpen, LimitReached, RubricNotFound),
        )
    ),
)
async def create_share_link(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request)
    secret = ShownOnce(request, "token", _remake, also=("url",))

    async def work(receipt: Receipt | None) -> Reply:
        asked = fit(decode(body), wire.ShareLinkRequest)
        answering = Answering(receipt, partial(_created, base=public_address(request)), _about)
        await service.create(
            services_of(request),
            principal,
            named_in_path(request, "assessment_id"),
            service.NewShareLink(asked.expires_in_days, asked.locale),
            bits=secret.bits,
            request_id=request_id(request.scope).decode(),
            keep=answering.keep,
        )
        return answering.reply

    return await once(request, principal, body, work, redact=secret.redact, restore=secret.restore)


@route(
    "/v1/assessments/{assessment_id:str}/share_links",
    http_method=READ,
    opt=described(
        Op(
            id="list_share_links",
            scope="assessments:read",
            summary="List the share links of an assessment",
            description="Oldest first, with how often each was used, without what opens them. Those that were revoked "
            "or have expired stay in the list.",
            tag="Assessments",
            answers={200: Answer(wire.ShareLinkPage, "A page of share links.")},
            query=wire.ShareLinksQuery,
            problems=(ResourceNotFound,),
        )
    ),
)
async def list_share_links(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.ShareLinksQuery)
    named = named_in_path(request, "assessment_id")
    with in_query():
        page = await service.list_page(services_of(request), principal, named, limit=query.limit, cursor=query.cursor)
    data = [share_link_of(view) for view in page.data]
    return Reply(200, encode(wire.ShareLinkPage(data, page.has_more, page.next_cursor)), PRIVATE)


@delete(
    "/v1/assessments/{assessment_id:str}/share_links/{link_id:str}",
    status_code=200,  # the Reply says 204; Litestar refuses to return anything under its own 204
    opt=described(
        Op(
            id="revoke_share_link",
            scope="assessments:write",
            summary="Revoke a share link",
            description="It shows nothing more, at once. Revoking it again changes nothing.",
            tag="Assessments",
            answers={204: Answer(None, "It is revoked.")},
            problems=(ResourceNotFound,),
        )
    ),
)
async def revoke_share_link(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    await service.revoke(
        services_of(request),
        principal,
        named_in_path(request, "assessment_id"),
        named_in_path(request, "link_id"),
        request_id(request.scope).decode(),
    )
    return Reply(204)


def share_link_of(view: service.ShareLinkView) -> wire.ShareLink:
    """The use case's view in its wire shape."""
    return wire.ShareLink(**msgspec.structs.asdict(view))


def _remake(_: str, bits: int) -> str:
    return SHARE_LINK.make(bits)


def _created(created: service.CreatedShareLink, base: str) -> Reply:
    fields = msgspec.structs.asdict(created.link)
    link = wire.NewShareLink(**fields, token=created.token, url=f"{base}/r/{created.token}")
    return Reply(201, encode(link), NEVER_KEPT)


def _about(created: service.CreatedShareLink) -> About:
    return About(ids.from_text("org", created.organisation))


HANDLERS = (create_share_link, list_share_links, revoke_share_link)
