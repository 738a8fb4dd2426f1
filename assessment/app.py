"""The composition root: settings in, the application out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from assessment.api.contract import render
from assessment.api.problems import EXCEPTION_HANDLERS
from assessment.api.routes import handlers
from assessment.api.shelf import Shelf
from assessment.service.context import open_services
from assessment.settings import Settings


def create_app(settings: Settings | None = None) -> Litestar:
    """The application. Nothing is opened before it starts; without settings they come from the environment."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def opened(app: Litestar) -> AsyncIterator[None]:
        async with open_services(chosen) as services:
            rubrics = [
                services.rubrics.get(f"{entry.rubric.head.id}@{entry.rubric.head.version}")
                for entry in services.catalog.entries()
            ]
            app.state["services"] = services
            app.state["shelf"] = Shelf(rubrics, services.catalog.studies)
            yield

    return Litestar(
        route_handlers=handlers(),
        lifespan=[opened],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
        logging_config=None,
    )


def contract() -> str:
    """The OpenAPI document as it is committed and served."""
    return render(create_app()).decode()
