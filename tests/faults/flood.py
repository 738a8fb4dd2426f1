"""Requests that come when they come, however long answers take: ``python -m tests.faults.flood``, a process of its own.

Clients that wait for an answer before they ask again slow down with the server and hide what overload does. Here the
time of each request is drawn beforehand, and it is sent on whichever connection is free.
"""

from __future__ import annotations

import base64
import json
import os
import random
import re
import select
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONNECTIONS = 300
"""More than are ever under way at once, so that none waits for another one's answer."""
ANSWER_SECONDS = 30.0
"""How long after the last request its answer may take."""
SOON_SECONDS = 0.45
"""A read must not be answered so soon after a submission was sent that was turned away before the read was sent. Both
were decided on between these moments, so this holds on the slowest machine as well."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: */v1/assessments/(\w+)\r\n", re.IGNORECASE)
_RETRY_AFTER = re.compile(rb"\r\nretry-after: *[1-9]\d*\r\n", re.IGNORECASE)


@dataclass(frozen=True)
class Stream:
    """Requests of one kind, so many a second; `bodies` take turns as they stand on the wire."""

    kind: str
    rate: float
    requests: Sequence[bytes]


@dataclass
class Heard:
    """What came of the requests of one kind."""

    sent: int = 0
    served: int = 0
    turned_away: int = 0
    other: list[str] = field(default_factory=list)
    """What answers began with that were neither."""
    seconds: list[float] = field(default_factory=list)
    """How long each that was served took."""
    too_soon: int = 0
    """Served just after a submission was turned away."""
    made: list[str] = field(default_factory=list)
    """Ids of what was created."""


@dataclass
class Outcome:
    heard: dict[str, Heard]
    seconds: float
    unsent: int
    """Requests for which there was no connection free."""


def flood(port: int, streams: Sequence[Stream], seconds: float, cpus: Collection[int], settling: float = 0) -> Outcome:
    """Send the streams to a server for so long, on these processors, and say what came of it. What is sent in the
    first seconds, while the server settles, is not timed."""
    asked = {
        "port": port,
        "seconds": seconds,
        "settling": settling,
        "cpus": sorted(cpus),
        "streams": [
            {
                "kind": one.kind,
                "rate": one.rate,
                "requests": [base64.b64encode(request).decode() for request in one.requests],
            }
            for one in streams
        ],
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.flood"],
        cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True,
        timeout=seconds + 2 * ANSWER_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"The requests could not be sent:\n{done.stderr}")
    said = json.loads(done.stdout)
    heard = {kind: Heard(**found) for kind, found in said["heard"].items()}
    return Outcome(heard, said["seconds"], said["unsent"])


class _Connection:
    """One connection, with one request under way at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard: Heard | None = None
        self.sent_at = 0.0
        self.turned_away_at = float("-inf")
        self.head = b""
        self.missing = -1

    def send(self, request: bytes, heard: Heard, now: float, turned_away_at: float) -> None:
        self.heard, self.sent_at, self.turned_away_at = heard, now, turned_away_at
        self.head, self.missing = b"", -1
        heard.sent += 1
        self.socket.sendall(request)

    def receive(self, size: int, buffer: bytearray) -> bool:
        """Take what has arrived; whether the answer is complete."""
        if self.missing >= 0:
            self.missing -= size
            return self.missing == 0
        self.head += buffer[:size]
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        found = _LENGTH.search(self.head, 0, end + 2)
        if found is None:
            raise RuntimeError(f"The server answered {self.head[:1500]!r}")
        self.missing = end + 4 + int(found[1]) - len(self.head)
        return self.missing == 0

    def settle(self, now: float, *, timed: bool) -> bool:
        """Note the answer; whether it turned the request away."""
        heard, status = self.heard, self.head[9:12]
        assert heard is not None
        self.heard = None
        if status == b"503" and _RETRY_AFTER.search(self.head):
            heard.turned_away += 1
            return True
        if status in (b"200", b"201"):
            heard.served += 1
            heard.too_soon += now - self.turned_away_at < SOON_SECONDS
            if timed:
                heard.seconds.append(now - self.sent_at)
            found = _LOCATION.search(self.head)
            if found:
                heard.made.append(found[1].decode())
        else:
            heard.other.append(self.head[:300].decode("latin-1"))
        return False


