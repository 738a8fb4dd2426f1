"""What becomes of answers where the connection is bad, gone, or breaks at the worst moment: they arrive, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.scene import Scene
from tests.faults.proxy import HttpProxy

GONE = "net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|EMPTY_RESPONSE|CONNECTION_RESET|CONNECTION_CLOSED)"


@pytest.fixture
async def proxy(scene: Scene) -> AsyncIterator[HttpProxy]:
    async with HttpProxy(scene.server.port) as opened:
        yield opened


async def test_offline_in_the_middle(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        visitor.expect(GONE)
        flow = await visitor.open_shop({})
        await flow.begin("Offline Ltd")
        await flow.answer()
        await visitor.context.set_offline(True)
        told = "No connection. Your answers are kept and will be sent."
        await expect(flow.announced).to_have_text(told)
        await visitor.check("offline")
        await flow.answer()
        await flow.skip_all()
        await flow.send()
        await flow.reach("sending")
        await expect(flow.root.get_by_text("Not sent yet.")).to_be_visible()
        await visitor.check("offline-sending")
        await visitor.context.set_offline(False)
        await flow.reach("result")
    assert scene.stored("Offline Ltd") == 1


async def test_a_service_that_dies_while_answers_are_on_their_way(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        visitor.expect(GONE)
        flow = await visitor.open_shop({})
        await flow.begin("Killed Ltd")
        await flow.answer()
        await flow.skip_all()
        scene.server.kill()
        try:
            await flow.send()
            await flow.reach("sending")
            await expect(flow.root.get_by_text("Not sent yet.")).to_be_visible()
            visitor.expect("^console: <alignment-assessment> unreachable")
            await visitor.page.reload()
            await flow.reach("failure")
            await visitor.check("unreachable")
        finally:
            scene.server.restart()
        await flow.button("Try again").click()
        await flow.reach("result")
    assert scene.stored("Killed Ltd") == 1


async def test_a_reply_that_is_lost(visit: Visit, scene: Scene, proxy: HttpProxy) -> None:
    async with visit() as visitor:
        visitor.expect(GONE)
        address = f"http://127.0.0.1:{proxy.port}"
        visitor.watch.origins += (address,)
        flow = await visitor.open_shop({"api": address})
        await flow.begin("Lost Ltd")
        await flow.answer()
        await flow.skip_all()
        proxy.marked.add(b"Lost Ltd")
        await flow.send()
        await flow.reach("result")
        assert proxy.lost == 1
    assert scene.stored("Lost Ltd") == 1


async def test_a_reload_while_the_reply_is_lost(visit: Visit, scene: Scene, proxy: HttpProxy) -> None:
    async with visit() as visitor:
        visitor.expect(GONE)
        address = f"http://127.0.0.1:{proxy.port}"
        visitor.watch.origins += (address,)
        flow = await visitor.open_shop({"api": address})
        await flow.begin("Twice Ltd")
        await flow.answer()
        await flow.skip_all()
        proxy.marked.add(b"Twice Ltd")
        await flow.send()
        for _ in range(1_000):
            if proxy.lost:
                break
            await asyncio.sleep(0.005)
        # Sooner than it is tried again by itself.
        await visitor.page.reload()
        await flow.reach("result")
    assert scene.stored("Twice Ltd") == 1


async def test_a_slow_network(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        session = await visitor.context.new_cdp_session(visitor.page)
        slow = {"offline": False, "latency": 250, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
        await session.send("Network.emulateNetworkConditions", slow)
        flow = await visitor.open_shop({})
        await expect(flow.root.get_by_text("Loading…")).to_be_visible()
        await flow.finish("Slow Ltd")
    assert scene.stored("Slow Ltd") == 1
