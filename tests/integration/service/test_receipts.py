"""Receipts of requests with an idempotency key: there with the effect or not at all, and gone when their time is up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessment.errors import RequestInFlight
from assessment.service import sweep
from assessment.service.api_keys import create
from assessment.service.context import Principal, Services
from assessment.service.housekeeping import keeping_house
from assessment.service.key_views import NewApiKey
from assessment.service.receipts import Answered, Receipt, Request, answer_once
from assessment.service.sweep import delete_receipts
from assessment.store.access import EVERYONE
from assessment.store.tables import IDEMPOTENCY_RECORDS
from tests.integration.service.helpers import new_principal

REQUEST = Request(b"k" * 32, b"f" * 32)
CREATED = Answered(201, ((b"location", b"/there"),), b"{}")


@pytest.fixture
async def principal(services: Services) -> Principal:
    return await new_principal(services)


async def keys_of(services: Services) -> set[bytes]:
    async with services.database.read(EVERYONE) as session:
        return set((await session.scalars(select(IDEMPOTENCY_RECORDS.c.key_hash))).all())


async def receive(services: Services, principal: Principal, *numbers: int, age: timedelta) -> None:
    """Store a receipt for each number, made that long ago."""
    made = datetime.now(UTC) - age
    for number in numbers:
        table, row = Receipt(services, principal, Request(bytes([number]) * 32, b"f" * 32), None).row(CREATED)
        await services.queue.insert([(table, {**row, "created_at": made})])


async def test_who_repeats_a_request_that_is_being_worked_on_is_told_to_wait(
    services: Services, principal: Principal
) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def work(receipt: Receipt) -> Answered:
        started.set()
        await go_on.wait()
        await services.queue.insert([receipt.row(CREATED)])
        return CREATED

    async def never(receipt: Receipt) -> Answered:
        raise AssertionError("worked on twice")

    first = asyncio.create_task(answer_once(services, principal, REQUEST, work))
    await started.wait()
    with pytest.raises(RequestInFlight, match="try again in a second"):
        await answer_once(services, principal, REQUEST, never)
    go_on.set()
    assert await first == CREATED
    assert await answer_once(services, principal, REQUEST, never) == CREATED


async def test_an_effect_without_its_receipt_is_a_mistake_that_is_not_passed_over(
    services: Services, principal: Principal
) -> None:
    async def work(receipt: Receipt) -> Answered:
        await create(services, principal, NewApiKey("secret"))
        return CREATED

    with pytest.raises(RuntimeError, match="without a receipt"):
        await answer_once(services, principal, REQUEST, work)


async def test_a_key_that_was_taken_by_somebody_who_is_not_done_is_told_so(
    services: Services, principal: Principal
) -> None:
    async def work(receipt: Receipt) -> Answered:
        # The database refuses the second one, and with it the first one: the key is taken, and there is no record.
        await services.queue.insert([receipt.row(CREATED), receipt.row(CREATED)])
        return CREATED

    with pytest.raises(RequestInFlight, match="is being worked on"):
        await answer_once(services, principal, REQUEST, work)
    assert await keys_of(services) == set()


async def test_receipts_past_their_time_are_deleted_some_at_a_time(
    services: Services, principal: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SWEPT_AT_ONCE", 2)
    await receive(services, principal, 1, 2, 3, 4, 5, age=timedelta(days=3))
    await receive(services, principal, 6, age=timedelta(days=1))
    assert await delete_receipts(services, datetime.now(UTC) - timedelta(days=2)) == 5
    assert await keys_of(services) == {b"\x06" * 32}


async def test_a_running_service_deletes_what_is_past_its_time_and_then_not_for_an_hour(
    services: Services, principal: Principal
) -> None:
    await receive(services, principal, 1, age=timedelta(days=7, minutes=1))
    await receive(services, principal, 2, age=timedelta(days=7) - timedelta(minutes=1))
    async with asyncio.timeout(10), keeping_house(services):
        while True:
            if b"\x01" * 32 not in await keys_of(services):
                break
            await asyncio.sleep(0.01)
        await receive(services, principal, 3, age=timedelta(days=8))
        await asyncio.sleep(0.2)
        assert await keys_of(services) == {b"\x02" * 32, b"\x03" * 32}
