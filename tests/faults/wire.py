"""A plain HTTP/1.1 client, for trials with hundreds of requests under way, which a full client would hold up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import msgspec

SECONDS = 60
_LARGEST_HEAD = 65536


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """Of a problem document."""
        return str(self.json()["code"])

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Connections:
    """As many kept-alive connections to a server as requests are under way at a time."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._key = key
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, writer in self._idle:
            writer.close()

    async def send(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = {}) -> Answer:
        """The answer to one request; `body` is sent as JSON."""
        given = {"Host": "127.0.0.1", "Authorization": f"Bearer {self._key}", **headers}
        content = b""
        if body is not None:
            content = msgspec.json.encode(body)
            given |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        return await asyncio.wait_for(self._exchange("\r\n".join(lines).encode() + content), SECONDS)

    async def _exchange(self, request: bytes) -> Answer:
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=_LARGEST_HEAD)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:-2]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        answer = Answer(
            int(head[0].split()[1]), headers, await reader.readexactly(int(headers.get("content-length", 0)))
        )
        self._idle.append((reader, writer))
        return answer
