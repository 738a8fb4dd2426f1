"""`alignment-assessment score answers.csv -o scores.csv`: the command of this package."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from alignment_assessment._client import Client
from alignment_assessment._version import __version__
from alignment_assessment.bulk.score import Progress, Summary, score_file
from alignment_assessment.errors import AlignmentError

DESCRIPTION = """\
Score a file of answers with a running service, one row at a time and without keeping anything there.

A column is a question of the rubric. A cell is the id of an option, several divided by ; for a multiple choice,
none_of_these, dont_know, not_applicable: why, or empty for unanswered. A column `function` (sales, marketing, …) says
for whom the row answers. Columns of your own go to the output with --keep.
"""
EXAMPLE = """\
example:
  export ASSESSMENT_BASE_URL=https://alignment.example.com ASSESSMENT_API_KEY=alm_sk_…
  alignment-assessment score answers.csv -o scores.csv --keep organisation
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command: 0 when every row has a score, 1 when some were refused, 2 when nothing could be done."""
    given = _parser().parse_args(arguments)
    try:
        with Client(base_url=given.base_url, timeout=given.timeout) as client, _bar() as progress:
            summary = score_file(
                client,
                given.answers,
                given.output,
                rubric=given.rubric,
                keep=given.keep,
                workers=given.workers,
                progress=progress,
            )
    except (AlignmentError, OSError) as error:
        print(f"alignment-assessment: {error}", file=sys.stderr)  # noqa: T201 # the command's own words
        return 2
    print(_said(summary), file=sys.stderr)  # noqa: T201 # as above
    return 1 if summary.refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("alignment-assessment", description="A client of the Alignment Assessment API.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    score = commands.add_parser(
        "score",
        help="score a CSV or Parquet file of answers",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    score.add_argument("answers", help="CSV (UTF-8, commas) or .parquet, a row for each organisation or respondent")
    score.add_argument("-o", "--output", required=True, help="CSV to write; refused rows go beside it")
    score.add_argument("--rubric", default="alignment", help="id or id@version (default: alignment)")
    score.add_argument("--keep", action="append", default=[], metavar="COLUMN", help="copy a column to the output")
    score.add_argument("--workers", type=int, default=4, help="batches that are scored at a time (default: 4)")
    score.add_argument("--timeout", type=float, default=None, metavar="SECONDS", help="for each batch (default: 180)")
    score.add_argument("--base-url", default=None, help="address of the service (default: ASSESSMENT_BASE_URL)")
    return parser


def _said(summary: Summary) -> str:
    rows = "row" if summary.scored == 1 else "rows"
    said = f"{summary.scored} {rows} scored with {summary.rubric}: {summary.scores_path}."
    return said + (f" {summary.refused} refused: {summary.refused_path}." if summary.refused_path else "")


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """A progress bar on a terminal, where rich is installed."""
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar
    except ImportError:
        yield None
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Bar(TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


if __name__ == "__main__":
    sys.exit(main())
