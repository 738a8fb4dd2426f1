"""A service that answers what a test wants it to, over real sockets, and keeps what it was sent."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from enum import Enum


class Fault(Enum):
    """What happens in place of an answer."""

    CLOSED = "the connection ends without an answer"
    SILENT = "nothing comes until the client leaves"
    DRIPPING = "a byte comes now and then, until the client leaves"


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: object = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sent:
    """A request that came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    url: str
    sent: list[Sent] = field(default_factory=list)


HEALTH = {"status": "ok", "version": "0.1.0", "engine": "1.1.0"}


def problem(status: int, code: str) -> dict[str, object]:
    """A problem document of the service."""
    said = {"type": f"/v1/errors/{code}", "title": "A title", "detail": "What went wrong", "instance": "/v1/x"}
    return {**said, "status": status, "code": code, "request_id": "req_1", "errors": []}


@contextmanager
def scripted(replies: Sequence[Reply | Fault]) -> Iterator[Scripted]:
    """A service that gives one reply after another, a connection for each, and refuses what comes after."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = Scripted(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(listener, service, list(replies)), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            # Ends a wait for connections, which closing alone does not.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _serve(listener: socket.socket, service: Scripted, replies: list[Reply | Fault]) -> None:
    for reply in replies:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # the test is over
        with connection:
            connection.settimeout(10)
            try:
                service.sent.append(_read(connection))
                _answer(connection, reply)
            except OSError:
                continue  # the client has left


def _read(connection: socket.socket) -> Sent:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, _, rest = head.partition(b"\r\n")
    headers = {name.lower(): value for name, value in BytesHeaderParser().parsebytes(rest).items()}
    while len(body) < int(headers.get("content-length", "0")):
        body += _some(connection)
    method, target, _ = first.decode().split(" ")
    return Sent(method, target, headers, body)


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError
    return data


def _answer(connection: socket.socket, reply: Reply | Fault) -> None:
    if reply is Fault.CLOSED:
        return
    if reply is Fault.SILENT:
        _until_left(connection)
    elif reply is Fault.DRIPPING:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
        connection.settimeout(0.01)
        while True:
            connection.sendall(b" ")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue
    elif isinstance(reply, Reply):
        content = b"" if reply.body is None else json.dumps(reply.body).encode()
        kind = "application/json" if reply.status < 400 else "application/problem+json"
        headers = [("Content-Type", kind), ("Content-Length", str(len(content))), ("Connection", "close")]
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{name}: {value}" for name, value in [*headers, *reply.headers])]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        _until_left(connection)


def _until_left(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass
