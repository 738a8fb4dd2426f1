"""What tests of the service ask with, and what they answer."""

from __future__ import annotations

from typing import Any, Literal

from assessment.rubric.question import Kind
from assessment.service.assessments import NewAssessment, OrganisationIn, ResponseIn
from assessment.service.context import Principal, Services
from assessment.service.partners import authenticate, create_partner

RUBRIC = "alignment-quick@2026.1"


async def new_principal(services: Services, mode: Literal["live", "test"] = "live", name: str = "Acme") -> Principal:
    partner = await create_partner(services, name, mode)
    return await authenticate(services, partner.secret_key)


def best_answers(services: Services) -> dict[str, Any]:
    """Every question at its best."""
    rubric = services.catalog.find("alignment-quick", "2026.1").rubric
    return {
        question.id: (
            [option.id for option in question.options]
            if question.kind is Kind.MULTIPLE
            else max(question.options, key=lambda option: option.level or 0).id
        )
        for question in rubric.questions
    }


def worst_answers(services: Services) -> dict[str, Any]:
    """Every question at its worst."""
    rubric = services.catalog.find("alignment-quick", "2026.1").rubric
    return {
        question.id: (
            [] if question.kind is Kind.MULTIPLE else min(question.options, key=lambda option: option.level or 0).id
        )
        for question in rubric.questions
    }


def new_assessment(services: Services, **fields: Any) -> NewAssessment:
    """A complete one, unless `fields` say otherwise."""
    given: dict[str, Any] = {
        "rubric": RUBRIC,
        "organisation": OrganisationIn("Northwind"),
        "responses": [ResponseIn(best_answers(services), "sales")],
        "complete": True,
    }
    return NewAssessment(**(given | fields))
