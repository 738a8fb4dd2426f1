"""What one connection may do before and around its requests: in how much time, with how large a head, how many.

uvicorn has a timeout for idle connections, and no limits for the head of a request, for a body that nobody reads any
more, or for an answer that nobody takes. Without them a handful of silent clients could hold every connection.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from assessment.api.cors import ANY_PAGE
from assessment.api.cycle import TAKES_WHOLE, Cycle, head_of
from assessment.api.gate import Gate, Kind, kind_of
from assessment.api.glance import BusyPage, Glance
from assessment.api.idle import IDLE_SECONDS, Idle, quiet
from assessment.api.problems import PROBLEM_JSON, document_of
from assessment.api.refusals import BadRequest, HeadTimeout, HeadTooLarge
from assessment.api.reply import encode
from assessment.errors import AssessmentError, Overloaded

if sys.platform != "win32":
    import resource

HEAD_SECONDS = 10.0
"""From the first byte of a request, or from the connection's start, to the end of its headers."""
HEAD_LIMIT = 32 * 1024
HEADERS_LIMIT = 100
LINGER_SECONDS = 5.0
"""How long the rest of a body is taken in after its request was answered, so that the client reads the answer."""
TAKE_SECONDS = 30.0
"""How long an answer may wait to be taken."""
PIPELINE_LIMIT = 16
"""Requests that one connection may send ahead of their answers. Browsers send none."""

OTHER_FILES = 200
"""Files that a process holds open beside its connections, at most."""


class _Refused(Exception):
    """Stops the parser; the connection has been answered or closed."""


