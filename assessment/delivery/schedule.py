"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MINUTE, HOUR = 60, 60 * 60
PAUSES = (5, MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, 16 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds between the ten attempts. Together they are three days: a receiver may be down over a weekend."""
SPREAD = 0.2
"""A pause is longer or shorter by up to this share of it, so that what failed together does not come back together."""
LONGEST_REQUESTED = 24 * HOUR


def next_pause(attempts: int, chance: float, requested: float | None = None) -> timedelta | None:
    """How long to wait after `attempts` attempts; None after the last. `chance` is drawn from 0 to 1. A receiver may
    have `requested` more time, a day at most."""
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * (1 + SPREAD * (2 * chance - 1))
    return timedelta(seconds=max(pause, min(requested or 0, LONGEST_REQUESTED)))


def read_retry_after(value: str, now: datetime) -> float | None:
    """The seconds that a Retry-After asks for, which may name a date; None where it says neither."""
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())
