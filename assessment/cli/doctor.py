"""`assessment doctor`: looks at an installation, and says what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from assessment.cli import settings

if TYPE_CHECKING:
    from assessment.cli.checks import Finding
    from assessment.settings import Settings

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}


@click.command()
@settings.where_data_lies
@settings.rubrics_dir
@click.option("--json", "as_json", is_flag=True, help="Print a document for scripts.")
def doctor(*, data_dir: Path | None, database_url: str | None, rubrics_dir: Path | None, as_json: bool) -> None:
    """Look at an installation and say what is wrong with it, and how to mend that.

    It asks with the settings that `assessment serve` would have, changes no data, and may run beside it. It ends with
    0 when nothing has failed and with 1 otherwise; warnings are not failures.

    ```
    assessment doctor
    assessment doctor --json
    ```
    """
    chosen = settings.read_settings(data_dir=data_dir, database_url=database_url, rubrics_dir=rubrics_dir)
    findings = asyncio.run(_collect(chosen))
    failed = any(finding.state == "failed" for finding in findings)
    if as_json:
        _print_json(findings, failed)
    else:
        _print_lines(findings)
    sys.exit(int(failed))


async def _collect(chosen: Settings) -> list[Finding]:
    from assessment.cli.checks import examine

    return [finding async for finding in examine(chosen)]


def _print_lines(findings: list[Finding]) -> None:
    from assessment.cli.checks import summary

    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        mark, colour = MARKS[finding.state]
        click.echo(f"{click.style(mark, fg=colour)} {finding.check:<{width}}  {finding.found}")
        if finding.mend is not None:
            click.echo(f"  {'':<{width}}  → {finding.mend}")
    click.echo(summary(findings))


def _print_json(findings: list[Finding], failed: bool) -> None:
    import msgspec

    document = {"healthy": not failed, "checks": findings}
    click.echo(msgspec.json.format(msgspec.json.encode(document)).decode())
