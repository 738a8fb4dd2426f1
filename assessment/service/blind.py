"""Blind entry and confidentiality: whether a key may be shown what a response answers, and if not, why."""

from __future__ import annotations

import uuid
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from assessment.store.access import Owner
from assessment.store.assessments import AssessmentRow
from assessment.store.invitations import list_invited_responses
from assessment.store.responses import ResponseRow, list_submitted_functions

Withheld = Literal["confidentiality", "not_submitted", "blind_entry"]
"""Why answers are not shown: they never are, not before they are submitted, or not before everybody has answered."""


class Sight(NamedTuple):
    """What keys may see of the answers of one assessment."""

    invited: frozenset[uuid.UUID]
    """Responses that were begun with an invitation; what a key sent itself it may see."""
    named: bool
    ready: bool
    """Whether every function that is to answer has submitted, or the assessment is completed."""

    def withheld(self, response: ResponseRow) -> Withheld | None:
        """Why the answers of the response are not shown; None where they are."""
        if response.id not in self.invited:
            return None
        if not self.named:
            return "confidentiality"
        if response.submitted_at is None:
            return "not_submitted"
        return None if self.ready else "blind_entry"


async def look(session: AsyncSession, owner: Owner, assessment: AssessmentRow) -> Sight:
    """What may be seen now. Where an assessment does not say which functions are to answer, nobody can tell that all
    have, and so it has to be completed first."""
    place = (owner.partner_id, owner.mode)
    invited = await list_invited_responses(session, *place, [assessment.id])
    ready = assessment.status == "completed"
    if invited and not ready and assessment.functions is not None:
        ready = set(assessment.functions) <= await list_submitted_functions(session, *place, assessment.id)
    return Sight(invited, assessment.confidentiality == "named", ready)
