"""`assessment backup`: a copy of the database that has been tried, taken while the service runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import rich_click as click

from assessment.cli import settings
from assessment.cli.failure import Failure

if TYPE_CHECKING:
    from sqlalchemy import URL

    from assessment.service.backup import Verified
    from assessment.settings import Settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--verify", "only_verify", is_flag=True, help="Examine FILE, a backup made before, and change nothing.")
@settings.where_data_lies
def backup(*, file: Path, only_verify: bool, data_dir: Path | None, database_url: str | None) -> None:
    """Back up the SQLite database into FILE, also while the service runs, and try the copy.

    The copy is one state of the database: what is written meanwhile is not in it. Every page, every reference and up to
    1000 results are read back before the file counts as a backup. To restore it, stop the service, move
    `data/assessment.db` and the files that begin with its name away, and put FILE in its place.

    PostgreSQL has its own tools; the command says how to call them.

    ```
    assessment backup /backups/assessment-$(date +%F).db
    assessment backup --verify /backups/assessment-2026-03-01.db
    ```
    """
    from assessment.cli.database import errors_said

    if only_verify:
        from assessment.service.backup import verify

        _show(file, asyncio.run(verify(file)))
        return
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
    with errors_said():
        _show(file, asyncio.run(_make(chosen, file)))


async def _make(chosen: Settings, file: Path) -> Verified:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from assessment.service.backup import make
    from assessment.store.engine import parse_url

    url = parse_url(chosen.url)
    if url.get_backend_name() == "postgresql":
        click.echo(_commands(url, file))
        raise Failure("Nothing was backed up: this database is a PostgreSQL, which has tools of its own, named above.")
    columns = (TextColumn("Copying"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("copy", total=None)
        # Called from the thread that copies; the bar locks for itself.
        return await make(chosen.url, file, lambda left, total: bar.update(task, total=total, completed=total - left))


def _show(file: Path, found: Verified) -> None:
    click.echo(f"{file} is a sound backup of revision {found.revision}, {found.bytes:,} bytes.")
    shown = ("partners", "organisations", "assessments", "responses", "results")
    click.echo(
        "It holds " + ", ".join(f"{found.rows[table]:,} {table}" for table in shown if table in found.rows) + "."
    )
    click.echo(f"{found.results_read:,} results were read back byte for byte.")
    click.echo(f"sha256 {found.sha256}")


def _commands(url: URL, file: Path) -> str:
    """How PostgreSQL's own tools back up and restore this database, without a password in the commands."""
    from assessment.store.access import KEEPER

    plain = url._replace(drivername="postgresql", password=None).render_as_string()
    return (
        "To back up, as the login that serves or the owner of the tables, in the role that sees every partner's rows:\n"
        f"  pg_dump --format=custom --role={KEEPER} --enable-row-security --file={quote(str(file))} {quote(plain)}\n"
        "To restore, as the owner, into an empty database of a server where `assessment migrate` has made the roles:\n"
        f"  pg_restore --exit-on-error --single-transaction --dbname={quote(plain)} {quote(str(file))}"
    )
