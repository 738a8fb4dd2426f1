"""`assessment rubric`: look at the rubrics, and check, publish and translate those that you write."""

from __future__ import annotations

import re
from pathlib import Path

import rich_click as click

from assessment.cli import settings
from assessment.cli.output import to_file, write


@click.group()
def rubric() -> None:
    """List, show, check, publish and translate rubrics.

    A rubric is a folder of YAML files; `rubrics/README.md` teaches how to write one.
    """


@rubric.command("list")
@settings.rubrics_dir
def list_rubrics(rubrics_dir: Path | None) -> None:
    """List every version, drafts too."""
    for entry in settings.open_catalog(rubrics_dir).entries(drafts=True):
        head = entry.rubric.head
        draft = "" if entry.published else " (draft)"
        count = len(entry.rubric.questions)
        click.echo(f"{entry.reference}{draft}  {head.title}: {count} questions, about {head.minutes} minutes")


@rubric.command()
@click.argument("reference", metavar="ID[@VERSION]")
@settings.rubrics_dir
def show(reference: str, rubrics_dir: Path | None) -> None:
    """Show the levels, dimensions, questions, weights and gates of a rubric, or what its answers are set beside.

    ```
    assessment rubric show alignment
    assessment rubric show alignment@2026.1
    ```
    """
    from rich.console import Console

    from assessment.cli.outline import lay_out

    entry = settings.find_rubric(settings.open_catalog(rubrics_dir), reference)
    Console(highlight=False).print(lay_out(entry.rubric, entry.digest))


@rubric.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@settings.rubrics_dir
def check(path: Path | None, rubrics_dir: Path | None) -> None:
    """Name every mistake in rubrics and studies, with its file and line, and work through their cases.

    PATH is a folder of rubrics, or one rubric, version, study or file in it. Without it, all that are in use.
    Ends with 0 when nothing is wrong, else with 1.

    ```
    assessment rubric check
    assessment rubric check rubrics/alignment/2026.1
    assessment rubric check rubrics/studies/brand-learning.yaml
    ```
    """
    from assessment.cli.cases import run_cases
    from assessment.errors import InvalidRubric
    from assessment.rubric.check import check as find_problems

    path = path or settings.rubrics_path(rubrics_dir)
    problems = find_problems(path)
    if problems:
        raise InvalidRubric(_count(len(problems), "mistake"), errors=problems)
    ran, failures = run_cases(path)
    if failures:
        raise InvalidRubric(f"{_count(len(failures), 'difference')} between the cases and the scorer", errors=failures)
    click.echo(f"{path}: no mistakes; {_count(ran, 'case')} worked through.")


@rubric.command()
@settings.rubrics_dir
def publish(rubrics_dir: Path | None) -> None:
    """Freeze every version that has a `published` date and is not frozen yet, by adding it to published.lock.

    What is published never changes: later mistakes are mended in a new version.

    ```
    assessment rubric publish --rubrics-dir rubrics
    ```
    """
    from assessment.rubric.lock import publish as add_to_lock

    path = settings.rubrics_path(rubrics_dir)
    added = add_to_lock(path)
    for reference in added:
        click.echo(f"{reference} is published.")
    if not added:
        click.echo(f"{path}: every version with a `published` date is published already.")


@rubric.command()
@click.argument("reference", metavar="ID@VERSION")
@click.argument("locale", metavar="LOCALE")
@settings.rubrics_dir
def translate(reference: str, locale: str, rubrics_dir: Path | None) -> None:
    """Write the file of a translation to start from, or add to it what is missing.

    LOCALE is a language of two letters. Every text of the rubric gets its place in `locales/LOCALE.yaml`: texts that
    are there stay, the others are empty until you write them, and `assessment rubric check` names those. Comments are
    kept at the top of the file alone.

    ```
    assessment rubric translate alignment@2026.2 it --rubrics-dir rubrics
    ```
    """
    from assessment.rubric.locale_file import write_locale_file

    folder = settings.version_folder(settings.rubrics_path(rubrics_dir), reference)
    path, empty = write_locale_file(folder, _checked_locale(locale))
    click.echo(f"{path}: {_count(empty, 'text')} to write." if empty else f"{path}: no text is missing.")


def _checked_locale(locale: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", locale):
        raise click.BadParameter(f"{locale!r} is not a language of two lower-case letters, such as de.")
    return locale


@rubric.command()
@to_file
def schema(output: Path | None) -> None:
    """Write the JSON schema that editors use to help while you write a rubric or a study.

    ```
    assessment rubric schema -o rubrics/schema.json
    ```
    """
    from assessment.rubric.schema import render_schema

    write(render_schema(), output)


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
