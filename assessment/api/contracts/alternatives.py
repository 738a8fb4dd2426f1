"""A JSON Schema as the list of what it allows, each with one type: unions, references and nulls all taken apart; and
which of one schema's became which of another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from assessment.api.contracts.document import SCHEMA, Contract

ANY = "any"
DEEPEST = 50
"""How many references and unions may follow each other without a value between them."""
_TYPES: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


class Alternative(msgspec.Struct, frozen=True):
    """One kind of value that is allowed."""

    type: str
    schema: dict[str, Any]
    name: str | None = None
    """The component that it is."""

    @property
    def tag(self) -> tuple[tuple[str, Any], ...]:
        """What tells an object from the others of its union: its fields that have one value only."""
        listed = {name: values_of(part) for name, part in self.schema.get("properties", {}).items() if part is not True}
        return tuple((name, values[0]) for name, values in sorted(listed.items()) if values and len(values) == 1)

    def __str__(self) -> str:
        values = values_of(self.schema)
        if values is not None and self.type != "null":
            return ", ".join(f"`{shown(value)}`" for value in values)
        if self.name is not None:
            return f"`{self.name}`"
        if self.tag:
            return " and ".join(f"an object with `{name}` `{shown(value)}`" for name, value in self.tag)
        return {"array": "a list", "object": "an object", "null": "null", ANY: "just anything"}.get(
            self.type, f"a {self.type}" if self.type != "integer" else "a whole number"
        )


def shown(value: Any) -> str:
    """A value of a schema, in JSON and without the quotes of a text."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def values_of(schema: dict[str, Any]) -> list[Any] | None:
    """The values that a schema lists; None where it lists none."""
    if "const" in schema:
        return [schema["const"]]
    found: list[Any] | None = schema.get("enum")
    return found


def alternatives(contract: Contract, schema: Any) -> list[Alternative]:
    """Everything that a schema allows. Alternatives that list values of one type are put together."""
    found: list[Alternative] = []
    for one in _expanded(contract, schema, DEEPEST):
        last = next((i for i, other in enumerate(found) if _both_list(one, other)), None)
        if last is None:
            found.append(one)
        else:
            values = [*(values_of(found[last].schema) or ()), *(values_of(one.schema) or ())]
            found[last] = Alternative(one.type, {"type": one.type, "enum": values})
    return found


def pair(
    old: Sequence[Alternative], new: Sequence[Alternative]
) -> tuple[list[tuple[Alternative, Alternative]], list[Alternative], list[Alternative]]:
    """Which alternative became which; and what has no other."""
    gone, added = list(old), list(new)
    pairs = []
    for alike in _LIKENESSES:
        for one in list(gone):
            other = next((other for other in added if alike(one, other)), None)
            if other is not None:
                pairs.append((one, other))
                gone.remove(one)
                added.remove(other)
    if len(gone) == len(added) == 1 and ANY in (gone[0].type, added[0].type):
        pairs.append((gone.pop(), added.pop()))
    return pairs, gone, added


_LIKENESSES: tuple[Callable[[Alternative, Alternative], bool], ...] = (
    lambda one, other: one == other,
    lambda one, other: one.type == other.type and one.tag != () and one.tag == other.tag,
    lambda one, other: one.type == other.type and one.name is not None and one.name == other.name,
    lambda one, other: one.type == other.type and not (one.tag and other.tag),
    lambda one, other: {one.type, other.type} == {"integer", "number"},
)


def _both_list(one: Alternative, other: Alternative) -> bool:
    listed = values_of(one.schema) is not None and values_of(other.schema) is not None
    return listed and one.type == other.type and one.type != "object"


def _expanded(contract: Contract, schema: Any, depth: int) -> Iterator[Alternative]:
    if schema is True:
        schema = {}
    if schema is False or depth == 0:
        return
    if "$ref" in schema:
        yield from _referred(contract, schema, depth - 1)
        return
    for word in ("allOf", "anyOf", "oneOf"):
        if word in schema:
            base = {key: value for key, value in schema.items() if key not in (word, "discriminator")}
            yield from _of_union(contract, base, word, schema[word], depth - 1)
            return
    yield from _by_type(schema)


