"""Invitations as a partner's keys handle them: create, list with who is missing, revoke. They never show an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import InvalidInput, LimitReached, Problem, ResourceNotFound
from assessment.service import ids
from assessment.service.audit import Action, audit_row
from assessment.service.context import Principal, Services
from assessment.service.drafts import hold, require_open, rubric_of
from assessment.service.examine import asked_function_problems
from assessment.service.pages import Page, Window
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.service.tokens import INVITATION, hash_token
from assessment.store.assessments import AssessmentRow, Found, find_assessment
from assessment.store.invitations import FollowedInvitation, InvitationRow, find_invitation, list_invitations
from assessment.store.tables import INVITATIONS

MOST_INVITATIONS = 1_000
"""Of one assessment, revoked and expired ones included."""
MOST_AT_ONCE = 100
LONGEST_DAYS = 90

Status = Literal["open", "started", "submitted", "expired", "revoked"]
STATUSES: tuple[Status, ...] = get_args(Status)


class NewInvitations(msgspec.Struct, frozen=True):
    function: str
    count: int = 1
    expires_in_days: int = 14


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation without its token. `response` is what was begun with it, which a named assessment alone tells: it
    is known whom a link was sent to."""

    id: str
    function: str
    status: Status
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    response: str | None


class CreatedInvitations(msgspec.Struct, frozen=True):
    """Invitations at birth, each with its token, which is shown here and never again."""

    organisation: str
    invitations: list[tuple[InvitationView, str]]


class FunctionInvited(msgspec.Struct, frozen=True):
    """How many invitations of a function have which status."""

    function: str
    counts: dict[Status, int]


class Overview(msgspec.Struct, frozen=True):
    """A page of invitations, and the counts of all of them."""

    page: Page[InvitationView]
    functions: list[FunctionInvited]


async def create(
    services: Services,
    principal: Principal,
    assessment_id: str,
    new: NewInvitations,
    *,
    draw: Callable[[int], int] | None = None,
    request_id: str | None = None,
    keep: Keep[CreatedInvitations] = keep_nothing,
) -> CreatedInvitations:
    """Create invitations. `draw` gives the random bits of each by its place, if they were drawn already; what `keep`
    makes of them is stored with them. Raises ResourceNotFound, AssessmentCompleted, LimitReached or InvalidInput."""
    wanted = ids.find_id("asmt", assessment_id)
    tokens = [INVITATION.make(None if draw is None else draw(place)) for place in range(new.count)]

    async def work(connection: AsyncConnection) -> CreatedInvitations:
        async with AsyncSession(connection) as session:
            found = await hold(session, principal, wanted)
            require_open(found)
            _check(services, found, new)
            known = len(await list_invitations(session, principal.partner_id, principal.mode, [wanted]))
            if known + new.count > MOST_INVITATIONS:
                raise LimitReached(f"An assessment has at most {MOST_INVITATIONS:,} invitations; this one has {known}.")
            rows = _rows(principal, found[0], new, tokens)
            views = [view_invitation(found[0], FollowedInvitation(InvitationRow(**row), None)) for row in rows]
            organisation = ids.to_text("org", found[1].id)
        await connection.execute(insert(INVITATIONS), rows)
        created = CreatedInvitations(organisation, list(zip(views, tokens, strict=True)))
        details = {"function": new.function, "count": new.count}
        event = _audit(principal, "invitation.created", assessment_id, details, request_id)
        await store_rows(connection, [event, *keep(created)])
        return created

    return await services.queue.run(work, principal)


async def list_page(
    services: Services, principal: Principal, assessment_id: str, *, limit: int, cursor: str | None = None
) -> Overview:
    """A page of the invitations of an assessment, oldest first, and how far those of each function have come; one that
    is to answer and has none is among them. Raises ResourceNotFound."""
    wanted = ids.find_id("asmt", assessment_id)
    window = Window(limit, cursor, "invitations", principal.partner_id, principal.mode, wanted)
    async with services.database.read(principal) as session:
        found = await find_assessment(session, principal.partner_id, principal.mode, wanted)
        if found is None:
            raise ResourceNotFound
        after = window.behind
        every = await list_invitations(session, principal.partner_id, principal.mode, [wanted])
    left = [one for one in every if after is None or one.row.id > after]
    page = window.page(left, lambda one: view_invitation(found[0], one), attrgetter("row.id"))
    return Overview(page, _count(found[0].functions or [], every))


