"""One application on SQLite for all tests of the contract; engines are compared elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from assessment.settings import Settings
from tests.integration.api.running import Api, fresh_partners, running


@pytest.fixture(scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Litestar]:
    async with running(Settings(data_dir=tmp_path_factory.mktemp("contract"), deliver=False)) as app:
        yield app


@pytest.fixture
async def partner(served: Litestar) -> AsyncIterator[Api]:
    async with fresh_partners(served) as found:
        yield found
