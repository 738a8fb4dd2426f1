"""Asks a service on SQLite and one on PostgreSQL the same, step by step, and compares everything that they answer."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from tests.faults import samples
from tests.faults.harness import Report
from tests.faults.servers import Server, database, serving

NUMBER = 16
PROMISE = "engines agree"
COUNTS = {"ci": 500, "full": 20_000}

STEPS_OF_A_PARTNER = 250
MOST_KEPT = 60

TEXTS = (
    "Northwind", "northwind", "NORTHWIND", "Straße", "STRASSE", "İstanbul", "istanbul", "ﬁnance", "é", "e\u0301",
    "  spaces around  ", "tab\tand\nline", "a%b_c", "\\", "'; --", '"', "%00", "null", "0", "-0", "1e3", "true",
    "שלום", "مرحبا", "漢字", "Ω≈ç√", "🙂", "👩\u200d👩\u200d👧", "\u202eabc", "\u200b.", "\ufffd",
    "\uffff", "\U0010ffff", "\x01", "\x7f", "\x85", "x" * 200, "é" * 200, "🙂" * 200, "x" * 201, "🙂" * 201,
    "", " ", "\x00",
)  # fmt: skip
VALUES: tuple[Any, ...] = (*TEXTS, None, True, False, 0, -1, 2**53, -(2**53), 2**53 + 1, 0.1, 1e308, 5e-324, -0.0, 1.0)
TIMES = (
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2000-02-29T12:00:00+14:00",
    "2100-01-01T00:00:00-12:00", "2026-06-30T23:59:60Z", "2026-01-01T00:00:00.0000001Z", "2026-01-01T00:00:00",
    "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-01T24:00:00Z", "now", "",
)  # fmt: skip
UNKNOWN = ("asmt_00000000000000000000000000", "asmt_01h455vb4pex5vsknk084sn02q", "asmt_", "nonsense", "org_é", "%00")

IDS = re.compile(r"\b(?:asmt|resp|org|ptnr|key)_[0-9a-z]{26}\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
HEADERS = ("content-type", "cache-control", "retry-after", "location", "etag")


class Side:
    """One service, with what it has called the things that both have made."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.names: dict[str, str] = {}
        self.assessments: list[dict[str, Any]] = []
        self.cursor = ""
        self.client = server.client()

    async def begin(self) -> None:
        """Go on as a new partner, who has nothing."""
        await self.client.aclose()
        self.names, self.assessments, self.cursor = {}, [], ""
        self.client = self.server.client(self.server.new_partner("Partner").secret)

    def plain(self, answer: httpx.Response) -> dict[str, Any]:
        """The answer without what differs from one day to the next."""
        body = self._plain(answer.json()) if answer.content else None
        headers = {name: answer.headers.get(name) for name in HEADERS}
        # It stands for the body, which is compared itself.
        headers["etag"] = None if headers["etag"] is None else re.sub(r'"[^"]+"', '"…"', headers["etag"])
        headers["location"] = self._plain(headers["location"])
        return {"status": answer.status_code, "headers": headers, "body": body}

    def _plain(self, found: Any, field: str = "") -> Any:
        if isinstance(found, dict):
            return {self._plain(name): self._plain(value, name) for name, value in found.items()}
        if isinstance(found, list):
            return [self._plain(value) for value in found]
        if not isinstance(found, str):
            # 1 and 1.0 and True are equal, and still not the same answer.
            return f"{type(found).__name__} {found!r}"
        if field in {"created_at", "completed_at", "submitted_at"} and MOMENT.fullmatch(found):
            return "a moment"
        if field in {"next_cursor", "request_id"}:
            return "a text"
        return IDS.sub(lambda one: self.names.setdefault(one[0], f"{one[0][:4]}#{len(self.names)}"), found)


Request = Callable[[Side], tuple[str, str, dict[str, Any]]]
"""What is asked of a side: method, address, and further arguments of httpx."""


async def run(count: int, report: Report) -> None:
    with (
        report.on("sqlite and postgresql"),
        database("sqlite") as one,
        database("postgresql") as other,
        serving(one) as small,
        serving(other) as large,
    ):
        sides = [Side(small), Side(large)]
        statuses: Counter[int] = Counter()
        try:
            for number in range(count):
                if number % STEPS_OF_A_PARTNER == 0:
                    for side in sides:
                        await side.begin()
                statuses[await _step(sides, number)] += 1
                report.tried(1, "steps")
        finally:
            for side in sides:
                await side.client.aclose()
        report.note("answers: " + ", ".join(f"{statuses[status]:,} × {status}" for status in sorted(statuses)))
        assert set(statuses) >= {200, 201, 204, 404, 409, 422}, "Some kinds of answer were never compared."


async def _step(sides: list[Side], number: int) -> int:
    """Ask both the same; the status of their answer."""
    chance = random.Random(f"{NUMBER}.{number}")
    kept = len(sides[0].assessments)
    weights = {_create: 30, _list: 30, _organisations: 8, _get: 12, _complete: 10, _amend: 8, _delete: 10, _result: 8}
    if kept > MOST_KEPT:
        weights[_create] = 0
    choice = chance.choices(list(weights), list(weights.values()))[0]
    request = choice(chance, kept)
    answers = []
    for side in sides:
        method, address, given = request(side)
        answers.append(await side.client.request(method, address, **given))
    plain = [side.plain(answer) for side, answer in zip(sides, answers, strict=True)]
    asked = " ".join(map(str, request(sides[0])))
    assert plain[0] == plain[1], f"step {number}: {asked[:500]}\n{_difference(plain[0], plain[1])}"
    assert answers[0].status_code < 500, f"step {number}: {asked[:500]}\n{answers[0].status_code} {answers[0].text}"
    for side, answer in zip(sides, answers, strict=True):
        _remember(side, choice, answer)
    return answers[0].status_code


