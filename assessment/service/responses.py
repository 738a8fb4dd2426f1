"""Responses that a partner's keys give: create, list, read, change while a draft, submit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import InvitedResponse, Problem, ResourceNotFound
from assessment.scoring.answers import unpack_answers
from assessment.scoring.compiled import CompiledRubric
from assessment.service import ids
from assessment.service.blind import Sight, Withheld, look
from assessment.service.context import Principal, Services
from assessment.service.drafts import DraftChange, changed, hold, require_draft, require_open, require_room, rubric_of
from assessment.service.examine import NOT_FOR_PAGES, respondent_problems
from assessment.service.outbox import response_submitted
from assessment.service.pages import Page, Window
from assessment.service.reading import from_replica
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.service.views import Respondent
from assessment.store.assessments import Found, find_assessment
from assessment.store.queue import Batch
from assessment.store.responses import ResponseRow, find_response, list_response_page
from assessment.store.tables import RESPONSES


class ResponseDetails(msgspec.Struct, frozen=True):
    """A response as keys see it. `answers` is None where `withheld` says why they are not shown; `respondent` is not
    shown then either, since an invited person's seniority is an answer too."""

    id: str
    assessment: str
    organisation: str
    function: str | None
    respondent: Respondent | None
    answers: dict[str, Any] | None
    withheld: Withheld | None
    created_at: datetime
    submitted_at: datetime | None


Expect = Callable[[ResponseDetails], None]
"""Looks at the state that is about to change, inside the transaction, and raises where that was not meant."""


async def create(
    services: Services,
    principal: Principal,
    assessment_id: str,
    given: DraftChange,
    *,
    submit: bool = False,
    keep: Keep[ResponseDetails] = keep_nothing,
) -> ResponseDetails:
    """Store a response, a draft unless `submit`, and with it what `keep` makes of the view. Raises ResourceNotFound,
    AssessmentCompleted, LimitReached, InvalidInput or InvalidAnswers."""
    wanted = ids.find_id("asmt", assessment_id)

    async def work(connection: AsyncConnection) -> ResponseDetails:
        async with AsyncSession(connection) as session:
            found = await hold(session, principal, wanted)
            require_open(found)
            await require_room(session, principal, wanted)
            rubric = rubric_of(services.rubrics, found)
            columns = changed(rubric, found, None, given, _problems(principal, given))
            now = datetime.now(UTC)
            row = _key(principal, wanted, ids.new_id()) | columns
            row |= {"created_at": now, "submitted_at": now if submit else None}
            await connection.execute(insert(RESPONSES), [row])
            view = _view(rubric, found, ResponseRow(**row), await look(session, principal, found[0]))
        await store_rows(connection, [*_told(principal, view), *keep(view)])
        return view

    return await services.queue.run(work, principal)


@from_replica
async def get(services: Services, principal: Principal, assessment_id: str, response_id: str) -> ResponseDetails:
    """The response. Raises ResourceNotFound."""
    wanted, named = ids.find_id("asmt", assessment_id), ids.find_id("resp", response_id)
    async with services.database.read(principal) as session:
        found = await find_assessment(session, principal.partner_id, principal.mode, wanted)
        if found is None:
            raise ResourceNotFound
        return await _seen(services, session, principal, found, named)


@from_replica
async def list_page(
    services: Services, principal: Principal, assessment_id: str, *, limit: int, cursor: str | None = None
) -> Page[ResponseDetails]:
    """A page of the responses of an assessment, oldest first. Raises ResourceNotFound."""
    wanted = ids.find_id("asmt", assessment_id)
    window = Window(limit, cursor, "responses", principal.partner_id, principal.mode, wanted)
    async with services.database.read(principal) as session:
        found = await find_assessment(session, principal.partner_id, principal.mode, wanted)
        if found is None:
            raise ResourceNotFound
        rows = await list_response_page(
            session, principal.partner_id, principal.mode, wanted, limit=window.reach, after=window.behind
        )
        sight = await look(session, principal, found[0])
    rubric = rubric_of(services.rubrics, found)
    return window.page(rows, lambda row: _view(rubric, found, row, sight))


async def amend(
    services: Services,
    principal: Principal,
    assessment_id: str,
    response_id: str,
    change: DraftChange,
    expect: Expect | None = None,
) -> ResponseDetails:
    """Change a draft. Raises ResourceNotFound, InvitedResponse, AssessmentCompleted, ResponseSubmitted, InvalidInput or
    InvalidAnswers."""

    def columns(rubric: CompiledRubric, found: Found, draft: ResponseRow) -> dict[str, Any]:
        return changed(rubric, found, draft, change, _problems(principal, change))

    return await _change(services, principal, assessment_id, response_id, columns, expect)


