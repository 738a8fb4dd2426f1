"""The Postman collection: it is what the contract says, complete, and in an order in which each finds what it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assessment.api.contracts import collection

FOLDER = Path(__file__).parents[2] / "openapi"
CONTRACT: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_bytes())
COLLECTION: dict[str, Any] = json.loads((FOLDER / "postman_collection.json").read_bytes())
OPERATIONS = {op["operationId"]: op for item in CONTRACT["paths"].values() for op in item.values()}


def requests() -> Iterator[dict[str, Any]]:
    for folder in COLLECTION["item"]:
        yield from folder["item"]


def test_the_committed_collection_is_what_the_contract_gives() -> None:
    committed = (FOLDER / "postman_collection.json").read_text(encoding="utf-8")
    assert committed == collection.render(CONTRACT), "Run: make contract"


def test_every_operation_is_in_it_once_in_the_folder_of_its_tag() -> None:
    beside = {extra.name for extra in collection.EXTRAS.values()}
    found = [(folder["name"], one["name"]) for folder in COLLECTION["item"] for one in folder["item"]]
    assert sorted(one for one in found if one[1] not in beside) == sorted(
        (op["tags"][0], op["summary"]) for op in OPERATIONS.values()
    )


def test_what_a_request_names_is_kept_by_one_before_it() -> None:
    known = {"base_url", "api_key", "$guid"}
    for one in requests():
        asked = {key: value for key, value in one["request"].items() if key != "description"}
        named = set(re.findall(r"{{([^}]+)}}", json.dumps(asked)))
        assert named <= known, f"{one['name']} names {named - known}"
        known |= set(re.findall(r'collectionVariables\.set\("(\w+)"', "\n".join(one["event"][0]["script"]["exec"])))
    assert {variable["key"] for variable in COLLECTION["variable"]} == known - {"$guid"}


def test_what_is_arranged_by_hand_is_in_the_contract() -> None:
    arranged = {*collection.ORDER, *collection.KEPT, *collection.NAMED, *collection.EXTRAS}
    assert arranged <= set(OPERATIONS)
    assert len(collection.ORDER) == len(set(collection.ORDER))


def test_no_key_is_in_it() -> None:
    assert not re.search(r"alm_[a-z]+_\w{20}|whsec_\w", json.dumps(COLLECTION))
    assert COLLECTION["auth"]["bearer"][0]["value"] == "{{api_key}}"


def test_public_operations_send_no_key_and_invited_ones_their_invitation() -> None:
    auth = {one["name"]: one["request"].get("auth") for one in requests()}
    assert auth["See whether the process answers"] == {"type": "noauth"}
    assert auth["Read one's own draft"]["bearer"][0]["value"] == "{{invitation}}"
    assert auth["Create an assessment"] is None
