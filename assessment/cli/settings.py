"""Options that stand for settings: a flag outranks ASSESSMENT_*, which outranks the default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

if TYPE_CHECKING:
    from assessment.rubric.catalog import Catalog, Entry
    from assessment.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

database_url = click.option(
    "--database-url",
    metavar="URL",
    envvar="ASSESSMENT_DATABASE_URL",
    show_envvar=True,
    help="postgresql+asyncpg://user:password@host/name; without it an SQLite file in the data directory.",
)
data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ASSESSMENT_DATA_DIR",
    show_envvar=True,
    help="Where the SQLite file lies; made if missing. Default: ./data",
)
rubrics_dir = click.option(
    "--rubrics-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="ASSESSMENT_RUBRICS_DIR",
    show_envvar=True,
    help="A folder of rubrics and studies of your own. Default: those that come with the package.",
)


def where_data_lies(command: Command) -> Command:
    """The options of every command that opens the database."""
    return data_dir(database_url(command))


def read_settings(**given: Any) -> Settings:
    """Settings from the flags given; the rest from the environment, else the defaults."""
    from pydantic import ValidationError

    from assessment.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        said = "; ".join(
            f"{place}: {mistake['msg']}"
            if (place := ".".join(map(str, mistake["loc"])))
            else str(mistake["ctx"]["error"])
            for mistake in error.errors()
        )
        raise click.UsageError(f"A setting is wrong. {said}.") from None


def rubrics_path(rubrics_dir: Path | None) -> Path:
    """The rubrics folder in use, spelled from the current folder where it lies in that."""
    from assessment.rubric.catalog import default_directory

    path = rubrics_dir or default_directory()
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def open_catalog(rubrics_dir: Path | None) -> Catalog:
    """The rubrics of a folder, else those that come with the package."""
    from assessment.rubric.catalog import Catalog

    return Catalog.load(rubrics_path(rubrics_dir))


def find_rubric(catalog: Catalog, reference: str) -> Entry:
    """A published version, or a draft where the version is named: its author wants to try it."""
    from assessment.rubric.catalog import parse_reference

    rubric_id, version = parse_reference(reference)
    return catalog.find(rubric_id, version, drafts=version is not None)


def version_folder(rubrics: Path, reference: str) -> Path:
    """The folder of a version in a rubrics folder, whatever is wrong with its files; `reference` is ID@VERSION."""
    from assessment.errors import RubricNotFound

    folders = {f"{head.parts[-3]}@{head.parts[-2]}": head.parent for head in sorted(rubrics.glob("*/*/rubric.yaml"))}
    if reference not in folders:
        there = ", ".join(folders) or "none"
        raise RubricNotFound(f"No rubric is called `{reference}`; there are: {there}")
    return folders[reference]
