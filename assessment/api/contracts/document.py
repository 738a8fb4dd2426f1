"""A contract to be compared: what its references name, and which of its schemas are the same in another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from assessment.errors import InvalidInput

SCHEMA = "#/components/schemas/"


class Contract:
    """An OpenAPI 3.1 document."""

    def __init__(self, document: Any) -> None:
        if not isinstance(document, dict) or not isinstance(document.get("paths", {}), dict):
            raise InvalidInput("This is no OpenAPI document: it has no `paths`.")
        if not str(document.get("openapi", "")).startswith("3."):
            raise InvalidInput("Only documents of OpenAPI 3 are read: `openapi` must begin with 3.")
        self.document: dict[str, Any] = document
        self.schemas: dict[str, Any] = document.get("components", {}).get("schemas", {})

    @property
    def version(self) -> str:
        """The version that it says it has."""
        return str(self.document.get("info", {}).get("version", "without a version"))

    def resolved(self, part: Any) -> Any:
        """The part itself, or what its reference names. Raises InvalidInput where that is nothing."""
        seen = set()
        while isinstance(part, dict) and "$ref" in part:
            reference = part["$ref"]
            if reference in seen:
                raise InvalidInput(f"The reference {reference} leads to itself.")
            seen.add(reference)
            part = self._named(reference)
        return part

    def _named(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise InvalidInput(f"The reference {reference} leads out of the document; only those within are read.")
        part: Any = self.document
        for escaped in reference[2:].split("/"):
            step = escaped.replace("~1", "/").replace("~0", "~")
            if not isinstance(part, dict) or step not in part:
                raise InvalidInput(f"The reference {reference} leads nowhere.")
            part = part[step]
        return part

    def operations(self) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
        """(method, path with its parameters numbered) → the path as it is written, and the operation with the
        parameters of its path."""
        found = {}
        for path, item in self.document.get("paths", {}).items():
            whole = self.resolved(item)
            if not isinstance(whole, dict) or not all(isinstance(whole[key], dict) for key in METHODS & whole.keys()):
                raise InvalidInput(f"The path {path} and its operations must be objects.")
            for method in METHODS & whole.keys():
                shared = whole.get("parameters", [])
                own = whole[method].get("parameters", [])
                operation = {**whole[method], "parameters": self._parameters(shared, own)}
                found[method.upper(), re.sub(r"{[^}]*}", "{}", path)] = (path, operation)
        return found

    def _parameters(self, shared: list[Any], own: list[Any]) -> list[Any]:
        """Those of the path and those of the operation, which go before."""
        by_name = {}
        for parameter in map(self.resolved, [*shared, *own]):
            by_name[parameter["in"], parameter["name"]] = parameter
        return list(by_name.values())


METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def name_of(schema: Any) -> str | None:
    """The component that a schema is a reference to, and nothing else."""
    if not isinstance(schema, dict) or not str(schema.get("$ref", "")).startswith(SCHEMA):
        return None
    return None if schema.keys() - {"$ref", "description"} else str(schema["$ref"]).removeprefix(SCHEMA)


def unchanged(old: Contract, new: Contract) -> frozenset[str]:
    """The schemas that are the same in both, with everything that they refer to."""
    same = {
        name for name, schema in old.schemas.items() if name in new.schemas and _is_equal(schema, new.schemas[name])
    }
    uses = {name: set(_references(old.schemas[name])) for name in same}
    while lost := {name for name in same if uses[name] - same}:
        same -= lost
    return frozenset(same)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref" and isinstance(value, str):
                yield value.removeprefix(SCHEMA)
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _is_equal(old: Any, new: Any) -> bool:
    """Equal in JSON, where true is not 1."""
    return bool(old == new) and msgspec.json.encode(old) == msgspec.json.encode(new)


def is_same(old: Any, new: Any, same: frozenset[str]) -> bool:
    """Whether two parts are equal down to what they refer to."""
    return _is_equal(old, new) and all(name in same for name in _references(old))
