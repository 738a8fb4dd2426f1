"""One application for all tests here on each engine, with new partners for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from assessment.settings import Settings
from tests.integration.api.pages import link_of
from tests.integration.api.running import Api, client_of, fresh_partners, running


async def _postgres_database(maintenance: str) -> str:
    engine = create_async_engine(maintenance, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("DROP DATABASE IF EXISTS assessment_api"))
        await connection.execute(text("CREATE DATABASE assessment_api TEMPLATE template0"))
    await engine.dispose()
    return make_url(maintenance).set(database="assessment_api").render_as_string(hide_password=False)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
async def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Litestar]:
    """The application on a database of its own."""
    url = None
    if request.param == "postgresql":
        url = await _postgres_database(request.getfixturevalue("postgres_url"))
    folder = tmp_path_factory.mktemp(f"api-{request.param}")
    async with running(
        Settings(
            data_dir=folder,
            database_url=url,
            auto_migrate=True,
            allow_lossy_database=True,
            # All tests come from one address, and more often than people do.
            rate_limit_anonymous="",
            # What is sent is tried with receivers of its own; these tests look at what would be.
            deliver=False,
        )
    ) as app:
        yield app


@pytest.fixture
async def api(started: Litestar) -> AsyncIterator[Api]:
    async with fresh_partners(started) as found:
        yield found


@pytest.fixture
async def link(api: Api) -> str:
    return (await link_of(api))[1]


@pytest.fixture
async def visitor(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(api.app) as client:
        yield client
