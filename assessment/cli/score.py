"""`assessment score`: an answer file scored at the terminal, with nothing stored and no service running."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from assessment.cli import settings
from assessment.errors import InvalidInput


@click.command()
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--rubric", "reference", metavar="RUBRIC", help="Score with this rubric instead of the one in the file.")
@click.option("--target", type=click.IntRange(1, 4), help="The level aimed at. Default: the file's, else the rubric's.")
@click.option("--top", type=click.IntRange(0), default=5, show_default=True, help="How many recommendations to show.")
@click.option("--json", "as_json", is_flag=True, help="Print the complete result as JSON, as the API returns it.")
@settings.rubrics_dir
def score(
    *, answers: Path, reference: str | None, target: int | None, top: int, as_json: bool, rubrics_dir: Path | None
) -> None:
    """Score the answers in a file and show the rating, what it rests on and what to do next.

    A rubric that repeats a study's own questions gives no rating: it shows who else answered as you did.

    ANSWERS is a file that `assessment questionnaire` wrote and you filled in, or the body of a
    `POST /v1/scores` as JSON; `-` reads standard input. Nothing is stored.

    ```
    assessment score answers.yaml
    assessment score answers.yaml --target 4 --top 10
    assessment score answers.yaml --json | jq .score
    assessment questionnaire integration-2008 > study.yaml
    assessment score study.yaml
    ```
    """
    from assessment.cli.answers import read_answers
    from assessment.scoring.assess import assess
    from assessment.scoring.compile import compile_rubric

    file = read_answers(Path("/dev/stdin") if str(answers) == "-" else answers)
    reference = reference or file.rubric
    if reference is None:
        raise click.UsageError("The file names no rubric: add `rubric: alignment` to it, or give --rubric.")
    catalog = settings.open_catalog(rubrics_dir)
    entry = settings.find_rubric(catalog, reference)
    compiled = compile_rubric(entry.rubric, catalog.studies, entry.digest)
    try:
        result = assess(
            compiled, file.responses, target_level=target or file.target_level, confidentiality=file.confidentiality
        )
    except InvalidInput as error:
        raise InvalidInput(f"{file.path}: {error.detail}", errors=[file.place(one) for one in error.errors]) from None
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
        return
    from rich.console import Console

    from assessment.cli import beside, table

    if entry.rubric.head.levels:
        shown = table.lay_out(result, entry.rubric, catalog.studies, top)
    else:
        shown = beside.lay_out(result, entry.rubric, catalog.studies)
    Console(highlight=False).print(shown)
