"""`assessment serve` and `assessment migrate`: one process that answers, on a database that is ready."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import rich_click as click

from assessment.cli import settings
from assessment.cli.failure import Failure

if TYPE_CHECKING:
    from litestar import Litestar

    from assessment.settings import Settings


@click.command()
@click.option(
    "--host",
    envvar="ASSESSMENT_HOST",
    show_envvar=True,
    help="Address to listen on; 0.0.0.0 for every one. Default: 127.0.0.1",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    envvar="ASSESSMENT_PORT",
    show_envvar=True,
    help="Port to listen on; 0 takes a free one. Default: 8000",
)
@settings.where_data_lies
@settings.rubrics_dir
def serve(
    *, host: str | None, port: int | None, data_dir: Path | None, database_url: str | None, rubrics_dir: Path | None
) -> None:
    """Run the service until Ctrl-C.

    On an empty database it first creates the tables, then a partner with a secret and a publishable key, and prints
    both once together with a request that you can paste. Nothing has to be set; each flag is a setting too.

    ```
    assessment serve
    assessment serve --port 9000 --data-dir /var/lib/assessment
    ASSESSMENT_DATABASE_URL=postgresql+asyncpg://user@db/assessment assessment serve
    ```
    """
    chosen = settings.read_settings(
        host=host, port=port, data_dir=data_dir, database_url=database_url, rubrics_dir=rubrics_dir
    )
    listener = _listen(chosen.host, chosen.port)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(chosen, listener))
    except KeyboardInterrupt:  # before the server listens; later it ends by itself
        click.echo("Stopped.")
    finally:
        listener.close()


@click.command()
@settings.where_data_lies
def migrate(*, data_dir: Path | None, database_url: str | None) -> None:
    """Bring the database to the current revision of the tables.

    SQLite is migrated at every start by itself. On PostgreSQL run this before a new version serves; an empty
    database needs nothing, since `assessment serve` creates its tables.

    ```
    assessment migrate --database-url postgresql+asyncpg://user@db/assessment
    ```
    """
    from assessment.cli import database

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
    with database.errors_said():
        asyncio.run(database.migrate(chosen))
    click.echo(f"{database.where_data_lies(chosen)} is at the current revision.")


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, taken before anything is created, so that a port in use leaves nothing behind."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Failure(f"Port {port} on {host} is in use. Choose another one: assessment serve --port N") from None
        if error.errno == errno.EACCES:
            raise Failure(f"Port {port} needs rights that this user does not have; take one over 1023.") from None
        raise Failure(f"Cannot listen on {host}: {error.strerror or error}.") from None
    return listener


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


async def _serve(chosen: Settings, listener: socket.socket) -> None:
    import uvicorn

    from assessment.app import create_app
    from assessment.cli import database
    from assessment.cli.welcome import address_of, announce, present_keys

    app = create_app(chosen)
    address = address_of(chosen.host, listener.getsockname()[1])
    async with AsyncExitStack() as open_service:
        # Opened here and not by the server, which would log a traceback where a sentence is due.
        with database.errors_said():
            await database.migrate(chosen, only_if_empty=True)
            await _enter(open_service, app)
            services = app.state["services"]
            keys = await database.first_keys(services)
        if keys is not None:
            click.echo(present_keys(keys, address, services.catalog))

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                click.echo(announce(address, database.where_data_lies(chosen)))

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                # Unlike the original it does not raise the signal again at the end: the service closes after it.
                self.force_exit = self.should_exit and sig == signal.SIGINT
                self.should_exit = True

        config = uvicorn.Config(
            app,
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=10,
        )
        await Server(config).serve([listener])
    click.echo("Stopped.")


async def _enter(open_service: AsyncExitStack, app: Litestar) -> None:
    """Start the application; a failure comes as it was raised, out of the group that the framework wraps it in."""
    try:
        await open_service.enter_async_context(app.lifespan())
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
