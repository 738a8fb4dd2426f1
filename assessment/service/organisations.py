"""Organisations: read, list, and erase with everything that is kept about them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import ResourceNotFound
from assessment.service import ids
from assessment.service.audit import audit_row
from assessment.service.context import Principal, Store
from assessment.service.pages import Page, Window
from assessment.service.reading import from_replica
from assessment.service.receipts import store_rows
from assessment.store import assessments, events, idempotency
from assessment.store import organisations as rows
from assessment.store.organisations import OrganisationRow
from assessment.store.scrub import note_deletion, rewrite

_log = logging.getLogger("assessment.service")


class Operator(msgspec.Struct, frozen=True):
    """A person at the command line who acts on one partner's data; `command` is what the audit log names."""

    partner_id: uuid.UUID
    mode: Literal["live", "test"]
    command: str


Asker = Principal | Operator


class OrganisationDetails(msgspec.Struct, frozen=True):
    """An organisation on its own; `assessments` is how many there are of it."""

    id: str
    name: str
    external_id: str | None
    domain: str | None
    industry: str | None
    size: str | None
    region: str | None
    created_at: datetime
    assessments: int


class OrganisationFilters(msgspec.Struct, frozen=True):
    """What a list is narrowed to; times are aware."""

    external_id: str | None = None
    name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


class Erased(msgspec.Struct, frozen=True):
    """How much went with an organisation."""

    assessments: int
    idempotency_records: int
    events: int


NO_FILTERS = OrganisationFilters()


@from_replica
async def get(store: Store, asker: Asker, organisation_id: str) -> OrganisationDetails:
    """Raises ResourceNotFound."""
    wanted = ids.find_id("org", organisation_id)
    async with store.database.read(asker) as session:
        return await read(session, asker, wanted)


@from_replica
async def list_page(
    store: Store,
    asker: Asker,
    *,
    limit: int,
    cursor: str | None = None,
    filters: OrganisationFilters = NO_FILTERS,
) -> Page[OrganisationDetails]:
    """A page of organisations, newest first."""
    window = Window(limit, cursor, "organisations", asker.partner_id, asker.mode, filters)
    narrowed = rows.Filters(*msgspec.structs.astuple(filters))
    async with store.database.read(asker) as session:
        found = await rows.list_organisations(
            session, asker.partner_id, asker.mode, limit=window.reach, before=window.behind, filters=narrowed
        )
        shown = [row.id for row in window.cut(found)]
        counts = await assessments.count_assessments(session, asker.partner_id, asker.mode, shown)
    return window.page(found, lambda row: details_of(row, counts.get(row.id, 0)))


async def erase(
    store: Store,
    asker: Asker,
    organisation_id: str,
    *,
    expect: Callable[[OrganisationDetails], None] | None = None,
    request_id: str | None = None,
) -> Erased:
    """Delete the organisation, its assessments with responses, results and client tokens, what was kept for idempotent
    retries about it, and the events about it, on their way or sent. One audit entry stays, with ids and numbers only.

    `expect` is asked of the state that is about to be erased, and may raise. Raises ResourceNotFound.
    """
    wanted = ids.find_id("org", organisation_id)
    owner = (asker.partner_id, asker.mode)

    async def work(connection: AsyncConnection) -> Erased:
        async with AsyncSession(connection) as session:
            # Locked, so that nobody adds an assessment between these statements.
            found = await read(session, asker, wanted, lock=True)
        if expect is not None:
            expect(found)
        # In this order: whoever was completing an assessment has committed its event and record by then, and whoever
        # had an event sent again its record.
        deleted = await assessments.delete_of_organisation(connection, *owner, wanted)
        told = await events.delete_of_organisation(connection, *owner, wanted)
        kept = await idempotency.delete_of_organisation(connection, *owner, wanted)
        erased = Erased(deleted, kept, told)
        await rows.delete_organisations(connection, *owner, [wanted])
        await note_deletion(connection)
        entry = audit_row(
            asker.command if isinstance(asker, Operator) else asker,
            "organisation.erased",
            organisation_id,
            msgspec.structs.asdict(erased),
            request_id,
            partner_id=asker.partner_id,
            mode=asker.mode,
        )
        await store_rows(connection, [entry])
        return erased

    erased = await store.queue.run(work, asker)
    # What this process remembers of it goes too; another process notices when the database refuses its next row.
    store.known_organisations = {key: known for key, known in store.known_organisations.items() if known[0] != wanted}
    if not await rewrite(store.database):
        _log.warning("A reader kept the database file from being written anew after an erasure; it is tried daily.")
    return erased


async def read(
    session: AsyncSession, asker: Asker, organisation_id: uuid.UUID, *, lock: bool = False
) -> OrganisationDetails:
    """The organisation as its partner sees it; with `lock`, held until the transaction ends. Raises
    ResourceNotFound."""
    row = await rows.find_organisation(session, asker.partner_id, asker.mode, organisation_id, lock=lock)
    if row is None:
        raise ResourceNotFound
    counts = await assessments.count_assessments(session, asker.partner_id, asker.mode, [organisation_id])
    return details_of(row, counts.get(organisation_id, 0))


def details_of(row: OrganisationRow, count: int) -> OrganisationDetails:
    fields: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("name", "external_id", "domain", "industry", "size", "region", "created_at")
    }
    return OrganisationDetails(id=ids.to_text("org", row.id), assessments=count, **fields)
