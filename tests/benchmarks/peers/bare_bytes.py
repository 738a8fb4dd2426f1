"""The least an ASGI application can do with a GET: the same bytes each time, or that they are known already."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ANSWER = Path(os.environ["PEER_ANSWER"]).read_bytes()
ETAG = (b"etag", b'"constant"')
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER)), ETAG]


async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """`/known` answers 304, every other path ANSWER."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["path"] == "/known":
        await send({"type": "http.response.start", "status": 304, "headers": [ETAG]})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": ANSWER})
