"""`assessment bulk`: answers of many, scored in bulk: from a file, or from what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from assessment.cli import settings
from assessment.cli.export import ENDINGS
from assessment.cli.failure import Failure

if TYPE_CHECKING:
    from assessment.cli.result_files import Format


@click.group()
def bulk() -> None:
    """Score many rows of answers at once, or stored assessments anew.

    It takes the extra `bulk`: `pip install 'alignment-assessment[bulk]'`.
    """


@bulk.command("score")
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write to this file."
)
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
