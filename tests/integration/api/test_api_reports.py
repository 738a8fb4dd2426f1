"""The report over HTTP: as a page or as PDF, the same each time, for keys and for a page of its own."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.integration.api.pages import Page
from tests.integration.api.running import PAGE, Api, client_of, pointers
from tests.integration.api.test_api_share_links import completed

HTML, PDF = {"Accept": "text/html"}, {"Accept": "application/pdf"}


@pytest.fixture
async def place(api: Api) -> str:
    """The address of a completed assessment."""
    found: str = (await completed(api.client)).headers["location"]
    return found


@pytest.fixture
async def page(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(api.app, api.publishable_key) as client:
        client.headers["Origin"] = PAGE
        yield client


async def test_a_report_is_a_page_that_needs_nothing_else(api: Api, place: str) -> None:
    seen = await api.client.get(f"{place}/report")
    assert seen.status_code == 200, seen.text
    assert seen.headers["content-type"] == "text/html; charset=utf-8"
    assert seen.headers["vary"] == "Origin, Sec-Fetch-Site, Accept"
    assert seen.headers["cache-control"] == "private, no-cache"
    assert re.fullmatch(
        r'inline; filename="alignment-quick-northwind-20\d\d-\d\d-\d\d\.html"', seen.headers["content-disposition"]
    )
    assert "Northwind" in Page(seen.text).text
    [style] = re.findall(r"<style>(.*?)</style>", seen.text, re.DOTALL)
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert seen.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "<script" not in seen.text
    assert not re.findall(r"<(?:link|img|iframe|object)\b", seen.text)


async def test_a_report_is_a_pdf_for_who_would_rather_have_one(api: Api, place: str) -> None:
    seen = await api.client.get(f"{place}/report", headers={"Accept": "application/pdf, text/html;q=0.9"})
    assert (seen.status_code, seen.headers["content-type"]) == (200, "application/pdf")
    assert seen.content.startswith(b"%PDF-")
    assert re.fullmatch(
        r'inline; filename="alignment-quick-northwind-20\d\d-\d\d-\d\d\.pdf"', seen.headers["content-disposition"]
    )
    again = await api.client.get(f"{place}/report", headers=PDF)
    assert (again.content, again.headers["etag"]) == (seen.content, seen.headers["etag"])


@pytest.mark.parametrize("accept", [HTML, PDF])
async def test_who_has_the_report_is_not_sent_it_again(api: Api, place: str, accept: dict[str, str]) -> None:
    seen = await api.client.get(f"{place}/report", headers=accept)
    assert seen.status_code == 200
    etag = {"If-None-Match": seen.headers["etag"]}
    known = await api.client.get(f"{place}/report", headers=accept | etag)
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == seen.headers["etag"]
    assert known.headers["vary"] == "Origin, Sec-Fetch-Site, Accept"
    head = await api.client.head(f"{place}/report", headers=accept)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", seen.headers["etag"])
    assert int(head.headers["content-length"]) == len(seen.content)
    other = PDF if accept is HTML else HTML
    assert (await api.client.get(f"{place}/report", headers=other | etag)).status_code == 200


async def test_a_report_changes_with_what_it_says(api: Api, place: str) -> None:
    etags = [(await api.client.get(f"{place}/report")).headers["etag"] for _ in range(2)]
    assert etags[0] == etags[1]
    other = (await completed(api.client, organisation={"name": "Southwind"})).headers["location"]
    assert (await api.client.get(f"{other}/report")).headers["etag"] != etags[0]


@pytest.mark.parametrize("accept", ["application/json", "image/*", "text/html;q=0, application/pdf;q=0", "x"])
async def test_what_a_report_is_not_is_refused_with_what_it_is(api: Api, place: str, accept: str) -> None:
    refused = await api.client.get(f"{place}/report", headers={"Accept": accept})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    for named in ("text/html", "application/pdf", "/result"):
        assert named in refused.json()["detail"]


async def test_without_what_makes_pdfs_a_pdf_is_refused_and_a_page_is_not(
    api: Api, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    refused = await api.client.get(f"{place}/report", headers=PDF)
    assert (refused.status_code, refused.json()["code"]) == (406, "pdf_not_installed")
    assert "alignment-assessment[pdf]" in refused.json()["detail"]
    link = (await api.client.post(f"{place}/share_links", json={})).json()
    seen = await api.nobody.get(link["url"])
    assert (seen.status_code, "report.pdf" in seen.text) == (200, False)
    page = await api.nobody.get(f"{link['url']}/report.pdf")
    assert (page.status_code, "There is no PDF here" in page.text) == (406, True)


async def test_a_language_is_one_of_the_rubric(api: Api, place: str) -> None:
    own = await api.client.get(f"{place}/report")
    assert (await api.client.get(f"{place}/report", params={"locale": "en"})).content == own.content
    for wrong, code in ({"locale": "xx"}, "unknown_locale"), ({"language": "en"}, "unknown_parameter"):
        refused = await api.client.get(f"{place}/report", params=wrong)
        assert (refused.status_code, pointers(refused)) == (422, {f"/query/{next(iter(wrong))}": code})


async def test_an_open_assessment_and_one_of_others_have_no_report(api: Api, place: str) -> None:
    opened = (await completed(api.client, complete=False)).headers["location"]
    refused = await api.client.get(f"{opened}/report")
    assert (refused.status_code, refused.json()["code"]) == (409, "assessment_open")
    assert (await api.stranger.get(f"{place}/report")).status_code == 404
    assert (await api.nobody.get(f"{place}/report")).status_code == 401


async def test_a_page_reads_the_report_of_what_it_created(api: Api, place: str, page: httpx.AsyncClient) -> None:
    created = await completed(page)
    own, token = created.headers["location"], {"Alignment-Client-Token": created.json()["client_token"]}
    seen = await page.get(f"{own}/report", headers=token)
    assert (seen.status_code, seen.headers["access-control-allow-origin"]) == (200, PAGE)
    assert "Content-Disposition" in seen.headers["access-control-expose-headers"]
    assert set(seen.headers["vary"].split(", ")) == {"Origin", "Sec-Fetch-Site", "Accept"}
    for address, headers in ((own, {}), (place, token)):
        hidden = await page.get(f"{address}/report", headers=headers)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "resource_not_found")


async def test_what_an_organisation_is_called_is_text_and_nothing_else(api: Api) -> None:
    names = ("</style><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\u202egnp.exe", "x" * 200)
    for name in names:
        place = (await completed(api.client, organisation={"name": name})).headers["location"]
        seen = await api.client.get(f"{place}/report")
        assert seen.status_code == 200
        assert "<script" not in seen.text
        assert "<img" not in seen.text
        assert "\u202e" not in seen.headers["content-disposition"]
