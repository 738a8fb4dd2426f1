"""Which origin is the service's own, where its pages are: publishable keys work there without listing it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from assessment.api.fields import values_of

LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,4})?")
USUAL_PORTS = {"http": 80, "https": 443}


def own_origin(scope: Any) -> str | None:
    """The service's own origin as browsers write it, or None where nobody said it: that of the public URL where the
    operator has set one, else that of the request's Host if it is this machine's. Any other Host is what the request
    says of itself: a stranger's name that was pointed at this address (DNS rebinding) stands there as well."""
    public_url: str | None = scope["litestar_app"].state["public_url"]
    if public_url is not None:
        return origin_of_url(public_url)
    hosts = [value.decode("latin-1") for value in values_of(scope, b"host")]
    # Two hosts together read like none.
    origin = f"{scope['scheme']}://{' '.join(hosts)}"
    return origin if LOOPBACK.fullmatch(origin) else None


def origin_of_url(url: str) -> str:
    """The origin of an address: small letters, and no port where it is the usual one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
