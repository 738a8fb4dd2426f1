"""Assessments in their wire shape: what goes in, and what is seen of one."""

from __future__ import annotations

import msgspec

from assessment.api.wire import assessments as wire
from assessment.service import views

PRIVATE = ((b"cache-control", b"private, no-cache"),)
_NULL = msgspec.Raw(b"null")


def new_assessment(asked: wire.AssessmentRequest) -> views.NewAssessment:
    """The wire request as the use case takes it."""
    given = asked.organisation
    return views.NewAssessment(
        rubric=asked.rubric,
        organisation=views.OrganisationIn(
            given.name, given.external_id, given.domain, given.industry, given.size, given.region
        ),
        confidentiality=asked.confidentiality,
        functions=asked.functions,
        responses=[_response_in(response) for response in asked.responses or ()],
        complete=asked.complete,
        target_level=asked.target_level,
        contribute_to_benchmark=asked.contribute_to_benchmark,
        metadata=asked.metadata,
    )


def _response_in(given: wire.ResponseRequest) -> views.ResponseIn:
    return views.ResponseIn(given.answers, given.function, respondent_in(given.respondent), given.submit)


def respondent_in(given: wire.RespondentRequest | None) -> views.Respondent | None:
    return None if given is None else views.Respondent(given.reference, given.seniority)


def assessment_of(view: views.AssessmentView, client_token: str | None = None) -> wire.Assessment:
    """The use case's view in its wire shape."""
    of = view.organisation
    return wire.Assessment(
        id=view.id,
        rubric=view.rubric,
        organisation=wire.Organisation(of.id, of.name, of.external_id, of.domain, of.industry, of.size, of.region),
        status=view.status,
        confidentiality=view.confidentiality,
        functions=view.functions,
        target_level=view.target_level,
        contribute_to_benchmark=view.contribute_to_benchmark,
        metadata=view.metadata,
        responses=[_seen(response) for response in view.responses],
        created_at=view.created_at,
        completed_at=view.completed_at,
        result=_NULL if view.result is None else view.result,
        client_token=client_token,
    )


def _seen(response: views.ResponseView) -> wire.Response:
    return wire.Response(response.id, response.function, respondent_of(response.respondent), response.submitted_at)


def respondent_of(view: views.Respondent | None) -> wire.Respondent | None:
    return None if view is None else wire.Respondent(view.reference, view.seniority)
