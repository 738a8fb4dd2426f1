"""Which versions of one rubric can be compared: their order in time, and the bridges between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from assessment.rubric.head import Reliability, RubricHead


@dataclass(frozen=True)
class Span:
    """What lets scores of two versions of a rubric be compared: that they are one version, or bridges that lead from
    the later one to the earlier.

    `dimensions` are those that every bridge on the way lets be compared, None for all; `overall` whether every one
    lets the overall score be; `reliability` is what the later version states of the overall score.
    """

    versions: tuple[str, ...]
    overall: bool = True
    dimensions: frozenset[str] | None = None
    reasons: tuple[str, ...] = ()
    reliability: Reliability | None = None

    def covers(self, dimension: str) -> bool:
        return self.dimensions is None or dimension in self.dimensions


def version_order(version: str) -> tuple[int, int]:
    """Versions in time: 2026.9 comes before 2026.10."""
    year, number = version.split(".")
    return int(year), int(number)


def find_span(heads: Mapping[str, RubricHead], one: str, other: str) -> Span | None:
    """What lets scores of two versions of a rubric be compared, given the heads there are; None when nothing does.

    A bridge belongs to the later version and holds in both directions of time. Bridges form a chain only where each
    version on the way names the next one; of several chains the one with the fewest bridges counts.
    """
    if one == other:
        return Span((one,), reliability=heads[one].reliability if one in heads else None)
    if one not in heads or other not in heads:
        return None
    earlier, later = sorted((one, other), key=version_order)
    reliability = heads[later].reliability
    waiting = deque([Span((later,), reliability=reliability)])
    seen = {later}
    while waiting:
        span = waiting.popleft()
        for bridge in heads[span.versions[-1]].bridges:
            if bridge.version in seen or bridge.version not in heads:
                continue
            named = frozenset(bridge.dimensions) if bridge.dimensions else None
            longer = Span(
                (*span.versions, bridge.version),
                span.overall and bridge.overall,
                _both(span.dimensions, named),
                (*span.reasons, bridge.reason),
                reliability,
            )
            if bridge.version == earlier:
                return longer
            seen.add(bridge.version)
            waiting.append(longer)
    return None


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