def _remember(side: Side, choice: object, answer: httpx.Response) -> None:
    if choice is _create and answer.status_code == 201:
        side.assessments.append(answer.json())
    elif choice is _list and answer.status_code == 200:
        side.cursor = answer.json()["next_cursor"] or ""
    elif choice is _delete and answer.status_code == 204:
        gone = answer.request.url.path.rpartition("/")[2]
        side.assessments = [one for one in side.assessments if one["id"] != gone]


def _create(chance: random.Random, kept: int) -> Request:
    external = {"external_id": chance.choice(TEXTS)} if chance.random() < 0.5 else {}
    details = {name: chance.choice(TEXTS) for name in ("domain", "industry", "region") if chance.random() < 0.1}
    fields: dict[str, Any] = {
        "organisation": {"name": chance.choice(TEXTS), **external, **details},
        "complete": chance.random() < 0.5,
        "confidentiality": chance.choice(["grouped", "named"]),
        "contribute_to_benchmark": chance.random() < 0.5,
    }
    if chance.random() < 0.4:
        fields["metadata"] = {chance.choice(TEXTS)[:40]: chance.choice(VALUES) for _ in range(chance.randrange(1, 4))}
    body = samples.assessment(chance, **fields)
    for response in body["responses"]:
        if chance.random() < 0.4:
            response["respondent"] = {"reference": chance.choice(TEXTS)}
    if chance.random() < 0.1:
        body["responses"] = []
    return lambda side: ("POST", "/v1/assessments", {"content": json.dumps(body), "headers": JSON})


def _list(chance: random.Random, kept: int) -> Request:
    query: dict[str, Any] = {"limit": chance.choice([1, 2, 5, 20, 100])}
    if chance.random() < 0.3:
        query["status"] = chance.choice(["open", "completed"])
    if chance.random() < 0.2:
        query["rubric"] = chance.choice(["alignment", "alignment@2026.1", "Alignment", "alignment-quick@2099.1"])
    if chance.random() < 0.3:
        query["external_id"] = chance.choice(TEXTS)
    place, ends = chance.randrange(kept) if kept else None, chance.sample(["created_after", "created_before"], 2)
    near, odd, again = chance.random() < 0.3, chance.random() < 0.2, chance.random() < 0.3
    if odd:
        query[ends[0]] = chance.choice(TIMES)

    def request(side: Side) -> tuple[str, str, dict[str, Any]]:
        asked = dict(query)
        if near and place is not None:
            asked[ends[1]] = side.assessments[place]["created_at"]
            asked["organisation"] = side.assessments[place]["organisation"]["id"]
        if again and side.cursor:
            asked["cursor"] = side.cursor
        return "GET", "/v1/assessments", {"params": asked}

    return request


def _organisations(chance: random.Random, kept: int) -> Request:
    query: dict[str, Any] = {"limit": chance.choice([1, 5, 100])}
    if chance.random() < 0.5:
        query[chance.choice(["external_id", "name"])] = chance.choice(TEXTS)
    if chance.random() < 0.2:
        query["created_before"] = chance.choice(TIMES)
    return lambda side: ("GET", "/v1/organisations", {"params": query})


def _get(chance: random.Random, kept: int) -> Request:
    named = _named(chance, kept)
    return lambda side: ("GET", f"/v1/assessments/{named(side)}", {})


def _result(chance: random.Random, kept: int) -> Request:
    named = _named(chance, kept)
    return lambda side: ("GET", f"/v1/assessments/{named(side)}/result", {})


def _complete(chance: random.Random, kept: int) -> Request:
    named = _named(chance, kept)
    return lambda side: ("POST", f"/v1/assessments/{named(side)}/complete", {})


def _amend(chance: random.Random, kept: int) -> Request:
    named = _named(chance, kept)
    body = chance.choice(
        [
            {"metadata": {chance.choice(TEXTS)[:40]: chance.choice(VALUES)}},
            {"target_level": chance.choice([None, 1, 4, 5])},
            {"confidentiality": chance.choice(["grouped", "named"])},
            {"functions": chance.choice([None, ["sales"], ["sales", "marketing"]])},
            {"contribute_to_benchmark": chance.random() < 0.5},
        ]
    )
    match = {"If-Match": "*"} if chance.random() < 0.9 else {}
    return lambda side: (
        "PATCH",
        f"/v1/assessments/{named(side)}",
        {"content": json.dumps(body), "headers": JSON | match},
    )


def _delete(chance: random.Random, kept: int) -> Request:
    named = _named(chance, kept)
    return lambda side: ("DELETE", f"/v1/assessments/{named(side)}", {"headers": {"If-Match": "*"}})


JSON = {"Content-Type": "application/json"}


def _named(chance: random.Random, kept: int) -> Callable[[Side], str]:
    """One of the assessments there are, or, at times, none."""
    if not kept or chance.random() < 0.1:
        unknown = chance.choice(UNKNOWN)
        return lambda side: unknown
    place = chance.randrange(kept)
    return lambda side: str(side.assessments[place]["id"])


def _difference(one: Any, other: Any, where: str = "") -> str:
    """Where the first difference is, and what both sides say there."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next((_difference(one[k], other[k], f"{where}/{k}") for k in one if one[k] != other[k]), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((_difference(a, b, f"{where}/{i}") for i, (a, b) in pairs if a != b), "")
    return f"{where}\nSQLite      {str(one)[:600]}\nPostgreSQL  {str(other)[:600]}"
