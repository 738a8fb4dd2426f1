"""`assessment data`, `retention` and `audit`: what an operator does with the data of partners, and what was done."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec
import rich_click as click

from assessment.cli import settings
from assessment.cli.failure import Failure
from assessment.errors import ResourceNotFound

if TYPE_CHECKING:
    from assessment.service.audit import AuditEvent
    from assessment.service.context import Services, Store
    from assessment.service.organisations import Operator, OrganisationDetails
    from assessment.service.retention import Applied
    from assessment.settings import Settings

T = TypeVar("T")


@click.group()
def data() -> None:
    """Export or erase everything about an organisation, also while the service runs.

    Partners can do both themselves: `GET /v1/organisations/{id}/export` and `DELETE /v1/organisations/{id}`. For the
    results of many organisations as a table there is `assessment export`.
    """


@data.command("export")
@click.argument("partner")
@click.argument("organisation")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this new file.")
@settings.where_data_lies
@settings.rubrics_dir
def export_organisation(
    *,
    partner: str,
    organisation: str,
    output: Path | None,
    data_dir: Path | None,
    database_url: str | None,
    rubrics_dir: Path | None,
) -> None:
    """Write everything about ORGANISATION (org_…) of PARTNER (ptnr_…) as one JSON document.

    ```
    assessment data export ptnr_01k9… org_01k9… -o northwind.json
    ```
    """
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url, rubrics_dir=rubrics_dir)

    async def work(services: Services) -> None:
        found, _ = await _find(services, partner, organisation, "assessment data export")
        await _write_export(services, found, organisation, output)

    asyncio.run(_with_services(chosen, work))


@data.command("erase")
@click.argument("partner")
@click.argument("organisation")
@click.option("--yes", is_flag=True, help="Do not ask.")
@settings.where_data_lies
def erase_organisation(
    *, partner: str, organisation: str, yes: bool, data_dir: Path | None, database_url: str | None
) -> None:
    """Erase ORGANISATION (org_…) of PARTNER (ptnr_…) with everything that is kept about it.

    It cannot be taken back. Backups made before still hold it, until you delete them.

    ```
    assessment data erase ptnr_01k9… org_01k9…
    ```
    """
    from assessment.service.organisations import erase

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)

    async def work(store: Store) -> str:
        found, details = await _find(store, partner, organisation, "assessment data erase")
        if not yes:
            question = f"Erase {details.name} with its {details.assessments} assessments?"
            click.confirm(question, abort=True, err=True)
        erased = await erase(store, found, organisation)
        return f"{organisation} is erased, with {erased.assessments} assessments."

    click.echo(asyncio.run(_with_store(chosen, work)))


@click.group()
def retention() -> None:
    """Delete what is older than you want to keep."""


@retention.command("apply")
@click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    envvar="ASSESSMENT_RETENTION_DAYS",
    show_envvar=True,
    help="Age from which assessments are deleted.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@settings.where_data_lies
def apply_retention(*, days: int | None, dry_run: bool, data_dir: Path | None, database_url: str | None) -> None:
    """Delete assessments created more than --days ago with everything that belongs to them, and organisations from
    before that time that have none left.

    A service that runs with ASSESSMENT_RETENTION_DAYS does the same at its start and every day.

    ```
    assessment retention apply --days 730 --dry-run
    ```
    """
    from assessment.service.retention import apply, count

    if days is None:
        raise click.UsageError("Say how old: --days N, or set ASSESSMENT_RETENTION_DAYS.")
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)

    async def work(store: Store) -> Applied:
        if dry_run:
            return await count(store, days)
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("Deleting assessments"), BarColumn(), MofNCompleteColumn())
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("delete", total=(await count(store, days)).assessments)
            return await apply(
                store,
                days,
                actor="assessment retention apply",
                deleted=lambda deleted: bar.advance(task, deleted),
            )

    done = asyncio.run(_with_store(chosen, work))
    verb = "would be" if dry_run else "were"
    click.echo(
        f"{done.assessments:,} assessments and {done.organisations:,} organisations from before "
        f"{done.before:%Y-%m-%d %H:%M} UTC {verb} deleted."
    )


@click.command()
@click.argument("partner")
@click.option("--action", help="Only this kind of action, such as organisation.erased.")
@click.option("--target", help="Only what was done to this id.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for each entry, in full.")
@settings.where_data_lies
def audit(
    *,
    partner: str,
    action: str | None,
    target: str | None,
    as_json: bool,
    data_dir: Path | None,
    database_url: str | None,
) -> None:
    """Show the audit log of PARTNER (ptnr_…), newest first: when, what was done, to what, and by whom.

    ```
    assessment audit ptnr_01k9… --action organisation.erased
    ```
    """
    from assessment.service.audit import AuditFilters, list_everything

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)

    async def work(store: Store) -> list[AuditEvent]:
        return await list_everything(store, partner, AuditFilters(action=action, target=target))

    for event in asyncio.run(_with_store(chosen, work)):
        if as_json:
            click.echo(msgspec.json.encode(event).decode())
        else:
            details = json.dumps(event.details) if event.details else ""
            line = f"{event.created_at:%Y-%m-%d %H:%M:%S}  {event.action:<21}  {event.target}  {event.actor}  {details}"
            click.echo(line.rstrip())


async def _find(store: Store, partner: str, organisation: str, command: str) -> tuple[Operator, OrganisationDetails]:
    """The organisation, and in which mode of the partner it is. Raises Failure."""
    from assessment.service import ids
    from assessment.service.organisations import Operator, get

    partner_id = ids.from_text("ptnr", partner)
    if partner_id is None:
        raise Failure(f"{partner!r} is no partner's id (ptnr_…). List them: assessment partner list")
    modes: tuple[Literal["live", "test"], ...] = ("live", "test")
    for mode in modes:
        operator = Operator(partner_id, mode, command)
        try:
            return operator, await get(store, operator, organisation)
        except ResourceNotFound:
            continue
    raise Failure(f"{partner} has no organisation {organisation}.")


async def _write_export(services: Services, operator: Operator, organisation: str, output: Path | None) -> None:
    from assessment.api.organisations import document_of
    from assessment.service.exports import export

    parts = document_of(await export(services, operator, organisation))
    if output is None:
        async for part in parts:
            sys.stdout.write(part.decode())
        sys.stdout.write("\n")
        return
    try:
        opened = output.open("xb")
    except OSError as error:
        raise Failure(f"Cannot write {output}: {error.strerror}.") from None
    with opened:
        async for part in parts:
            opened.write(part)
        opened.write(b"\n")


async def _with_store(chosen: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    from assessment.cli.database import errors_said
    from assessment.service.context import open_store

    with errors_said():
        async with open_store(chosen) as store:
            return await work(store)


async def _with_services(chosen: Settings, work: Callable[[Services], Awaitable[T]]) -> T:
    from assessment.cli.database import errors_said
    from assessment.service.context import open_services

    with errors_said():
        async with open_services(chosen) as services:
            return await work(services)
