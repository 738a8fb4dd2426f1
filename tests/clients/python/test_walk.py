"""Every operation of the contract is a method of both clients, and does what the contract says."""

from __future__ import annotations

import inspect
import json
import random
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
import pytest

from alignment_assessment import AsyncClient, AsyncPager, Client, Download, Model, NotModified, Pager
from generate.names import PLACES
from tests.faults import samples
from tests.faults.servers import Server

CONTRACT = json.loads((Path(__file__).parents[3] / "openapi" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
}
Scene = dict[str, Any]
Arguments = Callable[[Scene], dict[str, Any]]


class Wire(httpx2.HTTPTransport):
    """Sends requests as ever, and keeps the last one."""

    last: httpx2.Request

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.last = request
        return super().handle_request(request)


class AsyncWire(httpx2.AsyncHTTPTransport):
    last: httpx2.Request

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.last = request
        return await super().handle_async_request(request)


def set_up(server: Server) -> Scene:
    """Something of everything, made by a client."""
    with Client(server.keys.secret, base_url=server.url) as client:
        shared: dict[str, Any] = {"organisation": {"name": "Northwind", "external_id": f"walk-{random.random()}"}}
        earlier = client.assessments.create(**samples.assessment(random.Random(1), complete=True) | shared)
        body = samples.assessment(random.Random(1), complete=True)
        done = client.assessments.create(**body | shared)
        opened = client.assessments.create(rubric="alignment", functions=["sales", "marketing"], **shared)
        draft = client.responses.create(opened.id, function="sales", answers={})
        invitations = client.invitations.create(opened.id, function="marketing", count=2).data
        erased = client.assessments.create(rubric="alignment", organisation={"name": "Gone soon"})
        hook = client.webhook_endpoints.create(url="https://example.com/walk", events=["assessment.completed"])
        return {
            "assessment_id": done.id,
            "earlier": earlier.id,
            "open": opened.id,
            "draft": draft.id,
            "draft_etag": draft.etag,
            "open_etag": client.assessments.get(opened.id).etag,
            "organisation_id": done.organisation.id,
            "erased": erased.organisation.id,
            "erased_etag": client.organisations.get(erased.organisation.id).etag,
            "invitation_id": invitations[0].id,
            "token": invitations[1].token,
            "link_id": client.share_links.create(done.id).id,
            "key_id": client.keys.create(kind="restricted", scopes=["catalogue:read"]).id,
            "endpoint_id": hook.id,
            "hook_etag": client.webhook_endpoints.get(hook.id).etag,
            "event_id": client.events.list(type="assessment.completed", limit=1).first_page().data[0].id,
            "answers": body["responses"][0]["answers"],
            "rubric": body["rubric"],
        }


def on(**names: str) -> Arguments:
    """Arguments that the scene has by these names."""
    return lambda scene: {argument: scene[name] for argument, name in names.items()}


DONE = on(assessment_id="assessment_id")
OPEN = on(assessment_id="open")
DRAFT = on(assessment_id="open", response_id="draft")
KEY = on(key_id="key_id")
HOOK = on(endpoint_id="endpoint_id")
ORGANISATION = on(organisation_id="organisation_id")


def nothing(_: Scene) -> dict[str, Any]:
    return {}


def score(scene: Scene) -> dict[str, Any]:
    return {"rubric": scene["rubric"], "answers": scene["answers"]}


ARGUMENTS: dict[str, Arguments] = {
    "get_health": nothing,
    "get_readiness": nothing,
    "get_contract": nothing,
    "list_errors": nothing,
    "get_error": lambda _: {"code": "not_found"},
    "list_rubrics": lambda _: {"limit": 1, "locale": "de"},
    "get_latest_rubric": lambda _: {"rubric_id": "alignment", "locale": "de"},
    "get_rubric": lambda _: {"rubric_id": "alignment", "version": "2026.1"},
    "list_studies": lambda _: {"limit": 1},
    "get_study": lambda _: {"study_id": "ceb-2013"},
    "get_benchmarks": lambda _: {"rubric": "alignment"},
    "score_answers": score,
    "score_batch": lambda scene: {"items": [score(scene)]},
    "create_assessment": lambda _: {"rubric": "alignment", "organisation": {"name": "New"}},
    "list_assessments": lambda scene: {
        "limit": 5,
        "organisation": scene["organisation_id"],
        "status": "open",
        "created_after": "2026-01-31T12:00:00Z",
    },
    "get_assessment": DONE,
    "get_result": DONE,
    "get_report": lambda scene: DONE(scene) | {"format": "html", "locale": "de"},
    "get_change": lambda scene: DONE(scene) | {"since": scene["earlier"]},
    "get_assessment_benchmark": lambda scene: DONE(scene) | {"cohort": "all"},
    "create_share_link": lambda scene: DONE(scene) | {"expires_in_days": 2},
    "list_share_links": DONE,
    "revoke_share_link": lambda scene: DONE(scene) | {"link_id": scene["link_id"]},
    "update_assessment": lambda scene: OPEN(scene) | {"if_match": scene["open_etag"], "target_level": 2},
    "create_response": lambda scene: OPEN(scene) | {"function": "sales"},
    "list_responses": OPEN,
    "get_response": DRAFT,
    "update_response": lambda scene: DRAFT(scene) | {"if_match": scene["draft_etag"], "answers": {}},
    "submit_response": DRAFT,
    "create_invitations": lambda scene: OPEN(scene) | {"function": "marketing"},
    "list_invitations": OPEN,
    "revoke_invitation": lambda scene: OPEN(scene) | {"invitation_id": scene["invitation_id"]},
    "get_own_invitation": nothing,
    "update_own_response": lambda _: {"answers": {}, "seniority": "manager", "if_none_match": "*"},
    "get_own_response": nothing,
    "submit_own_response": nothing,
    "complete_assessment": OPEN,
    "list_organisations": lambda _: {"name": "Northwind"},
    "get_organisation": ORGANISATION,
    "export_organisation": ORGANISATION,
    "get_trend": lambda scene: ORGANISATION(scene) | {"rubric": "alignment"},
    "erase_organisation": on(organisation_id="erased", if_match="erased_etag"),
    "list_keys": nothing,
    "create_key": lambda _: {"kind": "secret", "name": "Another"},
    "get_key": KEY,
    "roll_key": lambda scene: KEY(scene) | {"overlap_seconds": 60},
    "revoke_key": KEY,
    "create_webhook_endpoint": lambda _: {"url": "https://example.com/new", "events": ["response.submitted"]},
    "list_webhook_endpoints": nothing,
    "get_webhook_endpoint": HOOK,
    "update_webhook_endpoint": lambda scene: HOOK(scene) | {"if_match": scene["hook_etag"], "description": "Ours"},
    "test_webhook_endpoint": HOOK,
    "rotate_webhook_secret": HOOK,
    "disable_webhook_endpoint": HOOK,
    "enable_webhook_endpoint": HOOK,
    "list_events": lambda _: {"type": "assessment.completed", "limit": 1},
    "get_event": on(event_id="event_id"),
    "resend_event": lambda scene: {"event_id": next(iter(scene["with"].events.list(type="webhook_endpoint.test"))).id},
    "delete_webhook_endpoint": lambda scene: (
        HOOK(scene) | {"if_match": scene["with"].webhook_endpoints.get(scene["endpoint_id"])}
    ),
    "list_audit_events": lambda _: {"action": "key.created"},
    "delete_assessment": lambda scene: {
        "assessment_id": scene["earlier"],
        "if_match": scene["with"].assessments.get(scene["earlier"]),
    },
}
"""What each operation is called with, in an order in which each succeeds."""


def test_every_operation_has_a_method_and_is_tried() -> None:
    assert set(PLACES) == set(OPERATIONS)
    assert set(ARGUMENTS) == set(OPERATIONS)


def method_of(client: Client | AsyncClient, operation: str) -> Callable[..., Any]:
    resource, name = PLACES[operation].split(".")
    found: Callable[..., Any] = getattr(getattr(client, resource), name)
    return found


def assert_as_in_the_contract(operation: str, arguments: dict[str, Any], sent: httpx2.Request) -> None:
    method, path, said = OPERATIONS[operation]
    assert sent.method == method
    named = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))
    found = re.fullmatch(named, urlsplit(str(sent.url)).path)
    assert found is not None, (operation, sent.url)
    query = parse_qs(urlsplit(str(sent.url)).query)
    parameters = {one["name"]: one["in"] for one in said.get("parameters", ())}
    for name, value in found.groupdict().items():
        assert unquote(value) == arguments[name]
    asked = [name for name, place in parameters.items() if place == "query" and name in arguments]
    assert query == {name: [str(arguments[name])] for name in asked}
    body = json.loads(sent.content) if sent.content else None
    fields = set(arguments) - set(found.groupdict()) - set(query) - {"if_match", "if_none_match", "format"}
    assert (body is None) == ("requestBody" not in said)
    assert set(body or ()) == fields, operation
    assert ("idempotency-key" in sent.headers) == ("Idempotency-Key" in parameters)
    assert ("if-match" in sent.headers) == ("if_match" in arguments)


