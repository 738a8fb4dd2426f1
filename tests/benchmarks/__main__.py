"""The command behind `make bench`: measure, show the table, and on request write RESULTS.md."""

from __future__ import annotations

import sys
import time
from importlib import import_module

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks.harness import FEWEST_ROUNDS, Advance, Group, Outcome, measure
from tests.benchmarks.report import RESULTS, document, show

MODULES = {
    "scoring": (1, 2),
    "serving": (3,),
    "submitting": (4,),
    "writing": (5,),
    "embedded": (6,),
    "reading": (7,),
    "standing": (8,),
    "bulk": (9,),
    "clustering": (10,),
    "collecting": (11,),
    "starting": (12,),
    "reporting": (13,),
    "painting": (14,),
    "overload": (15,),
}
"""Which module measures which rows. Each has a tuple GROUPS; it is imported only when a row of it is measured."""
KNOWN = sorted(row for own in MODULES.values() for row in own)


def groups(rows: set[int]) -> list[Group]:
    """The groups that measure any of the rows."""
    chosen = [name for name, own in MODULES.items() if rows & set(own)]
    return [group for name in chosen for group in import_module(f"tests.benchmarks.{name}").GROUPS]


def read_rows(context: click.Context, parameter: click.Parameter, text: str) -> set[int]:
    rows = {int(part) for part in text.split(",") if part.strip().isdigit()}
    if not rows or not rows <= set(KNOWN):
        raise click.BadParameter(f"takes numbers out of {', '.join(map(str, KNOWN))} with commas between.")
    return rows


def _advance(progress: Progress, title: str) -> Advance:
    """Moves a bar of its own."""
    task = progress.add_task(title, total=None)
    return lambda done, total: progress.update(task, completed=done, total=total)


def _measure(rows: set[int], rounds: int) -> list[Outcome]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes: list[Outcome] = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        for group in groups(rows):
            advance = _advance(progress, group.title)
            try:
                measured = list(measure(group, rounds, advance))
            except RuntimeError as error:  # something that the group needs is missing or does not run
                raise RuntimeError(f"{group.title}: {error}") from error
            outcomes += [found for found in measured if int(found.comparison.row) in rows]
    return outcomes


@click.command()
@click.option(
    "--only", "rows", default=",".join(map(str, KNOWN)), show_default=True, callback=read_rows, help="Rows to measure."
)
@click.option(
    "--rounds", default=7, show_default=True, type=click.IntRange(FEWEST_ROUNDS, 100), help="Turns each contender has."
)
@click.option("--write", is_flag=True, help=f"Write {RESULTS.name}; takes all rows.")
def main(rows: set[int], rounds: int, write: bool) -> None:
    """Measure speed against what is named in each row. Nothing fails on a slow machine: the figures are shown."""
    if write and rows != set(KNOWN):
        raise click.UsageError("--write takes all rows.")
    console = Console(width=None if sys.stdout.isatty() else 160)
    start = time.monotonic()
    try:
        outcomes = _measure(rows, rounds)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None
    seconds = time.monotonic() - start
    show(outcomes, console)
    console.print(f"It took {seconds:.0f} seconds.")
    if write:
        command = f"python -m tests.benchmarks --rounds {rounds} --write"
        RESULTS.write_text(document(outcomes, command, rounds, seconds))
        console.print(f"Wrote {RESULTS}.")


if __name__ == "__main__":
    main()
