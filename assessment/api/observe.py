"""Watches requests from the outside: one line of log and a few counts for each, made of templates and ids only."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from time import perf_counter
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from assessment import metrics
from assessment.api.reply import request_id
from assessment.log import RequestLine, RequestLog, now
from assessment.service import ids
from assessment.service.context import Invited, Principal, Services

PRINCIPAL = "assessment.principal"
"""Where a request's scope says who was admitted."""

INVITED = "assessment.invited"
"""Where a request's scope says whose invitation it came with."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"
"""The route of what has no handler: an address is what somebody sent, and there is no end of them."""
SAMPLE_SECONDS = 1.0


class Observed:
    """An ASGI application whose requests are counted and, where there is a log, logged."""

    def __init__(self, app: ASGIApp, log: RequestLog | None = None) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = perf_counter()
        status = size = 0

        async def watch(message: Any) -> None:
            nonlocal status, size
            status = message.get("status", status)
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except BaseException as error:
            # An answer that was begun keeps its status; one that was not is the server's 500, or the caller left.
            status = status or (500 if isinstance(error, Exception) else 0)
            raise
        finally:
            self._note(scope, status, size, perf_counter() - start)

    def _note(self, scope: Any, status: int, size: int, seconds: float) -> None:
        route = scope.get("path_template") or NO_ROUTE
        method = scope["method"] if scope["method"] in METHODS else "other"
        counter, histogram = _instruments(route, method, status // 100)
        counter.inc()
        histogram.observe(seconds)
        if status == 429:
            metrics.RATE_LIMITED.inc()
        if self._log is None:
            return
        line = RequestLine(
            now(),
            "info" if status < 500 else "warning",
            "request",
            method,
            route,
            status,
            int(seconds * 100_000) / 100,
            size,
            request_id(scope).decode(),
        )
        principal: Principal | None = scope.get(PRINCIPAL)
        if principal is not None:
            line.partner = principal.partner
            line.key = principal.key
        invited: Invited | None = scope.get(INVITED)
        if invited is not None:
            line.partner = ids.to_text("ptnr", invited.partner_id)
            line.invitation = ids.to_text("inv", invited.invitation_id)
        self._log.note(line)


async def sample(services: Services) -> None:
    """Keep the gauges of what is waiting and in use current, until cancelled."""
    database = services.database
    pools = {"reader": database.reader.pool, "writer": database.writer.pool}
    gauges = {name: metrics.CONNECTIONS_IN_USE.labels(name) for name in pools}
    while True:
        metrics.WRITES_WAITING.set(services.queue.waiting)
        for name, pool in pools.items():
            # Only a pool that keeps nothing has no count; ours keep their connections.
            gauges[name].set(pool.checkedout())  # type: ignore[attr-defined]
        await asyncio.sleep(SAMPLE_SECONDS)


@lru_cache(maxsize=1024)
def _instruments(route: str, method: str, hundreds: int) -> tuple[Counter, Histogram]:
    """The children of the two instruments; finding them anew would cost more than counting."""
    status = f"{hundreds}xx" if hundreds else "none"
    return metrics.REQUESTS.labels(route, method, status), metrics.REQUEST_SECONDS.labels(route)
