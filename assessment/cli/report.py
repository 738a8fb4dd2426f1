"""`assessment report`: a result as a document for the table, with nothing stored and no service running."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from assessment.cli import settings
from assessment.cli.failure import Failure
from assessment.errors import InvalidInput

if TYPE_CHECKING:
    from assessment.report.document import Document

Format = Literal["pdf", "html"]
ENDINGS: dict[str, Format] = {".pdf": "pdf", ".html": "html", ".htm": "html"}


@click.command()
@click.argument("result", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file; `.pdf` or `.html` says which. Without it the report goes to standard output.",
)
@click.option("--format", "asked", type=click.Choice(["pdf", "html"]), help="What to make, whatever the file's name.")
@click.option("--locale", help="A language that the rubric is translated into: `de`, `fr`, `es`. Default: its own.")
@click.option("--organisation", metavar="NAME", help="Whose result it is. Default: the organisation in the file.")
@settings.rubrics_dir
def report(
    *,
    result: Path,
    output: Path | None,
    asked: Format | None,
    locale: str | None,
    organisation: str | None,
    rubrics_dir: Path | None,
) -> None:
    """Make a report of a result: a PDF to print, or a page to open in a browser.

    RESULT is what `assessment score --json` printed, or an assessment as `GET /v1/assessments/{id}` answers it, which
    also knows the organisation and the date; `-` reads standard input. The report shows the level and the score with
    how firm they are, where the points went, each answer beside the studies, what holds the level back, what to do
    first, and every source.

    A page stands alone: its style and charts are in it, and it loads nothing. A PDF needs the extra `pdf`:
    `pip install 'alignment-assessment[pdf]'`.

    ```
    assessment score answers.yaml --json > result.json
    assessment report result.json -o report.pdf
    assessment report result.json -o bericht.html --locale de
    assessment report - --format pdf < result.json > report.pdf
    ```
    """
    wanted = _format(output, asked)
    from assessment.cli.result import gather, read_file
    from assessment.report.compose import compose

    file = read_file(Path("/dev/stdin") if str(result) == "-" else result)
    source = gather(file, settings.open_catalog(rubrics_dir), locale, organisation)
    try:
        document = compose(source)
    except LookupError as error:
        used = source.result.rubric
        detail = f"{result} is no result of {used.id}@{used.version} as it was scored: {error} is not in the rubric."
        raise InvalidInput(detail) from None
    _write(_lay_out(document, wanted), output)


def _format(output: Path | None, asked: Format | None) -> Format:
    if output is None and asked is None:
        raise click.UsageError("Say where to write, --output report.pdf or --output report.html, or give --format.")
    found = asked or ENDINGS.get("" if output is None else output.suffix.lower())
    if found is None:
        raise click.UsageError(f"{output} ends neither in .pdf nor in .html: give --format as well.")
    if output is None and found == "pdf" and sys.stdout.isatty():
        raise click.UsageError("A PDF is nothing for a terminal to show: give --output report.pdf.")
    return found


def _lay_out(document: Document, wanted: Format) -> bytes:
    if wanted == "html":
        from assessment.report.html import render_html

        return render_html(document)
    from assessment.report.pdf import render_pdf

    return render_pdf(document)


def _write(made: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(made)
        return
    try:
        output.write_bytes(made)
    except OSError as error:
        raise Failure(f"Cannot write {output}: {error.strerror}.") from None
