"""What every journey may ask for: one browser, one service, a partner's sites, and a visitor."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser

from tests.browser.scene import Scene, serve
from tests.browser.shop import Shop
from tests.browser.visitor import Visitor, visiting
from tests.chromium import chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.system)
            # One browser and one service for all of them, where tests run side by side.
            item.add_marker(pytest.mark.xdist_group("browser"))


class Visit(Protocol):
    def __call__(self, **options: Any) -> AbstractAsyncContextManager[Visitor]: ...


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as (opened, _):
        yield opened


@asynccontextmanager
async def stage(engine: str) -> AsyncIterator[Scene]:
    shop = Shop()
    async with await asyncio.start_server(shop.take, "127.0.0.1", 0) as listening:
        shop.port = listening.sockets[0].getsockname()[1]
        with serve(engine, shop) as scene:
            yield scene


@pytest.fixture(scope="session")
async def scene() -> AsyncIterator[Scene]:
    async with stage("sqlite") as scene:
        yield scene


@pytest.fixture
async def on_postgresql() -> AsyncIterator[Scene]:
    async with stage("postgresql") as scene:
        yield scene


@pytest.fixture
def visit(browser: Browser, scene: Scene, request: pytest.FixtureRequest) -> Visit:
    """Opens a fresh context of the browser, with options of its own. Whatever goes wrong in it fails the test."""
    folder = request.config.getoption("--screenshots")
    shots = None if folder is None else Path(folder) / re.sub(r"\W+", "-", request.node.name).strip("-")

    def open_visit(**options: Any) -> AbstractAsyncContextManager[Visitor]:
        return visiting(browser, scene, shots, **options)

    return open_visit
