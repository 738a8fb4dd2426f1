"""The page behind a share link: whom it is shown to, in which language, and that only views are counted."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Any

import httpx
import pytest

from assessment.service.press import Press
from assessment.service.tokens import SHARE_LINK
from assessment.settings import Settings
from tests.integration.api.pages import HEADERS, LOST, Page
from tests.integration.api.running import Api, case_answers, client_of, fresh_partners, running

ANSWERS = case_answers("alignment-quick", "level-3-shared-target")


async def completed(api: Api, **changes: Any) -> str:
    """The address of a completed assessment."""
    body = {
        "rubric": "alignment-quick@2026.1",
        "organisation": {"name": "Northwind <b>&amp; Söhne"},
        "responses": [{"answers": ANSWERS}],
        "complete": True,
    }
    created = await api.client.post("/v1/assessments", json=body | changes)
    assert created.status_code == 201, created.text
    address: str = created.headers["location"]
    return address


async def shared(api: Api, place: str, **asked: Any) -> dict[str, Any]:
    created = await api.client.post(f"{place}/share_links", json=asked)
    assert created.status_code == 201, created.text
    link: dict[str, Any] = created.json()
    return link


async def views(api: Api, place: str) -> list[int]:
    return [one["views"] for one in (await api.client.get(f"{place}/share_links")).json()["data"]]


async def counted(api: Api, place: str, wanted: list[int]) -> list[int]:
    """The views of each link once they are `wanted`, or after a while: nobody waits for one to be counted."""
    for _ in range(200):
        if (found := await views(api, place)) == wanted:
            return found
        await asyncio.sleep(0.01)
    return found


async def test_whoever_has_the_link_sees_the_report(api: Api, visitor: httpx.AsyncClient) -> None:
    place = await completed(api)
    link = await shared(api, place)
    seen = await visitor.get(link["url"])
    assert seen.status_code == 200, seen.text
    assert {name: seen.headers.get(name) for name in HEADERS} == HEADERS | {
        "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    }
    assert "etag" not in seen.headers
    assert "set-cookie" not in seen.headers
    assert "Northwind <b>&amp; Söhne" in Page(seen.text).text
    assert link["token"] not in re.sub(r'href="[^"]*"', "", seen.text)
    [style] = re.findall(r'<link rel="stylesheet" href="([^"]+)">', seen.text)
    sheet = await visitor.get(httpx.URL(link["url"]).join(style))
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert sheet.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "<script" not in seen.text


async def test_a_view_is_a_page_or_a_pdf_that_was_shown(api: Api, visitor: httpx.AsyncClient) -> None:
    place = await completed(api)
    first, second = await shared(api, place), await shared(api, place)
    for _ in range(3):
        assert (await visitor.get(first["url"])).status_code == 200
    assert (await visitor.get(f"{second['url']}/report.pdf")).status_code == 200
    for unseen in (first["url"], f"{second['url']}/report.pdf"):
        head = await visitor.head(unseen)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) > 1000
    assert (await visitor.get(f"{first['url']}/other")).status_code == 404
    assert await counted(api, place, [3, 1]) == [3, 1]


async def test_the_pdf_is_called_after_the_organisation(api: Api, visitor: httpx.AsyncClient) -> None:
    link = await shared(api, await completed(api))
    seen = await visitor.get(f"{link['url']}/report.pdf")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "application/pdf")
    assert seen.content.startswith(b"%PDF-")
    said = seen.headers["content-disposition"]
    assert re.fullmatch(
        r'inline; filename="alignment-quick-northwind-b-amp-sohne-20\d\d-\d\d-\d\d.pdf"; '
        r"filename\*=UTF-8''alignment-quick-northwind-b-amp-s%C3%B6hne-20\d\d-\d\d-\d\d.pdf",
        said,
    )
    private = ("cache-control", "referrer-policy", "x-content-type-options", "x-robots-tag")
    assert {name: seen.headers[name] for name in private} == {name: HEADERS[name] for name in private}
    assert seen.headers["content-security-policy"] == "frame-ancestors 'none'"


async def test_every_link_that_shows_nothing_looks_the_same(api: Api, visitor: httpx.AsyncClient) -> None:
    place = await completed(api)
    revoked, gone = await shared(api, place), await shared(api, await completed(api))
    assert (await api.client.delete(f"{place}/share_links/{revoked['id']}")).status_code == 204
    assessments = (await api.client.get("/v1/assessments", params={"limit": 1})).json()["data"]
    await api.client.delete(f"/v1/assessments/{assessments[0]['id']}", headers={"If-Match": "*"})
    bodies = set()
    for token in (
        revoked["token"],
        gone["token"],
        SHARE_LINK.make(),
        "x",
        "alm_share_",
        "%00",
        "%ff",
        "alm_inv_" + "0" * 33,
    ):
        for ending in ("", "/report.pdf"):
            refused = await visitor.get(f"/r/{token}{ending}")
            assert refused.status_code == 404, token
            assert {name: refused.headers[name] for name in HEADERS} == HEADERS
            bodies.add(re.sub(r'href="(\.\./)+', 'href="', refused.text))
    assert len(bodies) == 1
    page = Page(bodies.pop())
    assert LOST in page.text
    assert "whoever shared the report can send a new link" in page.text


@pytest.mark.parametrize("ending", ["", "/x/y", "/report.pdf/more"])
async def test_a_link_that_lost_or_grew_an_end_shows_nothing(api: Api, visitor: httpx.AsyncClient, ending: str) -> None:
    link = await shared(api, await completed(api))
    address = f"{link['url']}{ending}" if ending else "/r"
    refused = await visitor.get(address)
    assert (refused.status_code, LOST in refused.text) == (404, True)
    assert (await visitor.post(link["url"])).status_code == 405


@pytest.mark.parametrize(
    "query", ["utm_source=mail", "locale=xx", "locale=", "%ff=%00", "locale=en&locale=xx", "a&" * 200]
)
async def test_what_mail_programs_add_to_a_link_changes_nothing(
    api: Api, visitor: httpx.AsyncClient, query: str
) -> None:
    link = await shared(api, await completed(api))
    assert (await visitor.get(f"{link['url']}?{query}")).status_code == 200


async def test_an_earlier_assessment_and_named_answers_are_shown_as_the_key_sees_them(
    api: Api, visitor: httpx.AsyncClient
) -> None:
    organisation = {"organisation": {"name": "Northwind", "external_id": "nw"}}
    await completed(api, **organisation)
    place = await completed(api, **organisation)
    by_link = await visitor.get((await shared(api, place))["url"])
    by_key = await api.client.get(f"{place}/report")
    assert Page(by_link.text).text.split() != []
    main = re.compile(r"<main.*</main>", re.DOTALL)
    assert main.findall(by_link.text) == main.findall(by_key.text) != []


async def test_no_result_is_changed_by_being_shown(api: Api, visitor: httpx.AsyncClient) -> None:
    place = await completed(api)
    before = (await api.client.get(f"{place}/result")).content
    await visitor.get((await shared(api, place))["url"])
    assert (await api.client.get(f"{place}/result")).content == before


async def test_strangers_are_counted_by_address(tmp_path: Any) -> None:
    settings = Settings(data_dir=tmp_path, rate_limit_anonymous="3/day")
    async with running(settings) as app, fresh_partners(app) as api, client_of(app) as visitor:
        place = await completed(api)
        link = await shared(api, place)
        for _ in range(3):
            seen = await visitor.get(link["url"])
            assert seen.status_code == 200
            assert seen.headers["ratelimit-policy"]
        for address in (link["url"], f"{link['url']}/report.pdf", "/r", f"/r/{SHARE_LINK.make()}"):
            refused = await visitor.get(address)
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) > 0
            assert "reload this page" in refused.text
        assert await counted(api, place, [3]) == [3]


async def test_a_report_is_shown_in_the_language_that_is_asked_for_or_that_of_the_link(
    api: Api, visitor: httpx.AsyncClient
) -> None:
    place = await completed(api, rubric="alignment-quick@2026.2")
    plain, german = await shared(api, place), await shared(api, place, locale="de")

    async def language(address: str) -> str:
        seen = await visitor.get(address)
        [lang] = re.findall(r'<html lang="(\w+)"', seen.text)
        others = {one.rpartition("=")[2] for one in Page(seen.text).targets if "?locale=" in one and ".pdf" not in one}
        assert {lang, *others} == {"en", "de", "fr", "es"}
        return str(lang)

    assert await language(plain["url"]) == "en"
    assert await language(f"{plain['url']}?locale=fr") == "fr"
    assert await language(german["url"]) == "de"
    assert await language(f"{german['url']}?locale=xx") == "de"
    assert await language(f"{german['url']}?utm=1&locale=en") == "en"
    by_key = await api.client.get(f"{place}/report", params={"locale": "es"})
    assert '<html lang="es"' in by_key.text
    assert by_key.headers["etag"] != (await api.client.get(f"{place}/report")).headers["etag"]


async def test_links_of_the_page_lead_to_the_same_report(api: Api, visitor: httpx.AsyncClient) -> None:
    link = await shared(api, await completed(api, rubric="alignment-quick@2026.2"))
    for address in (f"{link['url']}?locale=de", f"{link['url']}/?locale=de"):
        seen = await visitor.get(address)
        led = [httpx.URL(address).join(one) for one in Page(seen.text).targets if "locale=" in one]
        assert {one.copy_with(query=None) for one in led} == {
            httpx.URL(link["url"]),
            httpx.URL(f"{link['url']}/report.pdf"),
        }
        assert f"{link['url']}/report.pdf?locale=de" in {str(one) for one in led}


async def test_a_busy_service_says_so_and_counts_no_view(
    api: Api, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = await completed(api)
    link = await shared(api, place)
    full = Press(threads=1, waiting=0)
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(10)

    taken = asyncio.create_task(full.run(work))
    assert await asyncio.to_thread(begun.wait, 10)
    monkeypatch.setattr(api.app.state["services"], "composing", full)
    refused = await visitor.get(link["url"])
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert "The service is busy" in refused.text
    go_on.set()
    await taken
    assert (await visitor.get(link["url"])).status_code == 200
    assert await counted(api, place, [1]) == [1]
    full.close()
