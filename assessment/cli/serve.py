"""`assessment serve` and `assessment migrate`: the service, on a database that is ready."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
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
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    envvar="ASSESSMENT_WORKERS",
    show_envvar=True,
    help="Processes that answer; several need PostgreSQL. Default: 1",
)
def serve(
    *,
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    database_url: str | None,
    rubrics_dir: Path | None,
    workers: int | None,
) -> None:
    """Run the service until Ctrl-C.

    On an empty database it first creates the tables, then a partner with a secret and a publishable key, and prints
    both once together with a request that you can paste. Nothing has to be set; each flag is a setting too.

    ```
    assessment serve
    assessment serve --port 9000 --data-dir /var/lib/assessment
    ASSESSMENT_DATABASE_URL=postgresql+asyncpg://user@db/assessment assessment serve --workers 4
    ```
    """
    chosen = settings.read_settings(
        host=host,
        port=port,
        data_dir=data_dir,
        database_url=database_url,
        rubrics_dir=rubrics_dir,
        workers=workers,
    )
    listener = listen(chosen.host, chosen.port)
    try:
        with showing_metrics(chosen) as metrics_port:
            _serve(chosen, listener, metrics_port)
    except KeyboardInterrupt:  # before the server listens; later it ends by itself
        pass
    finally:
        listener.close()
    click.echo("Stopped.")


def _serve(chosen: Settings, listener: socket.socket, metrics_port: int | None) -> None:
    from assessment.cli import database
    from assessment.cli.welcome import address_of, announce

    address = address_of(chosen.host, listener.getsockname()[1])
    metrics = None if metrics_port is None else f"{address_of(chosen.metrics_host, metrics_port)}/metrics"

    def say() -> None:
        for caution in chosen.cautions():
            logging.getLogger("assessment").warning(caution)
        click.echo(announce(address, database.where_data_lies(chosen), metrics))

    serve_them = _serve_alone if chosen.workers == 1 else _serve_with_workers
    serve_them(chosen, listener, address, say)


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


def listen(host: str, port: int, command: str = "serve") -> socket.socket:
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
            raise Failure(
                f"Port {port} on {host} is in use. Choose another one: assessment {command} --port N"
            ) from None
        if error.errno == errno.EACCES:
            raise Failure(f"Port {port} needs rights that this user does not have; take one over 1023.") from None
        raise Failure(f"Cannot listen on {host}: {error.strerror or error}.") from None
    return listener


async def _open(chosen: Settings, open_service: AsyncExitStack, app: Litestar, address: str) -> None:
    """Open the service on a database that is made if it is empty, and show the first keys where there were none."""
    from assessment.cli import database
    from assessment.cli.server import enter
    from assessment.cli.welcome import local_origins, present_keys
    from assessment.service.start_key import keep_key, start_key_file

    # Opened here and not by the server, which would log a traceback where a sentence is due.
    with database.errors_said():
        await database.migrate(chosen, only_if_empty=True)
        await enter(open_service, app)
        services = app.state["services"]
        keys = await database.first_keys(services, local_origins(address))
    if keys is None:
        return
    path = start_key_file(chosen)
    if path is not None:
        keep_key(path, keys.publishable_key)
        app.state["start_key"] = app.state["start_key"] or keys.publishable_key
    click.echo(present_keys(keys, address, services.catalog, path))


def _serve_alone(chosen: Settings, listener: socket.socket, address: str, announce: Callable[[], None]) -> None:
    gc.disable()  # until requests are answered: nothing of what is loaded for them is garbage
    from assessment import log
    from assessment.app import create_app
    from assessment.cli.server import answer, loop_factory

    requests = log.configure(chosen.log_format, chosen.log_level)

    async def serve_alone() -> None:
        app = create_app(chosen, requests)
        async with AsyncExitStack() as open_service:
            await _open(chosen, open_service, app, address)
            await answer(chosen, app, listener, announce)

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serve_alone())


def _serve_with_workers(chosen: Settings, listener: socket.socket, address: str, announce: Callable[[], None]) -> None:
    from assessment import log
    from assessment.app import create_app
    from assessment.cli.supervisor import Supervisor

    log.configure(chosen.log_format, chosen.log_level)

    async def prepare() -> None:
        # Opened once before there are workers: what is wrong is said once, and the tables are made by one.
        first = chosen.model_copy(update={"otel": False, "deliver": False})
        async with AsyncExitStack() as open_service:
            await _open(chosen, open_service, create_app(first), address)

    asyncio.run(prepare())
    migrated = chosen.model_copy(update={"auto_migrate": False})
    if not Supervisor(migrated, listener, announce).run():
        raise Failure("A worker did not end as it should; the log says which.")


@contextmanager
def showing_metrics(chosen: Settings) -> Iterator[int | None]:
    """The port at which the figures are shown; those of several workers meet in a folder."""
    if chosen.metrics_port is None:
        yield None
        return
    with ExitStack() as stack:
        if chosen.workers > 1:
            # Before anything imports the client, which reads it then, once.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = stack.enter_context(
                TemporaryDirectory(prefix="assessment-metrics-")
            )
        from assessment import metrics

        try:
            yield stack.enter_context(metrics.shown(chosen.metrics_host, chosen.metrics_port))
        except OSError as error:
            raise Failure(
                f"The metrics cannot be shown on {chosen.metrics_host}, port {chosen.metrics_port}: "
                f"{error.strerror or error}. Choose another one: ASSESSMENT_METRICS_PORT"
            ) from None
