"""The least an ASGI application can do with a POST: read the body, decode it, send bytes that are ready."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import msgspec

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ANSWER = Path(os.environ["PEER_ANSWER"]).read_bytes()
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
decode = msgspec.json.Decoder().decode


async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Any POST answers ANSWER."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    message = await receive()
    body = message["body"]
    while message.get("more_body", False):
        message = await receive()
        body += message["body"]
    decode(body)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})
