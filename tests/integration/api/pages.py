"""Reads hosted pages as a browser without scripts does, and sends their forms."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.integration.api.running import Api, client_of

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "content-type": "text/html; charset=utf-8",
}
SCRIPTED = HEADERS | {
    "content-security-policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
}
"""With the widget in it."""
LOST = "This link does not work, or not any more"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Page(HTMLParser):
    """What a browser would make of a page: what is checked, typed and chosen, and the text that is read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.described: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self._area: str | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.targets += [found["href"]] if tag == "a" else []
        self.described += found.get("aria-describedby", "").split() + ([found["for"]] if "for" in found else [])
        if tag == "input" and "checked" in found:
            self.fields.append((found["name"], found["value"]))
        elif tag == "textarea":
            self._area = found["name"]
            self.fields.append((found["name"], ""))
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and "selected" in found:
            self.fields.append((self._select, found["value"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._area is not None:
            name, value = self.fields.pop()
            self.fields.append((name, value + (data[1:] if data.startswith("\n") and not value else data)))

    def filled(self) -> dict[str, str]:
        return {name: value for name, value in self.fields if value}


async def link_of(api: Api, **changes: Any) -> tuple[str, str]:
    """The address of an assessment, and the path of a link to answer it for sales."""
    body = {"rubric": "alignment-quick@2026.1", "organisation": {"name": "Example"}, "functions": ["sales"]}
    place: str = (await api.client.post("/v1/assessments", json=body | changes)).headers["location"]
    made = await api.client.post(f"{place}/invitations", json={"function": "sales"})
    return place, made.json()["data"][0]["url"].removeprefix("http://testserver")


async def send(
    client: httpx.AsyncClient, address: str, fields: list[tuple[str, str]], **headers: str
) -> httpx.Response:
    return await client.post(
        address, content=urlencode(fields), headers=FORM | {"Sec-Fetch-Site": "same-origin"} | headers
    )


async def draft_of(api: Api, link: str) -> Any:
    async with client_of(api.app, link.rpartition("/")[2]) as client:
        return (await client.get("/v1/invitation/response")).json()