class _Midway:
    """Whom a parser tells that goes on in the midst of a request: of its head the connection knows already."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.on_body = connection.on_body
        self.on_message_complete = connection.on_message_complete
        self.knows_head = True

    def on_message_begin(self) -> None:
        if not self.knows_head:
            self._connection.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self.knows_head:
            self._connection.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.knows_head:
            self._connection.on_header(name, value)

    def on_headers_complete(self) -> None:
        if not self.knows_head:
            self._connection.on_headers_complete()


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with the limits that it lacks. A request that arrives whole is only measured: no timer is
    started for it."""

    limit = 1000
    """Connections that a process holds open."""
    gate: Gate
    """Asked before each request is begun; one for all connections of the process, as are the next two."""
    glance: Glance
    idle: Idle
    leaves = False
    """Whether the process was told to end: each connection is closed after the request that it has begun."""

    _timer: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _in_head = True
    _head_size = 0
    """Bytes of a head that has not come to its end, in what arrived before."""
    _arrived = 0
    """Bytes that have arrived just now."""
    _whole = 0
    _skipped = False
    """Whether the parser has left out the body of a request that offers an upgrade."""
    _waits = False
    """Whether the request that is begun waits for the client."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.limit and not self.idle.give_up_one():
            self._refuse(Overloaded("This process holds as many connections as it may. Try again shortly."))
        else:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self.idle.discard(self)
        self._stop_timer()
        if self._taking is not None:
            self._taking.cancel()
        self._wait_for_client(False)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.gate.held_down is not Kind.NONE and self._turns_away(data):
            return
        self.idle.discard(self)
        whole = self._whole
        self._arrived = len(data)
        while data and not self.transport.is_closing():
            try:
                self.parser.feed_data(data)
                break
            except httptools.HttpParserUpgrade as offered:
                # It is not taken, so what follows is no other protocol: it is the body, or the next request.
                data = data[offered.args[0] :]
                if self._skipped:
                    self._read_skipped()
            except httptools.HttpParserError:
                self._refuse(BadRequest("This is not HTTP as RFC 9112 defines it."))
                break
        if self._in_head and self._whole == whole and not self.transport.is_closing():
            self._head_size += len(data)
            if self._timer is None:
                self._timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)
            if self._head_size > HEAD_LIMIT:
                self._refuse(_too_large())
        elif not self._in_head and not self.pipeline:
            self._wait_for_client(True)

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= PIPELINE_LIMIT:
            # Without an answer: it would come before those to the requests that were sent first.
            self.transport.abort()
            raise _Refused
        super().on_message_begin()
        self.scope["extensions"] = TAKES_WHOLE

    def on_headers_complete(self) -> None:
        # The bytes that came are counted already: only where they are too many is it asked whose they are.
        if self._head_size + self._arrived > HEAD_LIMIT or len(self.headers) > HEADERS_LIMIT:
            self._measure_head()
        self._in_head = False
        self._head_size = 0
        self._stop_timer()
        self._begin(self.parser.get_http_version())

    def _measure_head(self) -> None:
        size = len(self.url) + sum([len(name) + len(value) + 4 for name, value in self.headers])
        if size > HEAD_LIMIT or len(self.headers) > HEADERS_LIMIT:
            self._refuse(_too_large())
            raise _Refused

    def _begin(self, version: str) -> None:
        """Have the request answered, as uvicorn would, but in a cycle of ours, for which it has no setting."""
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        self.scope["method"] = self.parser.get_method().decode("ascii")
        self.scope["http_version"] = version
        self.scope["path"] = unquote(path) if "%" in path else path
        self.scope["raw_path"] = url.path
        self.scope["query_string"] = url.query or b""
        before = self.cycle
        self.cycle = Cycle(
            self.scope,
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            self.access_log,
            self.server_state.default_headers,
            asyncio.Event(),
            self.expect_100_continue,
            version != "1.0" and self.parser.should_keep_alive() and not self.leaves,
            self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            # It was sent ahead, and waits for the answers to those before it.
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade() and _framing(self.headers):
            self._skipped = True
            return
        self._in_head = True
        self._whole += 1
        self._stop_timer()
        if self._waits and not self.flow.write_paused:
            self._wait_for_client(False)
        super().on_message_complete()

    def _read_skipped(self) -> None:
        """Have a new parser go on where the body begins, which the one before took for another protocol."""
        self._skipped = False
        midway = _Midway(self)
        self.parser = httptools.HttpRequestParser(midway)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as the one before
        lasting = b"" if self.cycle.keep_alive else b"Connection: close\r\n"
        self.parser.feed_data(b"POST / HTTP/1.1\r\n" + _framing(self.headers) + lasting + b"\r\n")
        midway.knows_head = False

    def on_response_complete(self) -> None:
        # As uvicorn's, but that it starts a timer for each request, which all connections share here.
        self.server_state.total_requests += 1
        if self._waits:
            self._wait_for_client(False)
        if self.transport.is_closing():
            self.close()
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif not self._in_head:
            self._timer = self.loop.call_later(LINGER_SECONDS, self.close)
        elif not self._head_size:
            self.idle.add(self)

    def shutdown(self) -> None:
        # A request that came before is answered, even if it has not been read yet.
        waits = self.cycle is None or self.cycle.response_complete
        if not waits or quiet([self]):
            super().shutdown()

    def close(self) -> None:
        """Close once everything is taken that was sent, or when that takes too long."""
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._limit_taking()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_client(True)
        self._limit_taking()

    def resume_writing(self) -> None:
        if self._taking is not None and not self.transport.is_closing():
            self._taking.cancel()
            self._taking = None
        self._wait_for_client(False)
        super().resume_writing()

    def _head_is_late(self) -> None:
        self._timer = None
        if self._head_size:
            self._refuse(HeadTimeout(f"The head of a request has {HEAD_SECONDS:g} s to arrive."))
        elif quiet([self]):
            self.close()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        begun, scope = len(self.tasks), cycle.scope
        if begun >= self.gate.few or self.gate.held_down is not Kind.NONE:
            kind = kind_of(scope["method"].encode(), scope["raw_path"])
            if not self.gate.admits(kind, begun):
                app = self.glance.turn_away
        super()._start_asgi_task(cycle, app)
        if self.flow.write_paused:
            self._wait_for_client(True)

    def _turns_away(self, data: bytes) -> bool:
        """Answer a request at a glance, if it is one whole one that is turned away and nothing is under way."""
        cycle, glance = self.cycle, self.glance
        if self._head_size or not self._in_head or self.flow.write_paused:
            return False
        if (cycle is not None and not cycle.response_complete) or not glance.sees_request(data):
            return False
        if not self.gate.refuses(glance.kind, len(self.tasks)):
            return False
        self.gate.turn_away(glance.kind)
        self._stop_timer()
        glance.lasts = glance.lasts and not self.leaves
        self.transport.write(glance.answer())
        if glance.lasts:
            self.idle.add(self)
        else:
            self.close()
        return True

    def _wait_for_client(self, waits: bool) -> None:
        """Such a request is not among those that are worked on at once: else slow clients could fill the gate."""
        if waits is self._waits or (waits and (self.cycle is None or self.cycle.response_complete)):
            return
        self._waits = waits
        self.gate.waiting_for_clients += 1 if waits else -1

    def _refuse(self, error: AssessmentError) -> None:
        """Answer without the application and close; or only close, where another answer is due before."""
        if self.transport.is_closing():
            return
        self._stop_timer()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if self._in_head or cycle.response_started or self.pipeline:
                self.transport.abort()
                return
            # Its body cannot be read any further, and what the application would answer has no place any more.
            cycle.disconnected = True
            cycle.message_event.set()
        document = document_of(error, {"path": "/", "headers": self.headers or []})
        body = encode(document)
        fields = (
            (b"x-request-id", document.request_id.encode()),
            (b"content-type", PROBLEM_JSON),
            *(((b"retry-after", b"1"), *ANY_PAGE) if document.status == 503 else ()),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        )
        self.transport.write(head_of(document.status, fields) + b"\r\n" + body)
        self.close()

    def _limit_taking(self) -> None:
        if self._taking is None:
            self._taking = self.loop.call_later(TAKE_SECONDS, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def limited_to(
    connections: int, most_at_once: int, page: BusyPage, idle_seconds: float = IDLE_SECONDS
) -> type[Connection]:
    """The protocol for a process that may hold so many connections, for which files are made available, and may work
    on so many requests at once. `page` is what a browser is told that is turned away."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = connections + OTHER_FILES
        if soft != resource.RLIM_INFINITY and soft < wanted:
            ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
            connections = min(connections, max(1, ceiling - OTHER_FILES))
    own = {"limit": connections, "gate": Gate(most_at_once), "glance": Glance(page), "idle": Idle(idle_seconds)}
    return type("Connection", (Connection,), own)


def _framing(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The header fields that say where a body ends; none of them for a request without one."""
    fields = (b"content-length", b"transfer-encoding")
    return b"".join([name + b": " + value + b"\r\n" for name, value in headers if name in fields])


def _too_large() -> HeadTooLarge:
    return HeadTooLarge(f"The head of a request may have {HEAD_LIMIT:,} bytes and {HEADERS_LIMIT} headers.")
