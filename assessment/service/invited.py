"""What an invited person does with nothing but an invitation: see it, answer it as a draft, submit that once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import InvitationInvalid, ResourceNotFound, ResponseSubmitted
from assessment.scoring.answers import unpack_answers
from assessment.scoring.result import RubricUsed
from assessment.service import ids
from assessment.service.context import Invited, Services, Store
from assessment.service.drafts import DraftChange, changed, hold, require_open, require_room, rubric_of
from assessment.service.examine import seniority_problems
from assessment.service.outbox import response_submitted
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.service.tokens import INVITATION
from assessment.service.views import Confidentiality, Respondent, used_rubric
from assessment.store.access import presenting
from assessment.store.assessments import Found, find_assessment
from assessment.store.invitations import FollowedInvitation, find_invitation, find_presented
from assessment.store.responses import ResponseRow, find_response
from assessment.store.tables import INVITATIONS, RESPONSES

MEANING: dict[Confidentiality, str] = {
    "grouped": "Nobody is shown what you answer. Your answers enter the result of the organisation as a whole; figures "
    "of one function are given only where four people or more answered for it. Where very few people answer, the "
    "result as a whole can come close to what one of them said.",
    "named": "What you answer is not confidential: whoever invited you can see it and knows whose it is, once every "
    "function has answered or the assessment is completed. Figures are given however few people answered.",
}
"""What a respondent is told before answering."""

Status = Literal["open", "started", "submitted", "closed"]


class DraftView(msgspec.Struct, frozen=True):
    """What the person has answered so far."""

    answers: dict[str, Any]
    seniority: str | None


class InvitedView(msgspec.Struct, frozen=True):
    """An invitation as its holder sees it. Once it is used the draft is not shown any more."""

    organisation_id: str
    organisation: str
    rubric: RubricUsed
    function: str
    confidentiality: Confidentiality
    meaning: str
    status: Status
    expires_at: datetime
    draft: DraftView | None


class OwnChange(msgspec.Struct, frozen=True):
    """New values; what is UNSET stays. `answers` are merged into what there is, and None takes an answer out."""

    answers: dict[str, Any] = {}
    seniority: str | UnsetType | None = UNSET


Expect = Callable[[DraftView | None], None]
"""Looks at the draft that is about to change, None for none yet, inside the transaction, and may raise."""


class _Held(NamedTuple):
    """What there is of an invitation, at one moment."""

    found: Found
    invitation: FollowedInvitation
    response: ResponseRow | None


async def authenticate(store: Store, token: str, before_lookup: Callable[[], Awaitable[None]] | None = None) -> Invited:
    """Whose invitation the token is. Unknown, expired and revoked ones raise the same InvitationInvalid.
    `before_lookup` may refuse the token at no cost to the database."""
    token_hash = INVITATION.parse(token)
    if token_hash is None:
        raise InvitationInvalid
    if before_lookup is not None:
        await before_lookup()
    async with store.database.read(presenting(token_hash)) as session:
        presented = await find_presented(session, token_hash, datetime.now(UTC))
    if presented is None:
        raise InvitationInvalid
    return Invited(*presented)


async def read(services: Services, invited: Invited) -> InvitedView:
    """The invitation. Raises InvitationInvalid where it holds no more."""
    async with services.database.read(invited) as session:
        return _view(services, await _look(session, invited))


async def read_draft(services: Services, invited: Invited) -> DraftView:
    """The draft. Raises ResponseSubmitted, or ResourceNotFound before anything was answered."""
    async with services.database.read(invited) as session:
        held = await _look(session, invited)
    _require_unused(held)
    draft = _draft(services, held)
    if draft is None:
        raise ResourceNotFound("Nothing was answered yet: PATCH /v1/invitation/response begins a response.")
    return draft


async def save(services: Services, invited: Invited, change: OwnChange, expect: Expect | None = None) -> DraftView:
    """Begin the response or change it. Raises InvitationInvalid, ResponseSubmitted, AssessmentCompleted, LimitReached,
    InvalidInput or InvalidAnswers."""

    async def work(connection: AsyncConnection) -> DraftView:
        async with AsyncSession(connection) as session:
            held = await _hold(session, invited)
            _require_unused(held)
            require_open(held.found)
            columns = _columns(services, held, change)
            if expect is not None:
                expect(_draft(services, held))
            own: dict[str, Any] = {
                "partner_id": invited.partner_id,
                "mode": invited.mode,
                "assessment_id": invited.assessment_id,
            }
            if held.response is not None:
                statement = update(RESPONSES).filter_by(**own, id=held.response.id).values(**columns)
                await connection.execute(statement)
            else:
                await require_room(session, invited, invited.assessment_id)
                response_id = ids.new_id()
                row = {**own, "id": response_id, **columns, "created_at": datetime.now(UTC), "submitted_at": None}
                await connection.execute(insert(RESPONSES), [row])
                begun = update(INVITATIONS).filter_by(**own, id=invited.invitation_id)
                await connection.execute(begun.values(response_id=response_id))
            session.expire_all()
            draft = _draft(services, await _look(session, invited))
        assert draft is not None, "a response that was stored is there"
        return draft

    return await services.queue.run(work, invited)


async def submit(services: Services, invited: Invited, keep: Keep[InvitedView] = keep_nothing) -> InvitedView:
    """Submit the response, which uses the invitation up. Raises InvitationInvalid, ResponseSubmitted,
    AssessmentCompleted, or ResourceNotFound before anything was answered."""

    async def work(connection: AsyncConnection) -> InvitedView:
        async with AsyncSession(connection) as session:
            held = await _hold(session, invited)
            _require_unused(held)
            require_open(held.found)
            if held.response is None:
                raise ResourceNotFound("Nothing was answered yet, so there is nothing to submit.")
            own = {"partner_id": invited.partner_id, "mode": invited.mode, "assessment_id": invited.assessment_id}
            statement = update(RESPONSES).filter_by(**own, id=held.response.id)
            await connection.execute(statement.values(submitted_at=datetime.now(UTC)))
            view = _view(services, await _look(session, invited))
        response, assessment = ids.to_text("resp", held.response.id), ids.to_text("asmt", invited.assessment_id)
        told = response_submitted(invited, response, assessment, view.organisation_id, view.function)
        await store_rows(connection, [told, *keep(view)])
        return view

    return await services.queue.run(work, invited)


async def _hold(session: AsyncSession, invited: Invited) -> _Held:
    """What there is, with the assessment locked until the transaction ends: whoever revokes the invitation meanwhile,
    or completes the assessment, waits."""
    try:
        await hold(session, invited, invited.assessment_id)
    except ResourceNotFound:
        raise InvitationInvalid from None
    return await _look(session, invited)


async def _look(session: AsyncSession, invited: Invited) -> _Held:
    place = (invited.partner_id, invited.mode, invited.assessment_id)
    found = await find_assessment(session, *place)
    invitation = await find_invitation(session, *place, invited.invitation_id)
    if found is None or invitation is None:
        raise InvitationInvalid
    if invitation.row.revoked_at is not None or invitation.row.expires_at <= datetime.now(UTC):
        raise InvitationInvalid
    begun = invitation.row.response_id
    return _Held(found, invitation, None if begun is None else await find_response(session, *place, begun))


def _require_unused(held: _Held) -> None:
    if held.invitation.submitted_at is not None:
        raise ResponseSubmitted("What you answered is submitted; the invitation is used up.")


def _columns(services: Services, held: _Held, change: OwnChange) -> dict[str, Any]:
    seniority = change.seniority
    problems = [] if isinstance(seniority, UnsetType) else seniority_problems(seniority, ("seniority",))
    respondent = UNSET if isinstance(seniority, UnsetType) else Respondent(None, seniority)
    draft = DraftChange(change.answers, held.invitation.row.function, respondent)
    return changed(rubric_of(services.rubrics, held.found), held.found, held.response, draft, problems)


def _draft(services: Services, held: _Held) -> DraftView | None:
    if held.response is None:
        return None
    answers = unpack_answers(rubric_of(services.rubrics, held.found), held.response.answers)
    return DraftView(answers, held.response.respondent_seniority)


def _view(services: Services, held: _Held) -> InvitedView:
    assessment, organisation = held.found
    confidentiality: Confidentiality = "named" if assessment.confidentiality == "named" else "grouped"
    status: Status = "open" if held.response is None else "started"
    if held.invitation.submitted_at is not None:
        status = "submitted"
    elif assessment.status == "completed":
        status = "closed"
    return InvitedView(
        organisation_id=ids.to_text("org", organisation.id),
        organisation=organisation.name,
        rubric=used_rubric(assessment),
        function=held.invitation.row.function,
        confidentiality=confidentiality,
        meaning=MEANING[confidentiality],
        status=status,
        expires_at=held.invitation.row.expires_at,
        draft=None if status == "submitted" else _draft(services, held),
    )
