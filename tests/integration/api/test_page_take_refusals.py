"""What the page behind an invitation's link refuses, and what it keeps to itself."""

from __future__ import annotations

import logging
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service import ids
from assessment.service.context import Services
from assessment.service.tokens import INVITATION, hash_token
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.tables import ASSESSMENTS, INVITATIONS
from tests.integration.api.pages import FORM, HEADERS, LOST, Page, draft_of, link_of, send
from tests.integration.api.running import Api, client_of, fresh_partners, running


async def test_links_that_do_not_hold_look_the_same(api: Api, visitor: httpx.AsyncClient) -> None:
    place, revoked = await link_of(api)
    [one] = (await api.client.get(f"{place}/invitations")).json()["data"]
    await api.client.delete(f"{place}/invitations/{one['id']}")
    _, expired = await link_of(api)
    services: Services = api.app.state["services"]
    [_, late] = expired.rsplit("/", 1)

    async def expire(connection: AsyncConnection) -> None:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await connection.execute(update(INVITATIONS).filter_by(hash=hash_token(late)).values(expires_at=past))

    await services.queue.run(expire, EVERYONE)
    seen = set()
    for address in (revoked, expired, f"/take/{INVITATION.make()}", "/take/x", "/take/%00", "/take/<script>"):
        for answer in (
            await visitor.get(address),
            await send(visitor, address, [("action", "save")]),
        ):
            assert (answer.status_code, {name: answer.headers[name] for name in HEADERS}) == (404, HEADERS)
            assert "www-authenticate" not in answer.headers
            seen.add(answer.text)
    assert len(seen) == 1 and LOST in seen.pop()
    for address in ("/take", "/take/", "/take/a/b", "/take/a/b/c", "/take/a%2fb"):
        lost = await visitor.get(address)
        assert (lost.status_code, lost.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert LOST in lost.text


async def test_a_rubric_that_is_gone_is_a_fault_of_ours(api: Api, visitor: httpx.AsyncClient) -> None:
    place, link = await link_of(api)
    assessment = ids.find_id("asmt", place.rpartition("/")[2])

    async def replace(connection: AsyncConnection) -> None:
        await connection.execute(update(ASSESSMENTS).filter_by(id=assessment).values(rubric_digest=bytes(32)))

    services: Services = api.app.state["services"]
    await services.queue.run(replace, EVERYONE)
    failed = await visitor.get(link)
    assert (failed.status_code, {name: failed.headers[name] for name in HEADERS}) == (500, HEADERS)
    assert f"with this number: {failed.headers['x-request-id']}" in Page(failed.text).text


async def test_names_and_notes_are_text(api: Api, visitor: httpx.AsyncClient) -> None:
    name = '<script>alert(1)</script> & "Co" {{ 7 * 7 }}'
    _, link = await link_of(api, organisation={"name": name})
    note = '</textarea><img src=x onerror="alert(1)">'
    await send(visitor, link, [("q.kpi-set", "separate"), ("note.kpi-set", note), ("action", "save")])
    for address in (link, f"{link}?saved", f"{link}?check"):
        shown = await visitor.get(address)
        assert "<script>" not in shown.text and "<img" not in shown.text
    page = Page((await visitor.get(link)).text)
    assert name in page.text
    assert page.filled()["note.kpi-set"] == note


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
    ],
)
async def test_a_form_on_another_site_is_refused(
    api: Api, visitor: httpx.AsyncClient, link: str, headers: dict[str, str]
) -> None:
    refused = await visitor.post(link, content="q.kpi-set=separate&action=save", headers=FORM | headers)
    assert (refused.status_code, refused.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "This was not sent from here" in refused.text
    assert (await draft_of(api, link))["code"] == "resource_not_found"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://testserver"}, {"Origin": "null"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}],
)
async def test_our_own_form_is_taken_from_every_browser(
    visitor: httpx.AsyncClient, link: str, headers: dict[str, str]
) -> None:
    saved = await visitor.post(link, content="q.kpi-set=separate&action=save", headers=FORM | headers)
    assert saved.status_code == 303


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"q.kpi-set=separate&q.kpi-set=shared-set", 422),
        (b"action=save&action=submit", 422),
        (b"note.kpi-set=a&note.kpi-set=b&q.kpi-set=separate", 422),
        (b"q.nothing=separate", 422),
        (b"function=marketing", 422),
        (b"action=delete", 422),
        (b"action=confirm&q.kpi-set=separate", 422),
        (b"q.kpi-set=%FF", 422),
        (b"q.kpi-set=\xff", 422),
        (b"q.kpi-set=separate&note.kpi-set=a%00b", 422),
        (b"&".join(b"q.sla-clauses=escalation" for _ in range(501)), 422),
        (b"note.kpi-set=" + b"x" * 300_000, 413),
        (b'{"action": "save"}', 422),
    ],
)
async def test_what_no_browser_sends_is_refused_whole(
    api: Api, visitor: httpx.AsyncClient, link: str, body: bytes, status: int
) -> None:
    refused = await visitor.post(link, content=body, headers=FORM)
    assert (refused.status_code, refused.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert {name: refused.headers[name] for name in HEADERS} == HEADERS
    assert (await draft_of(api, link))["code"] == "resource_not_found"


async def test_no_form_makes_a_5xx(visitor: httpx.AsyncClient, link: str) -> None:
    dice = random.Random(7)
    names = ["q.kpi-set", "q.sla-clauses", "note.kpi-set", "note.sla-clauses", "seniority", "action", "q.", "x", ""]
    values = ["", "_none", "_dont_know", "_not_applicable", "separate", "escalation", "save", "\ud7ff", "é" * 300, "0"]
    seen = Counter(
        [
            (
                await send(
                    visitor, link, [(dice.choice(names), dice.choice(values)) for _ in range(dice.randint(0, 6))]
                )
            ).status_code
            for _ in range(200)
        ]
    )
    assert set(seen) == {303, 422}


async def test_a_body_of_another_type_is_refused(visitor: httpx.AsyncClient, link: str) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
        refused = await visitor.post(link, content=b"action=save", headers={"Content-Type": kind})
        assert (refused.status_code, refused.headers["content-type"]) == (415, "text/html; charset=utf-8")
    empty = await visitor.post(link, content=b"", headers=FORM)
    assert empty.status_code == 303


async def test_other_methods_are_named(visitor: httpx.AsyncClient, link: str) -> None:
    assert (await visitor.options(link)).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (await visitor.head(link)).content == b""
    assert (await visitor.put(link)).status_code == 405


async def test_neither_token_nor_note_is_in_a_log(
    api: Api, visitor: httpx.AsyncClient, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await send(visitor, link, [("q.kpi-set", "separate"), ("note.kpi-set", "c4n4ry"), ("action", "save")])
    await send(visitor, link, [("note.kpi-set", "c4n4ry"), ("action", "save")])
    await visitor.get(link)
    told = [line for line in caplog.messages if "sqlalchemy" not in line]
    assert not any("c4n4ry" in line or link.rpartition("/")[2] in line for line in told if "HTTP Request" not in line)


async def test_the_page_shares_the_quota_of_its_invitation(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        public_url="https://assessment.example/in",
        rate_limit_invitation="3/day",
        rate_limit_anonymous="2/day",
    )
    async with running(settings) as app, fresh_partners(app) as api:
        _, link = await link_of(api)
        path = link.removeprefix("https://assessment.example/in")
        async with client_of(app, path.rpartition("/")[2]) as client:
            assert (await client.get("/v1/invitation")).status_code == 200
            own = {"Origin": "https://assessment.example"}
            assert (await client.post(path, content=b"action=save", headers=FORM | own)).status_code == 303
            answers = [await client.get(path) for _ in range(2)]
            assert [answer.status_code for answer in answers] == [200, 429]
            assert int(answers[-1].headers["retry-after"]) >= 1
            assert "Too many requests" in answers[-1].text
            made_up = [await client.get(f"/take/{INVITATION.make()}") for _ in range(3)]
            assert [answer.status_code for answer in made_up] == [404, 404, 429]
