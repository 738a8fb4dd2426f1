"""What goes into a key and what is seen of it: everything that is wrong with a new one is told at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from assessment.errors import InvalidInput, Problem, pointer
from assessment.service import ids, keys
from assessment.service.origins import origin_problems
from assessment.service.scopes import SCOPES
from assessment.store.api_keys import ApiKeyRow

LONGEST_NAME = 200


class NewApiKey(msgspec.Struct, frozen=True):
    """What a key is to be. Without `mode` it has that of the key that asks for it."""

    kind: keys.Kind
    mode: keys.Mode | None = None
    name: str | None = None
    scopes: Sequence[str] | None = None
    origins: Sequence[str] | None = None
    expires_at: datetime | None = None


class ApiKeyView(msgspec.Struct, frozen=True):
    """A key without its text."""

    id: str
    kind: keys.Kind
    mode: keys.Mode
    name: str | None
    prefix: str
    scopes: list[str] | None
    origins: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    replaced_by: str | None


class CreatedKey(msgspec.Struct, frozen=True):
    """A key at birth, with the text that is shown once."""

    view: ApiKeyView
    text: str


def key_row(
    partner_id: uuid.UUID, kind: keys.Kind, mode: keys.Mode, key: keys.NewKey, now: datetime, **given: Any
) -> dict[str, Any]:
    """The row of a new key; `given` are its name, scopes, origins and expiry, as far as it has any."""
    return {
        "partner_id": partner_id,
        "id": ids.new_id(),
        "kind": kind,
        "mode": mode,
        "prefix": key.prefix,
        "hash": key.hash,
        "name": None,
        "scopes": None,
        "origins": None,
        "created_at": now,
        "expires_at": None,
        "revoked_at": None,
        "last_used_at": None,
        "replaced_by": None,
        **given,
    }


def check_new(new: NewApiKey, now: datetime) -> datetime | None:
    """When the key expires, in UTC. Raises InvalidInput."""
    problems = [*_scope_problems(new), *_origin_problems(new)]
    if new.name is not None and (not 1 <= len(new.name.strip()) <= LONGEST_NAME or "\0" in new.name):
        problems.append(Problem("/name", "invalid_text", f"A key's name has 1 to {LONGEST_NAME} characters."))
    expires_at = None
    try:
        expires_at = None if new.expires_at is None else new.expires_at.astimezone(UTC)
    except OverflowError:
        problems.append(Problem("/expires_at", "out_of_range", "A key expires before the year 10000."))
    if expires_at is not None and expires_at <= now:
        problems.append(Problem("/expires_at", "not_in_future", "A key expires in the future, or never."))
    if problems:
        said = problems[0].detail if len(problems) == 1 else f"{len(problems)} things are wrong."
        raise InvalidInput(said, errors=problems)
    return expires_at


def _scope_problems(new: NewApiKey) -> list[Problem]:
    allowed = f"Allowed: {', '.join(SCOPES)}."
    if new.kind != "restricted":
        if new.scopes is None:
            return []
        detail = f"A {new.kind} key has no scopes; leave them out, or make a restricted key."
        return [Problem("/scopes", "not_allowed", detail)]
    if not new.scopes:
        return [Problem("/scopes", "required", f"A restricted key may do what its scopes name. {allowed}")]
    problems = []
    for place, scope in enumerate(new.scopes):
        if scope not in SCOPES:
            problems.append(Problem(pointer("scopes", place), "unknown_scope", f"No such scope. {allowed}"))
        elif scope in new.scopes[:place]:
            problems.append(Problem(pointer("scopes", place), "duplicate_scope", f"{scope!r} is given twice."))
    return problems


def _origin_problems(new: NewApiKey) -> list[Problem]:
    if new.kind != "publishable":
        if new.origins is None:
            return []
        detail = f"A {new.kind} key is not used from pages; leave origins out, or make a publishable key."
        return [Problem("/origins", "not_allowed", detail)]
    if not new.origins:
        detail = "A publishable key works from the origins that it lists, and without any nowhere: list the pages'."
        return [Problem("/origins", "required", detail)]
    return origin_problems(new.origins)


def view_key(row: ApiKeyRow) -> ApiKeyView:
    return ApiKeyView(
        id=ids.to_text("key", row.id),
        kind=cast("keys.Kind", row.kind),
        mode=cast("keys.Mode", row.mode),
        name=row.name,
        prefix=row.prefix,
        scopes=row.scopes,
        origins=row.origins,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        replaced_by=None if row.replaced_by is None else ids.to_text("key", row.replaced_by),
    )
