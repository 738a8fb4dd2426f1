"""A look at bytes that may be a request to turn away, and the answer: for a tenth of what it costs to begin one.

At several times what can be served most requests are turned away, and what that costs is missing for the others. So it
is done before anything is made of a request but its answer. Where it ends is for the same parser to say as ever: what
is not exactly one whole request is taken in the ordinary way.
"""

from __future__ import annotations

from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from assessment.api.gate import Kind, kind_of, refusal
from assessment.api.problems import PROBLEM_JSON, document_of
from assessment.api.reply import Reply, encode, request_id

_PATH, _NUMBER = "PATH-OF-THE-REQUEST", b"ID-OF-THE-REQUEST"
"""What stands in a form where an answer has its own."""


class Glance:
    """Looks at what has arrived in one piece. One serves all connections, since it ends with the piece."""

    kind: Kind
    lasts: bool
    """Whether the connection goes on after the answer."""

    def __init__(self) -> None:
        self._forms = {kind: _Form(kind) for kind in Kind}
        self._renew()

    def sees_request(self, data: bytes) -> bool:
        """Whether `data` is one whole request and nothing else."""
        self._begun = self._complete = 0
        self._url = b""
        self._ids: list[tuple[bytes, bytes]] = []
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._renew()
            return False
        if (self._begun, self._complete) != (1, 1):
            self._renew()
            return False
        return True

    def answer(self) -> bytes:
        """What the request is told that was seen."""
        path = self._url.partition(b"?")[0].decode("latin-1")
        number = request_id({"headers": self._ids})
        return self._forms[self.kind].fill(path, number, with_body=not self._is_head, lasts=self.lasts)

    def on_message_begin(self) -> None:
        self._begun += 1

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 12 and name.lower() == b"x-request-id":
            self._ids.append((b"x-request-id", value))

    def on_message_complete(self) -> None:
        self._complete += 1
        method = self._parser.get_method()
        self._is_head = method == b"HEAD"
        self.kind = kind_of(method, self._url)
        self.lasts = self._parser.should_keep_alive()

    def _renew(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)  # what follows is another connection's


class _Form:
    """The answer to one kind as it stands on the wire, without what differs from request to request."""

    def __init__(self, kind: Kind) -> None:
        reply = _reply({"path": _PATH, "headers": [(b"x-request-id", _NUMBER)]}, kind)
        fields = [(b"x-request-id", _NUMBER), *reply.headers, (b"content-type", reply.media_type)]
        head = STATUS_LINE[reply.status] + b"".join([b"%b: %b\r\n" % field for field in fields])
        self._head = _as_form(head) + b"content-length: %d\r\n%b\r\n"
        self._body = _as_form(reply.body)
        self._length = len(reply.body) - len(_PATH) - len(_NUMBER)

    def fill(self, path: str, number: bytes, *, with_body: bool, lasts: bool) -> bytes:
        shown = encode(path)[1:-1]
        length = self._length + len(shown) + len(number)
        head = self._head % (number, length, b"" if lasts else b"connection: close\r\n")
        return head + self._body % (shown, number) if with_body else head


def _as_form(text: bytes) -> bytes:
    return text.replace(b"%", b"%%").replace(_PATH.encode(), b"%b").replace(_NUMBER, b"%b")


async def turn_away(scope: Any, receive: Any, send: Any) -> None:
    """The same answer from an application, for a request that was taken in the ordinary way."""
    kind = kind_of(scope["method"].encode(), scope["raw_path"])
    await _reply(scope, kind)(scope, receive, send)


def _reply(scope: Any, kind: Kind) -> Reply:
    # The less urgent come back later, so that not all come back at once.
    return Reply(503, encode(document_of(refusal(), scope)), ((b"retry-after", b"%d" % kind),), PROBLEM_JSON)
