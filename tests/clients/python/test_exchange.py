"""When a request is sent again, and after how long: decided without a network or a clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from alignment_assessment import Timeout
from alignment_assessment._call import Call, Operation
from alignment_assessment._exchange import Exchange, failure_of, retry_after
from alignment_assessment._options import Options
from tests.clients.python.scripted import problem

GET = Operation("get_health", "GET", "/health", needs_key=False)
POST = Operation("score_batch", "POST", "/v1/scores/batch")
SCORE = Operation("score_batch", "POST", "/v1/scores/batch", changes=False)
PATCH = Operation("update_assessment", "PATCH", "/v1/assessments/{assessment_id}")
LOST = httpx2.ReadError("")
UNREACHED = httpx2.ConnectError("")
NOTHING = httpx2.Headers()


def said(code: str) -> bytes:
    return json.dumps(problem(503, code)).encode()


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def exchange(operation: Operation, clock: Time | None = None, chance: float = 1.0, **options: Any) -> Exchange[Any]:
    call: Call[Any] = Call(operation, dict, path={"assessment_id": "asmt_1"})
    return Exchange(call, Options("http://service", "key", **options), clock or Time(), lambda: chance)


@pytest.mark.parametrize(("chance", "waits"), [(1.0, [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]), (0.5, [0.25, 0.5, 1, 2, 4, 4])])
def test_waits_double_up_to_eight_seconds_and_are_cut_by_chance(chance: float, waits: list[float]) -> None:
    one = exchange(GET, chance=chance, max_retries=6)
    assert [one.failed(failure_of(LOST)) for _ in range(7)] == [*waits, None]


def test_retry_after_is_kept_to_exactly() -> None:
    one = exchange(GET, chance=0.1)
    assert one.received(429, httpx2.Headers({"Retry-After": "7"}), b"") == 7
    assert one.received(503, httpx2.Headers({"Retry-After": "60"}), b"") == 60
    assert exchange(GET).received(503, httpx2.Headers({"Retry-After": "61"}), b"") is None


def test_no_try_begins_after_the_total() -> None:
    clock = Time()
    one = exchange(GET, clock, timeout=Timeout(connect=5, read=60, total=10), max_retries=9)
    assert (one.sending["timeout"].read, one.sending["timeout"].connect) == (10, 5)
    clock.now = 9.4
    assert one.failed(failure_of(LOST)) == 0.5
    clock.now = 9.9
    assert one.sending["timeout"].read == pytest.approx(0.1)
    one.check_time()
    assert one.failed(failure_of(LOST)) is None
    clock.now = 10
    with pytest.raises(httpx2.ReadTimeout):
        one.check_time()


def test_without_a_total_it_may_take_for_ever() -> None:
    clock = Time()
    one = exchange(GET, clock, timeout=Timeout(connect=None, read=None, total=None))
    clock.now = 1e9
    one.check_time()
    assert one.sending["timeout"].read is None
    assert one.failed(failure_of(LOST)) == 0.5


@pytest.mark.parametrize(
    ("operation", "lost", "unreached", "gateway", "overloaded"),
    [(GET, 0.5, 0.5, 0.5, 0.5), (POST, 0.5, 0.5, 0.5, 0.5), (SCORE, 0.5, 0.5, 0.5, 0.5), (PATCH, None, 0.5, None, 0.5)],
)
def test_what_may_have_arrived_is_repeated_only_where_that_has_no_other_effect(
    operation: Operation, lost: float | None, unreached: float, gateway: float | None, overloaded: float
) -> None:
    assert exchange(operation).failed(failure_of(LOST)) == lost
    assert exchange(operation).failed(failure_of(UNREACHED)) == unreached
    for status in (502, 503, 504):
        assert exchange(operation).received(status, NOTHING, b"") == gateway
    assert exchange(operation).received(503, NOTHING, said("database_unavailable")) == gateway
    for code in ("overloaded", "shutting_down", "migrations_pending"):
        assert exchange(operation).received(503, NOTHING, said(code)) == overloaded


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 409, 412, 422, 500, 501])
def test_what_does_not_pass_is_final(status: int) -> None:
    assert exchange(POST).received(status, NOTHING, b"{}") is None


def test_each_post_has_a_key_and_each_call_another() -> None:
    keys = {exchange(POST).sending["headers"]["Idempotency-Key"] for _ in range(50)}
    assert len(keys) == 50
    for operation in (PATCH, SCORE, GET):
        assert "Idempotency-Key" not in exchange(operation).sending["headers"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 3 ", 3),
        ("Sat, 31 Jan 2026 12:00:30 GMT", 30),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0),
        ("Saturday, 31-Jan-26 12:00:30 GMT", 30),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 5000, 9999999999),
        ("Sat, 31 Jan 99999 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(said: str, seconds: float | None) -> None:
    headers = httpx2.Headers([(b"Retry-After", said.encode())])
    assert retry_after(headers, lambda: datetime(2026, 1, 31, 12, tzinfo=UTC)) == seconds
