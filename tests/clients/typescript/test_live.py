"""The client's own suite against a service, and through a proxy that loses replies."""

from __future__ import annotations

from pathlib import Path

from tests.clients.typescript.package import run
from tests.faults.proxy import HttpProxy
from tests.faults.servers import Server

LOST = 4
"""Texts `lost-<number>` of the suite: the reply to the first request with each is lost."""


async def test_the_suite_passes_on_each_engine(package: Path, server: Server) -> None:
    async with HttpProxy(server.port) as proxy:
        proxy.marked |= {b"lost-%d" % number for number in range(1, LOST + 1)}
        settings = {
            "ASSESSMENT_BASE_URL": server.url,
            "ASSESSMENT_API_KEY": server.keys.secret,
            "TEST_LOSING_URL": f"http://127.0.0.1:{proxy.port}",
        }
        await run("node_modules/.bin/vitest", "run", "--project", "live", settings=settings)
        assert proxy.lost == LOST
