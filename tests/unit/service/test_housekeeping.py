"""What the service does beside requests is done at its start, again in time, and again after a failure."""

from __future__ import annotations

import asyncio

import pytest

from assessment.errors import DatabaseUnavailable
from assessment.service import housekeeping
from assessment.service.housekeeping import repeating


def test_a_day_has_twenty_four_hours_of_sixty_minutes() -> None:
    assert (housekeeping.HOUR_SECONDS, housekeeping.DAY_SECONDS) == (3600, 86_400)


async def test_what_failed_is_tried_again_within_the_hour(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(housekeeping, "HOUR_SECONDS", 0.01)
    done = asyncio.Event()
    tries: list[int] = []

    async def work() -> None:
        tries.append(len(tries))
        if len(tries) < 3:
            raise DatabaseUnavailable("It is away.")
        done.set()

    async with asyncio.timeout(10), repeating("The work", work, every=1000):
        await done.wait()
        await asyncio.sleep(0.05)
    assert tries == [0, 1, 2]
    assert [record.getMessage() for record in caplog.records] == [
        "The work failed; the next try is within the hour: It is away."
    ] * 2


async def test_nothing_is_done_any_more_once_the_service_has_ended() -> None:
    times: list[int] = []

    async def work() -> None:
        times.append(1)

    async with repeating("The work", work, every=0.001):
        await asyncio.sleep(0.05)
    before = len(times)
    await asyncio.sleep(0.05)
    assert before > 1
    assert len(times) == before
