"""Executes the contract's examples against a running application, in an order in which each finds what it names."""

from __future__ import annotations

import re
from typing import Any

import httpx
from litestar import Litestar

from assessment.api.contract import load_example, operations

SAMPLE_IDS = {
    "asmt": "asmt_01k9zqf3v8e3rb4m5n6p7q8r9s",
    "org": "org_01k9zqf3v8e3rb4m5n6p7q8r9t",
    "resp": "resp_01k9zqf3v8e3rb4m5n6p7q8r9v",
    "key": "key_01k9zqf3v8e3rb4m5n6p7q8r9w",
    "audit": "audit_01k9zqf3v8e3rb4m5n6p7q8r9x",
    "ptnr": "ptnr_01k9zqf3v8e3rb4m5n6p7q8r9y",
    "inv": "inv_01k9zqf3v8e3rb4m5n6p7q8r9z",
    "link": "link_01k9zqf3v8e3rb4m5n6p7q8r91",
    "hook": "hook_01k9zqf3v8e3rb4m5n6p7q8r92",
    "evt": "evt_01k9zqf3v8e3rb4m5n6p7q8r93",
    "req": "req_0123456789abcdef01234567",
}
SAMPLE_TIME = "2026-01-31T12:00:00.000000Z"
SMALL = 8_000
"""Responses up to this size stand in the contract, so that it stays readable; all of them are executed."""
ALWAYS_SHOWN = {"score_answers", "create_assessment"}
ORDER = [
    "create_assessment",
    "list_assessments",
    "get_assessment",
    "get_result",
    "get_change",
    "get_assessment_benchmark",
    "get_report",
    "create_share_link",
    "list_share_links",
    "revoke_share_link",
    "update_assessment",
]
LAST = ["complete_assessment", "delete_assessment"]
OF_RESPONSES = ["create_response", "list_responses", "get_response", "update_response", "submit_response"]
OF_INVITATIONS = ["create_invitations", "list_invitations"]
BY_INVITATION = ["get_own_invitation", "update_own_response", "get_own_response", "submit_own_response"]
AFTER_INVITATIONS = ["revoke_invitation"]
OPEN = [*OF_RESPONSES, *OF_INVITATIONS, *BY_INVITATION, *AFTER_INVITATIONS]
"""What takes an assessment that is open, and asks two functions."""
OF_ORGANISATIONS = [
    "list_organisations",
    "get_organisation",
    "get_trend",
    "export_organisation",
    "erase_organisation",
]
AT_THE_END = ["list_audit_events"]
OF_KEYS = ["create_key", "list_keys", "get_key", "roll_key", "revoke_key"]
OF_WEBHOOKS = [
    "create_webhook_endpoint",
    "list_webhook_endpoints",
    "get_webhook_endpoint",
    "update_webhook_endpoint",
    "test_webhook_endpoint",
    "list_events",
    "get_event",
    "resend_event",
    "rotate_webhook_secret",
    "disable_webhook_endpoint",
    "enable_webhook_endpoint",
    "delete_webhook_endpoint",
]
OF_ACCOUNT = [*OF_KEYS, *OF_WEBHOOKS]

_ID = re.compile(r"\b(asmt|org|resp|key|audit|ptnr|inv|link|hook|evt)_[0-9a-z]{26}\b")
_REQUEST = re.compile(r"\breq_[0-9a-f]{24}\b")
_KEY = re.compile(r"\b(alm_[spr]k_(?:live|test)_)[0-9A-Za-z]{4}([0-9A-Za-z]{29})?\b")
_INVITATION = re.compile(r"\balm_inv_[0-9A-Za-z]{33}\b")
_SHARE_LINK = re.compile(r"\balm_share_[0-9A-Za-z]{28}\b")
_WEBHOOK_SECRET = re.compile(r"\bwhsec_[0-9A-Za-z+/]{43}=")
_CURSOR = re.compile(r'(?<="next_cursor":)"[^"]+"')
_TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def settle(text: str) -> str:
    """The text with everything that differs from run to run replaced by samples."""
    text = _ID.sub(lambda match: SAMPLE_IDS[match[1]], text)
    text = _KEY.sub(lambda match: match[1] + "SAMP" + ("…" if match[2] else ""), text)
    text = _INVITATION.sub("alm_inv_SAMP…", text)
    text = _SHARE_LINK.sub("alm_share_SAMP…", text)
    text = _WEBHOOK_SECRET.sub("whsec_SAMP…", text)
    text = _CURSOR.sub('"bmV4dA"', text)
    text = _REQUEST.sub(SAMPLE_IDS["req"], text)
    return _TIME.sub(SAMPLE_TIME, text)


async def execute(app: Litestar, client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """Operation id → what its example is answered. An assessment, a key, a response and links are created
    by their own examples and used by the others; responding and completing take assessments that are open."""
    by_id = {operation.id: (path, method, operation) for path, method, operation in operations(app)}
    rest = [name for name in by_id if name not in ORDER + OPEN + LAST + OF_ACCOUNT + OF_ORGANISATIONS + AT_THE_END]
    answers: dict[str, httpx.Response] = {}
    current = key = organisation = response = invitation = token = link = endpoint = event = ""
    for name in [*rest, *OF_ACCOUNT, *ORDER, *OPEN, *LAST, *OF_ORGANISATIONS, *AT_THE_END]:
        path, method, _ = by_id[name]
        example = load_example(name)
        if name in ("complete_assessment", OPEN[0]):
            body = {**load_example("create_assessment")["request"], "complete": False}
            body |= {"functions": ["sales", "marketing"]} if name in OPEN else {}
            current = (await client.post("/v1/assessments", json=body)).json()["id"]
        parameters = _parameters(example) | {"assessment_id": current, "key_id": key, "organisation_id": organisation}
        parameters |= {"response_id": response, "invitation_id": invitation, "link_id": link}
        parameters |= {"endpoint_id": endpoint, "event_id": event}
        if name == "get_change":
            parameters |= {"assessment_id": await _answer_again(client), "since": current}
        query = {
            name: value
            for name, value in parameters.items()
            if name in _parameters(example) and f"{{{name}}}" not in path
        }
        headers = {}
        if query.pop("If-Match", None) is not None:
            # The example shows some ETag; the one of this moment is sent.
            headers["If-Match"] = (await client.get(path.format(**parameters))).headers["etag"]
        if name in BY_INVITATION:
            headers["Authorization"] = f"Bearer {token}"
        body = {"json": example["request"]} if "request" in example else {}
        answers[name] = await client.request(method, path.format(**parameters), params=query, headers=headers, **body)
        if name == "create_key":
            key = answers[name].json()["id"]
        if name == "create_webhook_endpoint":
            endpoint = answers[name].json()["id"]
        if name == "test_webhook_endpoint":
            event = answers[name].json()["id"]
        if name == "create_response":
            response = answers[name].json()["id"]
        if name == "create_invitations":
            first, second = answers[name].json()["data"]
            token, invitation = first["token"], second["id"]
        if name == "create_share_link":
            link = answers[name].json()["id"]
        if name == "create_assessment":
            current = answers[name].json()["id"]
            organisation = answers[name].json()["organisation"]["id"]
    return answers


async def _answer_again(client: httpx.AsyncClient) -> str:
    """The example's organisation a while later, when it has agreed on an SLA: the id of its second assessment."""
    body = load_example("create_assessment")["request"]
    for response in body["responses"]:
        response["answers"]["sla-agreement"] = "agreed"
    again: str = (await client.post("/v1/assessments", json=body)).json()["id"]
    return again


def _parameters(example: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = example.get("parameters", {})
    return found
