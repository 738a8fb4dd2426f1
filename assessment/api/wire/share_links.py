"""Share links: what a key sends and sees of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from assessment.api.wire.paging import Cursor, Limit

_Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]


class ShareLinkRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A link that shows the report of an assessment."""

    expires_in_days: Annotated[
        int,
        Meta(ge=1, le=365, description="For how many days it works; with a publishable key 30 at most."),
    ] = 30
    locale: Annotated[
        str | None,
        Meta(
            description="Language of the report; one of the rubric's `locales`. The rubric's own language without it."
        ),
    ] = None


class ShareLink(Struct, frozen=True, kw_only=True):
    """A share link, without what opens it."""

    id: Annotated[str, Meta(description="Link id (`link_…`).")]
    locale: Annotated[str | None, Meta(description="Language of the report; null for the rubric's own.")]
    created_at: Annotated[_Moment, Meta(description="When it was created.")]
    expires_at: Annotated[_Moment, Meta(description="Until when it works.")]
    revoked_at: Annotated[_Moment | None, Meta(description="When it was revoked.")]
    views: Annotated[
        int,
        Meta(
            ge=0,
            description="How often the report was shown, as page or PDF. A bare count: nothing is kept of who looked, "
            "and under load some are left out.",
        ),
    ]


class NewShareLink(ShareLink, frozen=True, kw_only=True):
    """A share link with what opens it, which is shown once."""

    token: Annotated[str, Meta(description="What opens the report (`alm_share_…`).")]
    url: Annotated[str, Meta(description="Where the report is, for whoever has this address.")]


class ShareLinkPage(Struct, frozen=True):
    """A page of share links."""

    data: Annotated[list[ShareLink], Meta(description="The links, oldest first.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]


class ShareLinksQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of share links."""

    limit: Limit = 20
    cursor: Cursor = None
