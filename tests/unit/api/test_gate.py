from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable

import pytest

from assessment import metrics
from assessment.api import gate
from assessment.api.gate import Gate, Kind, kind_of

KINDS = (Kind.SUBMISSION, Kind.SCORE, Kind.READ)
LONG = 1000.0
"""Seconds of a step that does not end within a test."""


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # what is waited for tells nobody
            await asyncio.sleep(0.001)


async def until_open(found: Gate) -> None:
    """Gates of other tests would count what this one is asked about."""
    await until(lambda: found.held_down is Kind.NONE)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        (b"GET", b"/health", Kind.VITAL),
        (b"HEAD", b"/ready", Kind.VITAL),
        (b"POST", b"/v1/assessments", Kind.SUBMISSION),
        (b"PATCH", b"/v1/assessments/asm_1/responses/rsp_1", Kind.SUBMISSION),
        (b"OPTIONS", b"/v1/assessments", Kind.SUBMISSION),
        (b"GET", b"/v1/invitation", Kind.SUBMISSION),
        (b"POST", b"/take/alm_inv_1", Kind.SUBMISSION),
        (b"GET", b"/take/alm_inv_1/2", Kind.SUBMISSION),
        (b"GET", b"/widget/v1", Kind.SUBMISSION),
        (b"POST", b"/v1/scores", Kind.SCORE),
        (b"POST", b"/v1/scores/batch", Kind.SCORE),
        (b"POST", b"/mcp", Kind.SCORE),
        (b"GET", b"/v1/assessments", Kind.READ),
        (b"GET", b"/v1/assessments/asm_1/invitations", Kind.READ),
        (b"GET", b"/v1/organisations/org_1/export", Kind.READ),
        (b"GET", b"/r/alm_share_1/report.pdf", Kind.READ),
        (b"GET", b"http://else/where", Kind.READ),
    ],
)
def test_a_request_is_of_a_kind(method: bytes, path: bytes, kind: Kind) -> None:
    assert kind_of(method, path) is kind


async def test_everything_is_begun_until_there_are_as_many_as_may_be() -> None:
    found = Gate(64, LONG)
    assert [found.admits(kind, 63) for kind in KINDS] == [True, True, True]
    assert found.held_down is Kind.NONE


async def test_reads_are_held_down_first_then_scores_then_submissions() -> None:
    found = Gate(64, LONG)
    order = []
    for kind, begun in ((Kind.READ, 64), (Kind.SCORE, 72), (Kind.SUBMISSION, 80)):
        assert [found.admits(other, begun - 1) for other in KINDS if other <= kind] == [True] * kind
        assert found.admits(kind, begun) is False
        order.append(found.held_down)
    assert order == [Kind.READ, Kind.SCORE, Kind.SUBMISSION]


async def test_a_submission_that_finds_the_process_full_is_begun_before_reads() -> None:
    found = Gate(64, LONG)
    assert found.admits(Kind.SUBMISSION, 64) is True
    assert found.held_down is Kind.READ


async def test_a_few_of_the_kind_that_is_held_down_are_begun_and_none_behind_it() -> None:
    found = Gate(64, LONG)
    found.admits(Kind.SUBMISSION, 80)
    assert found.held_down is Kind.SUBMISSION
    assert [found.admits(Kind.SUBMISSION, begun) for begun in (0, 7, 8)] == [True, True, False]
    assert [found.admits(kind, 0) for kind in (Kind.SCORE, Kind.READ)] == [False, False]


async def test_who_asks_how_the_service_is_is_never_turned_away() -> None:
    found = Gate(64, LONG)
    found.admits(Kind.SUBMISSION, 80)
    assert found.admits(Kind.VITAL, 1000) is True
    assert found.refuses(Kind.VITAL, 1000) is False


async def test_requests_that_wait_for_their_client_do_not_count() -> None:
    found = Gate(64, LONG)
    found.waiting_for_clients = 100
    assert found.admits(Kind.READ, 163) is True
    assert found.admits(Kind.READ, 164) is False


async def test_once_hardly_any_is_turned_away_everything_is_begun_again() -> None:
    found = Gate(64, 0.01)
    found.admits(Kind.SUBMISSION, 80)
    await until_open(found)
    assert [found.admits(kind, 63) for kind in KINDS] == [True, True, True]


async def test_a_kind_stays_held_down_while_more_than_one_in_twenty_is_turned_away() -> None:
    found = Gate(64, 0.05)
    found.admits(Kind.READ, 64)
    steps = 0
    while steps < 5:
        began = found._clock
        for _ in range(10):
            assert found.admits(Kind.READ, 0) is True
            assert found.admits(Kind.READ, 64) is False
        await until(lambda began=began: found._clock != began)  # type: ignore[misc]  # a default binds the loop's value
        steps += 1
    assert found.held_down is Kind.READ
    await until_open(found)


async def test_no_read_is_begun_in_a_step_in_which_a_submission_was_turned_away_nor_in_the_next() -> None:
    chance = random.Random(18)
    found, turned_away_in = Gate(16, 0.002), -10
    begun_reads = refused_submissions = 0
    for step in range(300):
        began, pressed = found._clock, chance.random() < 0.5
        for _ in range(20):
            kind = chance.choice(KINDS)
            admitted = found.admits(kind, chance.randrange(0, 60 if pressed else 12))
            if kind is Kind.SUBMISSION and not admitted:
                turned_away_in = step
                refused_submissions += 1
            if kind is Kind.READ and admitted:
                assert step > turned_away_in + 1
                begun_reads += 1
        await until(lambda began=began: found._clock != began or found.held_down is Kind.NONE)  # type: ignore[misc]
    assert begun_reads > 100
    assert refused_submissions > 100
    await until_open(found)


@pytest.mark.parametrize(
    ("worked", "turned_away", "few"),
    [(lambda: 0.0, 30, 32), (time.monotonic, 30, 8), (time.monotonic, 5, 32)],
    ids=["it waits for the database", "it is busy", "hardly more come than can be served"],
)
async def test_as_many_are_begun_at_once_as_keep_the_process_busy(
    worked: Callable[[], float], turned_away: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_worked", worked)
    found, steps = Gate(64, 0.01), 0
    found.admits(Kind.READ, 64)
    while steps < 8:
        began = found._clock
        for _ in range(10):
            found.admits(Kind.READ, 0)
        for _ in range(turned_away):
            found.admits(Kind.READ, 64)
        await until(lambda began=began: found._clock != began)  # type: ignore[misc]  # as above
        steps += 1
    assert found.few == few
    await until_open(found)


async def test_what_was_turned_away_is_said_in_one_line_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    counted = metrics.TURNED_AWAY.labels("reads")
    before = counted._value.get()
    found = Gate(64, 0.01)
    with caplog.at_level(logging.WARNING):
        for _ in range(30):
            found.admits(Kind.READ, 64)
        for _ in range(2):
            found.admits(Kind.SCORE, 80)
        await until_open(found)
    assert counted._value.get() - before == 30
    assert [record.getMessage() for record in caplog.records] == [
        "more came than could be served, which is over; turned away: 2 scores, 30 reads"
    ]
