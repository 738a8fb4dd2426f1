"""What goes into an assessment and what is seen of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import RubricUsed
from assessment.scoring.typed import Answers
from assessment.service import ids
from assessment.store.assessments import AssessmentRow
from assessment.store.organisations import OrganisationRow
from assessment.store.responses import ResponseRow

Confidentiality = Literal["grouped", "named"]
Status = Literal["open", "completed"]


class OrganisationIn(msgspec.Struct, frozen=True):
    """The organisation assessed. With an `external_id` that is known already, the known organisation is meant and
    stays as it is."""

    name: str
    external_id: str | None = None
    domain: str | None = None
    industry: str | None = None
    size: str | None = None
    region: str | None = None


class Respondent(msgspec.Struct, frozen=True):
    """Who answered, in the partner's own terms. Who was invited has no reference: nobody asks who they are."""

    reference: str | None
    seniority: str | None = None


class ResponseIn(msgspec.Struct, frozen=True):
    """One person's answers: a draft unless `submit`."""

    answers: Answers
    function: str | None = None
    respondent: Respondent | None = None
    submit: bool = True


class NewAssessment(msgspec.Struct, frozen=True):
    rubric: str
    organisation: OrganisationIn
    confidentiality: Confidentiality = "grouped"
    functions: list[str] | None = None
    responses: list[ResponseIn] = []
    complete: bool = False
    target_level: int | None = None
    contribute_to_benchmark: bool = False
    metadata: dict[str, Any] = {}


class OrganisationView(msgspec.Struct, frozen=True):
    id: str
    name: str
    external_id: str | None
    domain: str | None
    industry: str | None
    size: str | None
    region: str | None


class ResponseView(msgspec.Struct, frozen=True):
    id: str
    function: str | None
    respondent: Respondent | None
    submitted_at: datetime | None


class AssessmentView(msgspec.Struct, frozen=True):
    """`result` is the stored JSON; None while the assessment is open, and in lists."""

    id: str
    rubric: RubricUsed
    organisation: OrganisationView
    status: Status
    confidentiality: Confidentiality
    functions: list[str] | None
    target_level: int | None
    contribute_to_benchmark: bool
    metadata: dict[str, Any]
    responses: list[ResponseView]
    created_at: datetime
    completed_at: datetime | None
    result: msgspec.Raw | None


def used_rubric(row: AssessmentRow) -> RubricUsed:
    """The rubric version pinned at creation."""
    return RubricUsed(row.rubric_id, row.rubric_version, "sha256:" + row.rubric_digest.hex())


def digest_bytes(rubric: CompiledRubric) -> bytes:
    """The 32 bytes of a digest that is written ``sha256:<hex>``."""
    return bytes.fromhex(rubric.used.digest.removeprefix("sha256:"))


def view_organisation(row: OrganisationRow) -> OrganisationView:
    return OrganisationView(
        ids.to_text("org", row.id), row.name, row.external_id, row.domain, row.industry, row.size, row.region
    )


def view_response(row: ResponseRow) -> ResponseView:
    respondent = None
    if row.respondent_reference is not None:
        respondent = Respondent(row.respondent_reference, row.respondent_seniority)
    return ResponseView(ids.to_text("resp", row.id), row.function, respondent, row.submitted_at)


def view_assessment(
    row: AssessmentRow, organisation: OrganisationRow, responses: list[ResponseRow], result: bytes | None
) -> AssessmentView:
    return AssessmentView(
        id=ids.to_text("asmt", row.id),
        rubric=used_rubric(row),
        organisation=view_organisation(organisation),
        status="completed" if row.status == "completed" else "open",
        confidentiality="named" if row.confidentiality == "named" else "grouped",
        functions=row.functions,
        target_level=row.target_level,
        contribute_to_benchmark=row.contribute,
        metadata=row.details or {},
        responses=[view_response(response) for response in responses],
        created_at=row.created_at,
        completed_at=row.completed_at,
        result=None if result is None else msgspec.Raw(result),
    )
