"""What every page in HTML is made with, a report's as well as a hosted one: templates that escape, and stylesheets by
the hash of what they say."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined


def open_templates(package: str) -> Environment:
    """The templates in a package's folder `templates`."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def read_stylesheet(package: str, name: str) -> tuple[str, bytes]:
    """Name and content of `static/<name>.css`. The name changes with the content, so that it can be kept for ever."""
    body = (files(package) / "static" / f"{name}.css").read_bytes()
    return f"{name}.{hashlib.sha256(body).hexdigest()[:16]}.css", body
