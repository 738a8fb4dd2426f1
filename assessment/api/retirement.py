"""How callers are told that an operation is deprecated and when it ends, by RFC 9745 and RFC 8594; nothing else of it.

`Deprecation: @1767225600` is the second since when it is, `Sunset: Sat, 31 Oct 2026 00:00:00 GMT` the one from which
it may be gone, and `Link` leads to what the contract says of it. Operations that are not deprecated are not touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from assessment.api.operation import OPT, Header, Operation, Retirement

DEPRECATION = Header("Deprecation", "Since when it is deprecated: `@` and seconds since 1970, in UTC.")
SUNSET = Header("Sunset", "From when on it may be gone.")
LINK = Header("Link", 'Where it says so: `rel="deprecation"`.')


def telling_of_retirement(handlers: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """The handlers; those of deprecated operations as ones that say so in every answer, whatever it is."""
    return [_telling(handler) for handler in handlers]


def headers_of(operation: Operation) -> tuple[Header, ...]:
    """The header fields that the contract names for an operation's answers."""
    if operation.retirement is None:
        return ()
    return (DEPRECATION, LINK) if operation.retirement.sunset is None else (DEPRECATION, SUNSET, LINK)


def words_of(retirement: Retirement) -> str:
    """The sentences that the contract adds to the description."""
    end = "" if retirement.sunset is None else f" It may be gone from {retirement.sunset} on."
    return f" Deprecated since {retirement.since}. {retirement.instead}{end}"


def _telling(handler: HTTPRouteHandler) -> HTTPRouteHandler:
    operation: Operation | None = handler.opt.get(OPT)
    if operation is None or operation.retirement is None:
        return handler
    telling = copy(handler)
    telling.middleware = [*(handler.middleware or ()), _sending(_fields_of(operation, operation.retirement))]
    return telling


def _sending(fields: list[tuple[bytes, bytes]]) -> Any:
    """What adds the fields to answers, around everything that answers: handlers and what becomes of their errors."""

    def around(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            async def tell(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", ()), *fields]
                await send(message)

            await app(scope, receive, tell)

        return answer

    return around


def _fields_of(operation: Operation, retirement: Retirement) -> list[tuple[bytes, bytes]]:
    described = f"/docs#/{quote(operation.tag)}/{operation.id}"
    fields = [
        (b"deprecation", b"@%d" % _start(retirement.since).timestamp()),
        (b"link", f'<{described}>; rel="deprecation"; type="text/html"'.encode()),
    ]
    if retirement.sunset is not None:
        fields.append((b"sunset", format_datetime(_start(retirement.sunset), usegmt=True).encode()))
    return fields


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
