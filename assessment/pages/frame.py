"""The widget in a document of the service, for pages that want it apart from their own."""

from __future__ import annotations

from litestar import Response, route

from assessment.errors import Unauthenticated
from assessment.pages.build import find_script
from assessment.pages.failure import ERRORS
from assessment.pages.front import AnyRequest, front_of, services_of
from assessment.pages.locale import choose_locale, query_of
from assessment.pages.render import HTML, page, policy, render, respond
from assessment.service.context import Principal
from assessment.service.partners import authenticate

CARRIED = ("rubric", "theme")
"""Attributes of the element that the address names, beside the key and the locale. What is nobody else's, such as an
invitation, comes by message and stands in no address."""
LONGEST = 100


@route("/widget/v1/frame", http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def show_frame(request: AnyRequest) -> Response[bytes]:
    """The document goes into frames of the pages that the key is for, and shows nothing on its own."""
    await front_of(request).admit_anyone(request)
    query = query_of(request)
    key = query.get("key", "")
    principal = await _principal(request, key)
    if principal is None or not principal.origins:
        title, text = _UNKNOWN if principal is None else _NOWHERE
        return page(request, "message.html", 403, title=title, text=text, number=None)
    scripts = [find_script(name) for name in ("widget.js", "frame.js")]
    if not all(scripts):
        title, text = _NOT_BUILT
        return page(request, "message.html", 404, title=title, text=text, number=None)
    if [value for name, value in request.scope["headers"] if name == b"sec-fetch-dest"] == [b"document"]:
        title, text = _ALONE
        return page(request, "message.html", 403, title=title, text=text, number=None)
    body = render(
        request,
        "frame.html",
        lang=choose_locale(request),
        indexed=False,
        scripts=[script.name for script in scripts if script is not None],
        origins=" ".join(sorted(principal.origins)),
        key=key,
        locale=query.get("locale", "")[:LONGEST],
        carried={name: query[name][:LONGEST] for name in CARRIED if name in query},
    )
    headers = {
        "content-security-policy": policy(scripts=True, forms=False, ancestors=sorted(principal.origins)),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }
    return respond(request, 200, body, HTML, headers, ())


async def _principal(request: AnyRequest, key: str) -> Principal | None:
    """Whose publishable key it is, if it is one that works."""
    try:
        principal = await authenticate(services_of(request), key)
    except Unauthenticated:
        return None
    return principal if principal.kind == "publishable" else None


_UNKNOWN = (
    "This key does not work",
    "The publishable key of this page is unknown, or was revoked, or is incomplete. If this is your page, look at the "
    "attribute publishable-key; a new key is made by: assessment key create PARTNER --kind publishable --origin ORIGIN",
)
_NOWHERE = (
    "This key is for no page",
    "The publishable key lists no origin, so the widget may stand in no frame. If this is your page, make a key that "
    "lists its origin: assessment key create PARTNER --kind publishable --origin ORIGIN",
)
_NOT_BUILT = ("The widget is not built here", "In a checkout run: make widget")
_ALONE = (
    "This belongs into another page",
    "It is the inside of a frame, which pages of the origins that its key lists show with the attribute "
    'isolation="frame". There is nothing to do with it here.',
)

HANDLERS = (show_frame,)
