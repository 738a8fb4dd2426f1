"""A look at bytes that may be a request to turn away, and the answer: for a tenth of what it costs to begin one.

At several times what can be served most requests are turned away, and what that costs is missing for the others. So it
is done before anything is made of a request but its answer. Where it ends is for the same parser to say as ever: what
is not exactly one whole request is taken in the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httptools

from assessment.api.cors import ANY_PAGE, ANY_PREFLIGHT
from assessment.api.cycle import head_of
from assessment.api.fields import values_of
from assessment.api.gate import Kind, kind_of, refusal
from assessment.api.problems import PROBLEM_JSON, document_of
from assessment.api.public_address import way_up
from assessment.api.reply import Headers, Reply, encode, request_id

BusyPage = Callable[[str], tuple[Headers, bytes]]
"""What a person is told: header fields and HTML, by the way up from the address to where the service begins."""

_PATH, _NUMBER, _UP = "PATH-OF-THE-REQUEST", "ID-OF-THE-REQUEST", "WAY-UP-FROM-THE-REQUEST"
"""What stands in a form where an answer has its own."""
_FOR_PROGRAMS = (b"/v1/", b"/mcp")
_PREFLIGHT = b"access-control-request-method"
_LOOKED_AT = (b"accept", b"x-request-id", _PREFLIGHT)
_LENGTHS = frozenset(map(len, _LOOKED_AT))


class Glance:
    """Looks at what has arrived in one piece. One serves all connections, since it ends with the piece."""

    kind: Kind
    lasts: bool
    """Whether the connection goes on after the answer."""

    def __init__(self, page: BusyPage) -> None:
        fields, shown = page(_UP)
        self._problems = {kind: _Form(*_problem(kind)) for kind in Kind}
        self._preflight = _Form(Reply(200, b"", ANY_PREFLIGHT, b"text/plain"))
        self._pages = {kind: _Form(_page(kind, fields, shown), _UP) for kind in Kind}
        self._renew()

    def sees_request(self, data: bytes) -> bool:
        """Whether `data` is one whole request and nothing else."""
        self._begun = self._complete = 0
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
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
        raw_path = self._url.partition(b"?")[0]
        scope = {
            "method": self._method,
            "path": raw_path.decode("latin-1"),
            "raw_path": raw_path,
            "headers": self._headers,
        }
        form, own = self._form(scope, self.kind)
        return form.fill(own, request_id(scope), with_body=self._method != "HEAD", lasts=self.lasts)

    async def turn_away(self, scope: Any, receive: Any, send: Any) -> None:
        """The same answer from an application, for a request that was taken in the ordinary way."""
        form, own = self._form(scope, kind_of(scope["method"].encode(), scope["raw_path"]))
        await form.reply(own)(scope, receive, send)

    def on_message_begin(self) -> None:
        self._begun += 1

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) in _LENGTHS and (known := name.lower()) in _LOOKED_AT:
            self._headers.append((known, value))

    def on_message_complete(self) -> None:
        self._complete += 1
        method = self._parser.get_method()
        self._method = method.decode()
        self.kind = kind_of(method, self._url)
        self.lasts = self._parser.should_keep_alive()

    def _form(self, scope: Any, kind: Kind) -> tuple[_Form, tuple[bytes, ...]]:
        """Who is told what, and what of it is this request's own."""
        if scope["method"] == "OPTIONS" and values_of(scope, _PREFLIGHT):
            return self._preflight, ()
        raw_path: bytes = scope["raw_path"]
        if not raw_path.startswith(_FOR_PROGRAMS) and _takes_pages(scope):
            return self._pages[kind], (way_up(raw_path).encode(),)
        return self._problems[kind], (encode(scope["path"])[1:-1], request_id(scope))

    def _renew(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)  # what follows is another connection's


class _Form:
    """An answer as it stands on the wire, without what differs from request to request."""

    def __init__(self, reply: Reply, *own: str) -> None:
        """`own` stands in the body where a request has its own."""
        fields = [(b"x-request-id", _NUMBER.encode()), *reply.headers, (b"content-type", reply.media_type)]
        self._head = _without(head_of(reply.status, fields), _NUMBER) + b"content-length: %d\r\n%b\r\n"
        self._body = _without(reply.body, *own)
        self._reply = reply

    def fill(self, own: tuple[bytes, ...], number: bytes, *, with_body: bool, lasts: bool) -> bytes:
        body = self._body % own
        head = self._head % (number, len(body), b"" if lasts else b"connection: close\r\n")
        return head + body if with_body else head

    def reply(self, own: tuple[bytes, ...]) -> Reply:
        form = self._reply
        return Reply(form.status, self._body % own, form.headers, form.media_type)


def _without(text: bytes, *own: str) -> bytes:
    text = text.replace(b"%", b"%%")
    for one in own:
        text = text.replace(one.encode(), b"%b")
    return text


def _problem(kind: Kind) -> tuple[Reply, str, str]:
    scope = {"path": _PATH, "headers": [(b"x-request-id", _NUMBER.encode())]}
    body = encode(document_of(refusal(), scope))
    return Reply(503, body, (_retry_after(kind), *ANY_PAGE), PROBLEM_JSON), _PATH, _NUMBER


def _page(kind: Kind, fields: Headers, shown: bytes) -> Reply:
    return Reply(503, shown, (_retry_after(kind), *fields), b"text/html; charset=utf-8")


def _retry_after(kind: Kind) -> tuple[bytes, bytes]:
    # The less urgent come back later, so that not all come back at once.
    return b"retry-after", b"%d" % kind


def _takes_pages(scope: Any) -> bool:
    """Whether a browser asks for what it will show: no program names this type unless it means it."""
    return any(b"text/html" in value for value in values_of(scope, b"accept"))
