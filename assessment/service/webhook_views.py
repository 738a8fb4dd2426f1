"""What goes into a webhook endpoint and what is seen of it: everything that is wrong with one is told at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from assessment.errors import InvalidInput, Problem, pointer
from assessment.service import ids
from assessment.service.outbox import SUBSCRIBED_TYPES
from assessment.service.outside import check_url
from assessment.store.webhook_endpoints import WebhookEndpointRow

LONGEST_DESCRIPTION = 200

Status = Literal["enabled", "disabled"]


class EndpointFields(msgspec.Struct, frozen=True):
    """What a partner says of an endpoint; what is UNSET stays as it is."""

    url: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    events: Sequence[str] | UnsetType = UNSET


class WebhookEndpointView(msgspec.Struct, frozen=True):
    """An endpoint without its secrets. `disabled_reason` is None where a key disabled it."""

    id: str
    url: str
    description: str | None
    events: list[str]
    status: Status
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime
    old_secret_expires_at: datetime | None


class SecretShown(msgspec.Struct, frozen=True):
    """An endpoint with a new secret, which is shown here and never again."""

    view: WebhookEndpointView
    secret: str


def view_endpoint(row: WebhookEndpointRow) -> WebhookEndpointView:
    return WebhookEndpointView(
        id=ids.to_text("hook", row.id),
        url=row.url,
        description=row.description,
        events=row.events,
        status="enabled" if row.disabled_at is None else "disabled",
        disabled_reason=row.disabled_reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
        old_secret_expires_at=row.old_secret_until,
    )


def check_fields(given: EndpointFields, *, allow_inside: bool, new: bool = False) -> dict[str, Any]:
    """The columns for what is given; a `new` endpoint has all of them. Raises InvalidInput."""
    problems: list[Problem] = []
    if new:
        missing = [name for name in ("url", "events") if getattr(given, name) is UNSET]
        problems += [Problem(pointer(name), "required", f"An endpoint has {name!r}.") for name in missing]
    if not isinstance(given.url, UnsetType):
        try:
            check_url(given.url, allow_inside=allow_inside)
        except InvalidInput as error:
            problems += error.errors
    if isinstance(given.description, str) and (
        not 1 <= len(given.description.strip()) <= len(given.description) <= LONGEST_DESCRIPTION
        or "\0" in given.description
    ):
        detail = f"A description has 1 to {LONGEST_DESCRIPTION} characters."
        problems.append(Problem("/description", "invalid_text", detail))
    if not isinstance(given.events, UnsetType):
        problems += _event_problems(given.events)
    if problems:
        raise InvalidInput(f"{problems[0].pointer}: {problems[0].detail}", errors=problems)
    columns = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not UNSET}
    return columns | ({"events": list(columns["events"])} if "events" in columns else {})


def _event_problems(events: Sequence[str]) -> list[Problem]:
    allowed = f"Allowed: {', '.join(SUBSCRIBED_TYPES)}."
    if not events:
        return [Problem("/events", "required", f"An endpoint is sent the events that it lists. {allowed}")]
    problems = []
    for place, event in enumerate(events):
        if event not in SUBSCRIBED_TYPES:
            problems.append(Problem(pointer("events", place), "unknown_event", f"No such type of event. {allowed}"))
        elif event in events[:place]:
            problems.append(Problem(pointer("events", place), "duplicate_event", f"{event!r} is given twice."))
    return problems
