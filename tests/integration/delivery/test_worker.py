"""Workers share what is due, hold up nobody, and lose nothing when they or the database go away."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import make_url, select

from assessment.delivery import worker
from assessment.delivery.sender import Outcome, Sender
from assessment.delivery.worker import Tally, delivering
from assessment.service.context import Services
from assessment.service.deliveries import (
    NOTHING_SETTLED,
    OF_A_PARTNER,
    OF_AN_ENDPOINT,
    Room,
    take_turn,
)
from assessment.service.events import resend
from assessment.store.access import EVERYONE
from assessment.store.deliveries import DeliveryRow
from assessment.store.outbox import Settled
from tests.faults.servers import administer
from tests.integration.delivery.helpers import (
    change_deliveries,
    deliveries,
    happen,
    new_endpoint,
    new_worker,
    until,
)
from tests.integration.service.helpers import new_principal
from tests.receiver import OK, Received, accept, answer, first_of, receiving


async def test_a_slow_receiver_holds_up_nobody_else(services: Services) -> None:
    slow_partner, quick_partner = await new_principal(services), await new_principal(services, name="Quick")
    stuck = asyncio.Event()
    at_once: Counter[str] = Counter()

    async def wait(received: Received) -> bytes:
        at_once[received.target] += 1
        await stuck.wait()
        return OK

    async with receiving(wait) as slow, receiving() as quick:
        for number in range(OF_A_PARTNER // OF_AN_ENDPOINT + 1):
            await new_endpoint(services, slow_partner, f"{slow.url}/{number}")
        await new_endpoint(services, quick_partner, quick.url)
        await happen(services, slow_partner, 5)
        await happen(services, quick_partner, 20)
        draining = asyncio.create_task(new_worker(services).drain())
        await until(lambda: len(quick.received) == 20 and at_once.total() >= 32)
        assert max(at_once.values()) == 4
        assert at_once.total() == 32
        stuck.set()
        assert await draining == Tally(delivered=65)


async def test_two_workers_share_the_work_and_none_is_done_twice(services: Services) -> None:
    who = await new_principal(services)
    async with receiving() as receiver:
        await new_endpoint(services, who, receiver.url)
        await happen(services, who, 60)
        tallies = await asyncio.gather(*(new_worker(services).drain() for _ in range(3)))
    assert sum(tally.delivered for tally in tallies) == 60
    assert set(Counter(one.headers["webhook-id"] for one in receiver.received).values()) == {1}


async def test_a_delivery_whose_worker_died_is_taken_by_another_when_its_lease_is_over(services: Services) -> None:
    who = await new_principal(services)
    async with receiving() as receiver:
        await new_endpoint(services, who, receiver.url)
        await happen(services, who)
        # This one takes it and is heard of no more.
        assert len((await take_turn(services, [], Room([]))).messages) == 1
        assert await new_worker(services).drain() == Tally()
        await change_deliveries(services, leased_until=datetime.now(UTC) - timedelta(seconds=1))
        assert await new_worker(services).drain() == Tally(delivered=1)
    assert len(receiver.received) == 1


async def test_what_comes_of_an_attempt_counts_only_for_who_holds_the_lease(services: Services) -> None:
    who = await new_principal(services)
    async with receiving() as receiver:
        await new_endpoint(services, who, receiver.url)
        (event,) = await happen(services, who)
        (message,) = (await take_turn(services, [], Room([]))).messages
        await resend(services, who, event)
        late = worker.settle_as(message, Outcome(500, "refused"), datetime.now(UTC), 0.5)
        assert (await take_turn(services, [late], Room([], at_once=0))).settled == NOTHING_SETTLED
        (row,) = await deliveries(services)
        assert (row.status, row.attempts, row.last_status) == ("pending", 0, None)
        assert await new_worker(services).drain() == Tally(delivered=1)


# On SQLite whoever writes holds all of it, and is waited for.
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_what_somebody_holds_at_the_moment_is_settled_when_it_is_free(services: Services) -> None:
    who = await new_principal(services)
    await new_endpoint(services, who, "http://127.0.0.1")
    await happen(services, who)
    (message,) = (await take_turn(services, [], Room([]))).messages
    taken = worker.settle_as(message, Outcome(204), datetime.now(UTC), 0.5)
    async with services.database.read(EVERYONE) as session:
        await session.execute(select(DeliveryRow).with_for_update())
        turn = await take_turn(services, [taken], Room([], at_once=0))
        assert turn.settled == Settled(set(), {message.key})
    turn = await take_turn(services, [taken], Room([], at_once=0))
    assert turn.settled == Settled({message.key}, set())
    assert [row.status for row in await deliveries(services)] == ["delivered"]


async def test_a_worker_wakes_for_what_its_own_process_stores(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "POLL_SECONDS", 3600)
    who = await new_principal(services)
    arrived = asyncio.Event()

    async def note(_: Received) -> bytes:
        arrived.set()
        return OK

    async with receiving(note) as receiver, delivering(services, Sender(allow_inside=True)):
        await new_endpoint(services, who, receiver.url)
        for _ in range(3):
            await happen(services, who)
            async with asyncio.timeout(20):
                await arrived.wait()
            arrived.clear()


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_deliveries_go_on_when_the_database_is_back(
    services: Services,
    database_url: str,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    who = await new_principal(services)
    name = make_url(database_url).database
    async with receiving() as receiver:
        await new_endpoint(services, who, receiver.url)
        async with delivering(services, Sender(allow_inside=True)):
            await administer(
                postgres_url,
                f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
                f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'",
            )
            await until(lambda: "Deliveries wait for the database" in caplog.text)
            assert receiver.received == []
            await administer(postgres_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            await happen(services, who)
            await until(lambda: receiver.received)


async def test_a_worker_that_ends_lets_the_attempts_end_that_are_under_way(services: Services) -> None:
    who = await new_principal(services)
    arrived, ending = asyncio.Event(), asyncio.Event()

    async def wait(_: Received) -> bytes:
        arrived.set()
        await ending.wait()
        return OK

    async with receiving(wait) as receiver:
        await new_endpoint(services, who, receiver.url)
        async with delivering(services, Sender(allow_inside=True)):
            await happen(services, who)
            await arrived.wait()
            asyncio.get_running_loop().call_later(0.05, ending.set)
    (row,) = await deliveries(services)
    assert (row.status, row.leased_until) == ("delivered", None)


async def test_what_does_not_end_in_time_is_left_to_the_next_worker_at_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "GRACE_SECONDS", 0.05)
    who = await new_principal(services)
    arrived = asyncio.Event()

    async def never(_: Received) -> bytes:
        arrived.set()
        await asyncio.Event().wait()
        return OK

    answers = [never, accept]
    async with receiving(first_of(answers)) as receiver:
        await new_endpoint(services, who, receiver.url)
        async with delivering(services, Sender(allow_inside=True)):
            await happen(services, who)
            await arrived.wait()
        (row,) = await deliveries(services)
        assert (row.status, row.attempts, row.leased_until) == ("pending", 0, None)
        answers.pop(0)
        assert await new_worker(services).drain() == Tally(delivered=1)


async def test_what_is_counted_and_logged_names_no_path_of_the_receiver(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    def count(outcome: str) -> float:
        return REGISTRY.get_sample_value("assessment_deliveries_total", {"outcome": outcome}) or 0

    before = count("delivered"), count("failed")
    seconds = REGISTRY.get_sample_value("assessment_delivery_seconds_count") or 0
    who = await new_principal(services)
    async with receiving(answer(500)) as bad, receiving() as good:
        await new_endpoint(services, who, f"{bad.url}/very-secret?token=very-secret")
        await new_endpoint(services, who, f"{good.url}/very-secret?token=very-secret")
        (event,) = await happen(services, who)
        with caplog.at_level(logging.INFO, "assessment"):
            await new_worker(services).drain()
    assert (count("delivered"), count("failed")) == (before[0] + 1, before[1] + 1)
    assert REGISTRY.get_sample_value("assessment_delivery_seconds_count") == seconds + 1
    said = [record.getMessage() for record in caplog.records if record.name == "assessment.delivery"]
    assert len(said) == 2
    assert all(event in line and "127.0.0.1" in line and "very-secret" not in line for line in said)
    assert sum("status 500; the next attempt is at 20" in line for line in said) == 1
