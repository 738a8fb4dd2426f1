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
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle

from tests.faults.servers import ROOT

CONNECTIONS = 300
"""More than are ever under way at once, so that none waits for another one's answer."""
ANSWER_SECONDS = 30.0
"""How long after the last request its answer may take."""
SOON_SECONDS = 0.25
"""A read that is sent so soon after a submission was turned away must not be answered in its place."""
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
    """Served although a submission had been turned away just before they were sent."""
    made: list[str] = field(default_factory=list)
    """Ids of what was created."""


@dataclass
class Outcome:
    heard: dict[str, Heard]
    seconds: float
    unsent: int
    """Requests for which there was no connection free."""


def flood(port: int, streams: Sequence[Stream], seconds: float, cpus: Collection[int]) -> Outcome:
    """Send the streams to a server for so long, and say what came of it. `cpus` are the processors to do it on."""
    asked = {
        "port": port,
        "seconds": seconds,
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
        self.heard = Heard()
        self.sent_at = 0.0
        self.soon = False
        self.head = b""
        self.missing = -1

    def send(self, request: bytes, heard: Heard, now: float, *, soon: bool) -> None:
        self.heard, self.sent_at, self.soon = heard, now, soon
        self.head, self.missing = b"", -1
        heard.sent += 1
        self.socket.sendall(request)

    def receive(self, buffer: bytearray) -> bool:
        """Take what has arrived; whether the answer is complete."""
        size = self.socket.recv_into(buffer)
        if size == 0:
            raise RuntimeError("The server closed a connection.")
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

    def settle(self, now: float) -> bool:
        """Note the answer; whether it turned a submission away."""
        heard, status = self.heard, self.head[9:12]
        if status in (b"200", b"201"):
            heard.served += 1
            heard.seconds.append(now - self.sent_at)
            heard.too_soon += self.soon
            found = _LOCATION.search(self.head)
            if found:
                heard.made.append(found[1].decode())
        elif status == b"503" and _RETRY_AFTER.search(self.head):
            heard.turned_away += 1
            return True
        else:
            heard.other.append(self.head[:300].decode("latin-1"))
        return False


def _send(port: int, streams: Sequence[Stream], seconds: float) -> Outcome:
    chance = random.Random(18)
    opened = [_Connection(port) for _ in range(CONNECTIONS)]
    by_number = {one.socket.fileno(): one for one in opened}
    free = list(opened)
    heard = {one.kind: Heard() for one in streams}
    supplies = {one.kind: cycle(one.requests) for one in streams}
    kinds = [one.kind for one in streams]
    rates = [one.rate for one in streams]
    total = sum(rates)
    waiting = select.epoll()
    for number in by_number:
        waiting.register(number, select.EPOLLIN)
    buffer = bytearray(1 << 18)
    unsent = 0
    turned_away_at = float("-inf")
    start = time.perf_counter()
    end, latest = start + seconds, start + seconds + ANSWER_SECONDS
    due = start + chance.expovariate(total)
    while True:
        now = time.perf_counter()
        while due <= now and due < end:
            [kind] = chance.choices(kinds, rates)
            if free:
                soon = kind == "read" and now - turned_away_at < SOON_SECONDS
                free.pop().send(next(supplies[kind]), heard[kind], now, soon=soon)
            else:
                unsent += 1
            due += chance.expovariate(total)
        if due >= end and len(free) == len(opened):
            break
        if now > latest:
            raise RuntimeError("The server did not answer.")
        # An epoll by itself waits for whole milliseconds.
        select.select([waiting], [], [], max(0.0, min(due, latest) - time.perf_counter()) if due < end else 1)
        for number, _ in waiting.poll(0):
            connection = by_number[number]
            if connection.receive(buffer):
                now = time.perf_counter()
                if connection.settle(now) and connection.heard is heard.get("submission"):
                    turned_away_at = now
                free.append(connection)
    for one in opened:
        one.socket.close()
    return Outcome(heard, seconds, unsent)


def main() -> None:
    asked = json.load(sys.stdin)
    os.sched_setaffinity(0, asked["cpus"])
    streams = [
        Stream(one["kind"], one["rate"], [base64.b64decode(request) for request in one["requests"]])
        for one in asked["streams"]
    ]
    print(json.dumps(asdict(_send(asked["port"], streams, asked["seconds"]))))  # noqa: T201


if __name__ == "__main__":
    main()
