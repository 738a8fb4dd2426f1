"""The composition root: settings in, the application out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext

from litestar import Litestar
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from assessment.api.answers import prepare_readers
from assessment.api.contract import render
from assessment.api.documents import Documents
from assessment.api.front import Front
from assessment.api.intake import Intake
from assessment.api.observe import Observed, RequestLog, sample
from assessment.api.problems import EXCEPTION_HANDLERS
from assessment.api.routes import handlers
from assessment.api.shelf import Shelf
from assessment.delivery.sender import Sender
from assessment.delivery.worker import delivering
from assessment.mcp.endpoint import HANDLERS as MCP
from assessment.pages.routes import HANDLERS as PAGES
from assessment.service.context import open_services
from assessment.service.housekeeping import keeping_house
from assessment.service.quotas import open_quotas
from assessment.service.start_key import read_start_key
from assessment.settings import Settings

BESIDE = (*PAGES, *MCP)
"""What an application has beside the API."""


def create_app(
    settings: Settings | None = None, log: RequestLog | None = None, beside: Iterable[HTTPRouteHandler] = BESIDE
) -> Litestar:
    """The application. Nothing is opened before it starts; without settings they come from the environment.
    `log` has a line for each request; `beside` is what stands beside the API."""
    chosen = settings or Settings()

    @asynccontextmanager
    async def opened(app: Litestar) -> AsyncIterator[None]:
        async with open_services(chosen) as services, open_quotas(chosen) as quotas:
            rubrics = [
                services.rubrics.get(f"{entry.rubric.head.id}@{entry.rubric.head.version}")
                for entry in services.catalog.entries()
            ]
            prepare_readers(services.rubrics)
            app.state["services"] = services
            app.state["quotas"] = quotas
            app.state["start_key"] = read_start_key(chosen)
            app.state["shelf"] = Shelf(rubrics, services.catalog.studies)
            sampling = asyncio.create_task(sample(services))
            try:
                sender = Sender(allow_inside=chosen.webhook_private_networks)
                async with (
                    keeping_house(
                        services, retention_days=chosen.retention_days, release_days=chosen.benchmark_release_days
                    ),
                    delivering(services, sender) if chosen.deliver else nullcontext(),
                ):
                    yield
            finally:
                sampling.cancel()

    app = Litestar(
        state=State(
            {
                "intake": Intake(chosen.body_seconds),
                "public_url": chosen.public_url,
                "webhooks_inside": chosen.webhook_private_networks,
                "front": Front(),
                "documents": Documents(),
            }
        ),
        route_handlers=handlers(beside),
        lifespan=[opened],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
        logging_config=None,
    )
    # Around everything, as a middleware of the framework would not be: it sees no request without a route.
    app.asgi_handler = Observed(app.asgi_handler, log)
    if chosen.otel:
        from assessment.api.tracing import Traced, open_provider  # noqa: PLC0415 - an extra that need not be installed

        spans = open_provider()
        app.asgi_handler = Traced(app.asgi_handler, spans.get_tracer("assessment"))

        async def send_the_last() -> None:
            await asyncio.to_thread(spans.shutdown)

        app.on_shutdown.append(send_the_last)
    return app


def contract() -> str:
    """The OpenAPI document as it is committed and served."""
    return render(create_app()).decode()
