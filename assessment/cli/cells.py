"""Cells of a CSV file that a spreadsheet takes for text, whatever somebody typed into them.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, some also behind a tab or a line's end. As
OWASP's page on CSV injection advises, an apostrophe is put before such a beginning, and behind what a spreadsheet may
take for a separator or a quote: one that expects semicolons divides a text at them. Numbers are no text, and stay.
"""

from __future__ import annotations

import re

_FORMULA = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_CELL = '(?:^|(?<=[,;|\\t\\r\\n"]))'
# What a spreadsheet passes over, and apostrophes, so that taking the added ones out gives the very text back.
_BEGINS = f"(?=['\\s\"]*{_FORMULA}|'*[\\t\\r])"
_UNGUARDED = re.compile(_CELL + _BEGINS)
_GUARDED = re.compile(f"{_CELL}'{_BEGINS}")


def guard(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return _UNGUARDED.sub("'", text)


def unguard(cell: str) -> str:
    """What `guard` was given."""
    return _GUARDED.sub("", cell)
