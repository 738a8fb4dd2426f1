"""The contract as a Postman collection that can be run from top to bottom: each request finds what it names.

A folder for each tag. What a request creates is kept in variables of the collection, and later requests name those.
Insomnia, Bruno and Hoppscotch read the same file.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import msgspec

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
FORM = uuid.uuid5(uuid.NAMESPACE_URL, "alignment-assessment/collection")
"""The collection keeps its id, so that importing it again replaces it."""
HERE = "http://127.0.0.1:8000"

ORDER = (
    *("create_assessment", "get_assessment", "get_result", "get_change", "get_report"),
    *("create_share_link", "list_share_links", "revoke_share_link", "list_assessments", "update_assessment"),
    *("complete_assessment", "delete_assessment"),
    *("create_response", "list_responses", "get_response", "update_response", "submit_response"),
    *("create_invitations", "list_invitations", "get_own_invitation", "update_own_response", "get_own_response"),
    *("submit_own_response", "revoke_invitation"),
    *("list_organisations", "get_organisation", "get_trend", "export_organisation", "erase_organisation"),
    *("create_webhook_endpoint", "list_webhook_endpoints", "get_webhook_endpoint", "update_webhook_endpoint"),
    *("test_webhook_endpoint", "list_events", "get_event", "resend_event", "rotate_webhook_secret"),
    *("disable_webhook_endpoint", "enable_webhook_endpoint", "delete_webhook_endpoint"),
    *("create_key", "list_keys", "get_key", "roll_key", "revoke_key"),
)
"""In which order they find what they name. What is not here comes after it in its folder."""

KEPT = {
    "create_assessment": {"assessment_id": "id", "organisation_id": "organisation.id"},
    "create_response": {"response_id": "id"},
    "create_invitations": {"invitation": "data[0].token", "invitation_id": "data[1].id"},
    "create_share_link": {"link_id": "id"},
    "create_key": {"key_id": "id"},
    "create_webhook_endpoint": {"endpoint_id": "id"},
    "test_webhook_endpoint": {"event_id": "id"},
}
"""What of an answer is kept, under which name: where it stands in the answer."""

_ASKING = (
    *("create_response", "list_responses", "get_response", "update_response", "submit_response"),
    *("create_invitations", "list_invitations", "revoke_invitation"),
)
NAMED = {
    "get_change": {"assessment_id": "later_assessment_id", "since": "assessment_id"},
    "complete_assessment": {"assessment_id": "open_assessment_id"},
    "delete_assessment": {"assessment_id": "open_assessment_id"},
    **{operation: {"assessment_id": "asking_assessment_id"} for operation in _ASKING},
}
"""Parameters that are not the variable of their own name."""


class Extra(msgspec.Struct, frozen=True):
    """A request beside those of the contract, which another one needs."""

    name: str
    body: dict[str, Any]
    kept: dict[str, str]


EXTRAS = {
    "get_change": Extra("Create another a while later", {}, {"later_assessment_id": "id"}),
    "complete_assessment": Extra("Create one that is open", {"complete": False}, {"open_assessment_id": "id"}),
    "create_response": Extra(
        "Create an assessment that asks two functions",
        {"complete": False, "functions": ["sales", "marketing"]},
        {"asking_assessment_id": "id"},
    ),
}
"""Before an operation: another assessment, with the example's fields and these."""


def collection(contract: dict[str, Any]) -> dict[str, Any]:
    """The collection of an OpenAPI document of ours."""
    folders: dict[str, list[tuple[int, list[dict[str, Any]]]]] = {tag["name"]: [] for tag in contract["tags"]}
    create = contract["paths"]["/v1/assessments"]["post"]
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            name = operation["operationId"]
            requests = [_request(method, path, operation, KEPT.get(name, {}))]
            if name in EXTRAS:
                requests.insert(0, _extra(EXTRAS[name], create))
            place = ORDER.index(name) if name in ORDER else len(ORDER)
            folders[operation["tags"][0]].append((place, requests))
    return {
        "info": {
            "_postman_id": str(FORM),
            "name": contract["info"]["title"],
            "description": contract["info"]["description"],
            "schema": SCHEMA,
        },
        "auth": _bearer("api_key"),
        "variable": [
            {"key": "base_url", "value": HERE},
            {"key": "api_key", "value": "", "description": "A secret key, best one of test mode: alm_sk_test_…"},
            *({"key": name, "value": ""} for name in _variables()),
        ],
        "item": [
            {
                "name": tag["name"],
                "description": tag["description"],
                "item": [one for _, requests in sorted(folders[tag["name"]], key=lambda p: p[0]) for one in requests],
            }
            for tag in contract["tags"]
        ],
    }


