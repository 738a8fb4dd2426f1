"""Partners side by side: some whose every text holds a canary, and one that tries to get at it by what it can send."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import filterfalse
from typing import Any, NamedTuple
from urllib.parse import quote

from litestar import Litestar
from sqlalchemy import LargeBinary, String, select

from assessment.service import api_keys, ids
from assessment.service.context import Services
from assessment.service.key_views import NewApiKey
from assessment.service.partners import create_partner
from assessment.store.access import EVERYONE
from assessment.store.policies import owner_column
from assessment.store.tables import METADATA
from tests.faults.samples import assessment

CANARY = "c4n4ry"
ORIGIN = f"https://{CANARY}.example"
OWN_ORIGIN = "https://attacker.example"
SHARED_EXTERNAL_ID = "crm-1"
"""An external id that everybody uses: a partner may have the same one as another."""
LISTS = ("/v1/assessments", "/v1/organisations", "/v1/keys", "/v1/audit_events", "/v1/webhook_endpoints", "/v1/events")
ID = re.compile(r"\b(?:asmt|resp|org|key|ptnr|audit|inv|link|hook|evt)_[0-7][0-9a-hjkmnp-tv-z]{25}\b")
NO_FREE_TEXT = {
    "mode", "kind", "prefix", "rubric_id", "rubric_version", "status", "confidentiality", "function", "engine",
    "actor", "action", "target", "respondent_seniority", "locale", "type", "disabled_reason", "last_error",
}  # fmt: skip
"""Text columns that no caller writes into."""
DECLARED = {"cohort_members.industry", "cohort_members.size"}
"""Columns that hold words of ours, whichever the caller wrote."""


class Answer(NamedTuple):
    """What came back: everything that could hold something of a neighbour."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def all(self) -> str:
        return f"{self.headers}\n{self.body.decode(errors='replace')}"


Headers = Mapping[str, str]
Ask = Callable[[str, str, Headers, bytes], Awaitable[Answer]]
"""Sends method, target, headers and body."""


class Sent(NamedTuple):
    """One attempt."""

    method: str
    target: str
    headers: Headers
    body: bytes

    @property
    def all(self) -> str:
        return f"{self.target}\n{self.headers}\n{self.body.decode()}"

    def __str__(self) -> str:
        shown = {name: value for name, value in self.headers.items() if name != "authorization"}
        return f"{self.method} {self.target} {shown} {self.body[:300].decode(errors='replace')}"


@dataclass
class Victim:
    """A partner and mode, and everything of it that an attacker could have got hold of, but for its keys."""

    key: str
    publishable_key: str
    ids: dict[str, list[str]] = field(default_factory=dict)
    cursors: list[str] = field(default_factory=list)
    etags: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    posts: list[tuple[str, bytes, str]] = field(default_factory=list)
    """Requests that were sent with an idempotency key: target, body, key."""

    @property
    def all_ids(self) -> list[str]:
        return [one for group in self.ids.values() for one in group]

    @property
    def two_of_each(self) -> list[str]:
        """The first and the last id of each kind."""
        return [one for group in self.ids.values() for one in dict.fromkeys((group[0], group[-1]))]


def in_process(app: Litestar) -> Ask:
    """Calls the application as a server would."""

    async def ask(method: str, target: str, headers: Headers, body: bytes) -> Answer:
        path, _, query = target.partition("?")
        raw = [(b"host", b"testserver"), *((k.encode(), v.encode()) for k, v in headers.items())]
        if body:
            raw += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        scope: Any = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": raw, "client": ("127.0.0.1", 1), "server": ("testserver", 80), "state": {},
        }  # fmt: skip
        given = False
        status, answered, chunks = 0, {}, []

        async def receive() -> Any:
            nonlocal given
            if given:
                await asyncio.Event().wait()  # the caller stays until it has its answer
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
            else:
                chunks.append(message.get("body", b""))

        await app(scope, receive, send)
        return Answer(status, answered, b"".join(chunks))

    return ask


