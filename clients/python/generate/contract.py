"""Reads the contract, and makes of its schemas what a client should hold to.

A client is laxer than the service: what the service sends may have grown since, and what it is sent it judges itself.
So bounds and defaults go, and values of an enumeration are what is known today (`_literal.py`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

REF = "#/components/schemas/"
BOUNDS = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems"}
    | {"minProperties", "maxProperties", "pattern", "uniqueItems", "propertyNames"}
    | {"title", "default", "example", "examples"}
)
ANSWER_PARTS = {"option": "ChosenAnswer", "dont_know": "DontKnow", "not_applicable": "NotApplicable"}


def read_contract(path: Path) -> Schema:
    document: Schema = json.loads(path.read_text(encoding="utf-8"))
    return document


def schemas_for_types(contract: Schema) -> dict[str, Schema]:
    """The schemas that types are made of, by the names of the types."""
    given = contract["components"]["schemas"]
    schemas = {type_name(name): _lax(schema) for name, schema in given.items()}
    assert len(schemas) == len(given), "Two schemas of the contract would have the same type."
    _name_answers(schemas)
    _name_batch_items(schemas)
    return schemas


def type_name(schema: str) -> str:
    """`Result` for `Result`; `RubricsQuestionBenchmark` for one that its module tells from another."""
    parts = schema.split(".")
    return parts[-1] if len(parts) == 1 else parts[-2].capitalize() + parts[-1]


def _reference(name: str) -> Schema:
    return {"$ref": REF + name}


def _lax(schema: Any, *, names: bool = False) -> Any:
    """Without bounds. `names` says that the keys are names of fields and no keywords."""
    if isinstance(schema, list):
        return [_lax(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties"} if schema.get("additionalProperties") is False else set()
    tuple_of = {"minItems", "maxItems"} if "prefixItems" in schema else set()
    kept = schema if names else {k: v for k, v in schema.items() if k not in (BOUNDS | closed) - tuple_of}
    lax = {name: _lax(part, names=name == "properties") for name, part in kept.items()}
    if isinstance(lax.get("$ref"), str):
        lax["$ref"] = REF + type_name(lax["$ref"].removeprefix(REF))
    if isinstance(lax.get("description"), str):
        lax["description"] = re.sub(r"\s+", " ", lax["description"]).strip()
    return lax


def _name_answers(schemas: dict[str, Schema]) -> None:
    """The objects that an answer can be get names; those without an option are told apart by their `state`."""
    schemas["ScoreRequest"].pop("oneOf")  # answers or responses: the service judges that
    plain, objects = [], {}
    for part in schemas["Answer"]["oneOf"]:
        if part["type"] != "object":
            plain.append(part)
            continue
        state = part["properties"].get("state", {}).get("const", "option")
        objects[ANSWER_PARTS[state]] = part
    assert set(objects) == set(ANSWER_PARTS.values()), "Answers have other objects than this generator knows."
    schemas |= objects
    states = {state: REF + name for state, name in ANSWER_PARTS.items() if state != "option"}
    schemas["Unanswered"] = {
        "oneOf": [{"$ref": to} for to in states.values()],
        "discriminator": {"propertyName": "state", "mapping": states},
    }
    schemas["Answer"] = {"oneOf": [*plain, _reference("ChosenAnswer"), _reference("Unanswered")]}


def _name_batch_items(schemas: dict[str, Schema]) -> None:
    """An item of a batch has either its result or its problem: one struct with both, which is decoded in one pass."""
    result, problem = schemas.pop("BatchResult"), schemas.pop("BatchProblem")
    schemas["BatchItem"] = {
        "type": "object",
        "description": "What became of one item: its result, or its problem.",
        "properties": result["properties"] | problem["properties"],
    }
    schemas["BatchAnswer"]["properties"]["data"]["items"] = _reference("BatchItem")
