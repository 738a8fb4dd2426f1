"""The way of an operation: the framework says which handler an address has, and the handler is called without it.

Every handler of the API takes a request and gives a ready `Reply`. What a framework does between address and handler
(signatures, dependencies, response types, exit stacks) has nothing to do here, and took 16 of the 40 µs that a request
cost beyond the server and the scoring. Whatever is no plain case of an operation (pages, addresses that nobody offers
or that are very long, methods that an address does not take, hosts written oddly) goes the framework's own way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, NamedTuple

from litestar import Litestar, Request
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils import normalize_path

from assessment.api.admission import AnyRequest
from assessment.api.fields import values_of
from assessment.api.operation import OPT
from assessment.api.problems import reply_to
from assessment.api.reply import Reply

MOST_KNOWN = 1024
LONGEST = 256
"""Addresses whose handlers are remembered, and bytes of the longest, so that they take little memory."""
_USUAL_HOST = re.compile(rb"[0-9A-Za-z.:\-\[\]]*")
"""Part of what the framework takes for a host; it judges all others."""


class _Way(NamedTuple):
    """Where a request goes, and what its scope is told of that, as the framework would have."""

    handle: Callable[[AnyRequest], Awaitable[Reply]]
    handler: HTTPRouteHandler
    path: str
    path_params: dict[str, Any]
    path_template: str


class Direct:
    """An ASGI application that calls the handlers of operations, in front of the framework's."""

    def __init__(self, app: Litestar) -> None:
        self._framework: ASGIApp = app.asgi_handler
        self._find = lru_cache(MOST_KNOWN)(_Finder(app))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: Any = scope
        way = self._find(asked["path"], asked["method"]) if _is_plain(asked) else None
        if way is None:
            await self._framework(scope, receive, send)
            return
        handle, asked["route_handler"], asked["path"], asked["path_params"], asked["path_template"] = way
        request: AnyRequest = Request(scope, receive, send)
        try:
            reply = await handle(request)
        except Exception as error:  # as the framework does: what is not known is a 500
            reply = reply_to(request, error)
        await reply.hand_over(scope, receive, send)


class _Finder:
    """Finds the way of an address and a method; None for what is the framework's to answer."""

    def __init__(self, app: Litestar) -> None:
        self._route = app.asgi_router.handle_routing

    def __call__(self, path: str, method: str) -> _Way | None:
        try:
            _, handler, plain, params, template = self._route(path=normalize_path(path), method=method)
        except HTTPException:
            return None
        # What tells of an operation's end is a middleware.
        if not isinstance(handler, HTTPRouteHandler) or OPT not in handler.opt or handler.middleware:
            return None
        return _Way(handler.fn, handler, plain, params, template)


def _is_plain(scope: Any) -> bool:
    if scope["root_path"] or len(scope["path"]) > LONGEST:
        return False
    hosts = values_of(scope, b"host")
    return len(hosts) == 1 and _USUAL_HOST.fullmatch(hosts[0]) is not None
