"""Pages of a list, and the cursors that lead from one to the next."""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec

from assessment.errors import InvalidInput, Problem, pointer

T = TypeVar("T")
R = TypeVar("R")
CHECK_BYTES = 8  # with an id 24 bytes, which base64 writes without padding
LARGEST_PAGE = 100


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page: `next_cursor` is None on the last one."""

    data: list[T]
    has_more: bool
    next_cursor: str | None


class Window:
    """A part of a list: `limit` rows behind a cursor. `scope` names the list: whose it is, and how it is filtered.
    Raises InvalidInput for a limit out of range."""

    def __init__(self, limit: int, cursor: str | None, *scope: object) -> None:
        check_limit(limit)
        self._limit = limit
        self._cursor = cursor
        self._scope = msgspec.json.encode(scope)

    @property
    def behind(self) -> uuid.UUID | None:
        """The row that it begins behind; None is the beginning. Raises InvalidInput for a cursor of another list."""
        return None if self._cursor is None else read_cursor(self._scope, self._cursor)

    @property
    def reach(self) -> int:
        """How many rows to look for: one more than are shown tells whether there is a next page."""
        return self._limit + 1

    def cut(self, found: Sequence[R]) -> Sequence[R]:
        """Of the rows that were found, those that are shown."""
        return found[: self._limit]

    def page(self, found: Sequence[R], view: Callable[[R], T], id_of: Callable[[R], Any] = attrgetter("id")) -> Page[T]:
        """The page of the rows that were found."""
        shown = self.cut(found)
        has_more = len(found) > len(shown)
        following = write_cursor(self._scope, id_of(shown[-1])) if has_more else None
        return Page([view(row) for row in shown], has_more, following)


def write_cursor(scope: bytes, last: uuid.UUID) -> str:
    """A cursor behind the row `last` of the list that `scope` names (whose it is, and how it is filtered)."""
    return base64.urlsafe_b64encode(last.bytes + _check(scope, last.bytes)).decode()


def read_cursor(scope: bytes, cursor: str) -> uuid.UUID:
    """The row that the cursor stands behind. A cursor of another list, or a changed one, raises InvalidInput."""
    try:
        data = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != 16 + CHECK_BYTES or data[16:] != _check(scope, data[:16]):
        raise refused("cursor", "invalid_cursor", "The cursor is not the next_cursor of a page of this very list.")
    return uuid.UUID(bytes=data[:16])


def check_limit(limit: int) -> None:
    if not 1 <= limit <= LARGEST_PAGE:
        raise refused("limit", "out_of_range", f"'limit' must be 1 to {LARGEST_PAGE}.")


def refused(parameter: str, code: str, detail: str) -> InvalidInput:
    """The error of one bad query parameter."""
    return InvalidInput(detail, errors=[Problem(pointer(parameter), code, detail)])


def _check(scope: bytes, data: bytes) -> bytes:
    # Against mistakes, not against forgery: a forged cursor still only reaches rows of the caller's own list.
    return hashlib.sha256(scope + data).digest()[:CHECK_BYTES]
