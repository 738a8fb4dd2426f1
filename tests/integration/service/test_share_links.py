"""Share links: who may make one, what it opens, until when, and that views are counted and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import AssessmentOpen, InvalidInput, LimitReached, ResourceNotFound
from assessment.service import audit, share_links
from assessment.service.assessments import create as create_assessment
from assessment.service.assessments import delete as delete_assessment
from assessment.service.context import Principal, Services
from assessment.service.exports import export
from assessment.service.ids import find_id
from assessment.service.organisations import erase
from assessment.service.share_links import CreatedShareLink, NewShareLink, ShareLinkView
from assessment.service.tokens import INVITATION, SHARE_LINK, hash_token
from assessment.store.access import EVERYONE
from assessment.store.tables import SHARE_LINKS
from tests.integration.service.helpers import new_assessment, new_principal


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


async def completed(services: Services, principal: Principal, **fields: Any) -> str:
    return (await create_assessment(services, principal, new_assessment(services, **fields))).id


async def share(services: Services, principal: Principal, **asked: Any) -> tuple[str, CreatedShareLink]:
    """A completed assessment, and a link to its report."""
    assessment = await completed(services, principal)
    return assessment, await share_links.create(services, principal, assessment, NewShareLink(**asked))


async def listed(services: Services, principal: Principal, assessment: str) -> list[ShareLinkView]:
    return (await share_links.list_page(services, principal, assessment, limit=100)).data


async def change_rows(services: Services, **values: Any) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(SHARE_LINKS).values(**values))

    await services.queue.run(work, EVERYONE)


async def settled(look: Callable[[], Awaitable[int]], wanted: int) -> int:
    """What `look` gives once it is `wanted`, or after a while: nobody waits for a view to be counted."""
    for _ in range(200):
        if (found := await look()) == wanted:
            return found
        await asyncio.sleep(0.01)
    return found


def test_a_token_has_128_bits_and_tells_its_own_mistypings() -> None:
    token = SHARE_LINK.make()
    assert token.startswith("alm_share_")
    assert len(token) == len("alm_share_") + 22 + 6
    assert SHARE_LINK.parse(token) == hash_token(token)
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert [SHARE_LINK.parse(wrong) for wrong in (other, token[:-1], token + "0", "", f" {token}")] == [None] * 5
    assert SHARE_LINK.make(7) == SHARE_LINK.make(7) != SHARE_LINK.make(8)
    assert SHARE_LINK.make((1 << 128) - 1).startswith("alm_share_7n42DGM5Tflk9n8mt7Fhc7")
    assert SHARE_LINK.make(1 << 128) == SHARE_LINK.make(0)
    assert SHARE_LINK.parse(INVITATION.make()) is INVITATION.parse(token) is None


async def test_a_link_opens_its_own_assessment(services: Services, mine: Principal) -> None:
    assessment, created = await share(services, mine, expires_in_days=90, locale="en")
    link = created.link
    assert (link.locale, link.revoked_at, link.views) == ("en", None, 0)
    assert link.expires_at - link.created_at == timedelta(days=90)
    shared = await share_links.follow(services, created.token)
    assert (shared.partner_id, shared.mode) == (mine.partner_id, "live")
    assert shared.assessment_id == find_id("asmt", assessment)
    assert shared.link_id == find_id("link", link.id)
    assert shared.locale == "en"
    assert await listed(services, mine, assessment) == [link]


async def test_what_is_wrong_with_a_link_is_told(services: Services, mine: Principal) -> None:
    assessment = await completed(services, mine)
    page = msgspec.structs.replace(mine, kind="publishable")
    for principal, asked, pointer, said in (
        (mine, {"expires_in_days": 0}, "/expires_in_days", "must be 1 to 365."),
        (mine, {"expires_in_days": 366}, "/expires_in_days", "must be 1 to 365."),
        (page, {"expires_in_days": 31}, "/expires_in_days", "must be 1 to 30 with a publishable key."),
        (mine, {"locale": "xx"}, "/locale", "Allowed: en"),
        (mine, {"locale": "x" * 1000}, "/locale", "Allowed: en"),
    ):
        with pytest.raises(InvalidInput, match=said) as refused:
            await share_links.create(services, principal, assessment, NewShareLink(**asked))
        assert [problem.pointer for problem in refused.value.errors] == [pointer]
    with pytest.raises(InvalidInput, match=r"^/expires_in_days: 'expires_in_days' must be") as refused:
        await share_links.create(services, mine, assessment, NewShareLink(0, "xx"))
    assert [problem.pointer for problem in refused.value.errors] == ["/expires_in_days", "/locale"]
    for principal, days in ((mine, 365), (page, 30), (mine, 1)):
        await share_links.create(services, principal, assessment, NewShareLink(days))


async def test_an_open_assessment_has_nothing_to_share(services: Services, mine: Principal) -> None:
    assessment = await completed(services, mine, complete=False)
    with pytest.raises(AssessmentOpen, match="once it is completed"):
        await share_links.create(services, mine, assessment, NewShareLink())


async def test_links_that_work_are_limited_and_others_make_room(
    services: Services, mine: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share_links, "MOST_LINKS", 2)
    assessment, first = await share(services, mine)
    await share_links.create(services, mine, assessment, NewShareLink())
    with pytest.raises(LimitReached, match="at most 2 share links"):
        await share_links.create(services, mine, assessment, NewShareLink())
    await share_links.revoke(services, mine, assessment, first.link.id)
    await share_links.create(services, mine, assessment, NewShareLink())
    with pytest.raises(LimitReached):
        await share_links.create(services, mine, assessment, NewShareLink())
    await change_rows(services, expires_at=datetime.now(UTC))
    await share_links.create(services, mine, assessment, NewShareLink())
    assert len(await listed(services, mine, assessment)) == 4


async def test_unknown_expired_and_revoked_links_are_refused_in_the_same_words(
    services: Services, mine: Principal
) -> None:
    said = set()
    for case in ("unknown", "malformed", "revoked", "expired", "deleted"):
        assessment, created = await share(services, mine)
        token = {"unknown": SHARE_LINK.make(), "malformed": "alm_share_x"}.get(case, created.token)
        if case == "revoked":
            await share_links.revoke(services, mine, assessment, created.link.id)
        elif case == "expired":
            await change_rows(services, expires_at=datetime.now(UTC) - timedelta(microseconds=1))
        elif case == "deleted":
            await delete_assessment(services, mine, assessment)
        with pytest.raises(ResourceNotFound) as refused:
            await share_links.follow(services, token)
        said.add(refused.value.detail)
    assert len(said) == 1


async def test_a_link_works_to_the_last_moment(services: Services, mine: Principal) -> None:
    _, created = await share(services, mine)
    await change_rows(services, expires_at=datetime.now(UTC) + timedelta(minutes=1))
    assert (await share_links.follow(services, created.token)).link_id == find_id("link", created.link.id)


async def test_revoking_again_changes_nothing(services: Services, mine: Principal) -> None:
    assessment, created = await share(services, mine)
    await share_links.revoke(services, mine, assessment, created.link.id)
    [once] = await listed(services, mine, assessment)
    assert once.revoked_at is not None
    await share_links.revoke(services, mine, assessment, created.link.id)
    assert await listed(services, mine, assessment) == [once]
    page = await audit.list_page(services, mine, limit=10)
    assert [event.action for event in page.data][:2] == ["share_link.revoked", "share_link.created"]


async def test_lists_lead_from_page_to_page(services: Services, mine: Principal) -> None:
    assessment, first = await share(services, mine)
    made = [first.link, *[(await share_links.create(services, mine, assessment, NewShareLink())).link for _ in "12"]]
    page = await share_links.list_page(services, mine, assessment, limit=2)
    assert (page.data, page.has_more) == (made[:2], True)
    rest = await share_links.list_page(services, mine, assessment, limit=2, cursor=page.next_cursor)
    assert (rest.data, rest.has_more, rest.next_cursor) == (made[2:], False, None)
    whole = await share_links.list_page(services, mine, assessment, limit=3)
    assert (whole.data, whole.has_more, whole.next_cursor) == (made, False, None)
    other = await completed(services, mine)
    with pytest.raises(InvalidInput, match="cursor"):
        await share_links.list_page(services, mine, other, limit=2, cursor=page.next_cursor)
    with pytest.raises(InvalidInput, match="limit"):
        await share_links.list_page(services, mine, assessment, limit=101)


async def test_links_of_others_are_not_found(services: Services, mine: Principal) -> None:
    assessment, created = await share(services, mine)
    other = await new_principal(services, name="Other")
    test_mode = msgspec.structs.replace(mine, mode="test")
    second = await completed(services, mine)
    for principal, named in ((other, assessment), (test_mode, assessment), (mine, second)):
        with pytest.raises(ResourceNotFound):
            await share_links.revoke(services, principal, named, created.link.id)
    for principal in (other, test_mode):
        with pytest.raises(ResourceNotFound):
            await share_links.list_page(services, principal, assessment, limit=1)
        with pytest.raises(ResourceNotFound):
            await share_links.create(services, principal, assessment, NewShareLink())
    assert await listed(services, mine, second) == []
    for malformed in ("", "link_x", created.link.id.upper(), created.link.id.replace("link", "inv")):
        with pytest.raises(ResourceNotFound):
            await share_links.revoke(services, mine, assessment, malformed)
    assert (await share_links.follow(services, created.token)).link_id == find_id("link", created.link.id)


async def test_views_are_counted_and_nothing_else_changes(services: Services, mine: Principal) -> None:
    assessment, created = await share(services, mine)
    other = await share_links.create(services, mine, assessment, NewShareLink())
    shared = await share_links.follow(services, created.token)
    for _ in range(5):
        share_links.note_view(services, shared)

    async def views() -> int:
        return (await listed(services, mine, assessment))[0].views

    assert await settled(views, 5) == 5
    assert await listed(services, mine, assessment) == [
        msgspec.structs.replace(created.link, views=5),
        other.link,
    ]


async def test_a_view_is_left_out_rather_than_refused(services: Services, mine: Principal) -> None:
    assessment, created = await share(services, mine)
    shared = await share_links.follow(services, created.token)
    await services.queue.aclose()
    share_links.note_view(services, shared)
    assert [link.views for link in await listed(services, mine, assessment)] == [0]


async def test_the_token_is_kept_as_a_hash_and_the_audit_log_knows_ids_alone(
    services: Services, mine: Principal
) -> None:
    assessment, created = await share(services, mine)
    async with services.database.read(EVERYONE) as session:
        [row] = (await session.execute(select(SHARE_LINKS))).all()
    assert row.hash == hash_token(created.token)
    assert created.token not in str(row)
    [event] = (await audit.list_page(services, mine, limit=1)).data
    assert (event.action, event.target) == ("share_link.created", assessment)
    assert event.details == {"share_link": created.link.id, "expires_in_days": 30}


async def test_an_export_has_the_links_and_an_erasure_leaves_none(services: Services, mine: Principal) -> None:
    assessment, created = await share(services, mine)
    exported = await export(services, mine, created.organisation)
    [one] = [part async for part in exported.assessments()]
    assert (one.assessment.id, one.share_links) == (assessment, [created.link])
    assert [event.action for event in await exported.audit_events()] == ["share_link.created", "organisation.exported"]
    await erase(services, mine, created.organisation)
    async with services.database.read(EVERYONE) as session:
        assert (await session.execute(select(SHARE_LINKS))).all() == []
    with pytest.raises(ResourceNotFound):
        await share_links.follow(services, created.token)


async def test_of_many_at_once_no_more_are_made_than_may_be(services: Services, mine: Principal) -> None:
    assessment = await completed(services, mine)
    made = [share_links.create(services, mine, assessment, NewShareLink()) for _ in range(105)]
    done = await asyncio.gather(*made, return_exceptions=True)
    assert sum(isinstance(one, CreatedShareLink) for one in done) == 100
    assert sum(isinstance(one, LimitReached) for one in done) == 5


async def test_a_link_that_is_revoked_twice_at_once_is_noted_once(services: Services, mine: Principal) -> None:
    assessment, created = await share(services, mine)
    await asyncio.gather(*(share_links.revoke(services, mine, assessment, created.link.id) for _ in range(8)))
    page = await audit.list_page(services, mine, limit=20)
    assert [event.action for event in page.data].count("share_link.revoked") == 1
