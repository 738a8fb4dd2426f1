"""`assessment export`: completed results as a table for a spreadsheet, a program or a warehouse."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import rich_click as click
from click.exceptions import Exit

from assessment.cli import output as outputs
from assessment.cli import settings
from assessment.cli.failure import Failure

if TYPE_CHECKING:
    from assessment.cli.result_files import Format
    from assessment.service.result_table import ResultFilters
    from assessment.settings import Settings

ENDINGS: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


class Moment(click.ParamType[datetime]):
    """A day or a time; without a zone in UTC."""

    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2027-01-31 or 2027-01-31T12:00Z.")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@click.command()
@click.option("--partner", metavar="PTNR", required=True, help="Whose results (`ptnr_…`).")
@click.option("--mode", type=click.Choice(["live", "test"]), default="live", show_default=True, help="Of its data.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option(
    "--format",
    "asked",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="Default: by the file's ending; without a file csv",
)
@click.option("--rubric", metavar="ID[@VERSION]", help="Only of this rubric, or of this version.")
@click.option("--organisation", metavar="ORG", help="Only of this organisation (`org_…`).")
@click.option("--external-id", metavar="ID", help="Only of the organisation with this id of the partner's own.")
@click.option("--created-after", type=Moment(), help="2027-01-31 or 2027-01-31T12:00Z; also of the next three.")
@click.option("--created-before", type=Moment())
@click.option("--completed-after", type=Moment())
@click.option("--completed-before", type=Moment())
@click.option("--bom", is_flag=True, help="Begin a CSV with a byte order mark, by which Excel knows that it is UTF-8.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@settings.where_data_lies
def export(
    *,
    partner: str,
    mode: Literal["live", "test"],
    output: Path | None,
    asked: Format | None,
    bom: bool,
    force: bool,
    data_dir: Path | None,
    database_url: str | None,
    **filters: Any,
) -> None:
    """Write the completed results of a partner as a table: a row for each assessment with its organisation, rubric,
    score, level, bounds, stability, caps, recommendations and dimensions.

    It shows what the results show: small groups stay hidden, and no answer of a person is in it. For everything that is
    kept about one organisation there is `assessment data export`.

    In a CSV a text that a spreadsheet would run as a formula begins with an apostrophe. Parquet needs the extra
    `parquet`: `pip install 'alignment-assessment[parquet]'`.

    ```
    assessment export --partner ptnr_01k9… -o results.csv --bom
    assessment export --partner ptnr_01k9… --rubric alignment --completed-after 2027-01-01 -o results.parquet
    assessment export --partner ptnr_01k9… --format jsonl | jq .score
    ```
    """
    form = _form(output, asked)
    if bom and form != "csv":
        raise click.UsageError("--bom is for CSV alone.")
    from assessment.cli.result_files import require
    from assessment.service.result_table import ResultFilters

    require(form)
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
    work = _export(chosen, partner, mode, ResultFilters(**filters), output, form, bom=bom, force=force)
    total = asyncio.run(work)
    click.echo(f"{total:,} results were exported.", err=True)


def _form(output: Path | None, asked: Format | None) -> Format:
    if output is None:
        if asked == "parquet" and _on_screen(output):
            raise click.UsageError("Parquet is nothing for a terminal to show: give --output results.parquet.")
        return asked or "csv"
    found = asked or ENDINGS.get(output.suffix.lower())
    if found is None:
        raise click.UsageError(f"{output} ends neither in .csv nor in .jsonl or .parquet: give --format as well.")
    return found


async def _export(
    chosen: Settings,
    partner: str,
    mode: Literal["live", "test"],
    filters: ResultFilters,
    output: Path | None,
    form: Format,
    *,
    bom: bool,
    force: bool,
) -> int:
    """How many rows were written."""
    from assessment.cli.database import errors_said, find_operator
    from assessment.cli.result_files import open_writer
    from assessment.service.context import open_store
    from assessment.service.result_table import open_table

    written = 0
    with _opened(output, force=force) as file, errors_said():
        async with open_store(chosen) as store:
            operator = await find_operator(store, partner, mode, "assessment export")
            table = await open_table(store, operator, filters)
            with _writing(output):
                writer = open_writer(form, file, table.fields, bom=bom)
            with outputs.progress("Exporting results", table.total, shown=not _on_screen(output)) as advance:
                async for page in table.pages():
                    with _writing(output):
                        writer.write(page)
                    written += len(page)
                    advance(len(page))
            with _writing(output):
                writer.close()
                file.flush()
    return written


@contextmanager
def _opened(output: Path | None, *, force: bool) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
    else:
        with outputs.new_file(output, force=force) as file:
            yield file


@contextmanager
def _writing(output: Path | None) -> Iterator[None]:
    """Tell what goes wrong with the file from what goes wrong with the database."""
    try:
        yield
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        raise Exit(0) from None
    except OSError as error:
        raise Failure(f"Cannot write {output or 'the results'}: {error.strerror}.") from None


def _on_screen(output: Path | None) -> bool:
    return output is None and sys.stdout.isatty()
