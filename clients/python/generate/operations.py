"""What the contract says of an operation, as a client's method needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generate.contract import REF, Schema, type_name
from generate.names import PLACES

METHODS = ("get", "post", "patch", "put", "delete")
HEADERS = {
    "If-Match": "if_match",
    "If-None-Match": "if_none_match",
    "Idempotency-Key": "idempotency_key",
    "Alignment-Client-Token": "client_token",
}
SHORT = {"text/html": "html", "application/pdf": "pdf"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation: how the contract calls it, and how the method does."""

    name: str
    argument: str
    place: str
    required: bool
    schema: Schema
    description: str


@dataclass(frozen=True)
class Described:
    """One operation."""

    id: str
    method: str
    path: str
    resource: str
    name: str
    summary: str
    description: str
    needs_key: bool
    parameters: tuple[Parameter, ...]
    body: str | None
    """The type of its body."""
    returns: str | None
    """The type of its answer; None for one without content."""
    files: tuple[str, ...]
    """The media types of an answer that is no JSON."""

    @property
    def listed(self) -> bool:
        """Whether it answers a page that a cursor leads on from."""
        return any(parameter.name == "cursor" for parameter in self.parameters)


def read_operations(contract: Schema) -> list[Described]:
    """Every operation, in the order of the places. SystemExit for one that has no place."""
    found = {one.id: one for one in _operations(contract)}
    order = {name: number for number, name in enumerate(PLACES)}
    return sorted(found.values(), key=lambda one: order[one.id])


def _operations(contract: Schema) -> Iterator[Described]:
    for path, item in contract["paths"].items():
        for method in METHODS:
            if method in item:
                yield _described(path, method, item[method])


def _described(path: str, method: str, said: Schema) -> Described:
    place = PLACES.get(said["operationId"])
    if place is None:
        raise SystemExit(f"{said['operationId']} has no place in the clients: name one in generate/names.py.")
    resource, name = place.split(".")
    answer = next(response for status, response in said["responses"].items() if status.startswith("2"))
    content = answer.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return Described(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        resource=resource,
        name=name,
        summary=said["summary"],
        description=re.sub(r"\s+", " ", said.get("description", "")).strip(),
        needs_key=bool(said.get("security", True)),
        parameters=tuple(_parameter(one) for one in said.get("parameters", ())),
        body=_body(said),
        returns=None if schema is None else _type(schema),
        files=() if schema is not None else tuple(content),
    )


def _body(said: Schema) -> str | None:
    content = said.get("requestBody", {}).get("content", {})
    return _type(content["application/json"]["schema"]) if content else None


def _type(schema: Schema) -> str:
    return type_name(schema["$ref"].removeprefix(REF)) if "$ref" in schema else "dict[str, Any]"


def _parameter(said: Schema) -> Parameter:
    name = said["name"]
    return Parameter(
        name=name,
        argument=HEADERS[name] if said["in"] == "header" else name,
        place=said["in"],
        required=said.get("required", False),
        schema=said["schema"],
        description=re.sub(r"\s+", " ", said.get("description", "")).strip(),
    )


def annotation(parameter: Parameter) -> str:
    """The type of a parameter, as a method declares it."""
    schema: dict[str, Any] = parameter.schema
    if "enum" in schema:
        kind = f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    elif parameter.name in {"If-Match", "If-None-Match"}:
        kind = "str | Model | Download"
    elif schema.get("format") == "date-time":
        kind = "datetime | str"
    else:
        kind = {"string": "str", "integer": "int", "boolean": "bool"}[schema["type"]]
    return kind if parameter.required else f"{kind} | None"