async def revoke(
    services: Services,
    principal: Principal,
    assessment_id: str,
    invitation_id: str,
    request_id: str | None = None,
) -> None:
    """Have the token work no more; a response that was submitted with it stays. Revoking again changes nothing. Raises
    ResourceNotFound."""
    wanted, named = ids.find_id("asmt", assessment_id), ids.find_id("inv", invitation_id)
    owner = {"partner_id": principal.partner_id, "mode": principal.mode}

    async def work(connection: AsyncConnection) -> None:
        async with AsyncSession(connection) as session:
            await hold(session, principal, wanted)
            found = await find_invitation(session, principal.partner_id, principal.mode, wanted, named)
            if found is None:
                raise ResourceNotFound
            if found.row.revoked_at is not None:
                return
        own = {**owner, "assessment_id": wanted, "id": named}
        await connection.execute(update(INVITATIONS).filter_by(**own).values(revoked_at=datetime.now(UTC)))
        details = {"invitation": invitation_id}
        await store_rows(connection, [_audit(principal, "invitation.revoked", assessment_id, details, request_id)])

    await services.queue.run(work, principal)


def status_of(invitation: FollowedInvitation, now: datetime) -> Status:
    """How far an invitation has come; what was submitted stays submitted."""
    row, submitted_at = invitation
    if submitted_at is not None:
        return "submitted"
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= now:
        return "expired"
    return "open" if row.response_id is None else "started"


def view_invitation(assessment: AssessmentRow, invitation: FollowedInvitation) -> InvitationView:
    row = invitation.row
    told = assessment.confidentiality == "named" and row.response_id is not None
    return InvitationView(
        id=ids.to_text("inv", row.id),
        function=row.function,
        status=status_of(invitation, datetime.now(UTC)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        response=ids.to_text("resp", row.response_id) if told and row.response_id is not None else None,
    )


def _check(services: Services, found: Found, new: NewInvitations) -> None:
    known = [function.id for function in rubric_of(services.rubrics, found).source.head.functions]
    problems = asked_function_problems(found[0].functions, new.function, ("function",))
    if new.function not in known:
        detail = f"{found[0].rubric_id} knows no such function. Allowed: {', '.join(known)}."
        problems = [Problem("/function", "unknown_function", detail)]
    for field, value, most in (
        ("count", new.count, MOST_AT_ONCE),
        ("expires_in_days", new.expires_in_days, LONGEST_DAYS),
    ):
        if not 1 <= value <= most:
            problems.append(Problem(f"/{field}", "out_of_range", f"{field!r} must be 1 to {most}."))
    if problems:
        raise InvalidInput(f"{problems[0].pointer}: {problems[0].detail}", errors=problems)


def _rows(
    principal: Principal, assessment: AssessmentRow, new: NewInvitations, tokens: list[str]
) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    same = {
        "partner_id": principal.partner_id,
        "mode": principal.mode,
        "assessment_id": assessment.id,
        "function": new.function,
        "response_id": None,
        "created_at": now,
        "expires_at": now + timedelta(days=new.expires_in_days),
        "revoked_at": None,
    }
    return [{**same, "id": ids.new_id(), "hash": hash_token(token)} for token in tokens]


def _count(asked: list[str], every: list[FollowedInvitation]) -> list[FunctionInvited]:
    now = datetime.now(UTC)
    counted = Counter((one.row.function, status_of(one, now)) for one in every)
    return [
        FunctionInvited(function, {status: counted[function, status] for status in STATUSES})
        for function in dict.fromkeys([*asked, *(one.row.function for one in every)])
    ]


def _audit(
    principal: Principal, action: Action, assessment_id: str, details: dict[str, Any], request_id: str | None
) -> Any:
    """The assessment is the target, so that an export of its organisation finds the event."""
    partner_id, mode = principal.partner_id, principal.mode
    return audit_row(principal, action, assessment_id, details, request_id, partner_id=partner_id, mode=mode)
