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

from tests.mutation.mutate import mutants
from tests.mutation.report import REPORT, Judged, count, judge, read_reasons, write
from tests.mutation.run import ROOT, BrokenTests, copied_tree, prepare, run
from tests.mutation.targets import Target, chosen


def _run(targets: list[Target], jobs: int, *, writing: bool) -> list[Judged]:
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
            outcome = count(target, tried, time.monotonic() - start)
            judged.append(judge(outcome, reasons.get(target.name, {})))
            if writing:
                write([outcome])
    return judged


def _table(judged: list[Judged]) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("module", "mutants", "killed", "timed out", "explained", "survived", "seconds"):
        shown.add_column(heading, justify="left" if heading == "module" else "right")
    for one in judged:
        of = one.outcome
        figures = (of.mutants, of.killed, of.timed_out, len(one.explained), len(one.unexplained), of.seconds)
        shown.add_row(of.name, *map(str, figures))
    return shown


@click.command()
@click.argument("names", nargs=-1, metavar="[MODULE]...")
@click.option("--jobs", default=os.cpu_count() or 1, show_default="one per core", type=click.IntRange(1, 64))
@click.option("--write", "writing", is_flag=True, help=f"Put what is found into {REPORT.name}, module by module.")
def main(names: tuple[str, ...], jobs: int, writing: bool) -> None:
    """Try every mutant of the modules named (`scoring`, `scoring/rating`), or of all.

    The exit status is 1 when a mutant survives that reasons.yaml does not explain, or when an explained one does
    not survive any more.
    """
    try:
        targets = chosen(names)
        judged = _run(targets, jobs, writing=writing)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except BrokenTests as error:
        raise click.ClickException(f"The tests fail without any mutant:\n{error}") from None
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(_table(judged))
    for target, one in zip(targets, judged, strict=True):
        lines = {mutant.name: mutant.line for mutant in mutants((ROOT / target.path).read_text())}
        for name in one.unexplained:
            console.print(Text(f"survived: {target.path}:{lines[name]}  {name}", "red"))
        for name in one.stale:
            console.print(Text(f"explained, but no survivor: {target.name}  {name}", "red"))
    sys.exit(any(one.unexplained or one.stale for one in judged))


if __name__ == "__main__":
    main()
