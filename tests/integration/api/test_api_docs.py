"""The docs page: whole without one outside request."""

from __future__ import annotations

import re

from tests.integration.api.running import Api


async def test_the_page_loads_only_what_the_service_serves(api: Api) -> None:
    page = await api.nobody.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses == [
        "data:,",
        "/docs/swagger-ui.css",
        "/openapi.json",
        "/docs/swagger-ui-bundle.js",
        "/docs/docs.js",
    ]
    for address in addresses[1:]:
        assert (await api.nobody.get(address)).status_code == 200


async def test_the_policy_allows_nothing_from_elsewhere_and_no_inline_script(api: Api) -> None:
    page = await api.nobody.get("/docs")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert "http" not in page.headers["content-security-policy"]
    assert "<script>" not in page.text and "onload" not in page.text


async def test_assets_can_be_kept_and_are_typed(api: Api) -> None:
    for name, kind in (
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("docs.js", "text/javascript"),
    ):
        asset = await api.nobody.get(f"/docs/{name}")
        assert asset.headers["content-type"] == f"{kind}; charset=utf-8"
        assert asset.headers["x-content-type-options"] == "nosniff"
        again = await api.nobody.get(f"/docs/{name}", headers={"If-None-Match": asset.headers["etag"]})
        assert again.status_code == 304


async def test_styles_name_no_outside_address(api: Api) -> None:
    css = (await api.nobody.get("/docs/swagger-ui.css")).text
    assert re.findall(r"@import|url\([\"']?https?:", css) == []