def _referred(contract: Contract, schema: dict[str, Any], depth: int) -> Iterator[Alternative]:
    """What a reference names. A component that is one alternative gives it its name."""
    target = contract.resolved({"$ref": schema["$ref"]})
    beside = {key: value for key, value in schema.items() if key not in ("$ref", "description", "title")}
    if beside.keys() - {"default", "deprecated"}:
        yield from _expanded(contract, merged(target, beside), depth)
        return
    found = list(_expanded(contract, target, depth))
    name = schema["$ref"].removeprefix(SCHEMA) if len(found) == 1 else None
    for one in found:
        yield Alternative(one.type, one.schema, name or one.name)


def _of_union(
    contract: Contract, base: dict[str, Any], word: str, members: list[Any], depth: int
) -> Iterator[Alternative]:
    if word == "allOf":
        for member in members:
            base = merged(base, contract.resolved(member))
        yield from _expanded(contract, base, depth)
        return
    bare = not base.keys() - {"description", "title", "default", "examples", "deprecated"}
    for member in members:
        yield from _expanded(contract, member if bare else merged(base, contract.resolved(member)), depth)


def _by_type(schema: dict[str, Any]) -> Iterator[Alternative]:
    values = values_of(schema)
    named = schema.get("type")
    types = [named] if isinstance(named, str) else list(named or ())
    if schema.get("nullable") and types:
        types.append("null")
    if values is not None:
        by_type: dict[str, list[Any]] = {}
        for value in values:
            by_type.setdefault(_TYPES[type(value)], []).append(value)
        for kind, of_kind in by_type.items():
            if not types or kind in types or (kind == "integer" and "number" in types):
                yield Alternative(kind, {**_without(schema, "const"), "type": kind, "enum": of_kind})
        return
    for kind in dict.fromkeys(types) if "type" in schema else [ANY]:
        yield Alternative(kind, schema)


def _without(schema: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != key}


def merged(one: Any, other: Any) -> dict[str, Any]:
    """What both schemas allow. What cannot be said in one schema stands in it twice, under `and`."""
    if one is True or other is True:
        return dict(one) if isinstance(one, dict) else dict(other) if isinstance(other, dict) else {}
    if one is False or other is False:
        return {"not": {}}
    found = dict(one)
    for key, value in other.items():
        found[key] = _both(key, found[key], value) if key in found and found[key] != value else value
    return found


def _both(key: str, one: Any, other: Any) -> Any:
    by_rule = _RULES.get(key)
    return {"and": [one, other]} if by_rule is None else by_rule(one, other)


def _both_fields(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    shared = {name: {"allOf": [part, other[name]]} for name, part in one.items() if name in other}
    return {**one, **other, **shared}


def _both_types(one: str | list[str], other: str | list[str]) -> list[str]:
    ones, others = ([kind] if isinstance(kind, str) else kind for kind in (one, other))
    both = [kind for kind in ones if kind in others or (kind == "integer" and "number" in others)]
    return [*both, *(kind for kind in others if kind == "integer" and "number" in ones and kind not in both)]


_RULES: dict[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("description", "title", "default", "examples"), lambda _, other: other),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
    **dict.fromkeys(("items", "additionalProperties", "propertyNames"), lambda one, other: {"allOf": [one, other]}),
    **dict.fromkeys(("anyOf", "oneOf"), lambda one, other: [merged(a, b) for a in one for b in other]),
    "allOf": lambda one, other: [*one, *other],
    "required": lambda one, other: list(dict.fromkeys([*one, *other])),
    "properties": _both_fields,
    "type": _both_types,
    "enum": lambda one, other: [value for value in one if shown([value]) in (shown([same]) for same in other)],
}
"""What both of two keywords allow."""