def assert_fits(operation: str, answer: Any) -> None:
    """What came is what the contract names: a type of its own, a file, or nothing."""
    _, _, said = OPERATIONS[operation]
    content = next(answer for status, answer in said["responses"].items() if status < "300").get("content", {})
    if not content:
        assert answer is None
    elif "application/json" not in content:
        assert isinstance(answer, Download)
        assert answer.content.startswith(b"<!doctype html>")
    elif "$ref" in content["application/json"]["schema"]:
        assert isinstance(answer, Model)
        assert answer.raw.request_id is not None
    else:
        assert answer == CONTRACT | {"servers": answer["servers"]}


def test_the_waiting_client_reaches_every_operation(server: Server) -> None:
    wire, scene = Wire(), set_up(server)
    with Client(server.keys.secret, base_url=server.url, transport=wire) as client:
        scene["with"] = client
        for operation, arguments_of in ARGUMENTS.items():
            used = client.with_options(api_key=scene["token"]) if "_own_" in operation else client
            arguments = arguments_of(scene)
            answer = method_of(used, operation)(**arguments)
            answer = answer.first_page() if isinstance(answer, Pager) else answer
            assert_as_in_the_contract(operation, arguments, wire.last)
            assert_fits(operation, answer)


async def test_the_awaited_client_reaches_every_operation(server: Server) -> None:
    wire, scene = AsyncWire(), set_up(server)
    with Client(server.keys.secret, base_url=server.url) as other:
        scene["with"] = other
        async with AsyncClient(server.keys.secret, base_url=server.url, transport=wire) as client:
            for operation, arguments_of in ARGUMENTS.items():
                used = client.with_options(api_key=scene["token"]) if "_own_" in operation else client
                arguments = arguments_of(scene)
                asked = method_of(used, operation)(**arguments)
                answer: Any = asked.first_page() if isinstance(asked, AsyncPager) else asked
                assert isinstance(answer, Awaitable)
                answer = await answer
                assert_as_in_the_contract(operation, arguments, wire.last)
                assert_fits(operation, answer)