async def submit(
    services: Services,
    principal: Principal,
    assessment_id: str,
    response_id: str,
    keep: Keep[ResponseDetails] = keep_nothing,
) -> ResponseDetails:
    """Submit a draft: it is scored when the assessment is completed, and does not change any more. Raises
    ResourceNotFound, InvitedResponse, AssessmentCompleted or ResponseSubmitted."""

    def columns(*_: object) -> dict[str, Any]:
        return {"submitted_at": datetime.now(UTC)}

    return await _change(services, principal, assessment_id, response_id, columns, keep=keep)


async def _change(
    services: Services,
    principal: Principal,
    assessment_id: str,
    response_id: str,
    columns: Callable[[CompiledRubric, Found, ResponseRow], dict[str, Any]],
    expect: Expect | None = None,
    keep: Keep[ResponseDetails] = keep_nothing,
) -> ResponseDetails:
    """Change the columns of a draft that a key gave, in a state that `expect` has let pass."""
    wanted, named = ids.find_id("asmt", assessment_id), ids.find_id("resp", response_id)

    async def work(connection: AsyncConnection) -> ResponseDetails:
        async with AsyncSession(connection) as session:
            found = await hold(session, principal, wanted)
            rubric = rubric_of(services.rubrics, found)
            row = await _find(session, principal, wanted, named)
            sight = await look(session, principal, found[0])
            if row.id in sight.invited:
                raise InvitedResponse("Whoever was invited gives this response, and submits it, with the invitation.")
            # First, so that what does not fit is told whichever state it was made from.
            values = columns(rubric, found, row)
            if expect is not None:
                expect(_view(rubric, found, row, sight))
            require_open(found)
            require_draft(row)
            own = _key(principal, wanted, named)
            await connection.execute(update(RESPONSES).filter_by(**own).values(**values))
            session.expire_all()
            found = await hold(session, principal, wanted)
            view = await _seen(services, session, principal, found, named)
        await store_rows(connection, [*_told(principal, view), *keep(view)])
        return view

    return await services.queue.run(work, principal)


def _told(principal: Principal, view: ResponseDetails) -> Batch:
    """What the response tells by having become what it is: nothing while it is a draft."""
    if view.submitted_at is None:
        return ()
    return (response_submitted(principal, view.id, view.assessment, view.organisation, view.function),)


def _problems(principal: Principal, given: DraftChange) -> list[Problem]:
    who = given.respondent
    if not isinstance(who, Respondent):
        return []
    if principal.kind == "publishable":
        return [Problem("/respondent", "not_for_publishable_keys", NOT_FOR_PAGES)]
    return respondent_problems(who, ("respondent",))


def _key(principal: Principal, assessment_id: uuid.UUID, response_id: uuid.UUID) -> dict[str, Any]:
    owner = {"partner_id": principal.partner_id, "mode": principal.mode}
    return {**owner, "assessment_id": assessment_id, "id": response_id}


async def _find(
    session: AsyncSession, principal: Principal, assessment_id: uuid.UUID, response_id: uuid.UUID
) -> ResponseRow:
    row = await find_response(session, principal.partner_id, principal.mode, assessment_id, response_id)
    if row is None:
        raise ResourceNotFound
    return row


async def _seen(
    services: Services, session: AsyncSession, principal: Principal, found: Found, response_id: uuid.UUID
) -> ResponseDetails:
    row = await _find(session, principal, found[0].id, response_id)
    sight = await look(session, principal, found[0])
    return _view(rubric_of(services.rubrics, found), found, row, sight)


def _view(rubric: CompiledRubric, found: Found, row: ResponseRow, sight: Sight) -> ResponseDetails:
    assessment, organisation = found
    withheld = sight.withheld(row)
    said = (row.respondent_reference, row.respondent_seniority)
    return ResponseDetails(
        id=ids.to_text("resp", row.id),
        assessment=ids.to_text("asmt", assessment.id),
        organisation=ids.to_text("org", organisation.id),
        function=row.function,
        respondent=None if withheld is not None or said == (None, None) else Respondent(*said),
        answers=None if withheld is not None else unpack_answers(rubric, row.answers),
        withheld=withheld,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
    )
