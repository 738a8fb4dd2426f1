"""The widget as partners load it: its scripts, and the page with what to paste."""

from __future__ import annotations

from litestar import Response, route

from assessment import __version__
from assessment.errors import NotFound
from assessment.pages.assets import FOR_EVER
from assessment.pages.build import SCRIPTS, Script, find_script
from assessment.pages.failure import ERRORS
from assessment.pages.front import AnyRequest, front_of
from assessment.pages.render import public_page, respond

JAVASCRIPT = "text/javascript"
FOR_AN_HOUR = "public, max-age=3600"
_SHARED = {
    "access-control-allow-origin": "*",  # a page that pins the content by its hash may only use what it may read
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
_PLAIN = _SHARED | {"cache-control": "no-cache"}


@route("/widget/v1", http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def show_widget(request: AnyRequest) -> Response[bytes]:
    await front_of(request).admit_anyone(request)
    script = find_script("widget.js")
    address = front_of(request).public_address(request)
    return public_page(request, "widget.html", script=script, address=address, version=__version__)


@route("/widget/v1/{name:str}", http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def get_script(request: AnyRequest) -> Response[bytes]:
    await front_of(request).admit_anyone(request)
    name: str = request.scope["path_params"]["name"]
    stem, _, rest = name.partition(".")
    asked = f"{stem}.js"
    if asked not in SCRIPTS or not rest.endswith("js"):
        raise NotFound
    script = find_script(asked)
    if script is None:
        return _say(request, "The widget is not built here. In a checkout run: make widget")
    if name not in (asked, script.name):
        address = front_of(request).public_address(request)
        return _say(
            request,
            f"This version of the widget is not served any more. Take the current lines from {address}/widget/v1/, or "
            f"load {address}/widget/v1/{asked} without an integrity hash, which is always the current version.",
        )
    return _send(request, script, FOR_EVER if name == script.name else FOR_AN_HOUR)


def _send(request: AnyRequest, script: Script, cache: str) -> Response[bytes]:
    given: dict[bytes, bytes] = dict(request.scope["headers"])
    packs = takes_gzip(given.get(b"accept-encoding", b"").decode("latin-1"))
    tag = f'"{script.name.split(".")[1]}{"-gzip" if packs else ""}"'
    headers = _SHARED | {"cache-control": cache, "etag": tag, "vary": "Accept-Encoding"}
    known = given.get(b"if-none-match", b"").decode("latin-1")
    if known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return respond(request, 304, b"", JAVASCRIPT, headers, ())
    if packs:
        headers["content-encoding"] = "gzip"
    return respond(request, 200, script.packed if packs else script.body, JAVASCRIPT, headers, ())


def takes_gzip(header: str) -> bool:
    """Whether an Accept-Encoding takes gzip: it, or everything, and not with a weight of 0."""
    for name in ("gzip", "*"):
        for one in header.lower().split(","):
            coding, _, parameters = one.partition(";")
            if coding.strip() == name:
                return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _say(request: AnyRequest, text: str) -> Response[bytes]:
    """For whoever looks into why a page has no widget."""
    return respond(request, 404, f"{text}\n".encode(), "text/plain", _PLAIN, ())


HANDLERS = (show_widget, get_script)
