"""`assessment deliver`: sends events to webhook endpoints, beside the service or once."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from assessment.cli import settings

if TYPE_CHECKING:
    from assessment.delivery.worker import Tally
    from assessment.settings import Settings


@click.command()
@click.option("--once", is_flag=True, help="Send what is due, say what came of it, and end.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    envvar="ASSESSMENT_METRICS_PORT",
    show_envvar=True,
    help="Port of this process's own /metrics; without one nothing is shown.",
)
@settings.where_data_lies
def deliver(*, once: bool, metrics_port: int | None, data_dir: Path | None, database_url: str | None) -> None:
    """Send events to the webhook endpoints of partners until Ctrl-C.

    `assessment serve` does this too, so nothing has to be set up. With ASSESSMENT_DELIVER=false it does not, and leaves
    it to this command: on another machine, for instance, that may reach the internet. Any number of both may run on one
    database; each delivery is made by one of them.

    A delivery is attempted ten times over about three days and is then dead. Whether a receiver took it, and why not,
    is in `GET /v1/events`.

    ```
    assessment deliver
    assessment deliver --once
    ASSESSMENT_DATABASE_URL=postgresql+asyncpg://user@db/assessment assessment deliver
    ```
    """
    from assessment import log
    from assessment.cli.database import errors_said, where_data_lies
    from assessment.cli.serve import showing_metrics
    from assessment.cli.welcome import address_of

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url, metrics_port=metrics_port)
    log.configure(chosen.log_format, "warning" if once else chosen.log_level)
    for caution in chosen.cautions():
        logging.getLogger("assessment").warning(caution)
    if once:
        with errors_said():
            click.echo(_summary(asyncio.run(_drain(chosen))))
        return
    announcement = f"Delivering what is in {where_data_lies(chosen)}. Press Ctrl-C to stop."
    # Of one process, however many answer.
    with showing_metrics(chosen.model_copy(update={"workers": 1})) as port:
        if port is not None:
            announcement = f"Metrics are at {address_of(chosen.metrics_host, port)}/metrics.\n{announcement}"
        with errors_said(), suppress(KeyboardInterrupt):
            asyncio.run(_deliver(chosen, announcement))
    click.echo("Stopped.")


async def _deliver(chosen: Settings, announcement: str) -> None:
    from assessment.delivery.sender import Sender
    from assessment.delivery.worker import delivering
    from assessment.service.context import open_store

    told = asyncio.Event()
    with suppress(NotImplementedError):  # a platform without: there Ctrl-C cancels this
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with open_store(chosen) as store, delivering(store, Sender(allow_inside=chosen.webhook_private_networks)):
        click.echo(announcement)
        await told.wait()


async def _drain(chosen: Settings) -> Tally:
    from rich.console import Console

    from assessment.delivery.sender import Sender
    from assessment.delivery.worker import Worker
    from assessment.service.context import open_store

    async with open_store(chosen) as store:
        worker = Worker(store, Sender(allow_inside=chosen.webhook_private_networks))
        with Console(stderr=True).status("Delivering …") as status:
            return await worker.drain(lambda tally: status.update(f"Delivering: {tally.delivered:,} delivered"))


def _summary(tally: Tally) -> str:
    if not (tally.delivered or tally.failed or tally.dead):
        return "Nothing was due."
    return f"{tally.delivered:,} delivered, {tally.failed:,} failed and to be tried again, {tally.dead:,} given up."
