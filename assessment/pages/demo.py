"""A partner's site on an origin of its own, with the widget in it: the examples, as somebody would put them online."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar, Response, get

from assessment.pages.build import widget_directory

PAGES = {
    "/demo": "plain/index.html",
    "/demo/frame": "plain/frame.html",
    "/demo/react": "react/index.html",
    "/demo/wordpress": "wordpress/index.html",
}
"""Address → file below the examples."""
EXAMPLE_SERVICE = "https://assessment.example"
EXAMPLE_KEY = "alm_pk_live_your_key"
"""What the examples say in place of what is different everywhere."""
KINDS = {".css": "text/css", ".js": "text/javascript"}


class File(msgspec.Struct, frozen=True):
    """What is sent for an address."""

    body: bytes
    kind: str
    headers: dict[str, str]


def create_demo(service: str, key: str) -> Litestar:
    """The site, whose pages load the widget from `service` and use `key`."""
    files = _files(widget_directory() / "examples", service, key)

    @get(["/", "/{path:path}"])
    async def show(path: str | None = None) -> Response[Any]:
        wanted = (path or "/").rstrip("/")
        if not wanted:
            return Response(b"", status_code=302, headers={"location": "/demo"})
        found = files.get(wanted)
        if found is None:
            return Response("There is nothing here.\n", status_code=404, media_type="text/plain")
        return Response(found.body, media_type=found.kind, headers=found.headers)

    return Litestar([show], openapi_config=None, logging_config=None)


def policy(service: str, address: str) -> str:
    """The rules of a strict partner: scripts and requests to the service, its own styles, Trusted Types. React's page
    has a script of its own, and a frame has to be allowed."""
    parts = urlsplit(service)
    origin = f"{parts.scheme}://{parts.netloc}"
    own = "'self' " if address == "/demo/react" else ""
    frame = f"frame-src {origin}; " if address == "/demo/frame" else ""
    return (
        f"default-src 'none'; script-src {own}{origin}; connect-src {origin}; style-src 'self'; {frame}"
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )


def _files(examples: Path, service: str, key: str) -> dict[str, File]:
    safe = {"x-content-type-options": "nosniff", "cache-control": "no-cache"}
    found = {
        f"/demo/{path.parent.name}/{path.name}": File(path.read_bytes(), KINDS[path.suffix], safe)
        for path in examples.glob("*/*")
        if path.suffix in KINDS
    }
    for address, name in PAGES.items():
        text = (examples / name).read_text(encoding="utf-8")
        text = text.replace(EXAMPLE_SERVICE, html.escape(service)).replace(EXAMPLE_KEY, html.escape(key))
        # The address has no slash at its end, so what lies beside the file is not beside the address.
        text = text.replace('="./', f'="/demo/{Path(name).parent}/')
        found[address] = File(text.encode(), "text/html", safe | {"content-security-policy": policy(service, address)})
    return found
