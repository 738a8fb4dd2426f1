"""The tools as somebody has them on their own machine: the rubrics, no service and no database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from assessment.api.documents import Documents
from assessment.mcp.local import LocalDesk
from assessment.mcp.tools import BY_NAME
from assessment.rubric.catalog import Catalog
from assessment.service.rubrics import Rubrics

Use = Callable[..., Awaitable[tuple[Any, str]]]


@pytest.fixture(scope="session")
def desk(catalog: Catalog) -> LocalDesk:
    return LocalDesk(Rubrics(catalog), Documents())


@pytest.fixture
def use(desk: LocalDesk) -> Use:
    """Use a tool: its structured answer and its text."""

    async def use_tool(name: str, **arguments: Any) -> tuple[Any, str]:
        told = await BY_NAME[name].run(desk, arguments)
        return msgspec.to_builtins(told.document), told.text

    return use_tool
