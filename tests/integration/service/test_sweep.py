"""What has expired is swept away, and nothing that still holds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.service import housekeeping, ids, sweep
from assessment.service.assessments import create
from assessment.service.context import Principal, Services
from assessment.store.access import EVERYONE
from assessment.store.tables import CLIENT_TOKENS
from tests.integration.service.helpers import new_assessment, new_principal


async def with_tokens(services: Services, principal: Principal, *hours: float) -> list[str]:
    """Assessments with a client token each, which expires in so many hours."""
    made = [(await create(services, principal, new_assessment(services))).id for _ in hours]
    rows = [
        {
            "partner_id": principal.partner_id,
            "mode": principal.mode,
            "assessment_id": ids.find_id("asmt", assessment),
            "hash": bytes(32),
            "expires_at": datetime.now(UTC) + timedelta(hours=left),
        }
        for assessment, left in zip(made, hours, strict=True)
    ]

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(CLIENT_TOKENS), rows)

    await services.queue.run(work, EVERYONE)
    return made


async def with_token(services: Services) -> set[str]:
    async with services.database.read(EVERYONE) as session:
        found = await session.scalars(select(CLIENT_TOKENS.c.assessment_id))
        return {ids.to_text("asmt", one) for one in found}


async def test_expired_client_tokens_are_deleted_of_every_partner(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SWEPT_AT_ONCE", 2)
    kept = set()
    for _ in range(2):
        made = await with_tokens(services, await new_principal(services), -0.01, -24, -1, -700, 0.1, 24)
        kept |= {made[4], made[5]}
    await sweep.sweep(services)
    assert await with_token(services) == kept
    await sweep.sweep(services)
    assert await with_token(services) == kept


async def test_a_service_sweeps_when_it_starts_and_every_hour(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert housekeeping.HOUR_SECONDS == 60 * 60
    monkeypatch.setattr(housekeeping, "HOUR_SECONDS", 0.01)
    principal = await new_principal(services)
    async with housekeeping.keeping_house(services), asyncio.timeout(10):
        for _ in range(2):
            await with_tokens(services, principal, -1)
            left = await with_token(services)
            while left:
                await asyncio.sleep(0.01)
                left = await with_token(services)
