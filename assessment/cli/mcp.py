"""`assessment mcp`: the tools for an AI assistant on this machine, on standard input and output."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import rich_click as click

from assessment.cli import settings


@click.command()
@settings.rubrics_dir
def mcp(*, rubrics_dir: Path | None) -> None:
    """Answer an AI assistant on this machine, by the Model Context Protocol on standard input and output.

    The assistant starts it: its settings name this command. It lists rubrics, asks their questions, scores answers,
    explains results, plans the next level and looks up what studies found, with the rubrics of this installation:
    without a service, a key or a network, and nothing is stored. A running service answers the same at `/mcp`, with
    an API key, and knows the assessments that it stores.

    ```
    assessment mcp
    assessment mcp --rubrics-dir rubrics
    ```
    """
    from assessment import log
    from assessment.api.documents import Documents
    from assessment.mcp.local import LocalDesk
    from assessment.mcp.protocol import load
    from assessment.service.rubrics import Rubrics

    protocol = load()
    if sys.stdin.isatty():
        click.echo("This speaks MCP on standard input and output; an assistant starts it. Ctrl-C ends it.", err=True)
    log.configure(level="warning")
    rubrics = Rubrics(settings.open_catalog(rubrics_dir))
    rubrics.compile_published()
    with suppress(KeyboardInterrupt):
        asyncio.run(protocol.serve_stdio(LocalDesk(rubrics, Documents())))
