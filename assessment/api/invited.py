"""Handlers of the one thing that an invitation opens: see it, answer as a draft, submit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from litestar import patch, post, route

from assessment.api import limits
from assessment.api.admission import AnyRequest, admit, key_of, let_known_page_read, services_of
from assessment.api.assessment_views import PRIVATE
from assessment.api.body import decode_nothing, read_body, read_json
from assessment.api.idempotency import Answering, once
from assessment.api.observe import INVITED
from assessment.api.operation import ETAG, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.precondition import require_match
from assessment.api.query import NoQuery, read_query
from assessment.api.reply import Reply, encode, etag_of, tagged
from assessment.api.shape import fit
from assessment.api.wire import invitations as wire
from assessment.api.wire.assessments import Nothing
from assessment.errors import (
    AssessmentCompleted,
    Forbidden,
    InvalidAnswers,
    InvalidInput,
    InvitationInvalid,
    LimitReached,
    PreconditionFailed,
    Problem,
    ResourceNotFound,
    ResponseSubmitted,
    RubricNotFound,
    Unauthenticated,
)
from assessment.service import ids
from assessment.service import invited as service
from assessment.service.context import Invited
from assessment.service.receipts import About, Receipt
from assessment.service.tokens import INVITATION


def holds_invitation(request: AnyRequest) -> bool:
    """Whether the request comes with what reads like an invitation, valid or not."""
    try:
        return key_of(request).startswith(INVITATION.head)
    except Unauthenticated:
        return False


async def admit_invited(request: AnyRequest) -> Invited:
    """Whose invitation the request comes with, counted against its quota. Raises InvitationInvalid without a valid one,
    which is counted by address, Forbidden for an API key, and RateLimited."""
    await let_known_page_read(request)
    if not holds_invitation(request):
        await admit(request)
        raise Forbidden("An API key may not answer for somebody who was invited: send the token of the invitation.")
    return await admit_token(request, key_of(request))


async def admit_token(request: AnyRequest, token: str) -> Invited:
    """Whose invitation the token is, counted as above. Raises InvitationInvalid or RateLimited."""
    scope = request.scope
    try:
        refuse = partial(limits.refuse_spent_invited, scope, token)
        invited = await service.authenticate(services_of(request), token, refuse)
    except InvitationInvalid:
        await limits.count_stranger(scope)
        raise
    scope[INVITED] = invited  # type: ignore[literal-required]  # a key of our own
    await limits.count_invited(scope, token)
    return invited


@route(
    "/v1/invitation",
    http_method=READ,
    opt=described(
        Op(
            id="get_own_invitation",
            invited="only",
            summary="See what one is invited to",
            description="Who asks which questions, what becomes of the answers, and what was answered so far. It takes "
            "the token of the invitation as `Authorization: Bearer alm_inv_…`.",
            tag="Invitations",
            answers={200: Answer(wire.OwnInvitation, "The invitation.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(RubricNotFound,),
        )
    ),
)
async def get_own_invitation(request: AnyRequest) -> Reply:
    invited = await admit_invited(request)
    read_query(request.scope["query_string"], NoQuery)
    view = await service.read(services_of(request), invited)
    return tagged(request.scope, encode(_invitation(view)), headers=PRIVATE)


@route(
    "/v1/invitation/response",
    http_method=READ,
    opt=described(
        Op(
            id="get_own_response",
            invited="only",
            summary="Read one's own draft",
            description="With the ETag that the next change of it asks for. Once it is submitted it is not shown.",
            tag="Invitations",
            answers={200: Answer(wire.OwnResponse, "The draft.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound, ResponseSubmitted, RubricNotFound),
        )
    ),
)
async def get_own_response(request: AnyRequest) -> Reply:
    invited = await admit_invited(request)
    read_query(request.scope["query_string"], NoQuery)
    draft = await service.read_draft(services_of(request), invited)
    return tagged(request.scope, encode(_draft(draft)), headers=PRIVATE)


@patch(
    "/v1/invitation/response",
    opt=described(
        Op(
            id="update_own_response",
            invited="only",
            summary="Answer",
            description="Saves answers as a draft: they are merged into those that are there, and null takes one out. "
            "The first change begins the draft, and needs no `If-Match`; with `If-None-Match: *` it is refused where "
            "there is a draft already. Every other change says in `If-Match` which ETag it was made from.",
            tag="Invitations",
            body=wire.OwnResponsePatch,
            answers={200: Answer(wire.OwnResponse, "The draft as it is now.", (ETAG,))},
            problems=(ResponseSubmitted, AssessmentCompleted, LimitReached, InvalidAnswers, RubricNotFound),
            guarded=True,
            begins=True,
        )
    ),
)
async def update_own_response(request: AnyRequest) -> Reply:
    invited = await admit_invited(request)
    read_query(request.scope["query_string"], NoQuery)
    asked = fit(await read_json(request), wire.OwnResponsePatch)
    change = service.OwnChange(asked.answers, asked.seniority)
    draft = await service.save(services_of(request), invited, change, _require_state(request))
    body = encode(_draft(draft))
    return Reply(200, body, ((b"etag", etag_of(body)), *PRIVATE))


@post(
    "/v1/invitation/response/submit",
    status_code=200,
    opt=described(
        Op(
            id="submit_own_response",
            invited="only",
            summary="Submit one's answers",
            description="Uses the invitation up: what was answered does not change any more, and is not shown again. "
            "Takes no body, or `{}`.",
            tag="Invitations",
            body=Nothing,
            body_required=False,
            answers={200: Answer(wire.OwnInvitation, "The invitation, used up.", (ETAG,))},
            problems=(ResourceNotFound, ResponseSubmitted, AssessmentCompleted, RubricNotFound),
        )
    ),
)
async def submit_own_response(request: AnyRequest) -> Reply:
    invited = await admit_invited(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)

    async def work(receipt: Receipt | None) -> Reply:
        decode_nothing(body)
        answering = Answering(receipt, _submitted, _about)
        await service.submit(services_of(request), invited, answering.keep)
        return answering.reply

    return await once(request, invited, body, work)


def _require_state(request: AnyRequest) -> Callable[[service.DraftView | None], None]:
    """What is asked of the draft before it changes: If-Match where there is one, none where there is not."""
    given = dict(request.scope["headers"])
    if given.get(b"if-none-match", b"*").strip() != b"*":
        detail = "If-None-Match must be * here: it has the first change refused where there is a draft already."
        raise InvalidInput(detail, errors=[Problem("/header/If-None-Match", "invalid_header", detail)])
    expect = require_match(request, _etag)

    def require(draft: service.DraftView | None) -> None:
        if draft is None:
            if b"if-match" in given:
                raise PreconditionFailed("There is no draft that If-Match could hold for: leave it out to begin one.")
        elif b"if-none-match" in given:
            raise PreconditionFailed("There is a draft already: read it, and send its ETag as If-Match.")
        elif expect is not None:
            expect(draft)

    return require


def _etag(draft: service.DraftView) -> bytes:
    return etag_of(encode(_draft(draft)))


def _draft(view: service.DraftView) -> wire.OwnResponse:
    return wire.OwnResponse(view.answers, view.seniority)


def _invitation(view: service.InvitedView) -> wire.OwnInvitation:
    return wire.OwnInvitation(
        organisation=view.organisation,
        rubric=view.rubric,
        function=view.function,
        confidentiality=view.confidentiality,
        meaning=view.meaning,
        status=view.status,
        expires_at=view.expires_at,
        response=None if view.draft is None else _draft(view.draft),
    )


def _submitted(view: service.InvitedView) -> Reply:
    body = encode(_invitation(view))
    return Reply(200, body, ((b"etag", etag_of(body)),))


def _about(view: service.InvitedView) -> About:
    return About(ids.from_text("org", view.organisation_id))


HANDLERS = (get_own_invitation, get_own_response, update_own_response, submit_own_response)
