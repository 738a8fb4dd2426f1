"""Imports: assessments made of answers that were given elsewhere, each row of which counts once however often it comes.

A row is known by a print of what was read from it, and the prints stand in the metadata of the assessment that was made
of the rows. So nothing is made twice by the same rows in another file, and what was deleted can be imported again.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from assessment.service import ids
from assessment.service.audit import audit_row
from assessment.service.context import Services
from assessment.service.creation import create
from assessment.service.organisations import Operator
from assessment.service.receipts import About, Answered, Receipt, Request, answer_once
from assessment.service.views import AssessmentView, NewAssessment, ResponseIn
from assessment.store.assessments import Filters, find_assessment, list_assessments
from assessment.store.queue import Batch

FIELD = "imported_rows"
"""The entry of the metadata that holds the prints; where one is full, further ones are numbered from 2."""
PRINT = 8
"""Characters of a print: 48 bits, compared only with those of the same organisation."""
IN_FIELD = 62
"""Prints in an entry, which may have 500 characters."""
PAGE = 100


class Row(msgspec.Struct, frozen=True):
    """One person's answers, and when they were given, where that is known."""

    response: ResponseIn
    answered_at: datetime | None = None


class Import(msgspec.Struct, frozen=True):
    """An assessment to be made, whose organisation has an external id, and the prints of the rows it is made of."""

    new: NewAssessment
    prints: frozenset[str]


class Imported(msgspec.Struct, frozen=True):
    """What became of an import: it was made now, all its rows were there already, or some of them were, so that it
    cannot be made without counting people twice. Of several assessments with its rows, `assessment` is the newest."""

    outcome: Literal["made", "there", "overlaps"]
    assessment: str
    rows: int
    """How many of its rows are there now."""


def import_of(new: NewAssessment, rows: Sequence[Row]) -> Import:
    """The import of an assessment whose responses are those of the rows."""
    prints = frozenset(_prints(new, rows))
    fields = {}
    for number, start in enumerate(range(0, len(prints), IN_FIELD), start=1):
        name = FIELD if number == 1 else f"{FIELD}_{number}"
        fields[name] = "".join(sorted(prints)[start : start + IN_FIELD])
    answered = [row.answered_at.isoformat() for row in rows if row.answered_at is not None]
    last = {"answered_at": max(answered)} if answered else {}
    responses = [row.response for row in rows]
    metadata = {**new.metadata, **last, **fields}
    return Import(msgspec.structs.replace(new, responses=responses, metadata=metadata), prints)


def _prints(new: NewAssessment, rows: Iterable[Row]) -> Iterable[str]:
    """Of rows that say the very same, which people without a reference may give, each has a print of its own. The
    version of the rubric is left out: a new one does not make new rows of old ones."""
    seen: Counter[bytes] = Counter()
    for row in rows:
        respondent = row.response.respondent
        said: list[Any] = [
            new.rubric.partition("@")[0],
            new.organisation.external_id,
            row.response.function,
            None if respondent is None else [respondent.reference, respondent.seniority],
            row.answered_at,
            sorted(row.response.answers.items()),
        ]
        content = msgspec.json.encode(said)
        digest = hashlib.sha256(b"%d\0" % seen[content] + content).digest()
        seen[content] += 1
        yield base64.urlsafe_b64encode(digest[:6]).decode()


async def find(services: Services, operator: Operator, wanted: Import) -> Imported | None:
    """What is there of the import's rows; None where nothing is."""
    filters = Filters(external_id=wanted.new.organisation.external_id)
    known: set[str] = set()
    newest = before = None
    async with services.database.read(operator) as session:
        while True:
            found = await list_assessments(
                session, operator.partner_id, operator.mode, limit=PAGE, before=before, filters=filters
            )
            for row, _ in found:
                held = _read_prints(row.details or {}) & wanted.prints
                newest = newest or (row.id if held else None)
                known |= held
            if len(found) < PAGE:
                break
            before = found[-1][0].id
    if newest is None:
        return None
    outcome: Literal["there", "overlaps"] = "there" if known == wanted.prints else "overlaps"
    return Imported(outcome, ids.to_text("asmt", newest), len(known))


def _read_prints(metadata: dict[str, Any]) -> set[str]:
    joined = "".join(value for name, value in metadata.items() if name.startswith(FIELD) and isinstance(value, str))
    return {joined[start : start + PRINT] for start in range(0, len(joined), PRINT)}


async def put(services: Services, operator: Operator, wanted: Import) -> Imported:
    """Make the assessment, unless rows of it are there already, and note it in the audit log. Raises what
    `creation.create` does.

    Two that import the same at once are told apart by a receipt, which the database takes once. A receipt outlives an
    assessment that is deleted: the next number then stands for the import.
    """
    found = await find(services, operator, wanted)
    number = 0
    while found is None:
        found = await _put_once(services, operator, wanted, number)
        number += 1
    return found


async def _put_once(services: Services, operator: Operator, wanted: Import, number: int) -> Imported | None:
    content = hashlib.sha256("".join(sorted(wanted.prints)).encode()).digest()
    # With a byte that no key of a request has.
    request = Request(hashlib.sha256(b"\0import %d\0" % number + content).digest(), content)

    async def work(receipt: Receipt) -> str:
        def keep(view: AssessmentView) -> Batch:
            about = About(ids.find_id("org", view.organisation.id))
            answer = Answered(201, (), view.id.encode())
            event = audit_row(
                operator.command,
                "assessment.imported",
                view.id,
                {"organisation": view.organisation.id, "responses": len(view.responses)},
                partner_id=operator.partner_id,
                mode=operator.mode,
            )
            return [receipt.row(answer, about), event]

        return (await create(services, operator, wanted.new, keep)).id

    done = await answer_once(services, operator, request, work)
    if isinstance(done, str):
        return Imported("made", done, len(wanted.prints))
    assert isinstance(done, Answered)  # the answer is an id, which takes no room
    assessment = done.body.decode()
    async with services.database.read(operator) as session:
        place = (operator.partner_id, operator.mode)
        there = await find_assessment(session, *place, ids.find_id("asmt", assessment))
    return None if there is None else Imported("there", assessment, len(wanted.prints))
