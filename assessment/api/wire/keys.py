"""API keys: what is sent to make one, and what is seen of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from assessment.api.wire.paging import Cursor, Limit
from assessment.service.api_keys import DEFAULT_OVERLAP, LONGEST_OVERLAP
from assessment.service.origins import MOST_ORIGINS
from assessment.service.scopes import SCOPES, Scope

_Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
_Scopes: TypeAlias = Annotated[list[Scope], Meta(min_length=1, max_length=len(SCOPES))]
_Origins: TypeAlias = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(min_length=1, max_length=MOST_ORIGINS)]
_Kind: TypeAlias = Annotated[
    Literal["secret", "publishable", "restricted"],
    Meta(
        description="`secret` may do everything of its partner, `restricted` what its scopes name, `publishable` what "
        "a page may, from the origins it lists and from pages of the service itself."
    ),
]
_Mode: TypeAlias = Literal["live", "test"]


class KeyRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A new key."""

    kind: _Kind
    mode: Annotated[_Mode | None, Meta(description="That of the key that asks; no other is allowed.")] = None
    name: Annotated[_Name | None, Meta(description="Your own name for it.")] = None
    scopes: Annotated[_Scopes | None, Meta(description="What a restricted key may do; for no other kind.")] = None
    origins: Annotated[
        _Origins | None,
        Meta(
            description="Origins of the pages that a publishable key is for, as browsers write them "
            "(`https://www.example.com`, with a port if it is not the usual one), compared exactly; `http://` for "
            "`localhost` and `127.0.0.1` alone. For no other kind."
        ),
    ] = None
    expires_at: Annotated[_Moment | None, Meta(description="When it stops working; never without it.")] = None


class RollRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """How a key is rolled."""

    overlap_seconds: Annotated[
        int,
        Meta(ge=0, le=LONGEST_OVERLAP, description="How long the old key goes on working: 7 days at most."),
    ] = DEFAULT_OVERLAP


class ApiKey(Struct, frozen=True):
    """A key, without its text."""

    id: Annotated[str, Meta(description="Key id (`key_…`).")]
    kind: _Kind
    mode: Annotated[_Mode, Meta(description="Whose data it reaches: `live` or `test`.")]
    name: Annotated[str | None, Meta(description="Your own name for it.")]
    prefix: Annotated[str, Meta(description="The first characters of its text, to tell it from others.")]
    scopes: Annotated[list[str] | None, Meta(description="What a restricted key may do; null for other kinds.")]
    origins: Annotated[
        list[str] | None,
        Meta(description="Where a publishable key may be used from; null is nowhere, or another kind."),
    ]
    created_at: Annotated[_Moment, Meta(description="When it was made.")]
    expires_at: Annotated[_Moment | None, Meta(description="When it stops working; null for never.")]
    last_used_at: Annotated[_Moment | None, Meta(description="When it was last used, to about a minute.")]
    revoked_at: Annotated[_Moment | None, Meta(description="When it was revoked; null while it is not.")]
    replaced_by: Annotated[str | None, Meta(description="The key (`key_…`) that it was rolled into.")]


class NewKey(ApiKey, frozen=True):
    """A key at birth."""

    key: Annotated[str, Meta(description="Its text, shown this once and kept nowhere.")]


class KeyPage(Struct, frozen=True):
    """A page of keys."""

    data: Annotated[list[ApiKey], Meta(description="The keys, newest first, revoked and expired ones included.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class KeysQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of keys."""

    limit: Limit = 20
    cursor: Cursor = None
