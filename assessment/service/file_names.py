"""What a report is called where it is saved."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple

LONGEST = 60
"""Characters of an organisation's name that go into a file's name."""


class FileName(NamedTuple):
    """`plain` has nothing but small ASCII letters, digits, hyphens and dots; `full` keeps letters of every script, and
    is the same where the organisation's name needs no others."""

    plain: str
    full: str


def name_report(rubric: str, organisation: str | None, day: date | None, ending: str) -> FileName:
    """Named after rubric, organisation and the day that the assessment was completed."""
    name = unicodedata.normalize("NFC", organisation or "").lower()
    folded = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    plain = _hyphenated("".join(one if one.isascii() else " " for one in folded))
    full = _hyphenated(name)

    def joined(name: str) -> str:
        return "-".join(part for part in (rubric, name, None if day is None else day.isoformat()) if part) + ending

    return FileName(joined(plain), joined(plain if full.isascii() else full))


def _hyphenated(name: str) -> str:
    """The letters, with their marks, and digits of a name; hyphens for runs of anything else."""
    kept = "".join(one if one.isalnum() or unicodedata.category(one)[0] == "M" else "-" for one in name)
    return re.sub("-+", "-", kept).strip("-")[:LONGEST].rstrip("-")
