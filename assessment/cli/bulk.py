"""`assessment bulk`: answers of many, scored in bulk: from a file, or from what is stored."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from assessment.cli import settings
from assessment.cli.export import ENDINGS
from assessment.cli.failure import Failure

if TYPE_CHECKING:
    from assessment.cli.result_files import Format


to_file = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write to this file."
)


@click.group()
def bulk() -> None:
    """Score many rows of answers at once, or stored assessments anew.

    It takes the extra `bulk`: `pip install 'alignment-assessment[bulk]'`.
    """


@bulk.command("score")
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@to_file
@click.option(
    "--rubric", "reference", metavar="RUBRIC", default="alignment", show_default=True, help="Score with this."
)
@click.option("--keep", metavar="COLUMN", multiple=True, help="Copy a column of your own to the scores; repeatable.")
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file for rows that cannot be scored. Default: scores.refused.csv beside scores.parquet",
)
@click.option("--force", is_flag=True, help="Replace the files if there are any.")
@settings.rubrics_dir
def score(
    *,
    answers: Path,
    output: Path,
    reference: str,
    keep: tuple[str, ...],
    refused: Path | None,
    force: bool,
    rubrics_dir: Path | None,
) -> None:
    """Score each row of ANSWERS, a Parquet, CSV or JSON lines file, by itself; nothing is stored. The endings of the
    files say what they are.

    A column is a question of the rubric. A cell is the id of an option, several with `;` between them (in Parquet and
    JSON also a list) for a multiple choice, `none_of_these`, `dont_know`, `not_applicable: why`, or empty for
    unanswered. A column `function` says whom the row answers for: it is then one side's view, which the perception gate
    does not let beyond level 3. Several people's answers are not combined: for that there is `assessment import`.

    Rows that cannot be scored are named by number (the heading is row 1; in JSON lines, the line), column and what is
    allowed. They stand as they are in a file of their own, to be mended and scored from there, and the exit code is 1.

    ```
    assessment bulk score answers.parquet -o scores.parquet --keep organisation
    assessment bulk score answers.csv -o scores.csv --rubric alignment-quick@2026.1
    assessment bulk score scores.refused.csv -o more.csv --keep organisation
    ```
    """
    source_form, form = _form(answers), _form(output)
    refused = refused or output.with_name(f"{output.stem}.refused.csv")
    if len({answers.resolve(), output.resolve(), refused.resolve()}) < 3:
        raise click.UsageError("Answers, scores and refused rows need a file each.")
    for path in (output, refused):
        if path.exists() and not force:
            raise Failure(f"Cannot write {path}: File exists.")
    _require()
    from assessment.cli.tables.score import Target, finish, score_file
    from assessment.scoring.batch import BatchScorer
    from assessment.scoring.compile import compile_rubric

    catalog = settings.open_catalog(rubrics_dir)
    entry = settings.find_rubric(catalog, reference)
    scorer = BatchScorer(compile_rubric(entry.rubric, catalog.studies, entry.digest), keep)
    target = Target(output, form, refused, force)
    for line in finish(score_file(answers, source_form, scorer, target, keep), target):
        click.echo(line, err=True)


@bulk.command("rescore")
@to_file
@click.option("--rubric", "reference", metavar="RUBRIC", required=True, help="The version to score with.")
@click.option("--partner", metavar="PTNR", help="Whose assessments (`ptnr_…`). Default: every partner's")
@click.option("--mode", type=click.Choice(["live", "test"]), default="live", show_default=True, help="Of its data.")
@click.option(
    "--page", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Assessments in memory at once."
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@settings.rubrics_dir
@settings.where_data_lies
def rescore(
    *,
    output: Path,
    reference: str,
    partner: str | None,
    mode: Literal["live", "test"],
    page: int,
    force: bool,
    rubrics_dir: Path | None,
    data_dir: Path | None,
    database_url: str | None,
) -> None:
    """Score completed assessments anew by another version of their rubric, into a CSV or JSON lines file: a row for
    each with its old and its new score, level and version, and the change.

    Nothing that is stored changes: a result reads back the same for ever. An answer counts where the version has its
    question and option; the column `answers_left_out` tells how many have no place. Where `bridged` is false, the
    rubric's author does not say that scores of the two versions can be compared over time.

    If it is stopped or killed, the same command goes on where it was: until the file is whole, it lies as `….part`
    beside a `….checkpoint`.

    ```
    assessment bulk rescore --rubric alignment@2026.2 --partner ptnr_01k9… -o rescored.csv
    assessment bulk rescore --rubric alignment@2026.2 -o rescored.jsonl
    ```
    """
    form = _form(output)
    if form == "parquet":
        raise click.UsageError("A file that can be gone on with ends in .csv or .jsonl.")
    _require()
    from assessment.cli.tables.rescore import rescore as run

    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url)
    catalog = settings.open_catalog(rubrics_dir)
    total = asyncio.run(run(chosen, catalog, reference, partner, mode, output, form, page=page, force=force))
    click.echo(f"{total:,} assessments were scored by {reference}: {output}", err=True)


def _form(path: Path) -> Format:
    form = ENDINGS.get(path.suffix.lower())
    if form is None:
        raise click.UsageError(f"{path} ends in none of {', '.join(ENDINGS)}.")
    return form


def _require() -> None:
    """Raises Failure where the extra is not installed."""
    try:
        import numpy  # noqa: F401 - only whether it is there
        import pyarrow  # noqa: F401 - as above
    except ImportError:
        raise Failure("This needs the extra `bulk`: pip install 'alignment-assessment[bulk]'") from None
