"""Where a command's document goes: a file, or standard output."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from assessment.cli.failure import Failure

to_file = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of the screen."
)


def write(text: str, output: Path | None) -> None:
    """Write a document, with one line break at its end."""
    text = text.rstrip("\n") + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Failure(f"Cannot write {output}: {error.strerror}.") from None
