"""The built client in a page of a partner's site, as the browser loads it: modules and an import map, no bundler."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser.shop import Shop
from tests.chromium import chromium, watched
from tests.faults.servers import Server

IMPORTS = {"@alignment-assessment/client": "/client/index.js", "openapi-fetch": "/openapi-fetch.js"}
ASK = """async ([service, key]) => {
    const { assess } = await import("/page.js");
    const quick = { "kpi-set": "one-joint-target", "sla-agreement": "one-sided" };
    return assess(service, key, quick).catch((error) => `${error.name}: ${error.message}`);
}"""


@pytest.fixture
async def shop(package: Path, examples: Path) -> AsyncIterator[Shop]:
    """A site with the client, and a page that imports it."""
    shop = Shop()
    for module in sorted((package / "dist").rglob("*.js")):
        shop.put(f"/client/{module.relative_to(package / 'dist')}", module.read_text(), kind="text/javascript")
    fetching = package / "node_modules" / "openapi-fetch" / "dist" / "index.mjs"
    shop.put("/openapi-fetch.js", fetching.read_text(), kind="text/javascript")
    shop.put("/page.js", (examples / "page.js").read_text(), kind="text/javascript")
    imports = f'<script type="importmap">{json.dumps({"imports": IMPORTS})}</script>'
    head = f'<meta charset="utf-8"><link rel="icon" href="data:,">{imports}'
    shop.put("/", f'<!doctype html><html lang="en"><head>{head}<title>A partner</title></head><body></body></html>')
    async with await asyncio.start_server(shop.take, "127.0.0.1", 0) as listening:
        shop.port = listening.sockets[0].getsockname()[1]
        yield shop


async def _publishable(server: Server, origin: str) -> str:
    async with server.client() as client:
        made = await client.post("/v1/keys", json={"kind": "publishable", "origins": [origin]})
    key: str = made.raise_for_status().json()["key"]
    return key


async def _ask(page: Page, address: str, server: Server, key: str) -> str:
    await page.goto(address)
    said: str = await page.evaluate(ASK, [server.url, key])
    return said


async def test_a_page_assesses_with_a_publishable_key(shared_server: Server, shop: Shop) -> None:
    key = await _publishable(shared_server, shop.url)
    async with chromium() as (browser, _), watched(browser, [shop.url, shop.stranger, shared_server.url]) as opened:
        context, watch = opened
        page = await context.new_page()
        said = await _ask(page, f"{shop.url}/", shared_server, key)
        assert said == "between 6.45 and 91.05 of 100"
        refused = await _ask(page, f"{shop.url}/", shared_server, shared_server.keys.secret)
        assert refused.startswith("NotConfigured: A secret or restricted key has no place in a page")
        watch.expected.append("blocked by CORS policy|Failed to load resource")
        stranger = await _ask(page, f"{shop.stranger}/", shared_server, key)
        assert stranger.startswith(f"ConnectionFailed: {shared_server.url} gave no answer to POST /v1/assessments.")
        assert stranger.endswith("Does the key list this origin?")
