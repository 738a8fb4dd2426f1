"""Creating an assessment: its rows, the view of it, and the organisation that two callers may create at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from assessment.errors import Overloaded
from assessment.scoring.answers import pack_answers
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.encoded import Encoded
from assessment.service import ids
from assessment.service.context import Principal, Services
from assessment.service.examine import examine
from assessment.service.organisations import Asker
from assessment.service.outbox import creation_events
from assessment.service.receipts import Keep, keep_nothing
from assessment.service.results import Sealed
from assessment.service.views import (
    AssessmentView,
    NewAssessment,
    OrganisationIn,
    OrganisationView,
    ResponseIn,
    ResponseView,
    digest_bytes,
    view_organisation,
)
from assessment.store.idempotency import is_taken
from assessment.store.organisations import find_by_external_id
from assessment.store.queue import Batch
from assessment.store.tables import ASSESSMENTS, ORGANISATIONS, RESPONSES, RESULTS

ATTEMPTS = 5
MOST_KNOWN = 10_000
"""Organisations remembered by their external id."""


async def create(
    services: Services, principal: Asker, new: NewAssessment, keep: Keep[AssessmentView] = keep_nothing
) -> AssessmentView:
    """Store a new assessment with its responses; with `complete`, score it and store the result with it. What `keep`
    makes of the view is stored with them.

    Raises RubricNotFound, InvalidInput or InvalidAnswers before anything is written.
    """
    rubric = services.rubrics.get(new.rubric)
    result = examine(rubric, new, of_page=isinstance(principal, Principal) and principal.kind == "publishable")
    sealed = None if result is None else services.results.seal(result)
    now = datetime.now(UTC)
    owner = {"partner_id": principal.partner_id, "mode": principal.mode}
    assessment_id = ids.new_id()
    responses = [_response_row(owner, assessment_id, rubric, response, now) for response in new.responses]
    assessment = _assessment_row(owner, assessment_id, rubric, new, result, now)
    batch: list[tuple[Table, dict[str, Any]]] = [(ASSESSMENTS, assessment), *((RESPONSES, row) for row in responses)]
    if sealed is not None:
        batch.append((RESULTS, result_row(owner, assessment_id, sealed)))

    def seen(organisation: OrganisationView) -> AssessmentView:
        return _view(assessment, rubric, new, organisation, responses, sealed)

    return await _insert(services, principal, new.organisation, assessment, batch, now, seen, keep)


async def _insert(
    services: Services,
    principal: Asker,
    organisation: OrganisationIn,
    assessment: dict[str, Any],
    batch: Batch,
    now: datetime,
    seen: Callable[[OrganisationView], AssessmentView],
    keep: Keep[AssessmentView],
) -> AssessmentView:
    """Insert the batch, with the organisation if it is new. Of several callers with the same new external id one
    creates the organisation; the others' inserts are refused, and they find it when they look again."""
    for _ in range(ATTEMPTS):
        known = await _find(services, principal, organisation.external_id)
        if known is not None:
            assessment["organisation_id"], found = known
            rows: Batch = batch
        else:
            assessment["organisation_id"] = organisation_id = ids.new_id()
            fields = msgspec.structs.asdict(organisation)
            owner = {"partner_id": principal.partner_id, "mode": principal.mode, "id": organisation_id}
            rows = [(ORGANISATIONS, {**owner, **fields, "created_at": now}), *batch]
            found = OrganisationView(id=ids.to_text("org", organisation_id), **fields)
        view = seen(found)
        try:
            told = creation_events(principal, view, assessment["organisation_id"])
            await services.queue.insert([*rows, *told, *keep(view)])
        except IntegrityError as error:
            if organisation.external_id is None or is_taken(error):
                raise
            services.known_organisations.pop((principal.partner_id, principal.mode, organisation.external_id), None)
        else:
            if organisation.external_id is not None:
                _remember(services, principal, organisation.external_id, (assessment["organisation_id"], found))
            return view
    raise Overloaded("This organisation is being created and deleted at the same time; try again shortly.")


