"""The audit log: the row that a privileged action writes about itself, and reading the log back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Table

from assessment.errors import InvalidInput, Problem
from assessment.service import ids
from assessment.service.context import Principal, Store
from assessment.service.pages import Page, Window, refused
from assessment.service.reading import from_replica
from assessment.store import audit as rows
from assessment.store.access import EVERYONE, confined
from assessment.store.base import Mode
from assessment.store.tables import AUDIT_EVENTS

Action = Literal[
    "assessment.deleted",
    "assessment.imported",
    "backup.made",
    "benchmark.released",
    "invitation.created",
    "invitation.revoked",
    "key.created",
    "key.revoked",
    "key.rolled",
    "organisation.erased",
    "organisation.exported",
    "partner.created",
    "results.exported",
    "retention.applied",
    "share_link.created",
    "share_link.revoked",
    "webhook_endpoint.created",
    "webhook_endpoint.deleted",
    "webhook_endpoint.disabled",
    "webhook_endpoint.enabled",
    "webhook_endpoint.secret_rotated",
    "webhook_endpoint.updated",
]
ACTIONS: tuple[Action, ...] = get_args(Action)


class AuditEvent(msgspec.Struct, frozen=True):
    """One privileged action. `actor` is a key's id or the name of a command, `target` the id of what was acted on,
    which may be gone."""

    id: str
    mode: Literal["live", "test"] | None
    actor: str
    action: str
    target: str
    details: dict[str, Any]
    request_id: str | None
    created_at: datetime


class AuditFilters(msgspec.Struct, frozen=True):
    """What the log is narrowed to; times are aware."""

    action: str | None = None
    target: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


NO_FILTERS = AuditFilters()


def audit_row(
    actor: Principal | str,
    action: Action,
    target: str,
    details: Mapping[str, Any] | None = None,
    request_id: str | None = None,
    *,
    partner_id: uuid.UUID,
    mode: Mode | None,
) -> tuple[Table, dict[str, Any]]:
    """The table and row of one privileged action, for the batch or the connection that does the action itself.

    `actor` is a principal or the name of a command. Nothing that says who a person or an organisation is belongs in
    `details`, and no secret: the row outlives what it speaks of, erased organisations included. `mode` is None for
    what concerns a partner as a whole.
    """
    return AUDIT_EVENTS, {
        "partner_id": partner_id,
        "id": ids.new_id(),
        "mode": mode,
        "actor": actor if isinstance(actor, str) else ids.to_text("key", actor.key_id),
        "action": action,
        "target": target,
        "details": dict(details) if details else None,
        "request_id": request_id,
        "created_at": datetime.now(UTC),
    }


async def list_page(
    store: Store,
    principal: Principal,
    *,
    limit: int,
    cursor: str | None = None,
    filters: AuditFilters = NO_FILTERS,
) -> Page[AuditEvent]:
    """A page of what was done with the privileges of the principal's partner, newest first: in the key's mode, and
    what concerns the partner as a whole."""
    return await _page(store, principal.partner_id, principal.mode, limit, cursor, filters)


async def list_everything(store: Store, partner: str, filters: AuditFilters = NO_FILTERS) -> list[AuditEvent]:
    """The whole log of a partner (`ptnr_…`) in both modes, newest first. Raises InvalidInput for what is no id."""
    partner_id = ids.from_text("ptnr", partner)
    if partner_id is None:
        detail = f"{partner!r} is no partner's id (ptnr_…). List them: assessment partner list"
        raise InvalidInput(detail, errors=[Problem("/partner", "invalid_id", detail)])
    found: list[AuditEvent] = []
    cursor: str | None = None
    while True:
        page = await _page(store, partner_id, None, 100, cursor, filters)
        found += page.data
        cursor = page.next_cursor
        if cursor is None:
            return found


@from_replica
async def _page(
    store: Store, partner_id: uuid.UUID, mode: Mode | None, limit: int, cursor: str | None, filters: AuditFilters
) -> Page[AuditEvent]:
    window = Window(limit, cursor, "audit_events", partner_id, mode, filters)
    if filters.action is not None and filters.action not in ACTIONS:
        raise refused("action", "unknown_action", f"'action' must be one of: {', '.join(ACTIONS)}.")
    reach = EVERYONE if mode is None else confined(partner_id, mode)
    async with store.database.read(reach) as session:
        found = await rows.list_audit_events(
            session,
            partner_id,
            mode,
            limit=window.reach,
            before=window.behind,
            filters=rows.Filters(*msgspec.structs.astuple(filters)),
        )
    return window.page(found, view_event)


def view_event(row: rows.AuditRow) -> AuditEvent:
    return AuditEvent(
        id=ids.to_text("audit", row.id),
        mode=None if row.mode is None else ("live" if row.mode == "live" else "test"),
        actor=row.actor,
        action=row.action,
        target=row.target,
        details=row.details or {},
        request_id=row.request_id,
        created_at=row.created_at,
    )
