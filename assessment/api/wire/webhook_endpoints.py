"""Webhook endpoints: what a key sends and sees of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.wire.paging import Cursor, Limit
from assessment.service.outbox import SUBSCRIBED_TYPES, SubscribedType
from assessment.service.outside import LONGEST_URL
from assessment.service.webhook_endpoints import DEFAULT_OVERLAP, LONGEST_OVERLAP
from assessment.service.webhook_views import LONGEST_DESCRIPTION

_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
_Url: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_URL)]
_Description: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_DESCRIPTION, pattern=r"\S")]
_Events: TypeAlias = Annotated[list[SubscribedType], Meta(min_length=1, max_length=len(SUBSCRIBED_TYPES))]
_WHERE = (
    "Where events are sent by POST: `https://`, a host on the public internet, without user, password or fragment. "
    "Redirects are not followed."
)
_WHAT = "The types of events that it is sent."


class WebhookEndpointRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A new webhook endpoint."""

    url: Annotated[_Url, Meta(description=_WHERE)]
    events: Annotated[_Events, Meta(description=_WHAT)]
    description: Annotated[_Description | None, Meta(description="Your own words for it.")] = None


class WebhookEndpointPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Changes to a webhook endpoint; what is left out stays."""

    url: Annotated[_Url | UnsetType, Meta(description=_WHERE)] = UNSET
    events: Annotated[_Events | UnsetType, Meta(description=_WHAT)] = UNSET
    description: Annotated[
        _Description | UnsetType | None, Meta(description="Your own words for it; null for none.")
    ] = UNSET


class RotationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """How a secret is rotated."""

    overlap_seconds: Annotated[
        int,
        Meta(ge=0, le=LONGEST_OVERLAP, description="How long the old secret goes on signing: 7 days at most."),
    ] = DEFAULT_OVERLAP


class WebhookEndpoint(Struct, frozen=True, kw_only=True):
    """A webhook endpoint, without its secrets."""

    id: Annotated[str, Meta(description="Webhook endpoint id (`hook_…`).")]
    url: Annotated[str, Meta(description="Where events are sent.")]
    description: Annotated[str | None, Meta(description="Your own words for it.")]
    events: Annotated[list[str], Meta(description=_WHAT)]
    status: Annotated[
        Literal["enabled", "disabled"],
        Meta(description="A disabled one is sent nothing: what was on its way waits, what happens meanwhile is not."),
    ]
    disabled_reason: Annotated[
        str | None, Meta(description="Why the service disabled it by itself; null where a key did.")
    ]
    created_at: Annotated[_Moment, Meta(description="When it was created.")]
    updated_at: Annotated[_Moment, Meta(description="When anything of it last changed.")]
    old_secret_expires_at: Annotated[
        _Moment | None,
        Meta(description="Until when the secret before the last rotation signs too, or did; null where it does not."),
    ]


class NewWebhookEndpoint(WebhookEndpoint, frozen=True, kw_only=True):
    """A webhook endpoint with its new secret, which is shown once."""

    secret: Annotated[
        str,
        Meta(
            description="What every message is signed with (`whsec_…`), by the Standard Webhooks specification. It is "
            "in no other answer."
        ),
    ]


class WebhookEndpointPage(Struct, frozen=True):
    """A page of webhook endpoints."""

    data: Annotated[list[WebhookEndpoint], Meta(description="The endpoints, newest first.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class WebhookEndpointsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of webhook endpoints."""

    limit: Limit = 20
    cursor: Cursor = None
