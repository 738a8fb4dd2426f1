"""Everything that differs between two contracts, what breaks clients first."""

from __future__ import annotations

from typing import Any

from assessment.api.contracts.change import Change
from assessment.api.contracts.document import Contract, unchanged
from assessment.api.contracts.operations import GONE, Operations
from assessment.api.contracts.schemas import Schemas
from assessment.errors import InvalidInput


def compare(old: Any, new: Any) -> list[Change]:
    """What differs from `old` to `new`, both OpenAPI documents. Raises InvalidInput for what is none."""
    before, after = Contract(old), Contract(new)
    schemas = Schemas(before, after, unchanged(before, after))
    try:
        _compare_ways_in(before, after, schemas)
        _compare_operations(before, after, schemas)
    except RecursionError:
        raise InvalidInput("The schemas of this document lead into themselves too often to be compared.") from None
    found = sorted(schemas.found, key=lambda change: (not change.breaking, change.where, change.what))
    # A field that is both sent and answered is told of once, where it breaks one of the two.
    breaking = {change.text for change in found if change.breaking}
    return [change for change in found if change.breaking or change.text not in breaking]


def _compare_operations(old: Contract, new: Contract, schemas: Schemas) -> None:
    operations = Operations(old, new, schemas)
    before, after = old.operations(), new.operations()
    for key in sorted(before.keys() | after.keys()):
        path, operation = after.get(key) or before[key]
        where = f"{key[0]} {path}"
        if key not in after:
            schemas.found[Change(where, GONE, True)] = None
        elif key not in before:
            schemas.found[Change(where, f"is new: {operation.get('summary', 'no summary')}", False)] = None
        else:
            operations.compare(before[key][1], operation, where)
    ours, ours_now = (contract.document.get("webhooks", {}) for contract in (old, new))
    for name in sorted(ours.keys() | ours_now.keys()):
        where = f"webhook `{name}`"
        if name not in ours_now:
            schemas.found[Change(where, GONE, True)] = None
        elif name not in ours:
            schemas.found[Change(where, "is new", False)] = None
        else:
            methods = ours[name].keys() & ours_now[name].keys()
            for method in sorted(methods):
                operations.compare_sent_by_us(ours[name][method], ours_now[name][method], where)


def _compare_ways_in(old: Contract, new: Contract, schemas: Schemas) -> None:
    """Where the API is, and with what one comes in."""
    for server in (one["url"] for one in old.document.get("servers", [])):
        if server not in [one["url"] for one in new.document.get("servers", [])]:
            schemas.found[Change(f"server {server}", GONE, True)] = None
    before, after = (c.document.get("components", {}).get("securitySchemes", {}) for c in (old, new))
    for name in sorted(before.keys() | after.keys()):
        where = f"security scheme `{name}`"
        if name not in after:
            schemas.found[Change(where, GONE, True)] = None
        elif name not in before:
            schemas.found[Change(where, "is new", False)] = None
        else:
            for keyword in ("type", "scheme", "in", "name", "bearerFormat"):
                if before[name].get(keyword) != after[name].get(keyword):
                    schemas.found[Change(where, f"`{keyword}` is another", True)] = None
