"""Sends an answer that is ready in one message and one write, where the server is ours.

By ASGI an answer is two messages at least, and uvicorn looks at each header field of the first with two regular
expressions: five of the twenty microseconds that a request costs it. A server says in the scope's `extensions` that it
takes a whole answer; any other, and whatever stands in between, gets the two messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

WHOLE = "assessment.response"
"""The extension, and the type of its message: `status`, `headers` with the length of the body, and `body`."""
TAKES_WHOLE: dict[str, dict[object, object]] = {WHOLE: {}}
_CLOSES = b"\r\nconnection: close\r\n"


def head_of(status: int, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """An answer's first line and those of its header fields, without the line that ends them."""
    return STATUS_LINE[status] + b"".join([b"%b: %b\r\n" % field for field in fields])


class Cycle(RequestResponseCycle):
    """uvicorn's request and its answer."""

    async def send(self, message: Any) -> None:
        if message["type"] != WHOLE:
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if self.response_started:
            raise RuntimeError("An answer was sent after another one.")
        self.response_started = True
        self.waiting_for_100_continue = False
        head = self._head(message["status"], [*self.default_headers, *message["headers"]])
        self.transport.writelines([head, message["body"]])
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _head(self, status: int, fields: list[tuple[bytes, bytes]]) -> bytes:
        head = head_of(status, fields)
        lines = len(fields) + 1
        if head.count(b"\r") != lines or head.count(b"\n") != lines or b"\0" in head:
            raise RuntimeError("A header field holds more than its line.")
        if _CLOSES in head:
            self.keep_alive = False
        elif not self.keep_alive:
            head += _CLOSES[2:]
        return head + b"\r\n"
