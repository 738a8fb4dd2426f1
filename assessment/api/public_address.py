"""Where people reach the service, for links in answers."""

from __future__ import annotations

import re

from assessment.api.admission import AnyRequest
from assessment.api.fields import values_of
from assessment.api.refusals import BadRequest

_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def public_address(request: AnyRequest) -> str:
    """The beginning of every address: as the operator says, or else where this request came to. Raises BadRequest."""
    said: str | None = request.scope["litestar_app"].state["public_url"]
    if said is not None:
        return said
    hosts = [value.decode("latin-1") for value in values_of(request.scope, b"host")]
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise BadRequest("Links in the answer are made of the header Host, which does not name a host here.")
    return f"{request.scope['scheme']}://{hosts[0]}"


def way_up(raw_path: bytes) -> str:
    """From the address asked for to where the service begins. Links on pages are relative, since a proxy may have put a
    path before ours."""
    # Not of the path that the framework gives: it has taken a slash at the end away, and a browser has not.
    return "../" * (raw_path.partition(b"?")[0].count(b"/") - 1)
