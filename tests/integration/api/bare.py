"""A server in this process that has only an application of the test, over the service's own connections."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from assessment.api.connection import Connection


class Server(uvicorn.Server):
    """uvicorn's, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def serving(app: Any, protocol: type[Connection], **settings: Any) -> AsyncIterator[tuple[int, Server]]:
    """The port of a server of the application, and the server, which is told to end and awaited at last."""
    config = uvicorn.Config(
        app, http=protocol, lifespan="off", log_config=None, access_log=False, ws="none", **settings
    )
    server = Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve([listener]))
        await server.listening.wait()
        try:
            yield listener.getsockname()[1], server
        finally:
            server.should_exit = True
            await running
