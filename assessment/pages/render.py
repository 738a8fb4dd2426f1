"""Pages as bytes: templates that escape, the stylesheet by the hash of what it says, and the headers of a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment
from litestar import Response

from assessment.pages.front import AnyRequest, Headers, front_of
from assessment.report.markup import open_templates, read_stylesheet

HTML = "text/html"
_SAFE = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
_NOBODY = "'none'"


def policy(*, scripts: bool = False, forms: bool = True, ancestors: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of a page: nothing from anywhere but this service, nothing inline, and no page
    around it but those of `ancestors`."""
    rules = ["default-src 'none'"]
    if scripts:
        rules += ["script-src 'self'", "connect-src 'self'"]
    rules += ["style-src 'self'", "form-action 'self'" if forms else "form-action 'none'", "base-uri 'none'"]
    rules.append(f"frame-ancestors {' '.join(ancestors) or _NOBODY}")
    if scripts:
        rules.append("require-trusted-types-for 'script'")
    return "; ".join(rules)


def personal(allowed: str) -> dict[str, str]:
    """The header fields of what is for nobody but who asked; `allowed` is its Content-Security-Policy."""
    return _SAFE | _PRIVATE | {"content-security-policy": allowed}


@cache
def stylesheet() -> tuple[str, bytes]:
    """Name and content."""
    return read_stylesheet("assessment.pages", "page")


@cache
def _templates() -> Environment:
    environment = open_templates("assessment.pages")
    environment.filters["moment"] = _moment
    environment.globals["stylesheet"] = stylesheet()[0]
    return environment


def page(
    request: AnyRequest,
    template: str,
    status: int = 200,
    headers: Headers = (),
    *,
    scripts: bool = False,
    lang: str = "en",
    **values: Any,
) -> Response[bytes]:
    """A page of its own, for nobody but who asked. `scripts` are those of the widget."""
    said = personal(policy(scripts=scripts))
    body = render(request, template, lang=lang, indexed=False, **values)
    return respond(request, status, body, HTML, said, headers)


def public_page(
    request: AnyRequest, template: str, *, scripts: bool = False, lang: str | None = None, **values: Any
) -> Response[bytes]:
    """A page for everybody; `lang` is what was chosen by what the request asks for. It is asked for anew each time,
    since what it shows changes with the settings."""
    said = {"cache-control": "no-cache", "content-security-policy": policy(scripts=scripts, forms=False)}
    if lang is not None:
        said["vary"] = "Accept-Language"
    body = render(request, template, lang=lang or "en", indexed=True, **values)
    return respond(request, 200, body, HTML, _SAFE | said, ())


def render(request: AnyRequest, template: str, *, lang: str, indexed: bool, **values: Any) -> bytes:
    return fill(template, front_of(request).way_up(request), lang=lang, indexed=indexed, **values)


def fill(template: str, up: str, *, lang: str, indexed: bool, **values: Any) -> bytes:
    return _templates().get_template(template).render(up=up, lang=lang, indexed=indexed, **values).encode()


def see_other(request: AnyRequest, place: str) -> Response[bytes]:
    """Have the browser get a page, so that a reload sends nothing again."""
    return respond(request, 303, b"", HTML, personal(policy()) | {"location": place}, ())


def respond(
    request: AnyRequest, status: int, body: bytes, kind: str, headers: dict[str, str], more: Headers
) -> Response[bytes]:
    fields = (*front_of(request).fields_of(request), *more)
    told = {name.decode(): value.decode() for name, value in fields}
    return Response(body, status_code=status, media_type=kind, headers=told | headers)


def _moment(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
