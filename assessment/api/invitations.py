"""Handlers of invitations as a partner's keys use them: create, list, revoke."""

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
from assessment.api.wire import invitations as wire
from assessment.errors import AssessmentCompleted, LimitReached, ResourceNotFound, RubricNotFound
from assessment.service import ids
from assessment.service import invitations as service
from assessment.service.receipts import About, Receipt
from assessment.service.tokens import INVITATION


@post(
    "/v1/assessments/{assessment_id:str}/invitations",
    opt=described(
        Op(
            id="create_invitations",
            scope="assessments:write",
            summary="Invite people to respond",
            description="Each invitation is for one person of the function, who answers at its `url` without a key, "
            "once. Token and address are in the answer, this once. What is answered with it is shown to no key, unless "
            "the assessment is `named`, and then not before every function has submitted or it is completed.",
            tag="Invitations",
            body=wire.InvitationRequest,
            answers={201: Answer(wire.NewInvitations, "The invitations with what opens them.")},
            problems=(ResourceNotFound, AssessmentCompleted, LimitReached, RubricNotFound),
        )
    ),
)
async def create_invitations(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request)
    secret = ShownOnce(request, "token", _remake, also=("url",))

    async def work(receipt: Receipt | None) -> Reply:
        asked = fit(decode(body), wire.InvitationRequest)
        answering = Answering(receipt, partial(_created, base=public_address(request)), _about)
        await service.create(
            services_of(request),
            principal,
            named_in_path(request, "assessment_id"),
            service.NewInvitations(asked.function, asked.count, asked.expires_in_days),
            draw=secret.draw,
            request_id=request_id(request.scope).decode(),
            keep=answering.keep,
        )
        return answering.reply

    return await once(request, principal, body, work, redact=secret.redact, restore=secret.restore)


@route(
    "/v1/assessments/{assessment_id:str}/invitations",
    http_method=READ,
    opt=described(
        Op(
            id="list_invitations",
            scope="assessments:read",
            summary="List invitations, and who is missing",
            description="How far each invitation has come, oldest first, and all of them counted by function. What "
            "anybody answered is not in it.",
            tag="Invitations",
            answers={200: Answer(wire.InvitationPage, "A page of invitations.")},
            query=wire.InvitationsQuery,
            problems=(ResourceNotFound,),
        )
    ),
)
async def list_invitations(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.InvitationsQuery)
    named = named_in_path(request, "assessment_id")
    with in_query():
        seen = await service.list_page(services_of(request), principal, named, limit=query.limit, cursor=query.cursor)
    page = wire.InvitationPage(
        data=[invitation_of(view) for view in seen.page.data],
        functions=[wire.FunctionInvitations(one.function, **one.counts) for one in seen.functions],
        has_more=seen.page.has_more,
        next_cursor=seen.page.next_cursor,
    )
    return Reply(200, encode(page), PRIVATE)


@delete(
    "/v1/assessments/{assessment_id:str}/invitations/{invitation_id:str}",
    status_code=200,  # the Reply says 204; Litestar refuses to return anything under its own 204
    opt=described(
        Op(
            id="revoke_invitation",
            scope="assessments:write",
            summary="Revoke an invitation",
            description="Its token works no more, at once. A draft that was begun with it is never scored; what was "
            "submitted stays. Revoking it again changes nothing.",
            tag="Invitations",
            answers={204: Answer(None, "It is revoked.")},
            problems=(ResourceNotFound,),
        )
    ),
)
async def revoke_invitation(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    await service.revoke(
        services_of(request),
        principal,
        named_in_path(request, "assessment_id"),
        named_in_path(request, "invitation_id"),
        request_id(request.scope).decode(),
    )
    return Reply(204)


def invitation_of(view: service.InvitationView) -> wire.Invitation:
    """The use case's view in its wire shape."""
    return wire.Invitation(**msgspec.structs.asdict(view))


def _remake(_: str, bits: int) -> str:
    return INVITATION.make(bits)


def _created(created: service.CreatedInvitations, base: str) -> Reply:
    data = [
        wire.NewInvitation(**msgspec.structs.asdict(view), token=token, url=f"{base}/take/{token}")
        for view, token in created.invitations
    ]
    return Reply(201, encode(wire.NewInvitations(data)), NEVER_KEPT)


def _about(created: service.CreatedInvitations) -> About:
    return About(ids.from_text("org", created.organisation))


HANDLERS = (create_invitations, list_invitations, revoke_invitation)
