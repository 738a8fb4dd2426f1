"""Answers as bytes: encoded once, sent as they are, with request id, ETag and 304 where they belong."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar.types import Receive, Scope, Send

from assessment.api import cors
from assessment.api.cycle import WHOLE
from assessment.api.fields import values_of

Headers = tuple[tuple[bytes, bytes], ...]

JSON = b"application/json"
encode = msgspec.json.Encoder().encode
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_SECRET = re.compile(rb"alm_(?:[a-z]k_(?:live|test)|inv|share)_|ct_[0-9A-Za-z]{27}|whsec_")
"""Keys, client tokens, invitations, share links and secrets of webhooks: somebody could send one as an id by mistake,
and ids are logged."""
_draw = random.Random().getrandbits  # noqa: S311 - nothing is kept secret by it
"""Of a generator of its own: whoever runs the application beside something that draws too expects its own numbers."""
_SCOPE_KEY = "assessment.request_id"
QUOTAS_TOLD = "assessment.rate_limit"
"""Where a request's scope keeps the header fields about its quotas."""


def request_id(scope: Any) -> bytes:
    """The caller's X-Request-Id where it is usable (1–128 letters, digits and ``._:-``, no secret), else a new one."""
    known: bytes | None = scope.get(_SCOPE_KEY)
    if known is None:
        known = b""
        for value in values_of(scope, b"x-request-id"):
            if _REQUEST_ID.fullmatch(value) and not _SECRET.search(value):
                known = value
        known = known or b"req_%024x" % _draw(96)
        scope[_SCOPE_KEY] = known
    return known


def etag_of(body: bytes) -> bytes:
    """A strong ETag: equal only for equal bytes."""
    return b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'


class Reply:
    """An ASGI response made of ready bytes."""

    __slots__ = ("body", "headers", "media_type", "status")

    def __init__(self, status: int, body: bytes = b"", headers: Headers = (), media_type: bytes = JSON) -> None:
        self.status = status
        self.body = body
        self.headers = headers
        self.media_type = media_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, body = self._parts(scope)
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def hand_over(self, scope: Scope, receive: Receive, send: Any) -> None:
        """The same in one message, where nothing stands in between and the server takes it."""
        if WHOLE not in (scope.get("extensions") or ()):
            await self(scope, receive, send)
            return
        headers, body = self._parts(scope)
        await send({"type": WHOLE, "status": self.status, "headers": headers, "body": body})

    def _parts(self, scope: Any) -> tuple[list[tuple[bytes, bytes]], bytes]:
        headers = [*fields_of(scope), *cors.headers_of(scope), *self.headers]
        if self.status not in (204, 304):
            headers.append((b"content-type", self.media_type))
            headers.append((b"content-length", b"%d" % len(self.body)))
        return headers, b"" if scope["method"] == "HEAD" else self.body


class StreamReply(Reply):
    """200 with a body made while it is sent, so that its size does not matter. A failure on the way leaves the body
    without its end, which every client sees."""

    __slots__ = ("_pieces",)

    def __init__(self, parts: AsyncIterator[bytes], headers: Headers = ()) -> None:
        super().__init__(200, headers=headers)
        self._pieces = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [*fields_of(scope), *cors.headers_of(scope), *self.headers]
        headers.append((b"content-type", self.media_type))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        async for part in self._pieces:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    hand_over = __call__


async def begin(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a body once the first of them is there: what can be refused is refused by then, with an answer of
    its own."""
    first = await anext(parts)

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for part in parts:
            yield part

    return whole()


def fields_of(scope: Any) -> Headers:
    """The header fields of every answer: the request's id, and its quotas where it was counted."""
    told: Headers = scope.get(QUOTAS_TOLD, ())
    return ((b"x-request-id", request_id(scope)), *told)


def tagged(scope: Any, body: bytes, *, etag: bytes | None = None, headers: Headers = ()) -> Reply:
    """200 with a strong ETag, or 304 when the caller has this already."""
    etag = etag or etag_of(body)
    headers = ((b"etag", etag), *headers)
    return Reply(304, headers=headers) if is_known(scope, etag) else Reply(200, body, headers)


def is_known(scope: Any, etag: bytes) -> bool:
    """Whether the caller has what the ETag stands for."""
    return any(_matches(value, etag) for value in values_of(scope, b"if-none-match"))


def _matches(value: bytes, etag: bytes) -> bool:
    """RFC 9110 13.1.2: any of a list, compared weakly, or ``*``."""
    if value == etag or value.strip() == b"*":
        return True
    return any(part.strip().removeprefix(b"W/") == etag for part in value.split(b","))
