"""`assessment questionnaire`: a rubric as a file to fill in."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from assessment.cli import settings


@click.command()
@click.argument("reference", metavar="RUBRIC")
@settings.rubrics_dir
def questionnaire(reference: str, rubrics_dir: Path | None) -> None:
    """Write the questions of RUBRIC as a YAML file to fill in.

    RUBRIC is an id (`alignment`) or one version (`alignment@2026.1`). Each question comes with its
    help and its options as comments; write the id of an option after the colon. What stays empty is unanswered.

    ```
    assessment questionnaire alignment-quick > answers.yaml
    $EDITOR answers.yaml
    assessment score answers.yaml
    ```
    """
    from assessment.cli.answers import write_questionnaire

    entry = settings.find_rubric(settings.open_catalog(rubrics_dir), reference)
    click.echo(write_questionnaire(entry.rubric), nl=False)
