"""Bodies in pieces: how much of them is held, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assessment.api.intake import Begun, Intake
from assessment.api.refusals import BodyTimeout, BodyTooLarge
from assessment.errors import Overloaded, PayloadRefused

Receive = Callable[[], Awaitable[Any]]


def pieces(*sizes: int, pause: float = 0, ends: bool = True) -> Receive:
    """A receive() that gives pieces of these sizes; without `ends` nothing comes after them, ever."""
    waiting = list(sizes)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        if not waiting:
            await asyncio.Event().wait()
        size = waiting.pop(0)
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(waiting) or not ends}

    return receive


async def gather(intake: Intake, receive: Receive, limit: int = 100, declared: int = 0) -> bytes:
    return await intake.gather(Begun(receive()), receive, limit, declared)


async def test_a_body_in_pieces_is_put_together() -> None:
    assert await gather(Intake(1), pieces(3, 0, 4)) == b"x" * 7


async def test_what_is_there_is_taken_without_waiting() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}"}

    assert Begun(receive()).message == {"type": "http.request", "body": b"{}"}


async def test_what_was_begun_can_be_cancelled_while_it_waits() -> None:
    ended = asyncio.Event()

    async def receive() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    begun = Begun(receive())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await begun
    assert ended.is_set()


async def test_what_was_begun_may_fail_later() -> None:
    async def receive() -> None:
        await asyncio.sleep(0)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await Begun(receive())


@pytest.mark.parametrize("sizes", [(), (5,), (5, 5)])
async def test_a_body_that_stops_coming_is_given_up(sizes: tuple[int, ...]) -> None:
    with pytest.raises(BodyTimeout):
        await gather(Intake(0.05), pieces(*sizes, ends=False))


async def test_a_fast_start_is_no_credit_for_a_stop() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    with pytest.raises(BodyTimeout):
        await gather(Intake(0.05), pieces(1_000_000, ends=False), limit=2_000_000)
    assert loop.time() - start < 1


async def test_a_body_that_keeps_its_rate_may_take_longer() -> None:
    assert len(await gather(Intake(0.05), pieces(*[2_000] * 10, pause=0.02), limit=20_000)) == 20_000


async def test_a_body_over_the_limit_is_refused_once_it_has_come() -> None:
    with pytest.raises(BodyTooLarge, match="at most 100 bytes"):
        await gather(Intake(1), pieces(60, 60))
    with pytest.raises(BodyTooLarge):
        await gather(Intake(1), pieces(1, ends=False), declared=10**10)


async def test_a_caller_that_leaves_is_no_failure_of_ours() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(PayloadRefused, match="closed before the whole body"):
        await gather(Intake(1), receive)


async def test_bodies_on_their_way_share_a_budget_and_give_it_back() -> None:
    intake = Intake(1, budget=100)
    with intake.holding(60):
        with pytest.raises(Overloaded):
            await gather(intake, pieces(30, 30))
        assert len(await gather(intake, pieces(20, 20))) == 40
    assert len(await gather(intake, pieces(50, 50))) == 100
    with pytest.raises(Overloaded), intake.holding(101):
        pass
    with intake.holding(100):
        pass


async def test_large_bodies_take_turns() -> None:
    intake, order = Intake(1), []

    async def work(name: str) -> None:
        await intake.take_turns(10)
        order.append(name)

    async def count() -> None:
        for number in range(3):
            order.append(str(number))
            await asyncio.sleep(0)

    await asyncio.gather(work("a"), work("b"), work("c"), count())
    assert [name for name in order if name.isalpha()] == ["a", "b", "c"]
    assert order.index("c") > order.index("1")
