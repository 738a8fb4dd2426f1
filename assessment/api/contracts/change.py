"""One difference between two contracts, and where it shows: in what callers send or in what they are answered."""

from __future__ import annotations

from enum import Enum

import msgspec


class Way(Enum):
    """Which way a value travels. What narrows breaks those who send it; what widens breaks those who read it."""

    SENT = "sent"
    ANSWERED = "answered"


class Change(msgspec.Struct, frozen=True, order=True):
    """What is different, where, and whether a client that was right before can be wrong now."""

    where: str
    what: str
    breaking: bool

    @property
    def text(self) -> str:
        """In one line, by which an exception names it."""
        return f"{self.where}: {self.what}"