class _Flood:
    """The connections, and what is sent over them."""

    def __init__(self, port: int, streams: Sequence[Stream]) -> None:
        self._port = port
        self._heard = {one.kind: Heard() for one in streams}
        self._supplies = {one.kind: cycle(one.requests) for one in streams}
        self._kinds = [one.kind for one in streams]
        self._rates = [one.rate for one in streams]
        self._chance = random.Random(18)
        self._waiting = select.epoll()
        self._opened: dict[int, _Connection] = {}
        self._free: deque[_Connection] = deque()
        self._buffer = bytearray(1 << 18)
        self._turned_away_at = float("-inf")
        """When the last submission was sent that was turned away."""
        self._unsent = 0
        for _ in range(CONNECTIONS):
            self._open()

    def send(self, seconds: float, settling: float) -> Outcome:
        """For so long; what is sent while the server settles is not timed."""
        rate = sum(self._rates)
        start = time.perf_counter()
        end, latest = start + seconds, start + seconds + ANSWER_SECONDS
        due = start + self._chance.expovariate(rate)
        while due < end or len(self._free) < CONNECTIONS:
            now = time.perf_counter()
            if now > latest:
                raise RuntimeError("The server did not answer.")
            while due <= now and due < end:
                self._send_one(now)
                due += self._chance.expovariate(rate)
            # An epoll by itself waits for whole milliseconds.
            pause = max(0.0, due - time.perf_counter()) if due < end else 0.1
            select.select([self._waiting], [], [], pause)
            for number, _ in self._waiting.poll(0):
                self._receive(self._opened[number], timed_from=start + settling)
        for one in self._opened.values():
            one.socket.close()
        return Outcome(self._heard, seconds, self._unsent)

    def _open(self) -> None:
        one = _Connection(self._port)
        self._opened[one.socket.fileno()] = one
        self._waiting.register(one.socket, select.EPOLLIN)
        self._free.append(one)

    def _send_one(self, now: float) -> None:
        [kind] = self._chance.choices(self._kinds, self._rates)
        if not self._free:
            self._unsent += 1
            return
        self._free.popleft().send(next(self._supplies[kind]), self._heard[kind], now, self._turned_away_at)

    def _receive(self, one: _Connection, timed_from: float) -> None:
        size = one.socket.recv_into(self._buffer)
        if size == 0:
            self._replace(one)
        elif one.receive(size, self._buffer):
            now, heard = time.perf_counter(), one.heard
            if one.settle(now, timed=one.sent_at >= timed_from) and heard is self._heard.get("submission"):
                self._turned_away_at = max(self._turned_away_at, one.sent_at)
            self._free.append(one)

    def _replace(self, one: _Connection) -> None:
        """The server closes a connection that was idle for long, which may cross a request."""
        if one.heard is None:
            self._free.remove(one)
        else:
            one.heard.sent -= 1
            self._unsent += 1
        del self._opened[one.socket.fileno()]
        self._waiting.unregister(one.socket)
        one.socket.close()
        self._open()


def main() -> None:
    asked = json.load(sys.stdin)
    os.sched_setaffinity(0, asked["cpus"])
    streams = [
        Stream(one["kind"], one["rate"], [base64.b64decode(request) for request in one["requests"]])
        for one in asked["streams"]
    ]
    outcome = _Flood(asked["port"], streams).send(asked["seconds"], asked["settling"])
    print(json.dumps(asdict(outcome)))  # noqa: T201  # it is what the parent reads


if __name__ == "__main__":
    main()
