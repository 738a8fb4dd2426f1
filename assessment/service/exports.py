"""Exports: everything that is kept about one organisation, read piece by piece so that its size does not matter.

An operator's export is complete. In one that a key asks for, answers that keys are not shown say so in their place:
what was promised to those who were invited would mean nothing if an export told it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.scoring.answers import unpack_answers
from assessment.service import ids, organisations
from assessment.service.audit import AuditEvent, audit_row, view_event
from assessment.service.blind import Sight, Withheld, look
from assessment.service.context import Services
from assessment.service.invitations import InvitationView, view_invitation
from assessment.service.organisations import Asker, Operator, OrganisationDetails
from assessment.service.outbox import EventType
from assessment.service.reading import from_replica
from assessment.service.share_links import ShareLinkView, view_link
from assessment.service.views import AssessmentView, used_rubric, view_assessment
from assessment.store.assessments import AssessmentRow, list_of_organisation, list_rubrics_of
from assessment.store.audit import list_about
from assessment.store.client_tokens import list_expiries
from assessment.store.events import list_of_organisation as list_events
from assessment.store.idempotency import list_of_organisation as list_records
from assessment.store.invitations import FollowedInvitation, list_invitations
from assessment.store.organisations import OrganisationRow, find_organisation
from assessment.store.responses import ResponseRow, list_responses
from assessment.store.results import find_result
from assessment.store.share_links import list_links

PAGE = 20
"""Assessments that are in memory at once."""


class ExportedResponse(msgspec.Struct, frozen=True):
    """What a response holds beyond what its assessment shows of it."""

    id: str
    created_at: datetime
    seniority: str | None
    answers: dict[str, Any] | None
    withheld: Withheld | None


class ExportedAssessment(msgspec.Struct, frozen=True):
    """An assessment with its result, the answers of its responses, its invitations and share links without their
    tokens, and until when its client token works."""

    assessment: AssessmentView
    responses: list[ExportedResponse]
    invitations: list[InvitationView]
    share_links: list[ShareLinkView]
    client_token_expires_at: datetime | None


class ExportedRecord(msgspec.Struct, frozen=True):
    """That an answer about the organisation is kept for retries; what it says stands in the assessments."""

    created_at: datetime
    status: int


class ExportedEvent(msgspec.Struct, frozen=True):
    """What was told about the organisation to whoever asked for it."""

    id: str
    type: EventType
    created_at: datetime
    data: dict[str, Any]


class Export:
    """One export: read `assessments` to its end, then what else is kept."""

    def __init__(self, services: Services, asker: Asker, organisation: OrganisationDetails) -> None:
        self.organisation = organisation
        self.exported_at = datetime.now(UTC)
        self._services = services
        self._asker = asker
        self._owner = (asker.partner_id, asker.mode)
        self._id = ids.find_id("org", organisation.id)
        self._named = [organisation.id]

    async def assessments(self) -> AsyncIterator[ExportedAssessment]:
        """Oldest first. Each page is one state of the database; what is deleted meanwhile is left out."""
        after: uuid.UUID | None = None
        while True:
            page, after = await _read_page(self._services, self, after)
            for exported in page:
                self._named.append(exported.assessment.id)
                yield exported
            if after is None:
                return

    async def read_page(self, after: uuid.UUID | None) -> tuple[list[ExportedAssessment], uuid.UUID | None]:
        """The assessments behind one, and the last of them where there are more."""
        async with self._services.database.read(self._asker) as session:
            organisation = await find_organisation(session, *self._owner, self._id)
            found = await list_of_organisation(session, *self._owner, self._id, limit=PAGE, after=after)
            page = [] if organisation is None else await self._page(session, organisation, list(found))
        return page, None if len(found) < PAGE else found[-1].id

    async def idempotency_records(self) -> list[ExportedRecord]:
        async with self._services.database.read(self._asker) as session:
            found = await list_records(session, *self._owner, self._id)
        return [ExportedRecord(row.created_at, row.status) for row in found]

    async def events(self) -> list[ExportedEvent]:
        async with self._services.database.read(self._asker) as session:
            found = await list_events(session, *self._owner, self._id)
        return [
            ExportedEvent(ids.to_text("evt", row.id), cast("EventType", row.type), row.created_at, row.data)
            for row in found
        ]

    async def audit_events(self) -> list[AuditEvent]:
        """What was done to the organisation and to those of its assessments that `assessments` has given."""
        async with self._services.database.read(self._asker) as session:
            found = [
                row
                for start in range(0, len(self._named), 500)
                for row in await list_about(session, self._owner[0], self._named[start : start + 500])
            ]
        return [view_event(row) for row in sorted(found, key=lambda row: row.id)]

    async def _page(
        self, session: AsyncSession, organisation: OrganisationRow, found: list[AssessmentRow]
    ) -> list[ExportedAssessment]:
        wanted = [row.id for row in found]
        responses: defaultdict[uuid.UUID, list[ResponseRow]] = defaultdict(list)
        for response in await list_responses(session, *self._owner, wanted):
            responses[response.assessment_id].append(response)
        expiries = await list_expiries(session, *self._owner, wanted)
        exported = []
        for row in found:
            stored = await find_result(session, *self._owner, row.id)
            if stored is None:
                view = view_assessment(row, organisation, responses[row.id])
            else:
                result = await self._services.results.unseal(session, stored)
                view = view_assessment(row, organisation, responses[row.id], result, stored.sha256)
            sight = await look(session, self._asker, row)
            answers = [self._response(row, response, sight) for response in responses[row.id]]
            invited = [self._invitation(row, one) for one in await list_invitations(session, *self._owner, [row.id])]
            links = [view_link(link) for link in await list_links(session, *self._owner, [row.id])]
            exported.append(ExportedAssessment(view, answers, invited, links, expiries.get(row.id)))
        return exported

    def _response(self, row: AssessmentRow, response: ResponseRow, sight: Sight) -> ExportedResponse:
        response_id = ids.to_text("resp", response.id)
        withheld = None if isinstance(self._asker, Operator) else sight.withheld(response)
        if withheld is not None:
            return ExportedResponse(response_id, response.created_at, None, None, withheld)
        used = used_rubric(row)
        rubric = self._services.rubrics.pinned(used.id, used.version, used.digest)
        answers = unpack_answers(rubric, response.answers)
        return ExportedResponse(response_id, response.created_at, response.respondent_seniority, answers, None)

    def _invitation(self, row: AssessmentRow, invitation: FollowedInvitation) -> InvitationView:
        view = view_invitation(row, invitation)
        if isinstance(self._asker, Operator) and invitation.row.response_id is not None:
            return msgspec.structs.replace(view, response=ids.to_text("resp", invitation.row.response_id))
        return view


@from_replica
async def _read_page(
    _: Services, export: Export, after: uuid.UUID | None
) -> tuple[list[ExportedAssessment], uuid.UUID | None]:
    return await export.read_page(after)


async def export(services: Services, asker: Asker, organisation_id: str, *, request_id: str | None = None) -> Export:
    """Begin an export, and note it in the audit log. Raises ResourceNotFound; RubricNotFound where answers cannot be
    read because the rubric they were given to is not installed."""
    wanted = ids.find_id("org", organisation_id)
    async with services.database.read(asker) as session:
        organisation = await organisations.read(session, asker, wanted)
        for used in await list_rubrics_of(session, asker.partner_id, asker.mode, wanted):
            services.rubrics.pinned(used.rubric_id, used.rubric_version, "sha256:" + used.rubric_digest.hex())
    event = audit_row(
        asker.command if isinstance(asker, Operator) else asker,
        "organisation.exported",
        organisation_id,
        {"assessments": organisation.assessments},
        request_id,
        partner_id=asker.partner_id,
        mode=asker.mode,
    )
    await services.queue.insert([event])
    return Export(services, asker, organisation)
