"""Assessments: create, read, list, change, complete, delete. A partner sees its own of the key's mode, no others."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import (
    AssessmentCompleted,
    AssessmentOpen,
    InvalidInput,
    Problem,
    ResourceNotFound,
)
from assessment.rubric.catalog import parse_reference
from assessment.scoring.answers import SENIORITIES, Response, unpack_answers
from assessment.scoring.encoded import Encoded
from assessment.service import ids
from assessment.service.amendment import Amendment, amended
from assessment.service.audit import audit_row
from assessment.service.context import Principal, Services
from assessment.service.creation import create, outcome, result_row
from assessment.service.outbox import assessment_completed
from assessment.service.pages import Page, Window, refused
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.service.scores import score_encoded
from assessment.service.views import (
    AssessmentView,
    Confidentiality,
    NewAssessment,
    OrganisationIn,
    OrganisationView,
    Respondent,
    ResponseIn,
    ResponseView,
    Status,
    used_rubric,
    view_assessment,
)
from assessment.store.assessments import AssessmentRow, Filters, delete_assessment, find_assessment, list_assessments
from assessment.store.invitations import list_invitations
from assessment.store.responses import ResponseRow, list_responses
from assessment.store.results import find_result
from assessment.store.scrub import note_deletion
from assessment.store.tables import ASSESSMENTS, RESULTS

__all__ = [
    "Amendment",
    "AssessmentFilters",
    "AssessmentView",
    "Confidentiality",
    "NewAssessment",
    "OrganisationIn",
    "OrganisationView",
    "Respondent",
    "ResponseIn",
    "ResponseView",
    "Status",
    "amend",
    "complete",
    "create",
    "delete",
    "get",
    "list_page",
    "result",
]


class AssessmentFilters(msgspec.Struct, frozen=True):
    """What a list is narrowed to. `organisation` is an id, `rubric` an id or `id@version`; times are aware."""

    organisation: str | None = None
    external_id: str | None = None
    rubric: str | None = None
    status: Status | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


NO_FILTERS = AssessmentFilters()
Expect = Callable[[AssessmentView], None]
"""Looks at the state that is about to change, inside the transaction, and raises where that was not meant."""


async def get(services: Services, principal: Principal, assessment_id: str) -> AssessmentView:
    """The assessment with its responses and, once completed, its result. Raises ResourceNotFound."""
    wanted = ids.find_id("asmt", assessment_id)
    async with services.database.read(principal) as session:
        return await _view(services, session, principal, wanted)


async def list_page(
    services: Services,
    principal: Principal,
    *,
    limit: int,
    cursor: str | None = None,
    filters: AssessmentFilters = NO_FILTERS,
) -> Page[AssessmentView]:
    """A page of assessments, newest first, without their results."""
    window = Window(limit, cursor, "assessments", principal.partner_id, principal.mode, filters)
    async with services.database.read(principal) as session:
        found = await list_assessments(
            session,
            principal.partner_id,
            principal.mode,
            limit=window.reach,
            before=window.behind,
            filters=_narrowed(filters),
        )
        by_assessment: defaultdict[uuid.UUID, list[ResponseRow]] = defaultdict(list)
        if found:
            wanted = [row.id for row, _ in window.cut(found)]
            for response in await list_responses(session, principal.partner_id, principal.mode, wanted):
                by_assessment[response.assessment_id].append(response)
    return window.page(found, lambda both: view_assessment(*both, by_assessment[both[0].id]), lambda both: both[0].id)


async def amend(
    services: Services, principal: Principal, assessment_id: str, amendment: Amendment, expect: Expect | None = None
) -> AssessmentView:
    """Change what may still change. Raises ResourceNotFound, AssessmentCompleted, ResponsesGiven or InvalidInput."""
    wanted = ids.find_id("asmt", assessment_id)

    async def work(connection: AsyncConnection) -> AssessmentView:
        async with AsyncSession(connection) as session:
            row = await _lock(services, session, principal, wanted, expect)
            responses = await list_responses(session, principal.partner_id, principal.mode, [wanted])
            invitations = await list_invitations(session, principal.partner_id, principal.mode, [wanted])
            columns = amended(services.rubrics, row, responses, invitations, amendment)
            if columns:
                owner = {"partner_id": principal.partner_id, "mode": principal.mode}
                await connection.execute(update(ASSESSMENTS).filter_by(**owner, id=wanted).values(**columns))
                session.expire_all()
            return await _view(services, session, principal, wanted)

    return await services.queue.run(work, principal)


async def complete(
    services: Services, principal: Principal, assessment_id: str, keep: Keep[AssessmentView] = keep_nothing
) -> AssessmentView:
    """Score the submitted responses with the pinned rubric, once, and store the result, and with it what `keep` makes
    of the view. Raises ResourceNotFound, AssessmentCompleted, or InvalidInput without a submitted response."""
    wanted = ids.find_id("asmt", assessment_id)

    async def work(connection: AsyncConnection) -> AssessmentView:
        async with AsyncSession(connection) as session:
            scored = await _score(services, session, principal, wanted)
            sealed = services.results.seal(scored)
            owner = {"partner_id": principal.partner_id, "mode": principal.mode}
            columns = outcome(scored, datetime.now(UTC))
            await connection.execute(update(ASSESSMENTS).filter_by(**owner, id=wanted).values(**columns))
            await connection.execute(insert(RESULTS), [result_row(owner, wanted, sealed)])
            session.expire_all()
            view = await _view(services, session, principal, wanted)
            told = assessment_completed(principal, view.id, view.organisation.id, view.rubric)
            await store_rows(connection, [told, *keep(view)])
            return view

    return await services.queue.run(work, principal)


async def result(services: Services, principal: Principal, assessment_id: str) -> bytes:
    """The stored result, byte for byte. Raises ResourceNotFound, or AssessmentOpen when there is none yet."""
    wanted = ids.find_id("asmt", assessment_id)
    async with services.database.read(principal) as session:
        stored = await find_result(session, principal.partner_id, principal.mode, wanted)
        if stored is not None:
            return await services.results.unseal(session, stored)
        if await find_assessment(session, principal.partner_id, principal.mode, wanted) is None:
            raise ResourceNotFound
    raise AssessmentOpen("The assessment has no result before it is completed.")


async def delete(
    services: Services,
    principal: Principal,
    assessment_id: str,
    expect: Expect | None = None,
    request_id: str | None = None,
) -> None:
    """Delete the assessment with its responses and result, and note it in the audit log. Raises ResourceNotFound."""
    wanted = ids.find_id("asmt", assessment_id)
    owner = (principal.partner_id, principal.mode)

    async def work(connection: AsyncConnection) -> None:
        async with AsyncSession(connection) as session:
            row = await _lock(services, session, principal, wanted, expect)
        details = {"organisation": ids.to_text("org", row.organisation_id)}
        await delete_assessment(connection, *owner, wanted)
        await note_deletion(connection)
        event = audit_row(
            principal, "assessment.deleted", assessment_id, details, request_id, partner_id=owner[0], mode=owner[1]
        )
        await store_rows(connection, [event])

    await services.queue.run(work, principal)


async def _lock(
    services: Services, session: AsyncSession, principal: Principal, assessment_id: uuid.UUID, expect: Expect | None
) -> AssessmentRow:
    """The row, locked until the transaction ends, in a state that `expect` has let pass."""
    found = await find_assessment(session, principal.partner_id, principal.mode, assessment_id, lock=True)
    if found is None:
        raise ResourceNotFound
    if expect is not None:
        expect(await _view(services, session, principal, assessment_id))
    return found[0]


async def _score(services: Services, session: AsyncSession, principal: Principal, assessment_id: uuid.UUID) -> Encoded:
    """The result of the submitted responses. The row stays locked, so that nobody completes it meanwhile."""
    found = await find_assessment(session, principal.partner_id, principal.mode, assessment_id, lock=True)
    if found is None:
        raise ResourceNotFound
    row = found[0]
    if row.status == "completed":
        raise AssessmentCompleted("The assessment is completed already; its result never changes.")
    used = used_rubric(row)
    rubric = services.rubrics.pinned(used.id, used.version, used.digest)
    responses = await list_responses(session, principal.partner_id, principal.mode, [assessment_id])
    submitted = [
        Response(unpack_answers(rubric, one.answers), one.function, ("responses", place, "answers"), _seniority(one))
        for place, one in enumerate(responses)
        if one.submitted_at is not None
    ]
    if not submitted:
        detail = "An assessment is completed from submitted responses, and this one has none."
        raise InvalidInput(detail, errors=[Problem("/responses", "no_submitted_response", detail)])
    confidentiality: Confidentiality = "named" if row.confidentiality == "named" else "grouped"
    return score_encoded(rubric, submitted, target_level=row.target_level, confidentiality=confidentiality)


def _seniority(response: ResponseRow) -> str | None:
    """Any text was taken once, and the scorer knows the words of today."""
    return response.respondent_seniority if response.respondent_seniority in SENIORITIES else None


async def _view(
    services: Services, session: AsyncSession, principal: Principal, assessment_id: uuid.UUID
) -> AssessmentView:
    found = await find_assessment(session, principal.partner_id, principal.mode, assessment_id)
    if found is None:
        raise ResourceNotFound
    row, organisation = found
    responses = await list_responses(session, principal.partner_id, principal.mode, [assessment_id])
    body = sha256 = None
    if row.status == "completed":
        stored = await find_result(session, principal.partner_id, principal.mode, assessment_id)
        if stored is None:
            # It was deleted between the two queries.
            raise ResourceNotFound
        body, sha256 = await services.results.unseal(session, stored), stored.sha256
    return view_assessment(row, organisation, list(responses), body, sha256)


def _narrowed(filters: AssessmentFilters) -> Filters:
    organisation_id = None
    if filters.organisation is not None:
        organisation_id = ids.from_text("org", filters.organisation)
        if organisation_id is None:
            raise refused("organisation", "invalid_id", "'organisation' must be an organisation's id (org_…).")
    rubric_id, version = (None, None) if filters.rubric is None else parse_reference(filters.rubric)
    if filters.status not in (None, "open", "completed"):
        raise refused("status", "unknown_status", "'status' must be open or completed.")
    return Filters(
        organisation_id=organisation_id,
        external_id=filters.external_id,
        rubric_id=rubric_id,
        rubric_version=version,
        status=filters.status,
        created_after=filters.created_after,
        created_before=filters.created_before,
    )