@pytest.mark.parametrize("operation", PLACES)
def test_both_clients_take_the_same_arguments_and_all_of_the_contract(operation: str) -> None:
    with Client(base_url="http://127.0.0.1:1") as client:
        waits = inspect.signature(method_of(client, operation)).parameters
    awaited = inspect.signature(method_of(AsyncClient(base_url="http://127.0.0.1:1"), operation)).parameters
    assert [str(one) for one in waits.values()] == [str(one) for one in awaited.values()]
    said = OPERATIONS[operation][2]
    headers = {"If-Match", "If-None-Match", "Idempotency-Key", "Alignment-Client-Token"}
    for one in said.get("parameters", ()):
        short = one["name"].lower().replace("alignment-", "").replace("-", "_")
        assert (short if one["name"] in headers else one["name"]) in waits
    for reference in re.findall(r'"requestBody": .*?schemas/(\w+)', json.dumps(said)):
        assert set(CONTRACT["components"]["schemas"][reference]["properties"]) <= set(waits)


def test_what_has_not_changed_is_not_sent(server: Server) -> None:
    scene = set_up(server)
    with Client(server.keys.secret, base_url=server.url) as client:
        for read in (client.assessments.get, client.assessments.result, client.assessments.change):
            state = read(scene["assessment_id"])
            with pytest.raises(NotModified):
                read(scene["assessment_id"], if_none_match=state)
