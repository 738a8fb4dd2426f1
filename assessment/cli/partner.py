"""`assessment partner`: the accounts that own keys and data."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from assessment.cli import settings

if TYPE_CHECKING:
    from assessment.service.partners import NewPartner, PartnerView
    from assessment.settings import Settings


@click.group()
def partner() -> None:
    """Create and list partners, also while the service runs.

    A partner is an account: keys belong to one, and each sees its own data only.
    """


@partner.command()
@click.argument("name")
@click.option(
    "--mode",
    type=click.Choice(["live", "test"]),
    default="live",
    show_default=True,
    help="Of the keys: data of test keys never enters a benchmark.",
)
@click.option(
    "--origin",
    "origins",
    multiple=True,
    help="Where the publishable key works, such as https://www.example.com; give it several times.",
)
@click.option("--json", "as_json", is_flag=True, help='Print {"partner", "secret_key", "publishable_key"}.')
@settings.where_data_lies
def create(
    *,
    name: str,
    mode: Literal["live", "test"],
    origins: tuple[str, ...],
    as_json: bool,
    data_dir: Path | None,
    database_url: str | None,
) -> None:
    """Create a partner called NAME with a secret and a publishable key, and print both once.

    A publishable key works from the origins that it lists, and without any nowhere; `assessment key create` makes more.

    ```
    assessment partner create "Acme Agency" --origin https://www.example.com
    assessment partner create "Acme Agency" --mode test --json
    ```
    """
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
    new = asyncio.run(_create(chosen, name, mode, origins))
    if as_json:
        fields = {
            "partner": new.partner_id,
            "secret_key": new.secret_key,
            "publishable_key": new.publishable_key,
        }
        click.echo(json.dumps(fields))
        return
    click.echo(f"partner          {new.partner_id}")
    click.echo(f"secret key       {new.secret_key}")
    click.echo(f"publishable key  {new.publishable_key}")
    click.echo("The keys are shown this once: keep them.", err=True)


@partner.command("list")
@settings.where_data_lies
def list_partners(*, data_dir: Path | None, database_url: str | None) -> None:
    """List every partner: its id, when it was created, its name. Keys cannot be read back."""
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
    for one in asyncio.run(_list(chosen)):
        click.echo(f"{one.partner_id}  {one.created_at:%Y-%m-%d}  {one.name}")


async def _create(chosen: Settings, name: str, mode: Literal["live", "test"], origins: tuple[str, ...]) -> NewPartner:
    from assessment.cli.database import errors_said
    from assessment.service.context import open_store
    from assessment.service.partners import create_partner

    with errors_said():
        async with open_store(chosen) as store:
            return await create_partner(store, name, mode, origins=origins)


async def _list(chosen: Settings) -> list[PartnerView]:
    from assessment.cli.database import errors_said
    from assessment.service.context import open_store
    from assessment.service.partners import list_partners as read_partners

    with errors_said():
        async with open_store(chosen) as store:
            return await read_partners(store)