async def settle(services: Services, ask: Ask) -> tuple[dict[str, Headers], list[Victim]]:
    """The attacker's ways to ask, by name, and its victims: another partner in both modes, and itself in the mode
    that the key is not of."""
    attacker = await create_partner(services, "Attacker", origins=[OWN_ORIGIN])
    secret = {"authorization": f"Bearer {attacker.secret_key}"}
    everything = ["catalogue:read", "scores:write", "assessments:read", "assessments:write",
                  "organisations:read", "organisations:write", "webhooks:read", "webhooks:write"]  # fmt: skip
    body = json.dumps({"kind": "restricted", "scopes": everything}).encode()
    restricted = json.loads((await ask("POST", "/v1/keys", secret, body)).body)["key"]
    ways: dict[str, Headers] = {
        "secret": secret,
        "restricted": {"authorization": f"Bearer {restricted}"},
        "publishable": {"authorization": f"Bearer {attacker.publishable_key}", "origin": OWN_ORIGIN},
    }
    another = await create_partner(services, f"{CANARY} Agency", origins=[ORIGIN])
    owners = [(another.partner_id, "test"), (attacker.partner_id, "test")]
    victims = [Victim(another.secret_key, another.publishable_key)]
    for partner_id, mode in owners:
        operator = await api_keys.operate(services, partner_id, "live" if mode == "live" else "test", CANARY)
        pair = [
            await api_keys.create(services, operator, new)
            for new in (NewApiKey("secret", name=CANARY), NewApiKey("publishable", name=CANARY, origins=[ORIGIN]))
        ]
        victims.append(Victim(pair[0].text, pair[1].text))
    await create_partner(services, "Neutral")  # so that no partner is the last one
    for number, victim in enumerate(victims):
        await _furnish(ask, victim, random.Random(number))
        victim.ids.setdefault("ptnr", [another.partner_id])
    for _ in range(3):
        body = json.dumps(assessment(random.Random(7), organisation={"name": "Own"}, complete=True)).encode()
        answer = await ask("POST", "/v1/assessments", secret, body)
        assert answer.status == 201, f"{answer.body[:500]!r}"
    ways["invited"] = {"authorization": f"Bearer {await _invitation(ask, secret)}"}
    # What concerns a partner as a whole is seen in both of its modes.
    seen = {one for target in LISTS for one in await _listed(ask, target, secret)}
    for victim in victims:
        victim.ids = {
            prefix: left for prefix, group in victim.ids.items() if (left := [*filterfalse(seen.__contains__, group)])
        }
    return ways, victims


async def _listed(ask: Ask, target: str, headers: Headers) -> list[str]:
    """The ids in the first page of a list, each once."""
    answer = await ask("GET", f"{target}?limit=100", headers, b"")
    assert answer.status == 200, f"{target}: {answer.body[:500]!r}"
    return list(dict.fromkeys(ID.findall(answer.body.decode())))


async def _furnish(ask: Ask, victim: Victim, chance: random.Random) -> None:
    secret = {"authorization": f"Bearer {victim.key}", "x-request-id": CANARY}
    page = {"authorization": f"Bearer {victim.publishable_key}", "origin": ORIGIN, "x-request-id": CANARY}
    named = {"kind": "restricted", "name": CANARY, "scopes": ["assessments:read"]}
    asked: list[tuple[str, Headers, Any]] = [("/v1/keys", secret, named)]
    for place in range(4):
        organisation = {
            "name": f"{CANARY} {place}",
            "external_id": [SHARED_EXTERNAL_ID, f"{CANARY}-1", None, f"{CANARY}-3"][place],
            "domain": f"{CANARY}.example",
            "industry": CANARY,
            "size": CANARY,
            "region": CANARY,
        }
        body = assessment(chance, organisation=organisation, metadata={CANARY: CANARY}, complete=place < 3)
        for response in body["responses"]:
            response["respondent"] = {"reference": CANARY, "seniority": "director"}
        if place == 2:  # from a page, which may say less
            body = {**body, "organisation": {"name": CANARY}}
            del body["metadata"]
            for response in body["responses"]:
                del response["respondent"]
        first = body["responses"][0]["answers"]
        question = next(name for name, given in first.items() if isinstance(given, str))
        first[question] = {"option": first[question], "note": CANARY, "evidence": CANARY}
        asked.append(("/v1/assessments", secret if place != 2 else page, body))
    for number, (target, headers, body) in enumerate(asked):
        sent = json.dumps(body).encode()
        key = f"shared-{number}"
        answer = await ask("POST", target, {**headers, "idempotency-key": key}, sent)
        assert answer.status == 201, f"{target}: {answer.body[:500]!r}"
        victim.posts.append((target, sent, key))
        victim.etags.append(answer.headers.get("etag", '"none"'))
        token = json.loads(answer.body).get("client_token")
        victim.tokens += [token] if token else []
    await _share(ask, victim, secret)
    await _subscribe(ask, victim, secret)
    await _respond(ask, victim, secret)
    for target in LISTS:
        listed = await ask("GET", f"{target}?limit=1", secret, b"")
        assert listed.status == 200, f"{target}: {listed.body[:500]!r}"
        cursor = json.loads(listed.body)["next_cursor"]
        victim.cursors += [cursor] if cursor else []
        for found in await _listed(ask, target, secret):
            group = victim.ids.setdefault(found.partition("_")[0], [])
            if found not in group:
                group.append(found)


