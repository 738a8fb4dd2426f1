"""Runs one of the peers: one worker on uvicorn with uvloop and httptools, as the service itself runs."""

from __future__ import annotations

import importlib
import socket
import sys

import uvicorn
import uvloop


async def serve(name: str) -> None:
    """Serve `app` of the module until SIGTERM, after saying the port on a line."""
    app = importlib.import_module(f"tests.benchmarks.peers.{name}").app
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            sys.stdout.write(f"listens on port {listener.getsockname()[1]}\n")
            sys.stdout.flush()

    config = uvicorn.Config(app, loop="uvloop", http="httptools", ws="none", log_level="warning", access_log=False)
    await Server(config).serve([listener])


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
