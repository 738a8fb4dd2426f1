"""Loads what speaks the protocol, when it is first needed: 27 MB that most processes never use."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from assessment.errors import NotFound


@cache
def load() -> ModuleType:
    """`assessment.mcp.server`. Raises NotFound without the extra `mcp`."""
    try:
        from assessment.mcp import server  # noqa: PLC0415 - an extra that need not be installed
    except ModuleNotFoundError:
        raise NotFound("What speaks MCP is not installed. Run: pip install 'alignment-assessment[mcp]'") from None
    return server
