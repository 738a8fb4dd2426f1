"""One attempt to bring a message to a receiver, and what came of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import SplitResult

import msgspec
from httpcore import (
    URL,
    AsyncHTTPConnection,
    AsyncNetworkBackend,
    ConnectError,
    NetworkError,
    ProtocolError,
    Request,
    Response,
    TimeoutException,
    default_ssl_context,
)

from assessment import __version__
from assessment.delivery.network import CONNECT_SECONDS, AddressInside, NameNotFound, Network
from assessment.delivery.schedule import read_retry_after
from assessment.errors import InvalidInput
from assessment.service.outside import check_url

ATTEMPT_SECONDS = 15
"""From the look-up of the name to the receiver's answer."""
MOST_READ = 16 * 1024
"""Bytes of an answer's body that are read, for the receiver's sake, and not kept."""
USER_AGENT = f"alignment-assessment/{__version__} (webhooks)"
BUSY = (429, 503)
GONE = 410

Failure = Literal[
    "address_not_allowed",
    "name_not_found",
    "connection_failed",
    "tls_failed",
    "timed_out",
    "connection_broken",
    "redirected",
    "refused",
    "gone",
]
"""Why an attempt was none that counts: there was no answer (the first six), or one that is no 2xx."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of an attempt. Without `error` the message was taken."""

    status: int | None = None
    error: Failure | None = None
    retry_after: float | None = None
    """Seconds that the receiver asks to be left alone for."""


class Sender:
    """Sends messages by HTTP/1.1, each on a connection of its own.

    Of httpcore only the connection is used: it follows no redirect, keeps no cookie, unpacks no body, and knows of no
    proxy, all of which could lead elsewhere than to the address that was looked at.
    """

    def __init__(self, *, allow_inside: bool = False, network: AsyncNetworkBackend | None = None) -> None:
        self._allow_inside = allow_inside
        self._network = network or Network(allow_inside=allow_inside)
        self._tls: ssl.SSLContext | None = None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """POST `body` to `url`. Whatever the receiver does is an outcome, and none is an error."""
        try:
            # Once more, since the setting may have changed after the address was given.
            parts = check_url(url, allow_inside=self._allow_inside)
        except InvalidInput:
            return Outcome(error="address_not_allowed")
        request = _request(parts, headers, body)
        answer: Response | None = None
        try:
            async with (
                asyncio.timeout(ATTEMPT_SECONDS),
                AsyncHTTPConnection(
                    request.url.origin, ssl_context=self._context(), network_backend=self._network
                ) as connection,
            ):
                answer = await connection.handle_async_request(request)
                await _read(answer)
        except (AddressInside, NameNotFound, OSError, NetworkError, ProtocolError, TimeoutException) as error:
            if answer is None:
                return Outcome(error=_failure(error))
        # What broke while the rest was read changes nothing.
        return _judge(answer)

    def _context(self) -> ssl.SSLContext:
        """The system's certificates and those of the package certifi; read when they are first needed."""
        if self._tls is None:
            self._tls = default_ssl_context()
        return self._tls


def _request(parts: SplitResult, headers: Mapping[str, str], body: bytes) -> Request:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {
        "host": parts.netloc,
        "user-agent": USER_AGENT,
        "content-type": "application/json",
        "content-length": str(len(body)),
        "accept": "*/*",
        "connection": "close",
    }
    # Each step has its limit, and `ATTEMPT_SECONDS` bounds them together.
    limits = {"connect": CONNECT_SECONDS, "read": ATTEMPT_SECONDS, "write": ATTEMPT_SECONDS}
    return Request(
        "POST",
        URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target),
        headers=[*own.items(), *headers.items()],
        content=body,
        extensions={"timeout": limits},
    )


async def _read(answer: Response) -> None:
    """A little of the body, so that a receiver that is still writing is not cut off."""
    read = 0
    async for part in answer.aiter_stream():
        read += len(part)
        if read > MOST_READ:
            return


def _failure(error: Exception) -> Failure:
    if isinstance(error, AddressInside):
        return "address_not_allowed"
    if isinstance(error, NameNotFound):
        return "name_not_found"
    if isinstance(error, (TimeoutError, TimeoutException)):
        return "timed_out"
    if isinstance(error, ConnectError):
        return "tls_failed" if isinstance(error.__cause__, ssl.SSLError) else "connection_failed"
    return "connection_broken"


def _judge(answer: Response) -> Outcome:
    status = answer.status
    if 200 <= status < 300:
        return Outcome(status)
    if status == GONE:
        return Outcome(status, "gone")
    if 300 <= status < 400:
        return Outcome(status, "redirected")
    wait = None
    if status in BUSY:
        given = next((value for name, value in answer.headers if name.lower() == b"retry-after"), b"")
        wait = read_retry_after(given.decode("latin-1"), datetime.now(UTC))
    return Outcome(status, "refused", wait)
