"""`assessment demo`: a partner's site on another port, with the widget of a running service in it."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import rich_click as click

from assessment.cli import settings
from assessment.cli.failure import Failure

if TYPE_CHECKING:
    from assessment.settings import Settings

HOST = "127.0.0.1"
SECONDS = 10
"""How long the service may take to answer."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="Port to listen on.")
@click.option(
    "--service",
    metavar="URL",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Where the service runs that the pages load the widget from.",
)
@click.option("--key", help="A publishable key that lists the site's origins. Default: one of test mode is made.")
@settings.where_data_lies
def demo(*, port: int, service: str, key: str | None, data_dir: Path | None, database_url: str | None) -> None:
    """Run a partner's site with the widget in it, until Ctrl-C.

    A second origin on this machine, with a strict Content-Security-Policy: a plain page, one where the widget runs in
    a frame, one made with React and one as WordPress would make it. Without a key it makes one in the database of the
    service, of test mode, so that no answer enters a benchmark, and keeps it in the data directory as `demo-key`.

    ```
    assessment demo
    assessment demo --port 9001 --service https://assessment.example --key alm_pk_…
    ```
    """
    import uvicorn

    from assessment.cli.serve import listen
    from assessment.pages.demo import PAGES, create_demo

    service = _check_service(service)
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
    listener = listen(HOST, port, "demo")
    try:
        if _ask(service, "/ready") != 200:
            raise Failure(
                f"No service is ready at {service}. Start one first: assessment serve\n"
                "If it runs elsewhere, say where: assessment demo --service URL"
            )
        key = _find_key(chosen, service, port, key)
        try:
            app = create_demo(service, key)
        except OSError:
            raise Failure("The example pages did not come with this installation; install it anew.") from None
        listener.listen()  # before anybody is told: whoever comes first waits for the moment that is missing
        for address in PAGES:
            click.echo(f"  http://{HOST}:{port}{address}")
        click.echo(f"A partner's site with the widget of {service}   (Ctrl-C stops it)")
        config = uvicorn.Config(app, log_level="warning", server_header=False, ws="none")
        asyncio.run(uvicorn.Server(config).serve([listener]))
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    click.echo("Stopped.")


def _check_service(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in url:
        raise click.BadParameter("must be an address such as http://127.0.0.1:8000", param_hint="--service")
    return url.rstrip("/")


def _find_key(chosen: Settings, service: str, port: int, given: str | None) -> str:
    """A key that the service takes from the site's pages: the one given, the one of last time, or a new one."""
    from assessment.service.start_key import keep_key, read_key

    if given is not None:
        _require(service, port, given, "Make one: assessment key create PARTNER --kind publishable --origin …")
        return given
    path = chosen.data_dir / "demo-key"
    kept = read_key(path)
    if kept is not None and _ask(service, "/v1/rubrics?limit=1", kept, _origins(port)[0]) == 200:
        return kept
    made = asyncio.run(_make_key(chosen, port))
    _require(
        service,
        port,
        made,
        f"It keeps its data elsewhere than in {chosen.data_dir.absolute()}: say where with --data-dir or "
        "--database-url, or give a key with --key",
    )
    chosen.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_key(path, made)
    click.echo(f"A publishable key of test mode for {' and '.join(_origins(port))} is kept in {path}.")
    return made


async def _make_key(chosen: Settings, port: int) -> str:
    """A key of the first partner, of test mode: what is tried here is nobody's answer."""
    from assessment.cli.database import errors_said
    from assessment.service.api_keys import create, operate
    from assessment.service.context import open_store
    from assessment.service.key_views import NewApiKey
    from assessment.service.partners import list_partners

    if chosen.database_url is None and not (chosen.data_dir / "assessment.db").exists():
        raise Failure(
            f"There is no database in {chosen.data_dir.absolute()} to make a key in. Say where the service keeps its "
            "data with --data-dir or --database-url, or give a key with --key."
        )
    with errors_said():
        async with open_store(chosen) as store:
            partners = await list_partners(store)
            if not partners:
                raise Failure("The database has no partner yet. Make one first: assessment partner create NAME")
            operator = await operate(store, partners[0].partner_id, "test", "assessment demo")
            new = NewApiKey("publishable", "test", "assessment demo", None, tuple(_origins(port)), None)
            return (await create(store, operator, new)).text


def _require(service: str, port: int, key: str, otherwise: str) -> None:
    status = _ask(service, "/v1/rubrics?limit=1", key, _origins(port)[0])
    if status == 200:
        return
    why = {401: "does not know the key", 403: f"takes the key from other origins than {_origins(port)[0]}"}
    raise Failure(f"The service at {service} {why.get(status, f'answers the key with {status}')}. {otherwise}.")


def _origins(port: int) -> list[str]:
    from assessment.cli.welcome import local_origins

    return local_origins(f"http://{HOST}:{port}")[::-1]


def _ask(service: str, path: str, key: str | None = None, origin: str | None = None) -> int:
    """The status of an answer; 0 where there is none."""
    headers = {} if key is None or origin is None else {"Authorization": f"Bearer {key}", "Origin": origin}
    request = urllib.request.Request(service + path, headers=headers)  # noqa: S310 - checked to be http or https
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return 0
