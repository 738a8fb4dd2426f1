"""Which of several media types a request would rather have, by its Accept headers (RFC 9110 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from assessment.api.fields import values_of

_TYPE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_QUOTED = r'"(?:[^"\\]|\\.)*"?'
_PART = re.compile(rf'(?:[^,"]|{_QUOTED})+')
_PIECE = re.compile(rf'(?:[^;"]|{_QUOTED})+')


class _Range(NamedTuple):
    """A media range, and how welcome it is: 0 is not at all."""

    kind: str
    subtype: str
    weight: float

    def precision(self, media_type: str) -> int:
        """How precisely it names the type: 3 for the very type, 1 for any type at all, 0 where it does not fit."""
        kind, _, subtype = media_type.partition("/")
        if (self.kind, self.subtype) == (kind, subtype):
            return 3
        if self.subtype != "*":
            return 0
        return {kind: 2, "*": 1}.get(self.kind, 0)


def preferred(scope: Any, offers: Sequence[str]) -> str | None:
    """The media type of `offers` that the request would rather have, the first of those it likes as much; None where it
    takes none of them. A request that says nothing takes anything."""
    given = [value.decode("latin-1") for value in values_of(scope, b"accept")]
    said = ",".join(given)
    if not said.strip(" \t,"):
        return offers[0]
    ranges = [one for part in _PART.findall(said) if (one := _read(part)) is not None]
    weights = {offer: _weight(ranges, offer) for offer in offers}
    best = max(offers, key=weights.__getitem__)
    return best if weights[best] > 0 else None


def _weight(ranges: Sequence[_Range], offer: str) -> float:
    """What the range says that names the type most precisely."""
    fitting = [(one.precision(offer), one.weight) for one in ranges if one.precision(offer)]
    return max(fitting)[1] if fitting else 0.0


def _read(part: str) -> _Range | None:
    """A media range; None for what reads like none, which is passed over."""
    name, *parameters = [piece.strip(" \t") for piece in _PIECE.findall(part)] or [""]
    found = _TYPE.fullmatch(name)
    if found is None:
        return None
    weight = 1.0
    for parameter in parameters:
        if parameter[:2].lower() == "q=":
            said = _WEIGHT.fullmatch(parameter)
            if said is None:
                return None
            weight = float(said[1])
    return _Range(found[1].lower(), found[2].lower(), weight)
