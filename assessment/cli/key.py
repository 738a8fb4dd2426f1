"""`assessment key`: a partner's keys, managed beside the service and without a key."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import rich_click as click

from assessment.cli import settings

if TYPE_CHECKING:
    from assessment.service.context import Store
    from assessment.service.key_views import ApiKeyView, CreatedKey

T = TypeVar("T")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
MODES = click.Choice(["live", "test"])


class Expiry(click.ParamType[datetime]):
    """A time, or how long from now."""

    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        span = re.fullmatch(r"([0-9]{1,6})([mhd])", value)
        try:
            if span is not None:
                return datetime.now(UTC) + int(span[1]) * UNITS[span[2]]
            moment = datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a time (2027-01-31, 2027-01-31T12:00Z) nor a span (90d, 12h, 30m).")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@click.group()
def key() -> None:
    """Create, list, roll, revoke and inspect keys, also while the service runs.

    A secret key may do everything of its partner, a restricted key what its scopes name, a publishable key what a
    page of one of its origins needs.
    """


@key.command()
@click.argument("partner")
@click.option(
    "--kind",
    type=click.Choice(["secret", "restricted", "publishable"]),
    default="secret",
    show_default=True,
    help="What it may do.",
)
@click.option("--mode", type=MODES, default="live", show_default=True, help="Whose data it reaches.")
@click.option("--name", help="Your own name for it.")
@click.option("--scope", "scopes", multiple=True, help="What a restricted key may do; give it several times.")
@click.option("--origin", "origins", multiple=True, help="Where a publishable key works; give it several times.")
@click.option("--expires", type=Expiry(), help="When it stops working: 90d, 12h, 2027-01-31. Default: never")
@click.option("--json", "as_json", is_flag=True, help="Print the key as the API would answer it.")
@settings.where_data_lies
def create(
    *,
    partner: str,
    kind: Literal["secret", "restricted", "publishable"],
    mode: Literal["live", "test"],
    name: str | None,
    scopes: tuple[str, ...],
    origins: tuple[str, ...],
    expires: datetime | None,
    as_json: bool,
    data_dir: Path | None,
    database_url: str | None,
) -> None:
    """Create a key of PARTNER (`ptnr_…`) and print it once.

    ```
    assessment key create ptnr_… --kind restricted --scope assessments:read --expires 90d
    assessment key create ptnr_… --kind publishable --origin https://www.example.com
    ```
    """
    from assessment.service.api_keys import create as create_key
    from assessment.service.api_keys import operate
    from assessment.service.key_views import NewApiKey

    async def work(store: Store) -> CreatedKey:
        operator = await operate(store, partner, mode, "assessment key create")
        new = NewApiKey(kind, mode, name, scopes or None, origins or None, expires)
        return await create_key(store, operator, new)

    _show_created(_run(work, data_dir, database_url), as_json)


@key.command("list")
@click.argument("partner")
@click.option("--mode", type=MODES, help="Only keys of this mode. Default: both")
@click.option("--json", "as_json", is_flag=True, help="Print a list of keys as the API would answer them.")
@settings.where_data_lies
def list_keys(
    *,
    partner: str,
    mode: Literal["live", "test"] | None,
    as_json: bool,
    data_dir: Path | None,
    database_url: str | None,
) -> None:
    """List the keys of PARTNER (`ptnr_…`), newest first: what each may do, and whether it still works."""
    from assessment.service.api_keys import list_page, operate

    modes: list[Literal["live", "test"]] = ["live", "test"] if mode is None else [mode]

    async def work(store: Store) -> list[ApiKeyView]:
        found: list[ApiKeyView] = []
        for one in modes:
            operator = await operate(store, partner, one, "assessment key list")
            page = await list_page(store, operator, limit=100)
            found += page.data
            while page.next_cursor is not None:
                page = await list_page(store, operator, limit=100, cursor=page.next_cursor)
                found += page.data
        return found

    views = _run(work, data_dir, database_url)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(views).decode())
        return
    for view in views:
        may = ", ".join(view.scopes or view.origins or ()) or (view.name or "")
        click.echo(f"{view.id}  {view.prefix}…  {_state(view):<18}  {may}".rstrip())


@key.command()
@click.argument("key_id")
@click.option("--overlap", type=click.IntRange(0, 604_800), metavar="SECONDS", default=86_400, show_default=True,
              help="How long the old key goes on working; 7 days at most.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the key as the API would answer it.")
@settings.where_data_lies
def roll(*, key_id: str, overlap: int, as_json: bool, data_dir: Path | None, database_url: str | None) -> None:
    """Replace KEY_ID (`key_…`) by a new key that may do the same, and print that once.

    The old key goes on working for the overlap, so that systems can be changed over one by one.
    """
    from assessment.service.api_keys import operate_on
    from assessment.service.api_keys import roll as roll_key

    async def work(store: Store) -> CreatedKey:
        return await roll_key(store, await operate_on(store, key_id, "assessment key roll"), key_id, overlap)

    _show_created(_run(work, data_dir, database_url), as_json)


@key.command()
@click.argument("key_id")
@settings.where_data_lies
def revoke(*, key_id: str, data_dir: Path | None, database_url: str | None) -> None:
    """Revoke KEY_ID (`key_…`): it stops working within a second, for ever. Asks nothing, and takes the last one too."""
    from assessment.service.api_keys import operate_on
    from assessment.service.api_keys import revoke as revoke_key

    async def work(store: Store) -> ApiKeyView:
        return await revoke_key(store, await operate_on(store, key_id, "assessment key revoke"), key_id)

    view = _run(work, data_dir, database_url)
    click.echo(f"{view.id} is revoked since {view.revoked_at:%Y-%m-%d %H:%M:%S} UTC.")


@key.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help='Print {"well_formed", "kind", "mode", "prefix"}.')
def inspect(*, text: str | None, as_json: bool) -> None:
    """Tell whether TEXT reads like a key, of which kind and mode. Asks no database, so it cannot tell whether it works.

    Without TEXT it is read from standard input, where no history of commands keeps it. The exit code is 1 for what no
    key reads like: a mistyped character is noticed.

    ```
    assessment key inspect < key.txt
    ```
    """
    from assessment.service.keys import parse

    parsed = parse((sys.stdin.read() if text in (None, "-") else str(text)).strip())
    if as_json:
        fields = ("kind", "mode", "prefix")
        known = {name: None if parsed is None else getattr(parsed, name) for name in fields}
        click.echo(json.dumps({"well_formed": parsed is not None, **known}))
    elif parsed is None:
        click.echo("This is no key: its form or its check digits are wrong.")
    else:
        click.echo(f"A well-formed {parsed.kind} key of {parsed.mode} mode: {parsed.prefix}…")
    if parsed is None:
        raise SystemExit(1)


def _run(work: Callable[[Store], Awaitable[T]], data_dir: Path | None, database_url: str | None) -> T:
    from assessment.cli.database import errors_said
    from assessment.service.context import open_store

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)

    async def run() -> T:
        with errors_said():
            async with open_store(chosen) as store:
                return await work(store)

    return asyncio.run(run())


def _show_created(created: CreatedKey, as_json: bool) -> None:
    if as_json:
        import msgspec

        fields = {**msgspec.to_builtins(created.view), "key": created.text}
        click.echo(json.dumps(fields))
        return
    click.echo(f"id   {created.view.id}")
    click.echo(f"key  {created.text}")
    if created.view.expires_at is not None:
        click.echo(f"It works until {created.view.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)
    click.echo("The key is shown this once: keep it.", err=True)


def _state(view: ApiKeyView) -> str:
    if view.revoked_at is not None:
        return f"revoked {view.revoked_at:%Y-%m-%d}"
    if view.expires_at is not None and view.expires_at <= datetime.now(UTC):
        return f"expired {view.expires_at:%Y-%m-%d}"
    if view.expires_at is not None:
        return f"until {view.expires_at:%Y-%m-%d}"
    return "active"