async def _share(ask: Ask, victim: Victim, secret: Headers) -> None:
    """A link to the report of an assessment."""
    [made, *_] = json.loads((await ask("GET", "/v1/assessments?status=completed", secret, b"")).body)["data"]
    target, body = f"/v1/assessments/{made['id']}/share_links", b"{}"
    answer = await ask("POST", target, {**secret, "idempotency-key": "share"}, body)
    assert answer.status == 201, f"{answer.body[:500]!r}"
    victim.posts.append((target, body, "share"))
    victim.ids.setdefault("link", []).append(json.loads(answer.body)["id"])


async def _subscribe(ask: Ask, victim: Victim, secret: Headers) -> None:
    """A webhook endpoint, with an event on its way to it."""
    url = f"https://{CANARY}.example/{CANARY}"
    body = json.dumps({"url": url, "description": CANARY, "events": ["assessment.completed"]}).encode()
    answer = await ask("POST", "/v1/webhook_endpoints", {**secret, "idempotency-key": "subscribe"}, body)
    assert answer.status == 201, f"{answer.body[:500]!r}"
    victim.posts.append(("/v1/webhook_endpoints", body, "subscribe"))
    endpoint = json.loads(answer.body)["id"]
    tested = await ask("POST", f"/v1/webhook_endpoints/{endpoint}/test", secret, b"")
    assert tested.status == 202, f"{tested.body[:500]!r}"


async def _respond(ask: Ask, victim: Victim, secret: Headers) -> None:
    """An open assessment with a draft of the partner's own, and one of somebody who was invited."""
    place, invitation, token = await _invited(ask, secret, {"name": CANARY}, CANARY)
    victim.ids.setdefault("inv", []).append(invitation)
    answers = {"answers": {"kpi-set": {"option": "one-joint-target", "note": CANARY}}}
    draft = {**answers, "function": "sales", "respondent": {"reference": CANARY, "seniority": "manager"}}
    for method, target, headers, body in (
        ("POST", f"{place}/responses", secret, draft),
        ("PATCH", "/v1/invitation/response", {"authorization": f"Bearer {token}"}, answers),
    ):
        answer = await ask(method, target, headers, json.dumps(body).encode())
        assert answer.status in (200, 201), f"{target}: {answer.body[:500]!r}"
        victim.etags.append(answer.headers["etag"])


async def _invitation(ask: Ask, secret: Headers) -> str:
    """The token of an invitation by the attacker itself."""
    return (await _invited(ask, secret, {"name": "Own"}, "own"))[2]


async def _invited(ask: Ask, secret: Headers, organisation: Any, key: str) -> tuple[str, str, str]:
    """An open assessment, and an invitation to it: its address, the invitation's id and token."""
    new = json.dumps({"rubric": "alignment-quick@2026.1", "organisation": organisation}).encode()
    place = (await ask("POST", "/v1/assessments", secret, new)).headers["location"]
    body = json.dumps({"function": "sales"}).encode()
    answer = await ask("POST", f"{place}/invitations", {**secret, "idempotency-key": f"invite-{key}"}, body)
    assert answer.status == 201, f"{answer.body[:500]!r}"
    [one] = json.loads(answer.body)["data"]
    return place, one["id"], one["token"]


Snapshot = dict[str, list[tuple[Any, ...]]]


