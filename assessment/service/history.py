"""History: completed assessments as later ones are compared with them, read back and each respondent scored anew."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.errors import DamagedResult, RubricNotFound
from assessment.rubric.bridges import Span
from assessment.scoring.answers import Response, unpack_answers
from assessment.scoring.change import Side
from assessment.scoring.past import PastResult, read_result
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.spread import Spread, spread_of
from assessment.service.context import Reader, Services
from assessment.service.views import used_rubric
from assessment.store.assessments import AssessmentRow, RubricPinned, list_rubrics_of
from assessment.store.history import Completion, find_first_scored
from assessment.store.responses import ResponseRow, list_responses
from assessment.store.results import list_results


class Completed(msgspec.Struct, frozen=True):
    """A completed assessment: its row, its stored result, and the submitted responses it was made of."""

    row: AssessmentRow
    result: PastResult
    responses: list[ResponseRow]


async def load(
    services: Services, session: AsyncSession, reader: Reader, rows: Sequence[AssessmentRow]
) -> list[Completed]:
    """The assessments with their results, in the order given, without those that are deleted meanwhile. Raises
    DamagedResult."""
    owner = (reader.partner_id, reader.mode)
    wanted = [row.id for row in rows]
    results = {stored.assessment_id: stored for stored in await list_results(session, *owner, wanted)}
    responses: defaultdict[uuid.UUID, list[ResponseRow]] = defaultdict(list)
    for response in await list_responses(session, *owner, wanted):
        if response.submitted_at is not None:
            responses[response.assessment_id].append(response)
    loaded = []
    for row in rows:
        if row.id not in results:
            continue
        encoded = await services.results.unseal(session, results[row.id])
        try:
            loaded.append(Completed(row, read_result(encoded), responses[row.id]))
        except msgspec.ValidationError:
            raise DamagedResult from None
    return loaded


async def side_of(services: Services, one: Completed) -> Side:
    """What is compared of it. Respondents are scored with the pinned rubric; the stored result stays as it is."""
    confidentiality: Confidentiality = "named" if one.row.confidentiality == "named" else "grouped"
    side = Side(one.result, _spread(services, one), confidentiality)
    # Many respondents of many assessments are many small scores; others get their turn between the assessments.
    await asyncio.sleep(0)
    return side


def _spread(services: Services, one: Completed) -> Spread | None:
    used = used_rubric(one.row)
    try:
        rubric = services.rubrics.pinned(used.id, used.version, used.digest)
    except RubricNotFound:
        # What was stored can be compared without it; only the spread cannot be told.
        return None
    answers = [Response(unpack_answers(rubric, response.answers), response.function) for response in one.responses]
    return spread_of(rubric, answers)


def span_of(services: Services, one: AssessmentRow | RubricPinned, other: AssessmentRow | RubricPinned) -> Span | None:
    """What lets the scores of the two be compared; None when nothing does."""
    if one.rubric_id != other.rubric_id:
        return None
    return services.catalog.span(one.rubric_id, _version(one), _version(other))


async def find_baseline(
    services: Services, session: AsyncSession, reader: Reader, row: AssessmentRow
) -> AssessmentRow | None:
    """The first assessment of the same organisation whose overall score can be compared with that of `row`; itself
    when there is no earlier one."""
    owner = (reader.partner_id, reader.mode)
    fitting = []
    for pinned in await list_rubrics_of(session, *owner, row.organisation_id):
        span = span_of(services, pinned, row)
        if span is not None and span.overall:
            fitting.append(pinned)
    return await find_first_scored(session, *owner, row.organisation_id, fitting, completion_of(row))


def completion_of(row: AssessmentRow) -> Completion:
    """Where a completed assessment stands in its organisation's history."""
    assert row.completed_at is not None  # of what is completed it is known
    return Completion(row.completed_at, row.id)


def _version(one: AssessmentRow | RubricPinned) -> tuple[str, str]:
    return one.rubric_version, "sha256:" + one.rubric_digest.hex()
