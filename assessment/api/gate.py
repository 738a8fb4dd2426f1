"""Which requests are begun while more come than can be served: submissions before scores, scores before reads.

Everything is worked on at once until `most` requests are. From then on the least urgent kind is held down to a few at
a time, as many as keep the process busy, so that answers stay quick. If the more urgent ones alone are still too many,
the next kind is held down, and those behind it are not begun at all. Each while in which hardly any had to be turned
away takes one step back. So none is begun while, or just after, a more urgent one was turned away.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from enum import IntEnum
from math import ceil
from pathlib import Path

from assessment import metrics
from assessment.errors import Overloaded

STEP_SECONDS = 0.5
"""How long a kind is held down at least. Clients are told to wait longer."""
FEWEST = 8
"""Requests of the kind that is held down at once, at first. Each further one makes all of them wait for it; with fewer
the process has nothing to do between two of them."""
MOST_OF_A_FEW = 32
"""What a few never exceed: more only wait for each other where the database, and not the process, is what is slow."""
BUSY = 0.9
"""Share of the time from which on a process counts as busy."""
HARDLY_ANY = 20
"""A kind is let go once fewer than one of so many were turned away: at the limit of what can be served a burst
overtakes a few at any time, which as many as `most` at once take up without a refusal."""
STEPS_A_LINE = 10
"""Steps that the log tells of in one line."""


class Kind(IntEnum):
    """The kinds of requests, the most urgent first."""

    VITAL = 0
    """How the service is, asked by whoever runs it: never turned away."""
    SUBMISSION = 1
    """What somebody has answered, and the pages on which they do."""
    SCORE = 2
    """Answers scored without being kept: who asks still has them."""
    READ = 3
    """What is there to be read a little later as well."""
    NONE = 4
    """Behind all kinds: none is held down."""


_NAMES = {Kind.SUBMISSION: "submissions", Kind.SCORE: "scores", Kind.READ: "reads"}
_VITAL = (b"/health", b"/ready")
_SCORES = (b"/v1/scores", b"/mcp")
_INVITED = (b"/take/", b"/v1/invitation", b"/pages/", b"/widget/")
"""What is read while somebody answers."""

_log = logging.getLogger("assessment.api")


def kind_of(method: bytes, path: bytes) -> Kind:
    """The kind of a request."""
    if method in (b"GET", b"HEAD"):
        if path.startswith(_INVITED):
            return Kind.SUBMISSION
        return Kind.VITAL if path.startswith(_VITAL) else Kind.READ
    return Kind.SCORE if path.startswith(_SCORES) else Kind.SUBMISSION


def refusal() -> Overloaded:
    """What who is turned away is told."""
    return Overloaded("More requests come than can be served. Try again after the seconds in Retry-After.")


class Gate:
    """The gate of one process, asked before each request is begun."""

    def __init__(self, most: int, step_seconds: float = STEP_SECONDS) -> None:
        self.most = most
        self._step_seconds = step_seconds
        self.few = min(FEWEST, most)
        self.held_down = Kind.NONE
        """The kind that is held down; none behind it is begun."""
        self.waiting_for_clients = 0
        """Requests that are begun, and wait for their client to send or to take something."""
        self._begun = dict.fromkeys(Kind, 0)
        self._turned_away = dict.fromkeys(Kind, 0)
        self._untold = dict.fromkeys(_NAMES, 0)
        self._steps = 0
        self._clock = (0.0, 0.0)

    def refuses(self, kind: Kind, begun: int) -> bool:
        """Whether a request of this kind is turned away while so many are begun, as it was decided before."""
        if kind > self.held_down:
            return True
        return kind is self.held_down and begun - self.waiting_for_clients >= self.few

    def admits(self, kind: Kind, begun: int) -> bool:
        """Whether a request of this kind is begun beside those that are."""
        at_once = begun - self.waiting_for_clients
        while Kind.VITAL < kind < self.held_down and at_once >= self._bound():
            self._hold_down(Kind(self.held_down - 1))
        if self.refuses(kind, begun):
            self.turn_away(kind)
            return False
        self._begun[kind] += 1
        return True

    def turn_away(self, kind: Kind) -> None:
        """Count one that is not begun."""
        self._turned_away[kind] += 1

    def _bound(self) -> int:
        """How many may be begun at once of what is not held down. With each kind that is, a few more: those who are
        left have to add to what was there before, or it was not them."""
        return self.most + self.few * (Kind.NONE - self.held_down)

    def _hold_down(self, kind: Kind) -> None:
        if self.held_down is Kind.NONE:
            self.few = min(FEWEST, self.most)
            self._begin_step()
        self.held_down = kind

    def _begin_step(self) -> None:
        self._begun = dict.fromkeys(Kind, 0)
        self._turned_away = dict.fromkeys(Kind, 0)
        self._clock = (time.monotonic(), _worked())
        asyncio.get_running_loop().call_later(self._step_seconds, self._end_step)

    def _end_step(self) -> None:
        kind = self.held_down
        turned_away = self._turned_away[kind]
        if turned_away * HARDLY_ANY <= turned_away + self._begun[kind]:
            self.held_down = Kind(kind + 1)
        else:
            self._fit(kind)
        self._tell()
        if self.held_down is not Kind.NONE:
            self._begin_step()

    def _fit(self, kind: Kind) -> None:
        """Have more at once where this process waited for the database, or for requests: where hardly more come than
        can be served, there is none at hand for each that ends."""
        since, worked = self._clock
        busy = (_worked() - worked) / (time.monotonic() - since)
        if busy < BUSY or self._turned_away[kind] < self._begun[kind]:
            self.few = min(ceil(self.few * 1.25), MOST_OF_A_FEW, self.most)
        else:
            self.few = max(int(self.few * 0.75), min(FEWEST, self.most))

    def _tell(self) -> None:
        """Count for the metrics how many were turned away, and say it now and then."""
        for kind, name in _NAMES.items():
            if self._turned_away[kind]:
                metrics.TURNED_AWAY.labels(name).inc(self._turned_away[kind])
                self._untold[kind] += self._turned_away[kind]
        self._steps += 1
        ended = self.held_down is Kind.NONE
        if ended or self._steps == STEPS_A_LINE:
            told = ", ".join(f"{self._untold[kind]} {name}" for kind, name in _NAMES.items() if self._untold[kind])
            _log.warning(
                "more came than could be served%s; turned away: %s",
                ", which is over" if ended else "",
                told or "none",
                extra={"seconds": self._steps * self._step_seconds},
            )
            self._untold = dict.fromkeys(_NAMES, 0)
            self._steps = 0


def _worked() -> float:
    """Seconds that this process has worked, and those that it could have if others had not had the processor."""
    kept_waiting = 0
    with suppress(OSError, ValueError, IndexError):  # only Linux tells
        kept_waiting = int(Path("/proc/self/schedstat").read_text().split()[1])
    return time.process_time() + kept_waiting / 1e9
