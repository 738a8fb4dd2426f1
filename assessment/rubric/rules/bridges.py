"""What must hold of a bridge: it leads to an earlier version that exists, by dimensions that both versions have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assessment.errors import Problem
from assessment.rubric.bridges import version_order
from assessment.rubric.document import Place
from assessment.rubric.head import Bridge
from assessment.rubric.load import RubricSource
from assessment.rubric.rules.wording import repeated, unknown


def check_bridges(sources: Sequence[RubricSource]) -> Iterator[Problem]:
    """Hold the bridges of all versions against each other."""
    by_reference = {source.reference: source for source in sources}
    for source in sources:
        head = source.rubric.head
        yield from repeated(source.head, ("bridges",), [one.version for one in head.bridges], "version", "version")
        for position, bridge in enumerate(head.bridges):
            place: Place = ("bridges", position)
            if version_order(bridge.version) >= version_order(head.version):
                detail = f"a bridge leads to an earlier version; {bridge.version} is not earlier than {head.version}"
                yield source.head.problem((*place, "version"), "not_earlier", detail)
                continue
            yield from repeated(source.head, (*place, "dimensions"), bridge.dimensions, "dimension")
            yield from _check_dimensions(source, bridge, place, head.dimensions, head.version)
            target = by_reference.get(f"{head.id}@{bridge.version}")
            if target is not None:
                yield from _check_dimensions(source, bridge, place, target.rubric.head.dimensions, bridge.version)
                if head.published is not None and target.rubric.head.published is None:
                    detail = f"{bridge.version} is a draft and may still change; a published version cannot rest on it"
                    yield source.head.problem((*place, "version"), "bridge_to_draft", detail)
            elif not (source.directory.parent / bridge.version).is_dir():
                # One whose folder is there could not be read, which is said elsewhere.
                versions = [one.rubric.head.version for one in sources if one.rubric.head.id == head.id]
                detail = unknown("version", bridge.version, [one for one in versions if one != head.version])
                yield source.head.problem((*place, "version"), "unknown_version", detail)


def _check_dimensions(
    source: RubricSource, bridge: Bridge, place: Place, there: Sequence[str], version: str
) -> Iterator[Problem]:
    for index, name in enumerate(bridge.dimensions):
        if name not in there:
            detail = unknown(f"dimension in {version} called", name, there)
            yield source.head.problem((*place, "dimensions", index), "unknown_dimension", detail)
