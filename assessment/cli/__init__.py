"""The `assessment` command: what a person at a terminal does with rubrics, answers and the service.

Each command imports what it runs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import rich_click as click

from assessment import __version__
from assessment.cli.backup import backup
from assessment.cli.benchmark import benchmark
from assessment.cli.bulk import bulk
from assessment.cli.change import change
from assessment.cli.dashboard import dashboard
from assessment.cli.data import audit, data, retention
from assessment.cli.deliver import deliver
from assessment.cli.demo import demo
from assessment.cli.doctor import doctor
from assessment.cli.export import export
from assessment.cli.failure import Commands
from assessment.cli.import_ import import_export
from assessment.cli.key import key
from assessment.cli.mcp import mcp
from assessment.cli.openapi import openapi
from assessment.cli.partner import partner
from assessment.cli.questionnaire import questionnaire
from assessment.cli.report import report
from assessment.cli.rubric import rubric
from assessment.cli.score import score
from assessment.cli.serve import migrate, serve


@click.group(name="assessment", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.rich_config(help_config={"text_markup": "markdown"})
@click.version_option(__version__, prog_name="assessment")
def group() -> None:
    """Tell an organisation how well its sales and marketing work together, against what published studies found.

    Start the service with `assessment serve`, or stay at the terminal: write a questionnaire, fill it in,
    and score it.

    ```
    assessment questionnaire alignment > answers.yaml
    assessment score answers.yaml
    ```
    """


for command in (
    serve,
    migrate,
    deliver,
    doctor,
    demo,
    mcp,
    partner,
    key,
    data,
    retention,
    audit,
    import_export,
    export,
    backup,
    dashboard,
    benchmark,
    score,
    bulk,
    change,
    report,
    questionnaire,
    rubric,
    openapi,
):
    group.add_command(command)


def main() -> None:
    """Run the command line and end the process with 0 (done), 1 (it failed, and why was printed) or 2 (wrong usage)."""
    group(prog_name="assessment")
