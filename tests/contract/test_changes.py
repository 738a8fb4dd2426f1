"""What breaks clients is found in two contracts, and what does not is not called breaking."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from assessment.api.contracts.compare import compare
from assessment.errors import InvalidInput
from tests.contract.mutations import MORE, THIRTEEN, Mutation

CONTRACT = Path(__file__).parents[2] / "openapi" / "openapi.json"
Schema = Any
Kind = Callable[[st.SearchStrategy[Any]], st.SearchStrategy[Any]]
Kinds = tuple[Kind, ...]


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(CONTRACT.read_bytes())
    return parsed


@pytest.mark.parametrize("mutation", THIRTEEN + MORE, ids=lambda mutation: mutation.name)
def test_a_mutation_is_found_and_judged(contract: dict[str, Any], mutation: Mutation) -> None:
    mutated = copy.deepcopy(contract)
    mutation.change(mutated)
    found = {change.text: change.breaking for change in compare(contract, mutated)}
    assert found[mutation.line] is mutation.breaking
    assert any(found.values()) is mutation.breaking


def test_eleven_of_the_thirteen_break_clients() -> None:
    assert [mutation.breaking for mutation in THIRTEEN] == [True] * 11 + [False] * 2


def test_a_contract_is_the_same_as_itself(contract: dict[str, Any]) -> None:
    assert compare(contract, copy.deepcopy(contract)) == []


def test_other_words_change_nothing(contract: dict[str, Any]) -> None:
    def reworded(part: Any) -> Any:
        if isinstance(part, dict):
            words = ("description", "summary", "title")
            return {k: f"{v}!" if k in words and isinstance(v, str) else reworded(v) for k, v in part.items()}
        return [reworded(one) for one in part] if isinstance(part, list) else part

    assert compare(contract, reworded(contract)) == []


def test_every_field_of_an_answer_is_missed(contract: dict[str, Any]) -> None:
    components = contract["components"]
    for name in ("Result", "Assessment", "ProblemDocument", "Edition", "ShareLink", "ApiKey"):
        whole = components["schemas"][name]
        for field in whole["properties"]:
            less = whole | {
                "properties": {key: part for key, part in whole["properties"].items() if key != field},
                "required": [key for key in whole["required"] if key != field],
            }
            mutated = contract | {"components": components | {"schemas": components["schemas"] | {name: less}}}
            breaking = {change.text for change in compare(contract, mutated) if change.breaking}
            assert breaking == {f"{name}.{field}: is not there any more"}


def document(schema: Schema, **more: Schema) -> dict[str, Any]:
    """A contract with one operation that is sent `schema` and answers it."""
    content = {"application/json": {"schema": schema}}
    asks = {"requestBody": {"required": True, "content": content}, "responses": {}}
    answers = {"responses": {"200": {"description": "It.", "content": content}}}
    return {
        "openapi": "3.1.0",
        "paths": {"/asks": {"post": asks}, "/answers": {"get": answers}},
        "components": {"schemas": more},
    }


def breaks(old: Schema, new: Schema) -> tuple[bool, bool]:
    """Whether it breaks who sends, and who reads."""
    found = [change for change in compare(document(old), document(new)) if change.breaking]
    return any("POST" in one.where for one in found), any("GET" in one.where for one in found)


TEXT, NUMBER, NULL = {"type": "string"}, {"type": "number"}, {"type": "null"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TEXT, {"anyOf": [TEXT, NULL]}, (False, True)),
        ({"anyOf": [TEXT, NULL]}, {"type": ["string", "null"]}, (False, False)),
        ({"type": "integer"}, NUMBER, (False, True)),
        (NUMBER, {"type": "integer"}, (True, False)),
        ({"enum": ["a", "b"]}, {"anyOf": [{"const": "b"}, {"const": "a"}]}, (False, False)),
        (TEXT, {"enum": ["a"]}, (True, False)),
        ({}, TEXT, (True, False)),
        (TEXT, {}, (False, True)),
        ({"allOf": [TEXT, {"maxLength": 5}]}, {"type": "string", "maxLength": 5}, (False, False)),
        ({"allOf": [TEXT, {"maxLength": 5}]}, {"type": "string", "maxLength": 4}, (True, False)),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}, (True, True)),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": NUMBER}, (True, True)),
        ({"type": "array"}, {"type": "array", "uniqueItems": True}, (True, False)),
        ({"type": "array", "prefixItems": [TEXT, TEXT]}, {"type": "array", "prefixItems": [TEXT]}, (False, True)),
        (
            {"type": "object", "additionalProperties": TEXT},
            {"type": "object", "additionalProperties": False},
            (True, True),
        ),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": TEXT},
            (False, False),
        ),
        (
            {"type": "object", "propertyNames": {"maxLength": 5}},
            {"type": "object", "propertyNames": {"maxLength": 4}},
            (True, False),
        ),
        ({"anyOf": [TEXT, NUMBER]}, TEXT, (True, False)),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"required": ["a"]}, (True, False)),
    ],
)
def test_a_schema_narrows_for_who_sends_and_widens_for_who_reads(
    old: Schema, new: Schema, expected: tuple[bool, bool]
) -> None:
    assert breaks(old, new) == expected


def tagged(mapping: dict[str, str]) -> Schema:
    named = {value: f"#/components/schemas/{name}" for value, name in mapping.items()}
    return {
        "oneOf": [{"$ref": reference} for reference in dict.fromkeys(named.values())],
        "discriminator": {"propertyName": "kind", "mapping": named},
    }


def test_values_that_tell_alternatives_apart_are_compared() -> None:
    shapes = {
        name: {"type": "object", "properties": {"kind": TEXT, field: TEXT}, "required": ["kind", field]}
        for name, field in (("Circle", "radius"), ("Square", "side"))
    }
    both = document(tagged({"circle": "Circle", "square": "Square"}), **shapes)
    fewer = document(tagged({"circle": "Circle"}), **shapes)
    swapped = document(tagged({"circle": "Square", "square": "Circle"}), **shapes)
    assert {change.text for change in compare(both, fewer) if change.breaking} >= {
        "POST /asks body: takes `square` no longer"
    }
    assert any(change.breaking for change in compare(both, swapped))


def test_a_schema_within_itself_is_compared_once() -> None:
    def tree(leaf: Schema) -> dict[str, Any]:
        branches = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        return document({"$ref": "#/components/schemas/Tree"}, Tree={"anyOf": [leaf, branches]})

    assert [change.text for change in compare(tree(TEXT), tree({"type": "boolean"})) if change.breaking] == [
        "Tree: can be a boolean now",
        "Tree: takes a string no longer",
    ]


def test_references_and_parameters_of_a_path_are_followed() -> None:
    named = {"schema": {"$ref": "#/components/schemas/Limit"}}
    limit = {"name": "limit", "in": "query", **named}
    problem = {"description": "No.", "content": {"application/json": named}}
    operation = {"responses": {"422": {"$ref": "#/components/responses/Problem"}}}
    old: dict[str, Any] = {
        "openapi": "3.1.0",
        "paths": {"/things": {"parameters": [{"$ref": "#/components/parameters/limit"}], "get": operation}},
        "components": {
            "parameters": {"limit": limit},
            "responses": {"Problem": problem},
            "schemas": {"Limit": {"type": "integer", "maximum": 100}},
        },
    }
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Limit"]["maximum"] = 50
    assert [change.text for change in compare(old, new) if change.breaking] == ["Limit: `maximum` is `50`, was `100`"]
    new["components"]["parameters"]["limit"]["required"] = True
    texts = {change.text for change in compare(old, new) if change.breaking}
    assert "GET /things query parameter `limit`: is needed now" in texts


def test_another_name_of_a_path_parameter_is_another_parameter() -> None:
    def contract_with(name: str) -> dict[str, Any]:
        parameter = {"name": name, "in": "path", "required": True, "schema": TEXT}
        return {
            "openapi": "3.1.0",
            "paths": {f"/things/{{{name}}}": {"get": {"parameters": [parameter], "responses": {}}}},
        }

    assert [change.text for change in compare(contract_with("id"), contract_with("thing_id"))] == [
        "GET /things/{thing_id} path parameter `id`: is not there any more",
        "GET /things/{thing_id} path parameter `thing_id`: is new, and needed",
    ]


def test_what_we_send_is_read_by_others() -> None:
    def calling(schema: Schema) -> dict[str, Any]:
        body = {"content": {"application/json": {"schema": schema}}}
        return {"openapi": "3.1.0", "paths": {}, "webhooks": {"completed": {"post": {"requestBody": body}}}}

    assert [c.text for c in compare(calling(TEXT), calling({"type": ["string", "null"]}))] == [
        "webhook `completed` body: can be null now"
    ]
    assert [c.text for c in compare(calling(TEXT), {"openapi": "3.1.0", "paths": {}})] == [
        "webhook `completed`: is not there any more"
    ]


def test_a_component_of_two_types_is_compared_in_both() -> None:
    def contract_with(longest: int) -> dict[str, Any]:
        either = {"anyOf": [{"$ref": "#/components/schemas/Name"}, {"type": "integer"}]}
        return document(either, Name={"type": ["null", "string"], "maxLength": longest})

    assert "POST /asks body: `maxLength` is `5`, was `10`" in [
        change.text for change in compare(contract_with(10), contract_with(5)) if change.breaking
    ]


@pytest.mark.parametrize(("day", "is_breaking"), [("2026-12-31", True), ("2027-12-31", False)])
def test_an_end_must_not_come_sooner(day: str, is_breaking: bool) -> None:
    def ending(when: str) -> dict[str, Any]:
        return {
            "openapi": "3.1.0",
            "paths": {"/things": {"get": {"deprecated": True, "x-sunset": when, "responses": {}}}},
        }

    [change] = compare(ending("2027-06-30"), ending(day))
    assert (change.text, change.breaking) == (f"GET /things: ends on {day}", is_breaking)


def test_what_is_no_contract_is_refused() -> None:
    itself = document({"$ref": "#/components/schemas/A"}, A={"$ref": "#/components/schemas/A"})
    for other, said in (
        ([], "no OpenAPI document"),
        ({"swagger": "2.0", "paths": {}}, "Only documents of OpenAPI 3"),
        ({"openapi": "3.1.0", "paths": {"/things": {"get": None}}}, "The path /things and its operations"),
        (document({"$ref": "#/components/schemas/None"}), "leads nowhere"),
        (document({"$ref": "https://example.com/other.json"}), "leads out of the document"),
        (itself, "leads to itself"),
    ):
        with pytest.raises(InvalidInput, match=said):
            compare(document(TEXT), other)


FUZZED = settings(max_examples=100, deadline=None, derandomize=True)
SCALARS = st.one_of(
    st.builds(dict, type=st.just("string"), minLength=st.integers(0, 2), maxLength=st.integers(1, 3)),
    st.builds(dict, type=st.just("integer"), minimum=st.integers(-1, 1), maximum=st.integers(0, 2)),
    st.builds(dict, type=st.just("number"), exclusiveMinimum=st.integers(-1, 1)),
    st.builds(dict, enum=st.lists(st.sampled_from(["a", "b", 1, None, True]), min_size=1, max_size=3, unique_by=repr)),
    st.sampled_from([{}, {"type": "null"}, {"type": ["string", "boolean"]}]),
)


OBJECTS: Kinds = (
    lambda inner: st.builds(
        dict,
        type=st.just("object"),
        properties=st.dictionaries(st.sampled_from("xyz"), inner, max_size=2),
        required=st.lists(st.sampled_from("xyz"), max_size=2, unique=True),
        additionalProperties=st.one_of(st.booleans(), inner),
    ),
)
REST: Kinds = (
    lambda inner: st.builds(dict, type=st.just("array"), items=inner, maxItems=st.integers(0, 2)),
    lambda inner: st.builds(dict, type=st.just("array"), prefixItems=st.lists(inner, min_size=1, max_size=2)),
    lambda inner: st.builds(dict, anyOf=st.lists(inner, min_size=1, max_size=2)),
    lambda inner: st.builds(dict, allOf=st.lists(SCALARS, min_size=2, max_size=2)),
)
VALUES = st.recursive(
    st.sampled_from(["", "a", "b", "aaaa", -1, 0, 1, 2, 0.5, None, True, False]),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("xyzq"), inner, max_size=3)),
    max_leaves=4,
)


def schemas(*kinds: Kind) -> st.SearchStrategy[Schema]:
    return st.recursive(SCALARS, lambda inner: st.one_of(*(kind(inner) for kind in kinds)), max_leaves=4)


def _takes_all(wide: Schema, narrow: Schema, values: list[Any]) -> bool:
    first, second = Draft202012Validator(wide), Draft202012Validator(narrow)
    return all(first.is_valid(value) for value in values if second.is_valid(value))


@FUZZED
@given(schemas(*OBJECTS, *REST), schemas(*OBJECTS, *REST), st.booleans(), st.lists(VALUES, min_size=10, max_size=30))
def test_what_was_taken_is_taken_where_nothing_breaks_who_sends(
    old: Schema, new: Schema, widened: bool, values: list[Any]
) -> None:
    """Held against a validator: whatever the old schema took, the new one takes."""
    new = {"anyOf": [new, old]} if widened else new
    assume(not breaks(old, new)[0])
    assert _takes_all(new, old, values)


@FUZZED
@given(schemas(*REST), schemas(*REST), st.booleans(), st.lists(VALUES, min_size=10, max_size=30))
def test_what_is_answered_could_be_answered_before_where_nothing_breaks_who_reads(
    old: Schema, new: Schema, narrowed: bool, values: list[Any]
) -> None:
    """But for objects, whose new fields a reader passes over."""
    old = {"anyOf": [new, old]} if narrowed else old
    assume(not breaks(old, new)[1])
    assert _takes_all(old, new, values)
