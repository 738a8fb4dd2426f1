"""`assessment openapi`: the contract, as the service serves it."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from assessment.cli.output import to_file, write


@click.command()
@to_file
def openapi(output: Path | None) -> None:
    """Write the OpenAPI document of the API.

    ```
    assessment openapi -o openapi/openapi.json
    ```
    """
    from assessment.app import contract

    write(contract(), output)
