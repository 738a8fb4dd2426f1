"""Drafts: what a key and an invited person alike may change of a response, and until when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.errors import (
    AssessmentCompleted,
    InvalidAnswers,
    InvalidInput,
    LimitReached,
    Problem,
    ResourceNotFound,
    ResponseSubmitted,
)
from assessment.scoring.answers import Response, check_answers, pack_answers, unpack_answers
from assessment.scoring.compiled import CompiledRubric
from assessment.service.examine import asked_function_problems
from assessment.service.rubrics import Rubrics
from assessment.service.views import Respondent, used_rubric
from assessment.store.access import Owner
from assessment.store.assessments import Found, find_assessment
from assessment.store.responses import ResponseRow, count_responses

MOST_RESPONSES = 500
"""Of one assessment."""


class DraftChange(msgspec.Struct, frozen=True):
    """New values; what is UNSET stays. `answers` are merged into what there is, and None takes an answer out."""

    answers: dict[str, Any] = {}
    function: str | UnsetType | None = UNSET
    respondent: Respondent | UnsetType | None = UNSET


async def hold(session: AsyncSession, owner: Owner, assessment_id: uuid.UUID) -> Found:
    """The assessment with its organisation, locked until the transaction ends: whoever completes it, or changes
    another of its responses, waits. Raises ResourceNotFound."""
    found = await find_assessment(session, owner.partner_id, owner.mode, assessment_id, lock=True)
    if found is None:
        raise ResourceNotFound
    return found


def require_open(found: Found) -> None:
    """Raises AssessmentCompleted."""
    if found[0].status == "completed":
        raise AssessmentCompleted("The assessment is completed, so nobody can respond to it any more.")


def require_draft(response: ResponseRow) -> None:
    """Raises ResponseSubmitted."""
    if response.submitted_at is not None:
        raise ResponseSubmitted("The response is submitted, and does not change any more.")


async def require_room(session: AsyncSession, owner: Owner, assessment_id: uuid.UUID) -> None:
    """Raises LimitReached where no further response is taken."""
    if await count_responses(session, owner.partner_id, owner.mode, assessment_id) >= MOST_RESPONSES:
        raise LimitReached(f"An assessment has at most {MOST_RESPONSES} responses, and this one has them.")


def rubric_of(rubrics: Rubrics, found: Found) -> CompiledRubric:
    """The rubric version that the assessment was created with. Raises RubricNotFound."""
    used = used_rubric(found[0])
    return rubrics.pinned(used.id, used.version, used.digest)


def changed(
    rubric: CompiledRubric,
    found: Found,
    draft: ResponseRow | None,
    change: DraftChange,
    problems: Sequence[Problem] = (),
) -> dict[str, Any]:
    """The columns of a response after the change, of a new one where there is no draft yet. The whole of it is
    examined: raises InvalidInput that lists everything that is wrong, `problems` first, or InvalidAnswers where nothing
    but answers is."""
    answers = {} if draft is None else unpack_answers(rubric, draft.answers)
    merged = answers | change.answers
    # A None for what is no question stays, so that it is told like any other answer to none.
    kept = {name: given for name, given in merged.items() if given is not None or name not in rubric.by_id}
    function = change.function
    if isinstance(function, UnsetType):
        function = None if draft is None else draft.function
    _examine(rubric, found, kept, function, problems)
    columns: dict[str, Any] = {"function": function, "answers": pack_answers(rubric, kept)}
    if not isinstance(change.respondent, UnsetType):
        who = change.respondent
        columns["respondent_reference"] = None if who is None else who.reference
        columns["respondent_seniority"] = None if who is None else who.seniority
    elif draft is None:
        columns |= {"respondent_reference": None, "respondent_seniority": None}
    return columns


def _examine(
    rubric: CompiledRubric,
    found: Found,
    answers: dict[str, Any],
    function: str | None,
    problems: Sequence[Problem],
) -> None:
    if function in rubric.functions:
        problems = [*problems, *asked_function_problems(found[0].functions, function, ("function",))]
    try:
        check_answers(rubric, [Response(answers, function)])
    except InvalidAnswers as error:
        if not problems:
            raise
        problems = [*problems, *error.errors]
    if problems:
        raise InvalidInput(f"{problems[0].pointer}: {problems[0].detail}", errors=problems)
