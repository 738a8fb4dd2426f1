"""What `assessment import` does with a plan: looks what is there, makes what is not, and says what cannot be made."""

from __future__ import annotations

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import rich_click as click

from assessment.cli import output
from assessment.cli.cells import guard
from assessment.cli.database import errors_said, find_operator
from assessment.cli.failure import Failure
from assessment.cli.forms.export import ROW, WHY, FormExport
from assessment.cli.forms.plan import Plan, Planned
from assessment.cli.forms.rows import Mistake
from assessment.errors import InvalidInput, Overloaded, Problem, RequestInFlight
from assessment.rubric.catalog import Catalog
from assessment.service import imports
from assessment.service.context import open_services
from assessment.service.imports import Import, Imported
from assessment.settings import Settings

T = TypeVar("T")
MOST_SHOWN = 30
"""Mistakes that are printed; the file of rejected rows has all."""
AT_ONCE = 16
"""Assessments that are made side by side, so that one commit serves several."""


class FormImport:
    """One run of the command: what is planned, what became of it, and what is wrong."""

    def __init__(self, plan: Plan, *, dry_run: bool, rejected: Path | None) -> None:
        self._planned = plan.planned
        self._mistakes = plan.mistakes
        self._dry_run = dry_run
        self._rejected = rejected
        self._counts = Counter[str]()

    def show_planned(self) -> None:
        """Say what would come, without a look at what is there."""
        for one in self._planned:
            self._say(one, "would be made")

    async def run(self, chosen: Settings, catalog: Catalog, partner: str, mode: Literal["live", "test"]) -> None:
        with errors_said():
            async with open_services(chosen, catalog) as services:
                operator = await find_operator(services, partner, mode, "assessment import")
                find = partial(imports.find, services, operator)
                there = await self._each("Looking for what is there", self._planned, find)
                fresh = []
                for one, found in zip(self._planned, there, strict=True):
                    if found is None:
                        fresh.append(one)
                    else:
                        self._note(one, found)
                if self._dry_run:
                    for one in fresh:
                        self._say(one, "would be made")
                elif not self._mistakes or self._rejected is not None:
                    await self._make(fresh, partial(imports.put, services, operator))

    async def _make(self, planned: Sequence[Planned], put: Callable[[Import], Awaitable[Imported]]) -> None:
        try:
            await self._each("Importing", planned, put, self._note)
        except (Overloaded, RequestInFlight) as error:
            made = self._counts["made"]
            raise Failure(f"{error.detail} {made} assessments were made before: the same command goes on.") from error

    async def _each(
        self,
        title: str,
        planned: Sequence[Planned],
        work: Callable[[Import], Awaitable[T]],
        done: Callable[[Planned, T], None] = lambda _, __: None,
    ) -> list[T]:
        """Do the work for each, some side by side, with a bar for whoever looks on."""
        results: list[T | BaseException] = []
        with output.progress(title, len(planned)) as advance:
            for start in range(0, len(planned), AT_ONCE):
                part = planned[start : start + AT_ONCE]
                results += await asyncio.gather(*(work(one.wanted) for one in part), return_exceptions=True)
                if any(isinstance(one, BaseException) for one in results[start:]):
                    break
                advance(len(part))
        good = []
        for one, result in zip(planned, results, strict=False):
            if not isinstance(result, BaseException):
                done(one, result)
                good.append(result)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return good

    def _note(self, one: Planned, found: Imported) -> None:
        if found.outcome == "made":
            self._counts["made"] += 1
            self._counts["responses"] += len(one.rows)
            self._say(one, found.assessment)
        elif found.outcome == "there":
            self._counts["there"] += 1
        else:
            detail = (
                f"{found.rows} of the {len(one.rows)} rows of this organisation were imported before, the last into "
                f"{found.assessment}: delete that to import all of them anew, or leave in the file what is new"
            )
            self._mistakes += [Mistake(row, None, detail) for row in one.rows]

    def _say(self, one: Planned, what: str) -> None:
        """A line about an assessment: what is known of it without showing what anybody answered."""
        result, people = one.result, f"{len(one.rows):>3} {'response ' if len(one.rows) == 1 else 'responses'}"
        outcome = "open"
        if result is not None:
            outcome = "completed"
            if result.score is not None and result.level is not None:
                outcome = f"level {result.level} {result.score:6.2f}"
        click.echo(f"{what}  {people}  {outcome:<15}  {printable(one.wanted.new.organisation.name)}")

    def finish(self, table: FormExport) -> None:
        """Say what was done, and put rows that could not be imported where they are not lost. Raises InvalidInput where
        there are any."""
        made, there = self._counts["made"], self._counts["there"]
        mistakes = sorted(self._mistakes, key=lambda one: one.row)
        bad = len({one.row for one in mistakes})
        if made or not (bad or self._dry_run):
            click.echo(f"{made:,} assessments with {self._counts['responses']:,} responses were made.", err=True)
        if there:
            click.echo(f"{there:,} assessments were there already.", err=True)
        if not bad:
            return
        detail = f"{bad:,} of {len(table.rows):,} rows cannot be imported."
        if self._rejected is not None and not self._dry_run:
            _write_rejected(table, mistakes, self._rejected)
            detail += f" They are in {self._rejected}: mend them, and import that."
        elif not (made or self._dry_run):
            detail += " So nothing was: mend them, or give --rejected FILE to import the others."
        raise InvalidInput(detail, errors=list(_problems(mistakes)))


def _problems(mistakes: Sequence[Mistake]) -> Iterator[Problem]:
    for one in mistakes[:MOST_SHOWN]:
        where = f"row {one.row}" + (f", {printable(one.column)}" if one.column else "")
        yield Problem(where, "row", one.detail)
    if len(mistakes) > MOST_SHOWN:
        yield Problem("and so on", "more", f"{len(mistakes) - MOST_SHOWN:,} more things are wrong")


def printable(text: str) -> str:
    """A text of the export without what would steer a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _write_rejected(table: FormExport, mistakes: Sequence[Mistake], path: Path) -> None:
    """The rows as they stand, with their number and what is wrong: in UTF-8, divided as the export was."""
    reasons: dict[int, list[str]] = {}
    for one in mistakes:
        reasons.setdefault(one.row, []).append(f"{one.column}: {one.detail}" if one.column else one.detail)
    # Of a file that was rejected before, what was wrong then.
    kept = [place for place, name in enumerate(table.columns) if name not in (ROW, WHY)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.separator)
    for row, added in zip(table.header, ((ROW, WHY), ("", "")), strict=False):
        writer.writerow([*map(guard, _pick(row, kept)), *added])
    for cells in table.rows:
        if cells.number in reasons:
            why = "; ".join(reasons[cells.number])
            beyond = cells.cells[len(table.columns) :]
            row = [guard(cell) for cell in _pick(cells.cells, kept)]
            writer.writerow([*row, cells.number, guard(why), *map(guard, beyond)])
    with output.new_file(path) as file:
        file.write(text.getvalue().encode("utf-8-sig"))


def _pick(cells: Sequence[str], kept: Sequence[int]) -> Iterator[str]:
    """The cells of these columns."""
    yield from (cells[place] if place < len(cells) else "" for place in kept)
