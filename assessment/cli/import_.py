"""`assessment import`: the answers that a form tool has collected, as assessments."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import rich_click as click

from assessment.cli import output, settings
from assessment.cli.failure import Failure

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@click.command("import")
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping-for", "drafted_for", metavar="RUBRIC", help="Write a first mapping for this rubric, and import nothing."
)
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The mapping file to read it by."
)
@click.option("--partner", metavar="PTNR", help="Whose assessments they become (`ptnr_…`).")
@click.option(
    "--mode",
    type=click.Choice(["live", "test"]),
    default="live",
    show_default=True,
    help="Test data never enters a benchmark.",
)
@click.option("--dry-run", is_flag=True, help="Only check everything, and show what would come; needs no partner.")
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file for the rows that cannot be imported; without it one such row stops everything.",
)
@click.option("--encoding", help="Of the export: utf-8, utf-16, cp1252 … Default: recognised")
@click.option("--separator", type=click.Choice(list(SEPARATORS)), help="Between its cells. Default: recognised")
@settings.rubrics_dir
@settings.where_data_lies
def import_export(
    *,
    export: Path,
    drafted_for: str | None,
    mapping: Path | None,
    partner: str | None,
    mode: Literal["live", "test"],
    dry_run: bool,
    rejected: Path | None,
    encoding: str | None,
    separator: str | None,
    rubrics_dir: Path | None,
    data_dir: Path | None,
    database_url: str | None,
) -> None:
    """Make assessments of EXPORT, the CSV file of a form tool (Google Forms, Microsoft Forms, Typeform,
    SurveyMonkey …): a row for each response, and an assessment for each organisation.

    A mapping file says which column is what. Let one be written, look through it, try it, and import:

    ```
    assessment import export.csv --mapping-for alignment-quick > mapping.yaml
    assessment import export.csv --mapping mapping.yaml --dry-run
    assessment import export.csv --mapping mapping.yaml --partner ptnr_01k9… --rejected rejected.csv
    ```

    Rows that cannot be imported are named with column and reason. With `--rejected` they go into that file, to be
    mended and imported from there, together with the other rows of their organisation, and the exit code is 1. Each row
    is imported once, however often and in whichever file it comes.
    """
    divided_by = None if separator is None else SEPARATORS[separator]
    if drafted_for is not None:
        if mapping is not None or partner is not None or dry_run or rejected is not None:
            raise click.UsageError("--mapping-for only writes a mapping: leave the other options out.")
        _draft(export, drafted_for, encoding, divided_by, rubrics_dir)
        return
    if mapping is None:
        raise click.UsageError("Give --mapping FILE; `--mapping-for RUBRIC` writes a first one.")
    if partner is None and not dry_run:
        raise click.UsageError("Give --partner, whose assessments they become, or --dry-run.")
    if rejected is not None and rejected.exists():
        raise Failure(f"Cannot write {rejected}: File exists.")
    from assessment.cli.forms.export import read_export
    from assessment.cli.forms.mapping import check_mapping, read_mapping
    from assessment.cli.forms.plan import plan
    from assessment.cli.forms.run import FormImport
    from assessment.service.rubrics import Rubrics

    file = read_mapping(mapping)
    table = read_export(export, encoding=encoding, separator=divided_by, header_rows=file.mapping.header_rows)
    catalog = settings.open_catalog(rubrics_dir)
    rubric = Rubrics(catalog).get(file.mapping.rubric)
    check_mapping(file, rubric.source, table.columns)
    task = FormImport(plan(file.mapping, rubric, table), dry_run=dry_run, rejected=rejected)
    if partner is None:
        task.show_planned()
    else:
        chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
        asyncio.run(task.run(chosen, catalog, partner, mode))
    task.finish(table)


def _draft(export: Path, reference: str, encoding: str | None, separator: str | None, rubrics_dir: Path | None) -> None:
    """Print a first mapping of the export to a rubric."""
    from assessment.cli.forms.draft import draft_mapping
    from assessment.cli.forms.export import read_export
    from assessment.service.rubrics import Rubrics

    rubric = Rubrics(settings.open_catalog(rubrics_dir)).get(reference).source
    output.write(draft_mapping(rubric, read_export(export, encoding=encoding, separator=separator)), None)