def render(contract: dict[str, Any]) -> str:
    """The collection in the text that is committed."""
    return json.dumps(collection(contract), indent=1, ensure_ascii=False) + "\n"


def _variables() -> list[str]:
    kept = [*KEPT.values(), *(extra.kept for extra in EXTRAS.values())]
    return sorted({name for one in kept for name in one})


def _extra(extra: Extra, create: dict[str, Any]) -> dict[str, Any]:
    found = _request("post", "/v1/assessments", create, extra.kept)
    found["name"] = extra.name
    found["request"]["body"] = _json(_example_of(create) | extra.body)
    return found


def _request(method: str, path: str, operation: dict[str, Any], kept: dict[str, str]) -> dict[str, Any]:
    expected = sorted(int(status) for status in operation["responses"] if status < "300")
    script = [
        'pm.test("is answered as the contract says", () => {',
        f"  pm.expect(pm.response.code).to.be.oneOf({json.dumps(expected)});",
        "});",
        *(f'pm.collectionVariables.set("{name}", pm.response.json().{place});' for name, place in kept.items()),
    ]
    return {
        "name": operation["summary"],
        "request": _asked(method, path, operation),
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}],
    }


def _asked(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    parameters = operation.get("parameters", [])
    asked: dict[str, Any] = {
        "method": method.upper(),
        "description": operation["description"],
        "header": [_header(one) for one in parameters if one["in"] == "header"],
        "url": _url(path, operation, parameters),
    }
    security = operation["security"]
    if not security:
        asked["auth"] = {"type": "noauth"}
    elif security == [{"invitation": []}]:
        asked["auth"] = _bearer("invitation")
    if "requestBody" in operation:
        asked["header"].append({"key": "Content-Type", "value": "application/json"})
        asked["body"] = _json(_example_of(operation))
    return asked


def _url(path: str, operation: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    values = {one["name"]: _value(one, operation["operationId"]) for one in parameters}
    steps = [f":{step[1:-1]}" if step.startswith("{") else step for step in path.strip("/").split("/")]
    query = [
        {"key": one["name"], "value": values[one["name"]], "description": one["description"]}
        | ({} if "example" in one else {"disabled": True})
        for one in parameters
        if one["in"] == "query"
    ]
    asked = "&".join(f"{one['key']}={one['value']}" for one in query if "disabled" not in one)
    return {
        "raw": "{{base_url}}/" + "/".join(steps) + (f"?{asked}" if asked else ""),
        "host": ["{{base_url}}"],
        "path": steps,
        "query": query,
        "variable": [
            {"key": one["name"], "value": values[one["name"]], "description": one["description"]}
            for one in parameters
            if one["in"] == "path"
        ],
    }


def _value(parameter: dict[str, Any], operation: str) -> str:
    """A variable where one is kept, else the example."""
    name = NAMED.get(operation, {}).get(parameter["name"], parameter["name"])
    return f"{{{{{name}}}}}" if name in _variables() else str(parameter.get("example", ""))


def _header(parameter: dict[str, Any]) -> dict[str, Any]:
    name, description = parameter["name"], parameter["description"]
    value = "{{$guid}}" if name == "Idempotency-Key" else "*" if name == "If-Match" and parameter["required"] else ""
    header = {"key": name, "value": value, "description": description}
    return header if value else header | {"disabled": True}


def _bearer(variable: str) -> dict[str, Any]:
    return {"type": "bearer", "bearer": [{"key": "token", "value": f"{{{{{variable}}}}}", "type": "string"}]}


def _example_of(operation: dict[str, Any]) -> Any:
    return operation["requestBody"]["content"]["application/json"]["example"]


def _json(body: Any) -> dict[str, Any]:
    raw = json.dumps(body, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
