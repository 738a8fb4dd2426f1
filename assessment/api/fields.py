"""The header fields of a request, read into a dictionary once and looked up from then on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_READ = "assessment.fields"
"""Where a request's scope keeps the dictionary."""


def values_of(scope: Any, name: bytes) -> Sequence[bytes]:
    """What every field of this name (in small letters) says, in their order."""
    headers = scope["headers"]
    found: dict[bytes, bytes] | None = scope.get(_READ)
    if found is None:
        found = scope[_READ] = dict(headers)
    if name not in found:
        return ()
    if len(found) == len(headers):
        return (found[name],)
    # Some field came twice.
    return [value for field, value in headers if field == name]
