"""What goes wrong between a client and the service: timeouts, refusals that pass, lost replies. Over real sockets."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from alignment_assessment import (
    AlignmentError,
    APIError,
    AsyncClient,
    Client,
    ConnectionFailed,
    PreconditionFailed,
    RateLimited,
    TimedOut,
    Timeout,
    Unavailable,
    UnexpectedAnswer,
)
from alignment_assessment.codes import Overloaded
from tests.clients.python.scripted import HEALTH, Fault, Reply, Scripted, problem, scripted
from tests.faults import samples
from tests.faults.proxy import HttpProxy
from tests.faults.servers import Server

KEY = "alm_sk_test_secret"
Ask = Callable[..., Any]


async def both(service: Scripted, ask: Ask, **options: Any) -> Any:
    """What the async client gets for the same question; the waiting client is asked by the tests themselves."""
    async with AsyncClient(KEY, base_url=service.url, **options) as client:
        return await ask(client)


def waiting(url: str, **options: Any) -> Client:
    return Client(KEY, base_url=url, **options)


SOON = ("Retry-After", "0")
LIMITED = Reply(429, problem(429, "rate_limited"), (SOON,))
BUSY = Reply(503, problem(503, "overloaded"), (SOON,))
IN_FLIGHT = Reply(409, problem(409, "request_in_flight"), (SOON,))
GATEWAY = Reply(502, None, (SOON,))
SLOW_BODY = Reply(408, problem(408, "body_timeout"), (SOON,))
SCORES: dict[str, Any] = {"data": []}


@pytest.mark.parametrize("passing", [LIMITED, BUSY, IN_FLIGHT, GATEWAY, SLOW_BODY, Fault.CLOSED])
async def test_what_passes_is_sent_again_with_the_same_key_and_body(passing: Reply | Fault) -> None:
    with scripted([passing, Reply(200, SCORES)]) as service, waiting(service.url) as client:
        assert client.scores.batch(items=[{"rubric": "alignment", "answers": {}}]).raw.tries == 2
        first, second = service.sent
        assert first == second
        assert len(first.headers["idempotency-key"]) == 36
    with scripted([passing, Reply(200, SCORES)]) as service:
        answer = await both(service, lambda client: client.scores.batch(items=[]))
        assert answer.raw.tries == 2
        assert service.sent[0] == service.sent[1]


def test_it_is_tried_three_times_and_then_said(caplog: pytest.LogCaptureFixture) -> None:
    with scripted([BUSY] * 3) as service, waiting(service.url) as client, pytest.raises(Overloaded) as refused:
        client.scores.batch(items=[])
    assert refused.value.raw.tries == 3
    assert isinstance(refused.value, Unavailable)
    assert refused.value.retry_after == 0
    assert str(refused.value) == "What went wrong (503 overloaded, request id req_1)"


def test_without_retries_it_is_tried_once() -> None:
    with scripted([BUSY]) as service, waiting(service.url, max_retries=0) as client, pytest.raises(Overloaded):
        client.scores.batch(items=[])
    assert len(service.sent) == 1


def test_a_long_retry_after_is_told_and_not_waited_for() -> None:
    an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    for said in ("3600", an_hour):
        limited = Reply(429, problem(429, "rate_limited"), (("Retry-After", said),))
        with scripted([limited]) as service, waiting(service.url) as client, pytest.raises(RateLimited) as refused:
            client.service.error_codes()
        assert refused.value.retry_after is not None
        assert 3500 < refused.value.retry_after <= 3600
        assert len(service.sent) == 1


def test_a_date_of_the_past_is_not_waited_for() -> None:
    limited = Reply(429, problem(429, "rate_limited"), (("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"),))
    with scripted([limited, Reply(200, HEALTH)]) as service, waiting(service.url) as client:
        assert client.service.health().raw.tries == 2


@pytest.mark.parametrize(
    "answer", [Reply(400, problem(400, "bad_request")), Reply(500, problem(500, "internal_error"))]
)
def test_what_does_not_pass_is_said_at_once(answer: Reply) -> None:
    with scripted([answer]) as service, waiting(service.url) as client, pytest.raises(APIError) as refused:
        client.scores.batch(items=[])
    assert refused.value.raw.tries == 1
    assert refused.value.status == answer.status


async def test_silence_times_out() -> None:
    patience = Timeout(connect=5, read=0.05, total=30)
    with scripted([Fault.SILENT] * 3) as service, waiting(service.url, timeout=patience) as client:
        with pytest.raises(TimedOut, match=r"^GET /health got no answer in time, 3 times tried\.$") as late:
            client.service.health()
        assert (late.value.tries, late.value.sent) == (3, True)
    with scripted([Fault.SILENT]) as service, pytest.raises(TimedOut):
        await both(service, lambda client: client.service.health(), timeout=patience, max_retries=0)


async def test_an_answer_that_drips_in_ends_with_the_total() -> None:
    patience = Timeout(connect=5, read=20, total=0.3)
    with scripted([Fault.DRIPPING]) as service, waiting(service.url, timeout=patience) as client:
        with pytest.raises(TimedOut) as late:
            client.service.health()
        assert late.value.tries == 1
    with scripted([Fault.DRIPPING]) as service, pytest.raises(TimedOut):
        await both(service, lambda client: client.service.health(), timeout=patience)


async def test_a_change_whose_reply_was_lost_is_not_sent_again() -> None:
    with scripted([Fault.CLOSED]) as service, waiting(service.url) as client:
        with pytest.raises(ConnectionFailed, match="It may have had an effect") as lost:
            client.assessments.update("asmt_1", if_match='"1"', target_level=2)
        assert (lost.value.tries, lost.value.sent, lost.value.idempotency_key) == (1, True, None)
    with scripted([Fault.CLOSED]) as service, pytest.raises(ConnectionFailed):
        await both(service, lambda client: client.assessments.delete("asmt_1", if_match='"1"'))


def test_a_change_that_was_refused_for_now_is_sent_again() -> None:
    replies = [BUSY, Reply(412, problem(412, "precondition_failed"))]
    with scripted(replies) as service, waiting(service.url) as client, pytest.raises(PreconditionFailed) as stale:
        client.assessments.update("asmt_1", if_match='"1"', target_level=2)
    assert stale.value.raw.tries == 2


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens, so that nobody else can
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with waiting(url, max_retries=1) as client, pytest.raises(ConnectionFailed) as nobody:
            client.assessments.delete("asmt_1", if_match='"1"')
        assert (nobody.value.tries, nobody.value.sent) == (2, False)
        async with AsyncClient(KEY, base_url=url, max_retries=0) as other:
            with pytest.raises(ConnectionFailed):
                await other.service.health()


def test_an_answer_of_something_else_is_said() -> None:
    said = "Something other than the service answered 403"
    with scripted([Reply(403)]) as service, waiting(service.url) as client, pytest.raises(UnexpectedAnswer, match=said):
        client.service.health()
    with scripted([Reply(200, {"status": "ok"})]) as service, waiting(service.url) as client:
        with pytest.raises(UnexpectedAnswer, match=r"get_health is not what the contract says: .*`version`") as other:
            client.service.health()
        assert other.value.raw.content == b'{"status": "ok"}'


def test_a_redirect_is_not_followed() -> None:
    away = Reply(307, None, (("Location", "http://127.0.0.1:1/"),))
    said = "status is 307"
    with scripted([away]) as service, waiting(service.url) as client, pytest.raises(UnexpectedAnswer, match=said):
        client.service.health()


def test_deprecated_operations_warn_once_and_name_the_day() -> None:
    old = Reply(
        200,
        HEALTH,
        (
            ("Deprecation", "@1798761600"),
            ("Sunset", "Thu, 01 Jul 2027 00:00:00 GMT"),
            ("Link", '<https://example.com/changes>; rel="deprecation"'),
        ),
    )
    with scripted([old, old]) as service, waiting(service.url) as client:
        said = (
            "^The operation get_health is deprecated since 2027-01-01 and may be gone from 2027-07-01 on; "
            "see https://example.com/changes.$"
        )
        with pytest.warns(DeprecationWarning, match=said) as warned:
            client.service.health()
        assert warned[0].filename == __file__
        client.with_options(max_retries=0).service.health()


@pytest.mark.parametrize("number", range(3))
async def test_a_lost_reply_has_one_effect(server: Server, number: int) -> None:
    async with HttpProxy(server.port) as proxy:
        name = f"Lost {number} {random.random()}"
        body = samples.assessment(random.Random(number), complete=True, organisation={"name": name})
        proxy.marked.add(name.encode())
        async with AsyncClient(server.keys.secret, base_url=f"http://127.0.0.1:{proxy.port}") as client:
            created = await client.assessments.create(**body)
            assert created.raw.tries >= 2
            assert created.raw.headers["Idempotency-Replayed"] == "true"
            assert proxy.lost == 1
            found = [one async for one in client.organisations.list(name=name)]
            assert len(found) == 1
            kept = [one.id async for one in client.assessments.list(organisation=found[0].id)]
            assert kept == [created.id]


async def test_a_lost_reply_has_one_effect_for_the_client_that_waits(server: Server) -> None:
    async with HttpProxy(server.port) as proxy:
        name = f"Lost {random.random()}"
        proxy.marked.add(name.encode())

        def create() -> list[str]:
            with Client(server.keys.secret, base_url=f"http://127.0.0.1:{proxy.port}") as client:
                client.assessments.create(rubric="alignment", organisation={"name": name})
                return [one.id for one in client.organisations.list(name=name)]

        assert len(await asyncio.to_thread(create)) == 1
        assert proxy.lost == 1


def test_every_error_is_an_alignment_error() -> None:
    assert issubclass(ConnectionFailed, AlignmentError)
    assert issubclass(APIError, AlignmentError)
    assert issubclass(UnexpectedAnswer, AlignmentError)
