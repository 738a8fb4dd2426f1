"""A running application for tests: the real app on a real database, called in-process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import yaml
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from assessment.app import BESIDE, create_app
from assessment.service.partners import create_partner
from assessment.settings import Settings

PAGE = "https://widget.example"
"""Where the partners' publishable keys are used from."""
CASES = Path(__file__).parents[3] / "rubrics"


@dataclass(frozen=True)
class Api:
    """`client` sends a partner's secret key; `stranger` another partner's; `nobody` none."""

    app: Litestar
    client: httpx.AsyncClient
    stranger: httpx.AsyncClient
    nobody: httpx.AsyncClient
    publishable_key: str


def client_of(app: Litestar, key: str | None = None) -> httpx.AsyncClient:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    # Both are ASGI; the two libraries only word its types differently.
    transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers)


@asynccontextmanager
async def running(settings: Settings, beside: Iterable[HTTPRouteHandler] = BESIDE) -> AsyncIterator[Litestar]:
    """The application, started and stopped in one task as a server does; a fixture's halves run in two."""
    app = create_app(settings, beside=beside)
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await stop.wait()

    living = asyncio.create_task(live())
    starting = asyncio.create_task(started.wait())
    await asyncio.wait({living, starting}, return_when=asyncio.FIRST_COMPLETED)
    if living.done():
        starting.cancel()
        living.result()
    try:
        yield app
    finally:
        stop.set()
        await living


@asynccontextmanager
async def fresh_partners(app: Litestar) -> AsyncIterator[Api]:
    """Clients of two partners that have nothing yet."""
    one = await create_partner(app.state["services"], "One", origins=[PAGE])
    two = await create_partner(app.state["services"], "Two", origins=[PAGE])
    async with (
        client_of(app, one.secret_key) as client,
        client_of(app, two.secret_key) as stranger,
        client_of(app) as nobody,
    ):
        yield Api(app, client, stranger, nobody, one.publishable_key)


def case_answers(rubric: str, case: str) -> dict[str, Any]:
    """The answers of a case of a rubric's version 2026.1."""
    answers: dict[str, Any] = yaml.safe_load((CASES / rubric / "2026.1" / "cases" / f"{case}.yaml").read_text())[
        "answers"
    ]
    return answers


def pointers(response: httpx.Response) -> dict[str, str]:
    """Pointer → code of every problem in a problem document."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return {problem["pointer"]: problem["code"] for problem in response.json()["errors"]}
