"""Load on a server of this machine: a fixed number of connections, each with one request under way at a time."""

from __future__ import annotations

import itertools
import math
import os
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_REQUESTS = 1_000_000
ANSWER_SECONDS = 30
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """What was done, in how long."""

    requests: int
    seconds: float
    cpu_seconds: float


def post(path: str, body: bytes, key: str | None = None) -> bytes:
    """The bytes of a POST of JSON, as they go over the wire."""
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, key: str | None = None, known: str | None = None) -> bytes:
    """The bytes of a GET; `known` is the ETag of what the client has already."""
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    condition = f"If-None-Match: {known}\r\n" if known else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}{condition}\r\n".encode()


class _Connection:
    """One connection and how much of its answer is still to come."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.missing = 0
        self.head = self.asked = b""

    def send(self, request: bytes) -> None:
        self.missing, self.head, self.asked = -1, b"", request.partition(b"\r\n")[0]
        self.socket.sendall(request)

    def receive(self, buffer: bytearray) -> bool:
        """Take what has arrived; whether the answer is complete. Raises when it is neither a success nor 304."""
        size = self.socket.recv_into(buffer)
        if size == 0:
            raise RuntimeError(f"The server closed a connection that had asked {self.asked!r}.")
        if self.missing >= 0:
            self.missing -= size
            return self.missing == 0
        self.head += buffer[:size]
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        not_modified = self.head[9:12] == b"304"
        found = _LENGTH.search(self.head, 0, end + 2)
        if not not_modified and (self.head[9:10] != b"2" or found is None):
            raise RuntimeError(f"The server answered {self.head[:1500].decode('utf-8', 'replace')}")
        # An answer that says nothing has changed has no body, whatever length it names.
        self.missing = 0 if not_modified or found is None else end + 4 + int(found[1]) - len(self.head)
        return self.missing == 0


def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    pid: int,
    seconds: float = math.inf,
    most: int = MOST_REQUESTS,
) -> Load:
    """Send the requests in turns for about `seconds`, or about `most` of them; every answer has to be a success or 304
    and is read whole.

    `pid` is the process whose CPU time is counted.
    """
    supply = itertools.cycle(requests)
    opened = [_Connection(port) for _ in range(connections)]
    try:
        return _drive(opened, supply, seconds, most, pid)
    finally:
        for connection in opened:
            connection.socket.close()


def _drive(opened: list[_Connection], supply: Iterable[bytes], seconds: float, most: int, pid: int) -> Load:
    supply = iter(supply)
    buffer = bytearray(1 << 18)
    done = 0
    with selectors.DefaultSelector() as selector:
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        start, cpu = time.perf_counter(), cpu_seconds(pid)
        end = start + seconds
        for connection in opened:
            connection.send(next(supply))
        waiting = len(opened)
        while waiting:
            ready = selector.select(ANSWER_SECONDS)
            if not ready:
                raise RuntimeError(f"The server did not answer within {ANSWER_SECONDS} seconds.")
            open_still = time.perf_counter() < end and done + waiting <= most
            for event, _ in ready:
                connection = event.data
                if connection.receive(buffer):
                    done += 1
                    if open_still:
                        connection.send(next(supply))
                    else:
                        waiting -= 1
        return Load(done, time.perf_counter() - start, cpu_seconds(pid) - cpu)


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used so far, all its threads together."""
    if sys.platform != "linux":
        raise RuntimeError("The CPU time of another process is read in the way of Linux.")
    # The clock of a process, as clock_getcpuclockid makes its number.
    return time.clock_gettime((~pid << 3) | 2)


def resident_bytes(pid: int) -> int:
    """Memory of a process that is not swapped out, shared pages included."""
    if sys.platform != "linux":
        raise RuntimeError("The memory of another process is read in the way of Linux.")
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
