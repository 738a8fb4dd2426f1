"""Warnings for operations that are going to go: once for each of them, at the line that called it."""

from __future__ import annotations

import re
import sys
import warnings
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

_PACKAGE = __name__.split(".")[0]
_SINCE = re.compile(r"@(\d{1,11})")
"""A structured date, in seconds since 1970 (RFC 9745)."""


class Deprecations:
    """What was warned of already. Clients that were made of one another share it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def note(self, operation: str, headers: httpx2.Headers) -> None:
        """Warn if the headers of an answer say that its operation is deprecated, or ends."""
        if operation in self._said or not ("Deprecation" in headers or "Sunset" in headers):
            return
        self._said.add(operation)
        warnings.warn(_sentence(operation, headers), DeprecationWarning, stacklevel=_callers_level())


def _sentence(operation: str, headers: httpx2.Headers) -> str:
    since, ends = _since(headers.get("Deprecation", "")), _ends(headers.get("Sunset", ""))
    link = headers.get("Link", "")
    found = re.search(r'<([^>]+)>\s*;[^,]*rel="?deprecation"?', link)
    return (
        f"The operation {operation} is deprecated"
        + (f" since {since}" if since else "")
        + (f" and may be gone from {ends} on" if ends else "")
        + (f"; see {found[1]}" if found else "")
        + "."
    )


def _since(said: str) -> str | None:
    found = _SINCE.fullmatch(said.strip())
    return None if found is None else datetime.fromtimestamp(int(found[1]), UTC).date().isoformat()


def _ends(said: str) -> str | None:
    try:
        return parsedate_to_datetime(said).date().isoformat()
    except (ValueError, TypeError):
        return None


def _callers_level() -> int:
    """The level, as `warnings.warn` counts from the function that asks this, of the first frame outside the package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    return level
