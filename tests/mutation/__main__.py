"""The command behind `make mutants`: change the code in small ways, and show which changes no test notices."""

from __future__ import annotations

import os
import sys
import time

import rich_click as click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tests.mutation.report import REPORT, Judged, document, judge, read_reasons
from tests.mutation.run import BrokenTests, copied_tree, prepare, run
from tests.mutation.targets import Target, chosen


def _run(targets: list[Target], jobs: int) -> list[Judged]:
    reasons = read_reasons()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    judged = []
    with copied_tree() as folder, Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        prepare()
        for target in targets:
            task = progress.add_task(target.name, total=None)

            def advance(done: int, total: int, task: TaskID = task) -> None:
                progress.update(task, completed=done, total=total)

            start = time.monotonic()
            tried = run(target, folder, jobs=jobs, advance=advance)
            judged.append(judge(target, tried, reasons.get(target.name, {}), time.monotonic() - start))
    return judged


def _table(judged: list[Judged]) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("module", "mutants", "killed", "timed out", "explained", "survived", "seconds"):
        shown.add_column(heading, justify="left" if heading == "module" else "right")
    for one in judged:
        figures = (one.mutants, one.killed, one.timed_out, len(one.explained), len(one.unexplained))
        shown.add_row(one.target.name, *map(str, figures), f"{one.seconds:.0f}")
    return shown


@click.command()
@click.argument("names", nargs=-1, metavar="[MODULE]...")
@click.option("--jobs", default=os.cpu_count() or 1, show_default="one per core", type=click.IntRange(1, 64))
@click.option("--write", is_flag=True, help=f"Write {REPORT.name}; takes every module.")
def main(names: tuple[str, ...], jobs: int, write: bool) -> None:
    """Try every mutant of the modules named (`scoring`, `scoring/rating`), or of all.

    The exit status is 1 when a mutant survives that reasons.yaml does not explain, or when an explained one does
    not survive any more.
    """
    if write and names:
        raise click.UsageError("--write takes every module.")
    try:
        judged = _run(chosen(names), jobs)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except BrokenTests as error:
        raise click.ClickException(f"The tests fail without any mutant:\n{error}") from None
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(_table(judged))
    for one in judged:
        for mutant in one.unexplained:
            console.print(Text(f"survived: {one.target.path}:{mutant.line}  {mutant.name}", "red"))
        for name in one.stale:
            console.print(Text(f"explained, but no survivor: {one.target.name}  {name}", "red"))
    if write:
        REPORT.write_text(document(judged))
        console.print(f"Wrote {REPORT}.")
    sys.exit(any(one.unexplained or one.stale for one in judged))


if __name__ == "__main__":
    main()
