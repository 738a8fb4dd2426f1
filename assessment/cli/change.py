"""`assessment change`: two results side by side at the terminal, with nothing stored and no service running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from assessment.cli import settings
from assessment.errors import InvalidInput, RubricNotFound

if TYPE_CHECKING:
    from rich.console import RenderableType

    from assessment.rubric.catalog import Catalog
    from assessment.scoring.change import ResultChange, ScoreChange
    from assessment.scoring.moves import QuestionMove, RecommendationsMoved
    from assessment.scoring.past import PastResult

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("before", type=_file)
@click.argument("after", type=_file)
@click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
@settings.rubrics_dir
def change(*, before: Path, after: Path, as_json: bool, rubrics_dir: Path | None) -> None:
    """Show what has changed between two results of the same organisation.

    BEFORE and AFTER are files that `assessment score --json` wrote. Results of different versions of a rubric are
    compared where the later version says that they can be. A file holds nobody's own answers, so only a rubric whose
    reliability has been measured lets a change be told from chance here.

    ```
    assessment score last-year.yaml --json > before.json
    assessment score this-year.yaml --json > after.json
    assessment change before.json after.json
    ```
    """
    from assessment.scoring.change import Side, compare
    from assessment.scoring.moves import questions_moved, recommendations_moved

    old, new = _read(before), _read(after)
    catalog = settings.open_catalog(rubrics_dir)
    span = None
    if old.rubric.id == new.rubric.id:
        versions = ((one.rubric.version, one.rubric.digest) for one in (old, new))
        span = catalog.span(new.rubric.id, *versions)
    compared = compare(Side(old), Side(new), span)
    questions = questions_moved(old, new, span)
    recommendations = recommendations_moved(old, new, span, _recommendations(catalog, new))
    if as_json:
        import msgspec

        document = {"change": compared, "questions": questions, "recommendations": recommendations}
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return
    from rich.console import Console

    Console(highlight=False).print(_lay_out(compared, questions, recommendations))


def _read(path: Path) -> PastResult:
    import msgspec

    from assessment.scoring.past import read_result

    try:
        return read_result(path.read_bytes())
    except msgspec.DecodeError as error:
        detail = f"{path} is no result that `assessment score --json` wrote: {error}"
        raise InvalidInput(detail) from None


def _recommendations(catalog: Catalog, result: PastResult) -> frozenset[str]:
    """What the result's rubric can recommend, as far as it is here."""
    try:
        entry = catalog.find(result.rubric.id, result.rubric.version, drafts=True)
    except RubricNotFound:
        return frozenset()
    return frozenset(move.id for move in entry.rubric.recommendations)


def _lay_out(
    change: ResultChange, questions: list[QuestionMove], recommendations: RecommendationsMoved
) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    scores = Table("", "Before", "After", "Change", "More than chance?", box=SIMPLE_HEAD)
    for one in (change.overall, *change.dimensions):
        before, after = (None if value is None else f"{value:.2f}" for value in (one.before, one.after))
        moved = "–" if one.change is None else f"{one.change:+.2f}"
        scores.add_row(one.title or "Overall", before or "–", after or "–", moved, _chance(one))
    told = list(dict.fromkeys([*change.bridges, *(one.explanation for one in (change.overall, *change.dimensions))]))
    parts: list[RenderableType] = [scores, *(Text(text, style="dim") for text in told)]
    if questions:
        levels = Table(
            "Question", "Before", "After", box=SIMPLE_HEAD, title="Questions that moved", title_justify="left"
        )
        for move in questions:
            levels.add_row(move.question, f"{move.before:g}", f"{move.after:g}")
        parts += [Text(), levels]
    for title, listed in (("Done", recommendations.done), ("New", recommendations.new)):
        if listed:
            parts += [Text(f"\n{title}", style="bold"), *(Text(f"  {one.title}") for one in listed)]
    return Group(*parts)


def _chance(change: ScoreChange) -> str:
    if change.significant is None:
        return "cannot be told" if change.change is not None else "not comparable"
    return "yes" if change.significant else "no"
