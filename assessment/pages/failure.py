"""The page about a request that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from assessment.errors import InvitationInvalid, NotFound, RubricNotFound
from assessment.pages import words
from assessment.pages.front import AnyRequest, Headers, front_of
from assessment.pages.render import fill, page, personal, policy


def answer_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The page about a request that failed."""
    return _answer(request, error, {})


def answer_shared(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The same for whoever opens a report that was shared."""
    return _answer(request, error, words.SHARED)


def show_busy(up: str) -> tuple[Headers, bytes]:
    """Header fields and page for a request that is turned away before it is begun; `up` leads from its address to
    where the service begins."""
    title, text = words.failure(503)
    fields = tuple((name.encode(), value.encode()) for name, value in personal(policy()).items())
    return fields, fill("message.html", up, lang="en", indexed=False, title=title, text=text, number=None)


def _answer(request: AnyRequest, error: Exception, own: Mapping[int, tuple[str, str]]) -> Response[bytes]:
    """The page in the words that `own` has for its status, or in those for everybody."""
    known, status, headers = front_of(request).judge(request, error)
    if isinstance(known, InvitationInvalid):
        # Not 401: there is nobody to log in, and the page of a link that never was must look the same.
        status, headers = 404, ()
    elif isinstance(known, RubricNotFound):
        status = 500
    common = words.NOWHERE if isinstance(known, NotFound) else words.failure(status)
    title, text = own.get(status, common)
    return page(request, "message.html", status, headers, title=title, text=text, number=_number(request, status))


def _number(request: AnyRequest, status: int) -> str | None:
    """The request's id, where somebody may have to look for it in the log."""
    fields = dict(front_of(request).fields_of(request))
    return fields[b"x-request-id"].decode() if status == 500 else None


ERRORS: Any = {Exception: answer_error}
SHARED_ERRORS: Any = {Exception: answer_shared}
