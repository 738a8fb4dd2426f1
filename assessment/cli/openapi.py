"""`assessment openapi`: the contract, as the service serves it, and what changes in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import rich_click as click

from assessment.cli.failure import Failure
from assessment.cli.output import to_file, write

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@to_file
@click.pass_context
def openapi(context: click.Context, output: Path | None) -> None:
    """Write the OpenAPI document of the API, or what follows from it.

    ```
    assessment openapi -o openapi/openapi.json
    assessment openapi compare before.json
    ```
    """
    if context.invoked_subcommand is not None:
        if output is not None:
            raise click.UsageError("-o goes behind the command whose document it takes.")
        return
    from assessment.app import contract

    write(contract(), output)


@openapi.command()
@click.argument("old", type=_file)
@click.argument("new", type=_file, required=False)
def compare(old: Path, new: Path | None) -> None:
    """Tell what differs between two contracts, and what of it breaks clients.

    OLD is an OpenAPI 3.1 document of an earlier version, NEW a later one; without NEW, that of this version.
    Ends with 0 when no client that was right before can be wrong now, else with 1.

    ```
    curl https://assessment.example/openapi.json > before.json
    assessment openapi compare before.json
    ```
    """
    from rich.console import Console
    from rich.text import Text

    from assessment.api.contracts.compare import compare as find_changes
    from assessment.api.contracts.history import read_contract

    found = find_changes(read_contract(old), _own_contract() if new is None else read_contract(new))
    console = Console(highlight=False, soft_wrap=True)
    for change in found:
        kind = ("breaks  ", "red bold") if change.breaking else ("added   ", "dim")
        console.print(Text.assemble(kind, (change.where, "bold"), f": {change.what}"))
    breaking = sum(change.breaking for change in found)
    if breaking:
        raise Failure(f"{breaking} of {len(found)} changes {'breaks' if breaking == 1 else 'break'} clients.")
    count = "1 change" if len(found) == 1 else f"{len(found)} changes"
    click.echo(f"{count}; none breaks clients." if found else "No changes.")


@openapi.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@to_file
def history(folder: Path, output: Path | None) -> None:
    """Write what each version of a contract changed, in Markdown, and refuse what breaks clients unannounced.

    FOLDER holds `openapi.json`, `released/<version>.json` for each earlier version, and `allowed.yaml`: changes that
    break clients without a new major version, each with its reason. Ends with 1 where one has none.

    ```
    assessment openapi history openapi -o openapi/changes.md
    ```
    """
    from assessment.api.contracts.history import read_history, render
    from assessment.errors import InvalidInput

    found = read_history(folder)
    write(render(found), output)
    if found.objections:
        raise InvalidInput("The contract must not change like this", errors=found.objections)


@openapi.command()
@to_file
def collection(output: Path | None) -> None:
    """Write the contract as a Postman collection, which Insomnia reads too.

    Set its variables `base_url` and `api_key` (best a test key: `assessment key create --mode test`), and run it from
    top to bottom or one request at a time.

    ```
    assessment openapi collection -o collection.json
    ```
    """
    from assessment.api.contracts.collection import render

    write(render(_own_contract()), output)


def _own_contract() -> Any:
    from assessment.app import contract

    return json.loads(contract())
