"""Each event comes to each endpoint that asked for it; what fails is tried again, and given up in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from standardwebhooks.webhooks import Webhook

from assessment.delivery.worker import Tally
from assessment.service import webhook_endpoints
from assessment.service.context import Services
from assessment.service.deliveries import (
    Room,
    count_backlog,
    take_turn,
)
from assessment.service.events import resend
from assessment.store.access import EVERYONE
from assessment.store.events import EventRow
from assessment.store.outbox import dispatch
from tests.integration.delivery.helpers import (
    change_deliveries,
    change_endpoints,
    deliveries,
    endpoint_row,
    happen,
    make_due,
    new_endpoint,
    new_worker,
)
from tests.integration.service.helpers import new_principal
from tests.receiver import Received, accept, answer, first_of, receiving


async def test_an_event_comes_to_every_endpoint_that_asked_for_it_signed(services: Services) -> None:
    ours, theirs = await new_principal(services), await new_principal(services, name="Other")
    async with receiving() as receiver:
        endpoints = {
            path: await new_endpoint(services, who, f"{receiver.url}{path}", *events)
            for path, who, events in (
                ("/a", ours, ()),
                ("/b", ours, ("assessment.completed", "response.submitted")),
                ("/c", ours, ("response.submitted",)),
                ("/d", theirs, ()),
            )
        }
        (event,) = await happen(services, ours)
        assert await new_worker(services).drain() == Tally(delivered=2)
        assert await new_worker(services).drain() == Tally()
    assert sorted(one.target for one in receiver.received) == ["/a", "/b"]
    for one in receiver.received:
        assert one.headers["webhook-id"] == event
        body = Webhook(endpoints[one.target].secret).verify(one.body, one.headers)
        assert body["type"] == "assessment.completed"
        assert body["data"] == {"id": "asmt_0"}
        assert list(body) == ["type", "timestamp", "data"]
        assert body["timestamp"].endswith("Z")
    assert [(row.status, row.attempts, row.last_status, row.next_attempt_at) for row in await deliveries(services)] == [
        ("delivered", 1, 204, None),
        ("delivered", 1, 204, None),
    ]


async def test_modes_do_not_mix(services: Services) -> None:
    live, test = await new_principal(services), await new_principal(services, "test")
    async with receiving() as receiver:
        for who in (live, test):
            await new_endpoint(services, who, f"{receiver.url}/{who.mode}")
        await happen(services, test)
        assert await new_worker(services).drain() == Tally(delivered=1)
    assert [one.target for one in receiver.received] == ["/test"]


async def test_what_nobody_asked_for_is_passed_by_and_counts_as_much_as_what_is_given(services: Services) -> None:
    silent, told = await new_principal(services), await new_principal(services, name="Told")
    await new_endpoint(services, told, "http://127.0.0.1/")
    await happen(services, silent, 2)
    await happen(services, told, 3)
    given = []
    for _ in range(3):
        await services.queue.run(partial(dispatch, now=datetime.now(UTC), limit=3), EVERYONE)
        given.append((await undispatched(services), len(await deliveries(services))))
    assert given == [(2, 1), (0, 3), (0, 3)]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_a_backlog_that_no_statistics_know_costs_what_is_taken_from_it(services: Services) -> None:
    await happen(services, await new_principal(services), 3000)

    async def work(connection: AsyncConnection) -> int:
        await dispatch(connection, datetime.now(UTC), 10)
        read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'events'"
        return int((await connection.execute(text(read))).scalar_one())

    # Each of the ten is read when it is found and when it is marked.
    assert await services.queue.run(work, EVERYONE) == 20


async def undispatched(services: Services) -> int:
    async with services.database.read(EVERYONE) as session:
        return len((await session.scalars(select(EventRow.id).where(EventRow.dispatched_at.is_(None)))).all())


async def test_an_endpoint_is_sent_what_happens_after_it_was_created_and_while_it_is_enabled(
    services: Services,
) -> None:
    who = await new_principal(services)
    await happen(services, who)
    async with receiving() as receiver:
        endpoint = await new_endpoint(services, who, receiver.url)
        assert await new_worker(services).drain() == Tally()
        await webhook_endpoints.disable(services, who, endpoint.view.id)
        await happen(services, who)
        assert await new_worker(services).drain() == Tally()
        await webhook_endpoints.enable(services, who, endpoint.view.id)
        (event,) = await happen(services, who)
        assert await new_worker(services).drain() == Tally(delivered=1)
    assert [one.headers["webhook-id"] for one in receiver.received] == [event]


async def test_what_waits_for_a_disabled_endpoint_goes_on_when_it_is_enabled(services: Services) -> None:
    who = await new_principal(services)
    async with receiving() as receiver:
        endpoint = await new_endpoint(services, who, receiver.url)
        await happen(services, who)
        await take_turn(services, [], Room([], at_once=0))
        await webhook_endpoints.disable(services, who, endpoint.view.id)
        assert await count_backlog(services) == 0
        assert await new_worker(services).drain() == Tally()
        await webhook_endpoints.enable(services, who, endpoint.view.id)
        assert await count_backlog(services) == 1
        assert await new_worker(services).drain() == Tally(delivered=1)


async def test_what_failed_is_tried_again_with_the_same_id_and_body_and_a_new_signature(services: Services) -> None:
    who = await new_principal(services)
    answers = [answer(500), answer(302, "location: http://127.0.0.1/"), accept]

    async def improve(received: Received) -> bytes:
        return await answers.pop(0)(received)

    async with receiving(improve) as receiver:
        endpoint = await new_endpoint(services, who, receiver.url)
        await happen(services, who)
        before = datetime.now(UTC)
        assert await new_worker(services).drain() == Tally(failed=1)
        (row,) = await deliveries(services)
        assert (row.status, row.attempts, row.last_status, row.last_error) == ("pending", 1, 500, "refused")
        assert row.next_attempt_at is not None
        assert timedelta(seconds=4) <= row.next_attempt_at - before <= timedelta(seconds=36)
        assert row.leased_until is None
        assert await new_worker(services).drain() == Tally()
        for tally in (Tally(failed=1), Tally(delivered=1)):
            await make_due(services)
            assert await new_worker(services).drain() == tally
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.received}) == 1
    for one in receiver.received:
        assert Webhook(endpoint.secret).verify(one.body, one.headers)
    (row,) = await deliveries(services)
    assert (row.status, row.attempts, row.last_status) == ("delivered", 3, 204)


async def test_after_ten_attempts_it_is_dead_and_can_be_sent_again(services: Services) -> None:
    who = await new_principal(services)
    answers = [answer(500), accept]
    async with receiving(first_of(answers)) as receiver:
        await new_endpoint(services, who, receiver.url)
        (event,) = await happen(services, who)
        for _ in range(9):
            assert await new_worker(services).drain() == Tally(failed=1)
            await make_due(services)
        assert await new_worker(services).drain() == Tally(dead=1)
        (row,) = await deliveries(services)
        assert (row.status, row.attempts, row.last_status, row.next_attempt_at) == ("dead", 10, 500, None)
        assert await new_worker(services).drain() == Tally()
        answers.pop(0)
        await resend(services, who, event)
        assert await new_worker(services).drain() == Tally(delivered=1)
    assert {one.headers["webhook-id"] for one in receiver.received} == {event}
    assert len(receiver.received) == 11


async def test_a_receiver_that_asks_for_time_gets_it(services: Services) -> None:
    who = await new_principal(services)
    async with receiving(answer(503, "retry-after: 7200")) as receiver:
        await new_endpoint(services, who, receiver.url)
        await happen(services, who)
        before = datetime.now(UTC)
        assert await new_worker(services).drain() == Tally(failed=1)
    (row,) = await deliveries(services)
    assert row.next_attempt_at is not None
    assert timedelta(hours=2) <= row.next_attempt_at - before <= timedelta(hours=2, minutes=1)


async def test_a_receiver_that_is_gone_is_sent_nothing_more(services: Services) -> None:
    who = await new_principal(services)
    async with receiving(answer(410)) as receiver:
        endpoint = await new_endpoint(services, who, receiver.url)
        await happen(services, who)
        assert await new_worker(services).drain() == Tally(dead=1)
        row = await endpoint_row(services, endpoint)
        assert row.disabled_at is not None
        assert row.disabled_reason == "The receiver answered 410 Gone."
        await happen(services, who)
        assert await new_worker(services).drain() == Tally()
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("changed_days_ago", "delivered_days_ago", "disabled"),
    [(6, None, True), (4, None, False), (6, 4, False), (6, 6, True)],
)
async def test_an_endpoint_where_nothing_arrives_for_five_days_is_disabled(
    services: Services, changed_days_ago: int, delivered_days_ago: int | None, disabled: bool
) -> None:
    who = await new_principal(services)
    now = datetime.now(UTC)
    answers = [accept, answer(500)] if delivered_days_ago else [answer(500)]
    async with receiving(first_of(answers)) as receiver:
        endpoint = await new_endpoint(services, who, receiver.url)
        if delivered_days_ago:
            await happen(services, who)
            await new_worker(services).drain()
            await change_deliveries(services, last_attempt_at=now - timedelta(days=delivered_days_ago))
            answers.pop(0)
        await change_endpoints(services, updated_at=now - timedelta(days=changed_days_ago))
        await happen(services, who)
        await take_turn(services, [], Room([], at_once=0))
        await change_deliveries(services, attempts=9)
        assert await new_worker(services).drain() == Tally(dead=1)
    row = await endpoint_row(services, endpoint)
    assert row.disabled_reason == ("Nothing has arrived there for 5 days." if disabled else None)


async def test_both_secrets_sign_while_one_replaces_the_other(services: Services) -> None:
    who = await new_principal(services)
    async with receiving() as receiver:
        old = await new_endpoint(services, who, receiver.url)
        new = await webhook_endpoints.rotate_secret(services, who, old.view.id, 3600)
        await happen(services, who)
        await new_worker(services).drain()
        await change_endpoints(services, old_secret_until=datetime.now(UTC) - timedelta(seconds=1))
        await happen(services, who)
        await new_worker(services).drain()
    during, after = receiver.received
    for secret in (old.secret, new.secret):
        assert Webhook(secret).verify(during.body, during.headers)
    assert Webhook(new.secret).verify(after.body, after.headers)
    assert after.headers["webhook-signature"].count("v1,") == 1