async def _find(
    services: Services, principal: Asker, external_id: str | None
) -> tuple[uuid.UUID, OrganisationView] | None:
    if external_id is None:
        return None
    known = services.known_organisations.get((principal.partner_id, principal.mode, external_id))
    if known is not None:
        return known
    async with services.database.read(principal) as session:
        row = await find_by_external_id(session, principal.partner_id, principal.mode, external_id)
    return None if row is None else (row.id, view_organisation(row))


def _remember(
    services: Services, principal: Asker, external_id: str, known: tuple[uuid.UUID, OrganisationView]
) -> None:
    if len(services.known_organisations) >= MOST_KNOWN:
        services.known_organisations.clear()
    services.known_organisations[principal.partner_id, principal.mode, external_id] = known


def _assessment_row(
    owner: Mapping[str, Any],
    assessment_id: uuid.UUID,
    rubric: CompiledRubric,
    new: NewAssessment,
    result: Encoded | None,
    now: datetime,
) -> dict[str, Any]:
    return {
        **owner,
        "id": assessment_id,
        "rubric_id": rubric.used.id,
        "rubric_version": rubric.used.version,
        "rubric_digest": digest_bytes(rubric),
        "confidentiality": new.confidentiality,
        "functions": new.functions,
        "target_level": new.target_level,
        "contribute": new.contribute_to_benchmark,
        "metadata": new.metadata or None,
        "created_at": now,
        **outcome(result, now),
    }


def outcome(result: Encoded | None, now: datetime) -> dict[str, Any]:
    """The columns of an assessment that a result fills."""
    if result is None:
        return {"status": "open", "score": None, "level": None, "engine": None, "completed_at": None}
    return {
        "status": "completed",
        "score": None if result.score is None else round(result.score * 100),
        "level": result.level,
        "engine": result.engine,
        "completed_at": now,
    }


def result_row(owner: Mapping[str, Any], assessment_id: uuid.UUID, sealed: Sealed) -> dict[str, Any]:
    return {
        **owner,
        "assessment_id": assessment_id,
        "dictionary": sealed.dictionary,
        "body": sealed.body,
        "sha256": sealed.sha256,
    }


def _response_row(
    owner: Mapping[str, Any], assessment_id: uuid.UUID, rubric: CompiledRubric, response: ResponseIn, now: datetime
) -> dict[str, Any]:
    respondent = response.respondent
    return {
        **owner,
        "assessment_id": assessment_id,
        "id": ids.new_id(),
        "function": response.function,
        "respondent_reference": None if respondent is None else respondent.reference,
        "respondent_seniority": None if respondent is None else respondent.seniority,
        "answers": pack_answers(rubric, response.answers),
        "created_at": now,
        "submitted_at": now if response.submit else None,
    }


def _view(
    assessment: Mapping[str, Any],
    rubric: CompiledRubric,
    new: NewAssessment,
    organisation: OrganisationView,
    responses: list[dict[str, Any]],
    sealed: Sealed | None,
) -> AssessmentView:
    return AssessmentView(
        id=ids.to_text("asmt", assessment["id"]),
        rubric=rubric.used,
        organisation=organisation,
        status=assessment["status"],
        confidentiality=new.confidentiality,
        functions=new.functions,
        target_level=new.target_level,
        contribute_to_benchmark=new.contribute_to_benchmark,
        metadata=new.metadata,
        responses=[
            ResponseView(ids.to_text("resp", row["id"]), given.function, given.respondent, row["submitted_at"])
            for row, given in zip(responses, new.responses, strict=True)
        ],
        created_at=assessment["created_at"],
        completed_at=assessment["completed_at"],
        result=None if sealed is None else msgspec.Raw(sealed.json),
        result_sha256=None if sealed is None else sealed.sha256,
    )
