"""HTTP as bytes: requests that no client library would send, and what comes back for them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

SECONDS = 40.0
KEPT_UNREAD = 1024
"""Bytes that a client which does not read takes all the same, beside what its system does."""


@dataclass(frozen=True)
class Heard:
    """One answer as it was read."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "")

    def json(self) -> Any:
        return json.loads(self.body)


def request(method: str, path: str | bytes, *headers: bytes, body: bytes = b"", key: str | None = None) -> bytes:
    """A request with a Host, a key and the length of its body, unless `headers` say that of themselves."""
    address = path.encode() if isinstance(path, str) else path
    lines = [method.encode() + b" " + address + b" HTTP/1.1", *headers]
    given = {line.partition(b":")[0].lower() for line in headers}
    if b"host" not in given:
        lines.append(b"Host: trial")
    if b"connection" not in given:
        lines.append(b"Connection: close")
    if key is not None:
        lines.append(b"Authorization: Bearer " + key.encode())
    if body and not given & {b"content-length", b"transfer-encoding"}:
        lines.append(b"Content-Length: %d" % len(body))
    if body and b"content-type" not in given:
        lines.append(b"Content-Type: application/json")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def exchange(
    port: int, data: bytes | Iterable[bytes], *, pause: float = 0, seconds: float = SECONDS, read: bool = True
) -> list[Heard]:
    """Send bytes, in pieces with pauses between where they come so, and read every answer until the server closes.
    Without `read` nothing is read before the time is over, as of a client that is gone without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=KEPT_UNREAD)
    pieces = [data] if isinstance(data, bytes) else data

    async def send() -> None:
        with suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    found = bytearray()
    try:
        async with asyncio.timeout(seconds):
            if not read:
                await asyncio.sleep(seconds)
            while part := await reader.read(65_536):
                found += part
    except (ConnectionError, TimeoutError):
        pass  # what was heard until then counts
    finally:
        sending.cancel()
        await asyncio.wait([sending])
        writer.close()
        with suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 1)
    return [answer async for answer in _answers(bytes(found))]


async def _answers(data: bytes) -> AsyncIterator[Heard]:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    while not reader.at_eof():
        line = await reader.readline()
        if not line.startswith(b"HTTP/1.1 "):
            raise AssertionError(f"The server sent what is no answer: {line[:200]!r}")
        status = int(line[9:12])
        headers: dict[str, str] = {}
        while (line := await reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if status < 200:
            continue
        body = b""
        if headers.get("transfer-encoding") == "chunked":
            while size := int((await reader.readline()) or b"0", 16):
                body += await reader.read(size)
                await reader.readline()
            await reader.readline()
        elif status not in (204, 304):
            body = await reader.read(int(headers.get("content-length", "0")))
        yield Heard(status, headers, body)
