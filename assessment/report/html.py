"""A report's document as one HTML page: no script, nothing from elsewhere, and on paper as well."""

from __future__ import annotations

from functools import cache

import msgspec
from jinja2 import Environment
from markupsafe import Markup

from assessment.report.document import Document, plain
from assessment.report.markup import open_templates, read_stylesheet


class Language(msgspec.Struct, frozen=True):
    """Another language of the same report: its locale, what it calls itself, and where it is."""

    locale: str
    name: str
    href: str


class Links(msgspec.Struct, frozen=True):
    """Where the page leads to besides itself."""

    pdf: str | None = None
    languages: tuple[Language, ...] = ()


NOWHERE = Links()


@cache
def stylesheet() -> tuple[str, bytes]:
    """Name and content."""
    return read_stylesheet("assessment.report", "report")


@cache
def _templates() -> Environment:
    environment = open_templates("assessment.report")
    environment.filters["plain"] = plain
    environment.filters["kind"] = lambda block: block.__struct_config__.tag
    # Charts escape what they are given: `assessment.report.charts.svg` writes nothing else.
    environment.filters["svg"] = Markup
    return environment


def render_html(document: Document, *, stylesheet_at: str | None = None, links: Links = NOWHERE) -> bytes:
    """The page. `stylesheet_at` is where the stylesheet lies; without it the page carries its own, as a file must."""
    style = None if stylesheet_at is not None else Markup(stylesheet()[1].decode())  # noqa: S704  # our own file
    template = _templates().get_template("report.html")
    return template.render(document=document, stylesheet_at=stylesheet_at, style=style, links=links).encode()
