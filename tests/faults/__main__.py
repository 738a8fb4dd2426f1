"""The command behind `make trials`: try to break every promise, and show how often that was tried."""

from __future__ import annotations

import os
import sys

import rich_click as click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tests.faults.harness import NO_ENGINE, Outcome, Part, Trial, chosen, conduct, trials


def read_numbers(context: click.Context, parameter: click.Parameter, given: str) -> set[int]:
    parts = [part.strip() for part in given.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise click.BadParameter("takes numbers with commas between.")
    return {int(part) for part in parts}


def _run(found: list[Trial], size: str) -> list[Outcome]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        whole = progress.add_task("trials", total=len(found))
        for trial in found:
            count = trial.COUNTS[size]
            own = progress.add_task(f"{trial.NUMBER:2}  {trial.PROMISE}", total=count)

            def advance(done: int, own: TaskID = own) -> None:
                task = progress.tasks[progress.task_ids.index(own)]
                # Each engine is tried as often as the count says, so the whole may be a multiple of it.
                total = max(task.total or 0, task.completed + done)
                progress.update(task.id, advance=done, total=total)

            outcomes.append(conduct(trial, count, advance))
            progress.remove_task(own)
            progress.advance(whole)
    return outcomes


def table(outcomes: list[Outcome]) -> Table:
    """A row for each engine of each trial; what was found stands once a trial."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "promise", "engine", "tried", "found", "seconds"):
        shown.add_column(heading, justify="right" if heading in {"", "seconds"} else "left", overflow="fold")
    for outcome in outcomes:
        # A trial of no engine, or one that ended before it came to any, still has its row.
        parts = outcome.parts or (Part(NO_ENGINE),)
        for place, part in enumerate(parts):
            tried = ", ".join(f"{n:,} {what}" for what, n in part.tries.items()) or "nothing"
            seconds = outcome.seconds if len(parts) == 1 else part.seconds
            head = (str(outcome.number), outcome.promise, _found(outcome)) if place == 0 else ("", "", Text())
            shown.add_row(head[0], head[1], part.engine, tried, head[2], f"{seconds:.1f}")
    return shown


def _found(outcome: Outcome) -> Text:
    verdict = Text("nothing wrong", "green") if outcome.failure is None else Text("broken, see below", "bold red")
    return Text("; ").join([verdict, *map(Text, outcome.notes)])


@click.command()
@click.option("--full", is_flag=True, help="The full counts, which take hours, and not those of CI.")
@click.option("--only", default="", callback=read_numbers, metavar="3,5", help="Numbers of the trials to run.")
def main(full: bool, only: set[int]) -> None:
    """Try to break what the service promises, on real servers and real databases.

    Each trial prints what it tried, how often, and what it found. The exit status is 1 when a promise was broken.
    """
    try:
        found = chosen(trials(), only)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    outcomes = _run(found, "full" if full else "ci")
    console = Console(width=None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "180")))
    console.print(table(outcomes))
    broken = [outcome for outcome in outcomes if outcome.failure is not None]
    for outcome in broken:
        console.print(Text(f"{outcome.number}  {outcome.promise}", "bold red"))
        console.print(Text(outcome.failure or ""), "")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
