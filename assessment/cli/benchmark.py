"""`assessment benchmark`: release editions of cohort benchmarks, and look at one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from assessment.cli import settings

if TYPE_CHECKING:
    from rich.table import Table

    from assessment.scoring.edition import Decision
    from assessment.service.benchmarks import BenchmarksView
    from assessment.service.editions import Edition
    from assessment.settings import Settings

WHY = {
    "too_few": "fewer than 10 organisations",
    "one_partner": "all but fewer than 5 are one partner's, who would know them",
    "dominated": "one organisation counts for over a quarter",
    "complement": "without it, what is left of all would be too small a group",
    "few_changes": "fewer than 5 of its members have changed",
}


@click.group()
def benchmark() -> None:
    """Release and show how other organisations scored, without giving any of them away.

    Counted are organisations that agreed to it (`contribute_to_benchmark`), in live mode only.
    """


@benchmark.command()
@click.option("--rubric", "reference", help="Only this rubric, such as alignment or alignment@2026.1.")
@click.option("--dry-run", is_flag=True, help="Only say what would be released.")
@settings.where_data_lies
@settings.rubrics_dir
def release(
    *,
    reference: str | None,
    dry_run: bool,
    data_dir: Path | None,
    database_url: str | None,
    rubrics_dir: Path | None,
) -> None:
    """Release the next edition of every published rubric version, or of one rubric.

    An edition is frozen. A cohort that may not be released anew keeps the figures of an earlier edition, or none.
    A service that runs does the same every ASSESSMENT_BENCHMARK_RELEASE_DAYS.

    ```
    assessment benchmark release --dry-run
    assessment benchmark release --rubric alignment
    ```
    """
    from rich.console import Console

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url, rubrics_dir=rubrics_dir)
    console = Console()
    for edition in asyncio.run(_release(chosen, reference, dry_run=dry_run)):
        name = f"{edition.rubric_id}@{edition.version}"
        pool = next(one.votes for one in edition.outcomes if one.cohort.cut == "all")
        if not pool and edition.number == 1:
            click.echo(f"{name}: nobody is in the pool, so there is no edition.")
            continue
        verb = "would be" if dry_run else "is"
        click.echo(f"{name}: edition {edition.number} {verb} released, from a pool of {pool:,} organisations.")
        console.print(_outcomes(edition))


@benchmark.command()
@click.argument("rubric")
@click.option("--edition", type=click.IntRange(1), help="A number; without it the current one.")
@click.option("--json", "as_json", is_flag=True, help="Print what GET /v1/benchmarks/RUBRIC answers.")
@settings.where_data_lies
@settings.rubrics_dir
def show(
    *,
    rubric: str,
    edition: int | None,
    as_json: bool,
    data_dir: Path | None,
    database_url: str | None,
    rubrics_dir: Path | None,
) -> None:
    """Show what an edition says of every cohort of RUBRIC (its id, or id@version), and the studies beside it.

    ```
    assessment benchmark show alignment
    assessment benchmark show alignment@2026.1 --edition 2 --json
    ```
    """
    import msgspec
    from rich.console import Console

    from assessment.api.benchmarks import NOTE, benchmarks_of

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url, rubrics_dir=rubrics_dir)
    view = asyncio.run(_read(chosen, rubric, edition))
    if as_json:
        click.echo(msgspec.json.encode(benchmarks_of(view)).decode())
        return
    name = f"{view.rubric.used.id}@{view.rubric.used.version}"
    console = Console()
    if view.edition is None:
        click.echo(f"{name} has no edition yet: the studies' figures stand alone.")
    else:
        click.echo(f"{name}, edition {view.edition.number} of {view.edition.released_at:%Y-%m-%d}")
        console.print(_figures(view))
    console.print(_studies(view))
    click.echo(NOTE)


def _outcomes(edition: Edition) -> Table:
    from assessment.scoring.cohort import VALUES

    table = _table("Cohort", "n", "", "Why")
    for one in edition.outcomes:
        if one.votes or one.decision.state != "suppressed":
            title = VALUES[one.cohort.cut][one.cohort.value]
            why = "" if one.decision.reason is None else WHY[one.decision.reason]
            table.add_row(title, f"{one.votes:,}", _state(one.decision), why)
    return table


def _state(decision: Decision) -> str:
    if decision.state == "carried":
        return f"carried forward from edition {decision.counted_in}"
    return decision.state


def _figures(view: BenchmarksView) -> Table:
    table = _table("Cohort", "n", "Median", "95 % interval", "Quartiles", "P10, P90", "Counted in")
    suppressed = []
    for one in view.cohorts:
        found = one.body.score
        if found is None or one.released_in is None:
            suppressed.append(one.title)
            continue
        pairs = [_pair(pair) for pair in (found.median_interval, found.quartiles, found.tails)]
        table.add_row(one.title, f"{found.n:,}", f"{found.median:g}", *pairs, f"edition {one.released_in.number}")
    if suppressed:
        table.caption = f"Suppressed: {', '.join(suppressed)}."
        table.caption_justify = "left"
    return table


def _pair(pair: tuple[float, float] | None) -> str:
    return "–" if pair is None else f"{pair[0]:g} to {pair[1]:g}"


def _studies(view: BenchmarksView) -> Table:
    table = _table("Question", "What studies published: shares, worst answer first", "Source")
    for question in view.rubric.questions:
        for one in question.benchmarks:
            said = one.template
            shares = ", ".join(f"{share:.0%}" for share in said.shares)
            year = "year not published" if said.year is None else str(said.year)
            n = "n not published" if said.n is None else f"n {said.n:,}"
            function = f" ({said.function})" if said.function else ""
            table.add_row(question.title, shares + function, f"{said.publisher}, {year}; {n}")
    return table


def _table(*columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in ("n", "Median") else "left")
    return table


async def _release(chosen: Settings, reference: str | None, *, dry_run: bool) -> list[Edition]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from assessment.cli.database import errors_said
    from assessment.service.context import open_services
    from assessment.service.editions import release as make
    from assessment.service.pool import count

    columns = (TextColumn("Reading results"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with errors_said():
        async with open_services(chosen) as services:
            found = services.rubrics.compile_published() if reference is None else [services.rubrics.get(reference)]
            total = sum([await count(services, one.used.id, one.used.version) for one in found])
            with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
                task = bar.add_task("read", total=total)
                return [
                    await make(
                        services,
                        one,
                        actor="assessment benchmark release",
                        dry_run=dry_run,
                        read=lambda read: bar.advance(task, read),
                    )
                    for one in found
                ]


async def _read(chosen: Settings, reference: str, number: int | None) -> BenchmarksView:
    from assessment.cli.database import errors_said
    from assessment.service.benchmarks import read
    from assessment.service.context import open_services

    with errors_said():
        async with open_services(chosen) as services:
            return await read(services, reference, number)
