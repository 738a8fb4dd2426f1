"""Pages as bytes: templates that escape, the stylesheet by the hash of what it says, and the headers of a page."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response

from assessment.pages.front import AnyRequest, Headers, front_of

HTML = "text/html"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PRIVATE = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


@cache
def stylesheet() -> tuple[str, bytes]:
    """Name and content. The name changes with the content, so that it can be kept for ever."""
    body = (files("assessment.pages") / "static" / "page.css").read_bytes()
    return f"page.{hashlib.sha256(body).hexdigest()[:16]}.css", body


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("assessment.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    environment.globals["stylesheet"] = stylesheet()[0]
    return environment


def page(
    request: AnyRequest, template: str, status: int = 200, headers: Headers = (), **values: Any
) -> Response[bytes]:
    """A page of its own, for nobody but who asked."""
    body = _templates().get_template(template).render(up=way_up(request), **values)
    return respond(request, status, body.encode(), HTML, _PRIVATE, headers)


def see_other(request: AnyRequest, place: str) -> Response[bytes]:
    """Have the browser get a page, so that a reload sends nothing again."""
    return respond(request, 303, b"", HTML, _PRIVATE | {"location": place}, ())


def respond(
    request: AnyRequest, status: int, body: bytes, kind: str, headers: dict[str, str], more: Headers
) -> Response[bytes]:
    fields = (*front_of(request).fields_of(request), *more)
    told = {name.decode(): value.decode() for name, value in fields}
    return Response(body, status_code=status, media_type=kind, headers=told | headers)


def way_up(request: AnyRequest) -> str:
    """From the address asked for to where the service begins. Links are relative, since a proxy may have put a path
    before ours."""
    # The framework has taken a slash at the end away from `path`, and a browser has not.
    return "../" * (request.scope["raw_path"].partition(b"?")[0].count(b"/") - 1)


def _moment(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
