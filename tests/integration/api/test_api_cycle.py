"""Answers in one message, over a socket of a real server: their heads are those of two messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from assessment.api.connection import limited_to
from assessment.api.cycle import WHOLE
from assessment.pages.failure import show_busy
from tests.integration.api import bare

BODY = b'{"all": "there"}'
FIELDS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[int]:
    """The port of a server of the application."""
    async with bare.serving(app, limited_to(10, 10, show_busy)) as (port, _):
        yield port


async def tell(port: int, request: bytes) -> bytes:
    """All that the server sends until it closes, without the date."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return b"\r\n".join([line for line in answer.split(b"\r\n") if not line.startswith(b"date: ")])


async def both_ways(scope: Any, receive: Any, send: Any) -> None:
    """`/whole` in one message, `/parts` in two."""
    assert WHOLE in scope["extensions"]
    status = int(scope["query_string"] or 200)
    fields = FIELDS if status == 200 else []
    fields = [*fields, (b"connection", b"close")] if "close" in scope["path"] else fields
    body = b"" if scope["method"] == "HEAD" or status != 200 else BODY
    if scope["path"].startswith("/whole"):
        await send({"type": WHOLE, "status": status, "headers": fields, "body": body})
    else:
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    "request_of",
    [
        b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"HEAD %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET %b?204 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET %b?304 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET %b HTTP/1.0\r\nHost: a\r\n\r\n",
        b"GET %b/close HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET %b HTTP/1.1\r\nHost: a\r\n\r\nGET %b/close HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST %b/close HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["get", "head", "204", "304", "http-1.0", "closed-by-answer", "sent-ahead", "expecting"],
)
async def test_one_message_says_what_two_would(request_of: bytes) -> None:
    async with serving(both_ways) as port:
        whole, parts = [await tell(port, request_of.replace(b"%b", way)) for way in (b"/whole", b"/parts")]
    assert whole == parts
    assert whole.startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize(
    "value", [b"a\r\nset-cookie: b", b"a\nb", b"a\rb", b"a\0b"], ids=["field", "newline", "return", "nul"]
)
async def test_a_field_that_holds_more_than_its_line_is_never_sent(value: bytes) -> None:
    async def breaking(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": WHOLE, "status": 200, "headers": [*FIELDS, (b"x-said", value)], "body": BODY})

    async with serving(breaking) as port:
        answer = await tell(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b"x-said" not in answer and b"set-cookie" not in answer and BODY not in answer


async def test_nothing_follows_an_answer() -> None:
    raised: list[str] = []

    async def twice(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": WHOLE, "status": 200, "headers": FIELDS, "body": BODY})
        for message in ({"type": WHOLE}, {"type": "http.response.start"}):
            try:
                await send(message)
            except RuntimeError as error:
                raised.append(str(error))

    async with serving(twice) as port:
        answer = await tell(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1") == 1
    assert raised[0] == "An answer was sent after another one."
    assert len(raised) == 2
