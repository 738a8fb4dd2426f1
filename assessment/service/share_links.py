"""Share links: whoever has one sees the report of one assessment. A partner's keys create, list and revoke them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.errors import AssessmentOpen, InvalidInput, LimitReached, Problem, ResourceNotFound
from assessment.rubric.translate import check_locale
from assessment.scoring.compiled import CompiledRubric
from assessment.service import ids
from assessment.service.audit import Action, audit_row
from assessment.service.context import Principal, Services, Shared, Store
from assessment.service.drafts import hold, rubric_of
from assessment.service.pages import Page, Window
from assessment.service.receipts import Keep, keep_nothing, store_rows
from assessment.service.tokens import SHARE_LINK, hash_token
from assessment.store.access import presenting
from assessment.store.assessments import Found, find_assessment
from assessment.store.share_links import (
    ShareLinkRow,
    count_live_links,
    count_view,
    find_link,
    find_presented_link,
    list_links,
)
from assessment.store.tables import SHARE_LINKS

MOST_LINKS = 100
"""Of one assessment, without those that were revoked or have expired."""
LONGEST_DAYS = 365
LONGEST_DAYS_OF_PAGES = 30
"""What a publishable key may give, which anybody can copy."""


class NewShareLink(msgspec.Struct, frozen=True):
    expires_in_days: int = 30
    locale: str | None = None


class ShareLinkView(msgspec.Struct, frozen=True):
    """A share link without its token."""

    id: str
    locale: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    views: int


class CreatedShareLink(msgspec.Struct, frozen=True):
    """A share link at birth, with the token, which is shown here and never again."""

    organisation: str
    link: ShareLinkView
    token: str


async def create(
    services: Services,
    principal: Principal,
    assessment_id: str,
    new: NewShareLink,
    *,
    bits: int | None = None,
    request_id: str | None = None,
    keep: Keep[CreatedShareLink] = keep_nothing,
) -> CreatedShareLink:
    """Create a link to the report of a completed assessment. `bits` are the token's random bits, if they were drawn
    already; what `keep` makes of the link is stored with it. Raises ResourceNotFound, AssessmentOpen, LimitReached,
    RubricNotFound or InvalidInput."""
    wanted = ids.find_id("asmt", assessment_id)
    token = SHARE_LINK.make(bits)

    async def work(connection: AsyncConnection) -> CreatedShareLink:
        now = datetime.now(UTC)
        async with AsyncSession(connection) as session:
            found = await hold(session, principal, wanted)
            require_completed(found)
            _check(rubric_of(services.rubrics, found), principal, new)
            live = await count_live_links(session, principal.partner_id, principal.mode, wanted, now)
            if live >= MOST_LINKS:
                raise LimitReached(f"An assessment has at most {MOST_LINKS} share links that work; revoke one first.")
            organisation = ids.to_text("org", found[1].id)
        row = {
            "partner_id": principal.partner_id,
            "mode": principal.mode,
            "assessment_id": wanted,
            "id": ids.new_id(),
            "hash": hash_token(token),
            "locale": new.locale,
            "views": 0,
            "created_at": now,
            "expires_at": now + timedelta(days=new.expires_in_days),
            "revoked_at": None,
        }
        await connection.execute(insert(SHARE_LINKS), [row])
        created = CreatedShareLink(organisation, view_link(ShareLinkRow(**row)), token)
        details = {"share_link": created.link.id, "expires_in_days": new.expires_in_days}
        event = _audit(principal, "share_link.created", assessment_id, details, request_id)
        await store_rows(connection, [event, *keep(created)])
        return created

    return await services.queue.run(work, principal)


async def list_page(
    services: Services, principal: Principal, assessment_id: str, *, limit: int, cursor: str | None = None
) -> Page[ShareLinkView]:
    """A page of the share links of an assessment, oldest first, those that do not work any more among them. Raises
    ResourceNotFound."""
    wanted = ids.find_id("asmt", assessment_id)
    owner = (principal.partner_id, principal.mode)
    window = Window(limit, cursor, "share_links", *owner, wanted)
    async with services.database.read(principal) as session:
        if await find_assessment(session, *owner, wanted) is None:
            raise ResourceNotFound
        found = await list_links(session, *owner, [wanted], limit=window.reach, after=window.behind)
    return window.page(found, view_link)


async def revoke(
    services: Services,
    principal: Principal,
    assessment_id: str,
    link_id: str,
    request_id: str | None = None,
) -> None:
    """Have the link show nothing more. Revoking again changes nothing. Raises ResourceNotFound."""
    wanted, named = ids.find_id("asmt", assessment_id), ids.find_id("link", link_id)
    owner = (principal.partner_id, principal.mode)

    async def work(connection: AsyncConnection) -> None:
        async with AsyncSession(connection) as session:
            await hold(session, principal, wanted)
            row = await find_link(session, *owner, wanted, named)
            if row is None:
                raise ResourceNotFound
            if row.revoked_at is not None:
                return
        own = dict(zip(("partner_id", "mode", "assessment_id", "id"), (*owner, wanted, named), strict=True))
        await connection.execute(update(SHARE_LINKS).filter_by(**own).values(revoked_at=datetime.now(UTC)))
        details = {"share_link": link_id}
        await store_rows(connection, [_audit(principal, "share_link.revoked", assessment_id, details, request_id)])

    await services.queue.run(work, principal)


async def follow(store: Store, token: str) -> Shared:
    """Whose share link the token is. Unknown, expired and revoked ones raise the same ResourceNotFound."""
    token_hash = SHARE_LINK.parse(token)
    if token_hash is None:
        raise ResourceNotFound
    async with store.database.read(presenting(token_hash)) as session:
        presented = await find_presented_link(session, token_hash, datetime.now(UTC))
    if presented is None:
        raise ResourceNotFound
    return Shared(*presented)


def note_view(store: Store, shared: Shared) -> None:
    """Count that the report was shown. Nobody waits for it: under load it is left out, and the report is not."""
    place = (shared.partner_id, shared.mode, shared.assessment_id, shared.link_id)

    async def work(connection: AsyncConnection) -> None:
        await count_view(connection, *place)

    store.queue.post(work, shared)


def view_link(row: ShareLinkRow) -> ShareLinkView:
    return ShareLinkView(
        ids.to_text("link", row.id), row.locale, row.created_at, row.expires_at, row.revoked_at, row.views
    )


def require_completed(found: Found) -> None:
    """Raises AssessmentOpen."""
    if found[0].status != "completed":
        raise AssessmentOpen("An assessment has a report once it is completed; this one is open.")


def _check(rubric: CompiledRubric, principal: Principal, new: NewShareLink) -> None:
    problems = []
    most = LONGEST_DAYS_OF_PAGES if principal.kind == "publishable" else LONGEST_DAYS
    if not 1 <= new.expires_in_days <= most:
        whose = " with a publishable key" if principal.kind == "publishable" else ""
        detail = f"'expires_in_days' must be 1 to {most}{whose}."
        problems.append(Problem("/expires_in_days", "out_of_range", detail))
    try:
        if new.locale is not None:
            check_locale(new.locale, rubric.source.locales)
    except InvalidInput as error:
        problems += error.errors
    if problems:
        raise InvalidInput(f"{problems[0].pointer}: {problems[0].detail}", errors=problems)


def _audit(
    principal: Principal, action: Action, assessment_id: str, details: dict[str, Any], request_id: str | None
) -> Any:
    """The assessment is the target, so that an export of its organisation finds the event."""
    partner_id, mode = principal.partner_id, principal.mode
    return audit_row(principal, action, assessment_id, details, request_id, partner_id=partner_id, mode=mode)
