"""What a browser is told of the origins that publishable keys list; any other page is told nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assessment.api.fields import values_of

Headers = tuple[tuple[bytes, bytes], ...]

CLIENT_TOKEN = "Alignment-Client-Token"  # noqa: S105  # the name of a header
SENT = (
    *("Authorization", "Content-Type", "Idempotency-Key", CLIENT_TOKEN, "If-Match", "If-None-Match", "X-Request-Id"),
    *("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"),
)
"""Headers that a page may send; the last ones are those of MCP over HTTP."""
SEEN = (
    "ETag",
    "Location",
    "Content-Disposition",
    "X-Request-Id",
    "Retry-After",
    "RateLimit-Policy",
    "RateLimit",
    "Idempotency-Replayed",
    "Deprecation",
    "Sunset",
    "Link",
)
"""Headers of an answer that a page may look at."""
PREFLIGHT_SECONDS = 600
"""How long a browser may keep the answer to a preflight. A request itself is judged anew each time."""

TOLD = "assessment.cors"
"""Where a request's scope keeps the header fields about its origin."""
_READS = ("GET", "HEAD")
_VARY = ((b"vary", b"Origin, Sec-Fetch-Site"),)
_PREFLIGHT_VARY = ((b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),)
_EXPOSED = ((b"access-control-expose-headers", ", ".join(SEEN).encode()),)
ANY_PAGE: Headers = ((b"access-control-allow-origin", b"*"), *_EXPOSED)
"""What any page may read: a refusal before anybody has looked at the request, which is the same for everyone. Else a
page could not tell that it should come back later from that it is offline."""
ANY_PREFLIGHT: Headers = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", ", ".join(SENT).encode()),
)
"""What any page is told that asks whether it may send what will be refused: else it never learns that it was. Whether
its origin may is judged with the request itself, here as everywhere."""


def origin_of(scope: Any) -> str | None:
    """The origin of the page that asks; None where that is not known.

    Browsers name it, but for a page that reads from its own address. Of that they say so, in a header that no page can
    write: then it is this address, as it reached us."""
    found = values_of(scope, b"origin")
    if found:
        return found[0].decode("latin-1") if len(found) == 1 else None
    hosts = values_of(scope, b"host")
    if scope["method"] in _READS and [*values_of(scope, b"sec-fetch-site")] == [b"same-origin"] and len(hosts) == 1:
        return f"{scope['scheme']}://{hosts[0].decode('latin-1')}"
    return None


def tell_apart(scope: Any) -> None:
    """Have every answer of this address, whoever gets it, say that it depends on the origin: else a shared cache could
    hand a page the answer that was meant for a server or another page."""
    scope[TOLD] = _VARY


def let_read(scope: Any, origin: str) -> None:
    """Let pages of the origin read the answer, a problem as well."""
    scope[TOLD] = ((b"access-control-allow-origin", origin.encode("latin-1")), *_EXPOSED, *_VARY)


def headers_of(scope: Any) -> Headers:
    """The header fields that go with the answer."""
    found: Headers = scope.get(TOLD, ())
    return found


def answer_preflight(origin: str | None, methods: Sequence[str], *, known: bool) -> Headers:
    """The header fields about an address where a publishable key may use `methods`."""
    if origin is None or not known:
        return _PREFLIGHT_VARY
    return (
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-methods", ", ".join(methods).encode()),
        (b"access-control-allow-headers", ", ".join(SENT).encode()),
        (b"access-control-max-age", b"%d" % PREFLIGHT_SECONDS),
        *_PREFLIGHT_VARY,
    )
