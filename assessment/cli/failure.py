"""What a person sees when something is wrong: one line, then each problem with its place; never a traceback."""

from __future__ import annotations

import sys
from typing import Any

import rich_click as click

from assessment.errors import AssessmentError


class Failure(AssessmentError):
    """What only a command can run into: a port in use, a file that cannot be written."""


class Commands(click.RichGroup):
    """A command group that turns every error of ours into lines on stderr and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order in which a newcomer needs them

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AssessmentError as error:
            show(error)
            ctx.exit(1)
        except BrokenPipeError:  # the reader (head, less) has seen enough
            sys.stderr.close()
            ctx.exit(0)


def show(error: AssessmentError) -> None:
    """Print an error and each of its problems with where it is."""
    click.echo(click.style("Error: ", fg="red", bold=True) + error.detail.partition("\n")[0], err=True)
    for problem in error.errors:
        where = click.style(problem.pointer or "the whole document", bold=True)
        click.echo(f"  {where}: {problem.detail}", err=True)
