"""Where a command's document goes: a file, or standard output; and how far it is, for whoever looks on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

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


@contextmanager
def new_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A file that is there as a whole or not at all, for its owner alone to read. Only with `force` it takes the place
    of another."""
    if path.exists() and not force:
        raise Failure(f"Cannot write {path}: File exists.")
    try:
        made = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115 - it is renamed
    except OSError as error:
        raise Failure(f"Cannot write {path}: {error.strerror}.") from None
    try:
        with made:
            yield cast("BinaryIO", made)
            made.flush()
            os.fsync(made.fileno())
        os.replace(made.name, path)
    except BaseException as error:
        Path(made.name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Failure(f"Cannot write {path}: {error.strerror}.") from None
        raise


@contextmanager
def progress(title: str, total: int | None, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal's standard error; `total` is None where nobody knows it. What is given is told how many more
    are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.advance(task, done)
