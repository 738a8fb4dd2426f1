"""What the tests of the TypeScript client may ask for: the built client, and a service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.clients.typescript.package import built, run
from tests.faults.servers import Server, database, serving

DELIVERING = {"ASSESSMENT_DELIVER": "true", "ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS": "true"}
"""Webhooks are sent, to receivers on this machine as well."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.system)
            # One build for all of them, where tests run side by side.
            item.add_marker(pytest.mark.xdist_group("typescript"))


@pytest.fixture(scope="session")
def package() -> Path:
    return built()


@pytest.fixture(scope="session")
async def examples(package: Path) -> Path:
    """The folder of the compiled examples."""
    await run("npm", "run", "--silent", "examples", folder=package)
    return package / "out" / "examples"


@pytest.fixture(params=["sqlite", "postgresql"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """A service on a fresh database of each engine, with a quota for invitations that a test can use up."""
    settings = {**DELIVERING, "ASSESSMENT_RATE_LIMIT_INVITATION": "12/minute"}
    with ExitStack() as stack:
        url = stack.enter_context(database(request.param))
        # In a thread, since what is started may be waited for by what is served here.
        yield await asyncio.to_thread(stack.enter_context, serving(url, settings=settings))


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Server]:
    """One service for what leaves nothing behind that others could stumble over."""
    with database("sqlite") as url, serving(url, settings=DELIVERING) as server:
        yield server