async def snapshot(services: Services, victims: Sequence[Victim]) -> Snapshot:
    """Every row of the victims, but for when a key was last used."""
    tested = {ids.from_text("key", one) for victim in victims for one in victim.ids.get("key", ())}
    owners = set()
    async with services.database.read(EVERYONE) as session:
        keys = METADATA.tables["api_keys"]
        for row in await session.execute(select(keys.c.id, keys.c.partner_id, keys.c.mode)):
            if row.id in tested:
                owners.add((row.partner_id, row.mode))
        found: Snapshot = {}
        for name, table in METADATA.tables.items():
            column = owner_column(table)
            if column is None:
                continue
            columns = [one for one in table.c if one.name != "last_used_at"]
            rows = (await session.execute(select(*columns).order_by(*table.primary_key))).all()
            found[name] = [
                tuple(row)
                for row in rows
                if any(
                    getattr(row, column) == partner_id and getattr(row, "mode", mode) == mode
                    for partner_id, mode in owners
                )
            ]
    return found


async def require_canaries(services: Services, victims: Sequence[Victim]) -> int:
    """Make sure that every column that a caller's text goes into holds a canary, so that a leak of any would show.
    Returns how many columns those are."""
    rows = await snapshot(services, victims)
    bare, checked = [], 0
    for name, found in rows.items():
        columns = [one for one in METADATA.tables[name].c if one.name != "last_used_at"]
        for place, column in enumerate(columns):
            holds_text = isinstance(column.type, String) or column.name in {"answers", "metadata", "origins"}
            if not holds_text or isinstance(column.type, LargeBinary) or column.name in NO_FREE_TEXT:
                continue
            if f"{name}.{column.name}" in DECLARED:
                continue
            checked += 1
            if not any(CANARY in str(row[place]) for row in found):
                bare.append(f"{name}.{column.name}")
    assert not bare, f"No canary was planted in {', '.join(bare)}: let the trial write there."
    return checked


class Operation(NamedTuple):
    """One operation of the contract, as far as it can be filled with ids."""

    id: str
    method: str
    path: str
    holes: tuple[str, ...]
    """Parameters of the path that are ids."""
    query: tuple[str, ...]
    body: Any
    """An example of the body, or None."""


async def operations(ask: Ask) -> list[Operation]:
    """Every operation of the contract that the service itself shows."""
    contract = json.loads((await ask("GET", "/openapi.json", {}, b"")).body)
    found = []
    for path, methods in contract["paths"].items():
        for method, described in methods.items():
            if not isinstance(described, dict) or "operationId" not in described:
                continue
            parameters = [
                one if "name" in one else _resolve(contract, one["$ref"]) for one in described.get("parameters", ())
            ]
            holes = tuple(
                one["name"] for one in parameters
                if one["in"] == "path" and one["name"] not in {"rubric_id", "study_id", "version", "code"}
            )  # fmt: skip
            query = tuple(one["name"] for one in parameters if one["in"] == "query")
            found.append(
                Operation(described["operationId"], method.upper(), path, holes, query, _example(contract, described))
            )
    assert sum(len(one.holes) for one in found) >= 10, "The contract lost its ids; the trial would try nothing."
    return found


def _resolve(contract: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        contract = contract[part]
    return contract


def _example(contract: Any, described: Any) -> Any:
    body = described.get("requestBody")
    if body is None:
        return None
    content = body["content"]["application/json"]
    if "example" in content:
        return content["example"]
    examples = content.get("examples") or {"": {"value": {}}}
    first = next(iter(examples.values()))
    return _resolve(contract, first["$ref"])["value"] if "$ref" in first else first["value"]


def fill(operation: Operation, values: Sequence[str]) -> str:
    path = operation.path
    for hole, value in zip(operation.holes, values, strict=True):
        path = path.replace(f"{{{hole}}}", quote(value, safe=""))
    return re.sub(r"\{rubric_id\}", "alignment", re.sub(r"\{study_id\}|\{code\}", "none", path)).replace(
        "{version}", "2026.1"
    )


def strings(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document that holds a text: the container, and the key or index."""
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in list(entries):
        if isinstance(value, str):
            yield document, key
        elif isinstance(value, dict | list):
            yield from strings(value)
