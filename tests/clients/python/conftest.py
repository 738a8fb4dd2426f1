"""A live service on each engine, and clients of it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from alignment_assessment import AsyncClient, Client
from tests.conftest import ENGINES
from tests.faults import samples
from tests.faults.servers import Server, database, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares the services runs in one process, so that each is started once."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if Path(__file__).parent in item.path.parents and ("server" in names or "sqlite_service" in names):
            item.add_marker(pytest.mark.xdist_group("python-client"))


def start(engine: str) -> Iterator[Server]:
    with database(engine) as url, serving(url) as started:
        yield started


@pytest.fixture(scope="session")
def sqlite_service() -> Iterator[Server]:
    """For what is the same on each engine."""
    yield from start("sqlite")


@pytest.fixture(scope="session")
def postgresql_service() -> Iterator[Server]:
    yield from start("postgresql")


@pytest.fixture(scope="session", params=ENGINES)
def server(request: pytest.FixtureRequest) -> Server:
    """A service on each engine in turn."""
    started: Server = request.getfixturevalue(f"{request.param}_service")
    return started


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A client with the secret key of the first partner."""
    with Client(server.keys.secret, base_url=server.url) as opened:
        yield opened


@pytest.fixture
async def async_client(server: Server) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(server.keys.secret, base_url=server.url) as opened:
        yield opened


@pytest.fixture
def sample() -> dict[str, Any]:
    """What an assessment is created with that is completed at once."""
    return samples.assessment(random.Random(6), complete=True)
