"""Endpoints and events of a partner, as what delivers finds them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.delivery.sender import Sender
from assessment.delivery.worker import Worker
from assessment.service import ids, webhook_endpoints
from assessment.service.context import Principal, Store
from assessment.service.outbox import event_row
from assessment.service.webhook_views import EndpointFields, SecretShown
from assessment.store.access import EVERYONE
from assessment.store.deliveries import DeliveryRow
from assessment.store.tables import DELIVERIES, WEBHOOK_ENDPOINTS
from assessment.store.webhook_endpoints import WebhookEndpointRow


def new_worker(services: Store) -> Worker:
    """A worker that may send to this machine."""
    return Worker(services, Sender(allow_inside=True))


async def new_endpoint(services: Store, principal: Principal, url: str, *events: str) -> SecretShown:
    """An endpoint that may lie on this machine, subscribed to completed assessments unless it says otherwise."""
    fields = EndpointFields(url=url, events=events or ("assessment.completed",))
    return await webhook_endpoints.create(services, principal, fields, allow_inside=True)


async def happen(services: Store, principal: Principal, n: int = 1) -> list[str]:
    """That so many assessments are completed; the ids of the events."""
    rows = [event_row(principal, "assessment.completed", {"id": f"asmt_{place}"}) for place in range(n)]
    await services.queue.insert(rows)
    return [ids.to_text("evt", row["id"]) for _, row in rows]


async def deliveries(services: Store) -> list[DeliveryRow]:
    """Every delivery, by event."""
    async with services.database.read(EVERYONE) as session:
        return list(await session.scalars(select(DeliveryRow).order_by(DeliveryRow.event_id, DeliveryRow.endpoint_id)))


async def endpoint_row(services: Store, endpoint: SecretShown) -> WebhookEndpointRow:
    async with services.database.read(EVERYONE) as session:
        wanted = ids.from_text("hook", endpoint.view.id)
        return (await session.scalars(select(WebhookEndpointRow).where(WebhookEndpointRow.id == wanted))).one()


async def change_deliveries(services: Store, **columns: Any) -> None:
    """Put this into every delivery."""
    await _run(services, update(DELIVERIES).values(**columns))


async def change_endpoints(services: Store, **columns: Any) -> None:
    await _run(services, update(WEBHOOK_ENDPOINTS).values(**columns))


async def make_due(services: Store) -> None:
    """Let the time pass that deliveries and leases still have."""
    await change_deliveries(services, next_attempt_at=datetime.now(UTC) - timedelta(seconds=1), leased_until=None)


async def _run(services: Store, statement: Any) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(statement)

    await services.queue.run(work, EVERYONE)


async def until(happened: Callable[[], object]) -> None:
    """Until it has happened, which it must in half a minute."""
    async with asyncio.timeout(30):
        while not happened():  # noqa: ASYNC110 - what is looked at is no event
            await asyncio.sleep(0.01)
