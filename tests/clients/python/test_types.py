"""The generated types hold what the contract says today, and what it may say later."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alignment_assessment import APIError, codes, errors, types
from alignment_assessment.generated import resources
from alignment_assessment.generated.codes import BY_CODE
from alignment_assessment.types import (
    Assessment,
    AssessmentRequest,
    ChosenAnswer,
    DontKnow,
    Health,
    KeyRequest,
    NotApplicable,
    OrganisationRequest,
    ResponsePatch,
)
from assessment.api.problems import error_codes

ROOT = Path(__file__).parents[3]
CONTRACT = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))


def examples() -> dict[str, tuple[str, Any]]:
    """Each answer that the contract shows, by operation, with the name of its type."""
    found = {}
    for item in CONTRACT["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                media = response.get("content", {}).get("application/json", {})
                if "example" in media and "$ref" in media["schema"]:
                    found[operation["operationId"]] = (media["schema"]["$ref"].rpartition("/")[2], media["example"])
    return found


EXAMPLES = examples()


def test_the_contract_shows_answers() -> None:
    assert len(EXAMPLES) > 40


MAPS = {"answers", "base", "by_function", "data", "details", "metadata", "n_by_function", "nearness"}
"""Objects whose names are the caller's or the rubric's, and not the contract's."""


def grown(value: Any) -> Any:
    """The same of a later version: every object has a field more."""
    if isinstance(value, dict):
        return {
            name: part if name in MAPS and isinstance(part, dict) else grown(part) for name, part in value.items()
        } | {"added_later": [1]}
    return [grown(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("operation", EXAMPLES)
def test_an_answer_keeps_every_field_and_may_gain_some(operation: str) -> None:
    name, example = EXAMPLES[operation]
    type_ = getattr(types, name)
    answer = msgspec.convert(example, type_)
    assert {field: getattr(answer, field) is not None for field in example} == {
        field: value is not None for field, value in example.items()
    }
    assert msgspec.convert(grown(example), type_) == answer


def test_a_value_that_came_later_is_no_mistake() -> None:
    answer = msgspec.convert({"status": "slower", "version": "9", "engine": "9"}, Health)
    assert answer.status == "slower"  # type: ignore[comparison-overlap] # the contract of today has no such value
    example = EXAMPLES["create_assessment"][1] | {"status": "paused", "confidentiality": "sealed"}
    assert msgspec.convert(example, Assessment).confidentiality == "sealed"


def test_what_is_not_given_is_not_sent() -> None:
    request = AssessmentRequest(rubric="alignment", organisation=OrganisationRequest(name="Northwind"))
    assert msgspec.json.encode(request) == b'{"rubric":"alignment","organisation":{"name":"Northwind"}}'
    assert msgspec.json.encode(ResponsePatch(function=None)) == b'{"function":null}'
    assert msgspec.json.encode(KeyRequest(kind="secret")) == b'{"kind":"secret"}'


def test_answers_without_an_option_say_their_state() -> None:
    answers = {"a": DontKnow(), "b": NotApplicable(reason="none"), "c": ChosenAnswer(option=["x"], note="why")}
    assert msgspec.json.encode(answers) == (
        b'{"a":{"state":"dont_know"},"b":{"state":"not_applicable","reason":"none"},"c":{"option":["x"],"note":"why"}}'
    )


def test_what_came_does_not_change() -> None:
    answer = msgspec.convert({"status": "ok", "version": "1", "engine": "1"}, Health)
    with pytest.raises(AttributeError):
        answer.version = "2"  # type: ignore[misc] # that is the point


def test_every_code_has_a_class_below_that_of_its_status() -> None:
    for code, kind in BY_CODE.items():
        assert issubclass(kind, APIError), code
    assert BY_CODE["resource_not_found"] is codes.ResourceNotFound
    assert BY_CODE["not_found"] is errors.NotFound
    assert issubclass(codes.RequestInFlight, errors.Conflict)
    assert issubclass(codes.Overloaded, errors.Unavailable)
    assert errors.of_status(418) is APIError
    assert errors.of_status(599) is errors.ServerError


def test_a_code_without_a_class_of_its_own_is_that_of_its_status() -> None:
    # No operation names them: they answer what is none.
    assert {one.code for one in error_codes()} - set(BY_CODE) == {"conflict", "method_not_allowed"}
    assert errors.of_status(405) is errors.MethodNotAllowed


def test_the_package_imports_nothing_of_the_service() -> None:
    package = Path(inspect.getfile(types)).parent
    imported = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                imported.add((node.module or "").split(".")[0])
    outside = imported - set(sys.stdlib_module_names)
    assert outside == {"alignment_assessment", "httpx2", "msgspec", "pyarrow", "rich"}


def test_every_field_and_operation_is_described() -> None:
    for _, kind in inspect.getmembers(resources, inspect.isclass):
        if kind.__name__.endswith("Resource"):
            for name, method in inspect.getmembers(kind, inspect.isfunction):
                assert name.startswith("_") or method.__doc__, (kind, name)
