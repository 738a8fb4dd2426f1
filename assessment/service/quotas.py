"""Counts requests against quotas: in this process, or in a Redis or Valkey that several processes share.

A quota is an amount in a window of time. Windows are aligned to the clock, so that every process is in the same one
and knows without asking when it ends; a caller that spends one quota just before the end and another just after has
had twice the amount in that short time, and never more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Protocol

from assessment.metrics import RATE_LIMIT_FALLBACKS
from assessment.settings import Settings, read_rate

MOST_CALLERS = 100_000
"""Callers counted in one window of a quota; with more than that the window starts again, so that memory is bounded."""
SHARED_SECONDS = 0.25
"""How long an answer of the shared counter is waited for."""
RETRY_SECONDS = 2.0
"""After a failure, how long until the shared counter is tried again, by one request."""

_log = logging.getLogger("assessment.quotas")


class Quota(NamedTuple):
    """`amount` requests in each window of `seconds`."""

    name: str
    amount: int
    seconds: int


class Standing(NamedTuple):
    """What a caller has left of a quota; `remaining` is negative once it is overdrawn."""

    quota: Quota
    remaining: int
    reset: int
    """Whole seconds until the window ends, 1 at least."""


class Counted(NamedTuple):
    """A caller, by a text that is its own among all callers of the quota."""

    quota: Quota
    caller: str


class _Storage(Protocol):
    """The one thing that is asked of a storage of the `limits` package."""

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int: ...


class Quotas:
    """The quotas in force and what has been used of them."""

    def __init__(self, settings: Settings, shared: _Storage | None = None) -> None:
        self.secret = _quota("default", settings.rate_limit_secret)
        self.publishable = _quota("default", settings.rate_limit_publishable)
        self.origin = _quota("origin", settings.rate_limit_origin)
        self.invitation = _quota("default", settings.rate_limit_invitation)
        self.anonymous = _quota("anonymous", settings.rate_limit_anonymous)
        self.degraded = False
        """Whether this process counts alone because the shared counter does not answer."""
        self._shared = shared
        self._retry_at = 0.0
        self._windows: dict[Quota, tuple[int, dict[str, int]]] = {}

    @property
    def is_shared(self) -> bool:
        """Whether other processes count as well, who are asked."""
        return self._shared is not None

    def count_alone(self, asked: Sequence[Counted]) -> list[Standing]:
        """Count one request against each, in this process; what is left of each."""
        now = int(time.time())
        return [_standing(one.quota, self._count_here(one, now), now) for one in asked]

    async def count_shared(self, asked: Sequence[Counted]) -> list[Standing]:
        """The same in all processes together."""
        now = time.time()
        return [_standing(one.quota, await self._count_shared(one, now), int(now)) for one in asked]

    def is_spent(self, asked: Counted) -> bool:
        """Whether this process knows that nothing is left. Counts nothing."""
        window = self._windows.get(asked.quota)
        if window is None or window[0] != int(time.time()) // asked.quota.seconds:
            return False
        return window[1].get(asked.caller, 0) > asked.quota.amount

    def _count_here(self, one: Counted, now: int, used: int | None = None) -> int:
        """Requests of the caller in this window; `used` is what the shared counter says of it."""
        quota, caller = one
        index = now // quota.seconds
        window = self._windows.get(quota)
        if window is None or window[0] != index:
            window = self._windows[quota] = (index, {})
        counts = window[1]
        if len(counts) >= MOST_CALLERS and caller not in counts:
            counts.clear()
        # Kept even where another counter is asked, so that it can go on from here when that one falls silent.
        found = counts[caller] = counts.get(caller, 0) + 1 if used is None else used
        return found

    async def _count_shared(self, one: Counted, now: float) -> int:
        assert self._shared is not None
        if self.degraded:
            if now < self._retry_at:
                RATE_LIMIT_FALLBACKS.inc()
                return self._count_here(one, int(now))
            self._retry_at = now + RETRY_SECONDS  # the others go on without it while this one tries
        quota = one.quota
        key = f"{quota.name}/{quota.amount}/{quota.seconds}/{int(now) // quota.seconds}/{one.caller}"
        try:
            async with asyncio.timeout(SHARED_SECONDS):
                used = await self._shared.incr(key, quota.seconds)
        except Exception as error:  # a quota is worth no outage, whatever the client library raises
            if not self.degraded:
                kind = type(error).__name__
                _log.warning("the rate limit store does not answer; this process counts alone (%s)", kind)
            self.degraded = True
            self._retry_at = now + RETRY_SECONDS
            RATE_LIMIT_FALLBACKS.inc()
            return self._count_here(one, int(now))
        if self.degraded:
            self.degraded = False
            _log.warning("the rate limit store answers again")
        return self._count_here(one, int(now), used)


def _standing(quota: Quota, used: int, now: int) -> Standing:
    return Standing(quota, quota.amount - used, quota.seconds - now % quota.seconds)


def _quota(name: str, rate: str) -> Quota | None:
    found = read_rate(rate)
    return None if found is None else Quota(name, *found)


@asynccontextmanager
async def open_quotas(settings: Settings) -> AsyncIterator[Quotas]:
    """The quotas that the settings name. A store that cannot be reached is no reason not to start."""
    if settings.rate_limit_url is None:
        yield Quotas(settings)
        return
    storage = _open_storage(settings.rate_limit_url)
    try:
        yield Quotas(settings, storage)
    finally:
        await storage.bridge.get_connection().aclose()


async def is_store_reachable(url: str) -> bool:
    """Whether the store of rate limits answers."""
    storage = _open_storage(url)
    try:
        return bool(await storage.check())
    except Exception:  # whatever the client library raises says the same
        return False
    finally:
        await storage.bridge.get_connection().aclose()


def _open_storage(url: str) -> Any:
    from limits.storage import storage_from_string  # noqa: PLC0415  # an extra, which most do without
    from redis.asyncio.retry import Retry  # noqa: PLC0415  # as above
    from redis.backoff import NoBackoff  # noqa: PLC0415  # as above

    options: Any = {
        "implementation": "redispy",
        "key_prefix": "assessment",
        "socket_timeout": SHARED_SECONDS,
        "socket_connect_timeout": SHARED_SECONDS,
        # Waiting and trying again is done here, once for all requests.
        "retry": Retry(NoBackoff(), 0),
    }
    # Both speak the same protocol, and one client is enough for them.
    return storage_from_string("async+" + url.replace("valkey", "redis", 1), **options)
