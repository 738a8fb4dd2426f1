"""Ten attempts over about three days, each pause a little longer or shorter by chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assessment.delivery.schedule import next_pause, read_retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_ten_attempts_are_made_over_three_days() -> None:
    pauses = [next_pause(attempts, chance=0.5) for attempts in range(1, 11)]
    assert [pause and pause.total_seconds() for pause in pauses] == [
        5, 60, 600, 3600, 10_800, 28_800, 57_600, 72_000, 86_400, None,
    ]  # fmt: skip
    assert sum(filter(None, pauses), timedelta()) == timedelta(days=3, minutes=11, seconds=5)


def test_after_the_last_attempt_there_is_no_other_even_when_asked() -> None:
    assert next_pause(10, chance=0.5, requested=5) is None
    assert next_pause(11, chance=0.0) is None


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 48), (0.25, 54), (0.75, 66), (1.0, 72)])
def test_chance_moves_a_pause_by_a_fifth_at_most(chance: float, seconds: float) -> None:
    assert next_pause(2, chance) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("requested", "seconds"), [(None, 60), (0, 60), (59, 60), (61, 61), (86_400, 86_400), (1e9, 86_400)]
)
def test_a_receiver_may_have_more_time_but_not_less_and_a_day_at_most(requested: float | None, seconds: float) -> None:
    assert next_pause(2, 0.5, requested) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("999999999999999999", 999_999_999),
        ("Sun, 01 Mar 2026 12:01:40 GMT", 100),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds
