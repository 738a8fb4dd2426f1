"""Writes marked texts wherever a partner can write one, erases the organisations, and looks for what is left."""

from __future__ import annotations

import asyncio
import json
import random
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from assessment.service import ids
from tests.faults import samples
from tests.faults.harness import ENGINES, Report
from tests.faults.remains import find_marks, values
from tests.faults.servers import Server, database, serving

NUMBER = 22
PROMISE = "erasure is complete"
COUNTS = {"ci": 20, "full": 500}

AT_ONCE = 8
KEPT = 3
"""Organisations that are not erased: what is written about them must stay, and shows that the search finds it."""
BY_COMMAND = 2
"""Organisations that an operator erases at the command line."""
ORIGIN = "https://shop.example"
FORM = re.compile(rb"mark[0-9a-f]{20}")
UNLIMITED = {
    f"ASSESSMENT_RATE_LIMIT_{whose}": "" for whose in ("SECRET", "PUBLISHABLE", "ORIGIN", "INVITATION", "ANONYMOUS")
}
PLACES = {
    "organisations.name",
    "organisations.external_id",
    "organisations.domain",
    "organisations.industry",
    "organisations.size",
    "organisations.region",
    "assessments.metadata",
    "responses.respondent_reference",
    "responses.answers",
    "idempotency_records.body, unpacked",
}
"""Where the marks of an organisation are before it is erased, at the least."""


def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with (
            report.on(engine),
            database(engine) as url,
            serving(url, settings=UNLIMITED | {"ASSESSMENT_LOG_LEVEL": "debug"}) as server,
        ):
            asyncio.run(_Trial(server, url, report).run(count))


class _Trial:
    def __init__(self, server: Server, url: str, report: Report) -> None:
        self._server = server
        self._url = url
        self._report = report
        self._client = server.client()
        self._page = server.client("")
        self._nobody = server.client("")
        self._organisations: dict[str, set[str]] = {}
        """Mark → the ids that organisations of this mark have had."""

    async def run(self, count: int) -> None:
        marks = [f"mark{secrets.token_hex(10)}" for _ in range(count + KEPT)]
        kept, erased = marks[:KEPT], marks[KEPT:]
        for client in (self._client, self._page, self._nobody):
            # Else a request could meet a connection that the server closes because nothing came for a while.
            client.headers["Connection"] = "close"
        async with self._client, self._page, self._nobody:
            key = await self._client.post("/v1/keys", json={"kind": "publishable", "origins": [ORIGIN]})
            self._page.headers.update({"Authorization": f"Bearer {key.json()['key']}", "Origin": ORIGIN})
            await _each(marks, self._write)
            found = await find_marks(FORM, self._url, self._server.log)
            for mark in marks:
                missing = PLACES - found.get(mark, set())
                assert not missing, f"The search does not find what was written to {sorted(missing)}."
                leaked = [place for place in found[mark] if "log" in place]
                assert not leaked, f"What was sent stands in {leaked}."
            for mark in erased[:BY_COMMAND]:
                await self._erase_by_command(mark)
            await _each(erased[BY_COMMAND:], self._erase)
            await self._look_for_remains(kept, erased)

    async def _write(self, mark: str) -> None:
        """Everything that one partner can send about an organisation, right and wrong, once and again."""
        chance = random.Random(mark)
        body = self._assessment(mark, chance)
        made = await self._twice("/v1/assessments", body, f"create {mark}")
        await self._send(
            "POST", "/v1/assessments", {**body, "confidentiality": "named"}, key=f"create {mark}", status=422
        )
        opened = await self._twice("/v1/assessments", {**body, "complete": False}, f"open {mark}")
        address = f"/v1/assessments/{opened['id']}"
        await self._send("PATCH", address, {"metadata": {"note": mark, mark: "note"}}, match="*")
        await self._send("PATCH", address, {"metadata": {"note": mark}}, match=f'"{mark}"', status=412)
        await self._respond(mark, address, body["responses"][0])
        await self._twice(f"{address}/complete", {}, f"complete {mark}")
        await self._twice(f"{address}/share_links", {}, f"share {mark}")
        deleted = await self._twice("/v1/assessments", body, f"delete {mark}")
        await self._send("DELETE", f"/v1/assessments/{deleted['id']}", match="*", status=204)
        responses = [{**one, "respondent": None} for one in body["responses"]]
        widget = {**body, "organisation": {"name": mark}, "metadata": {}, "responses": responses}
        shown = await self._page.post("/v1/assessments", json=widget, headers={"Idempotency-Key": f"page {mark}"})
        assert shown.status_code == 201, shown.text[:300]
        assert made["organisation"] == opened["organisation"]
        self._organisations[mark] = {made["organisation"]["id"], shown.json()["organisation"]["id"]}
        await self._send("GET", f"/v1/organisations/{made['organisation']['id']}/export")
        await self._err(mark, body)
        self._report.tried(1, "organisations written")

    async def _respond(self, mark: str, address: str, given: dict[str, Any]) -> None:
        """A draft of the partner's own, and what somebody who was invited saves, mistakes and submits."""
        await self._twice(f"{address}/responses", given, f"respond {mark}")
        made = await self._twice(f"{address}/invitations", {"function": given["function"] or "sales"}, f"invite {mark}")
        own = "/v1/invitation/response"
        headers = {"Authorization": f"Bearer {made['data'][0]['token']}"}
        saved = await self._nobody.patch(own, json={"answers": given["answers"]}, headers=headers)
        assert saved.status_code == 200, saved.text[:300]
        wrong = {"answers": {next(iter(given["answers"])): mark}}
        refused = await self._nobody.patch(own, json=wrong, headers=headers | {"If-Match": "*"})
        assert refused.status_code == 422, refused.text[:300]
        for _ in range(2):
            done = await self._nobody.post(f"{own}/submit", headers=headers | {"Idempotency-Key": f"own {mark}"})
            assert done.status_code == 200, done.text[:300]

    async def _err(self, mark: str, body: dict[str, Any]) -> None:
        """Requests that are refused, each with the mark in it."""
        answers = {mark: mark, next(iter(body["responses"][0]["answers"])): mark}
        wrong: list[dict[str, Any]] = [
            {**body, mark: 1},
            {**body, "rubric": mark},
            {**body, "responses": [{"answers": answers}]},
            {**body, "organisation": {"name": mark * 20}},
        ]
        for one in wrong:
            answer = await self._client.post("/v1/assessments", json=one, headers={"Idempotency-Key": mark})
            assert 400 <= answer.status_code < 500, answer.text
        await self._send("POST", "/v1/scores", {"rubric": "alignment-quick", "answers": answers}, status=422)
        for address in (f"/v1/{mark}", f"/v1/organisations/{mark}", f"/v1/assessments/{mark}", f"/v1/errors/{mark}"):
            await self._send("GET", address, status=404)
        for address in (f"/v1/assessments?{mark}=1", f"/v1/organisations?cursor={mark}"):
            await self._send("GET", address, status=422)
        for field in ("name", "external_id"):
            await self._send("GET", f"/v1/organisations?{field}={mark}")
        for kind, content in (("application/json", f'{{"{mark}'), ("text/plain", mark)):
            answer = await self._client.post("/v1/assessments", content=content, headers={"Content-Type": kind})
            assert answer.status_code in (400, 415), answer.text
        headers = {"Authorization": f"Bearer {mark}", "User-Agent": mark, "Referer": f"https://{mark}.example"}
        assert (await self._nobody.get(f"/v1/rubrics?{mark}", headers=headers)).status_code == 401
        assert (await self._page.get("/v1/rubrics", headers={"Origin": f"https://{mark}.example"})).status_code == 403

    async def _erase(self, mark: str) -> None:
        """Erase what has the mark while more of it is being written, and again what that has left."""
        body = self._assessment(mark, random.Random(mark))
        chance = random.Random(f"{mark} race")
        opened = await self._send(
            "POST", "/v1/assessments", {**body, "complete": False}, key=f"last {mark}", status=201
        )
        racing = [
            self._client.post("/v1/assessments", json=body, headers={"Idempotency-Key": f"race {mark}"}),
            self._client.post(f"/v1/assessments/{opened['id']}/complete", headers={"Idempotency-Key": f"end {mark}"}),
        ]
        erasing = [self._erase_one(one) for one in sorted(self._organisations[mark])]
        for answer in await asyncio.gather(*chance.sample([*racing, *erasing], len(racing) + len(erasing))):
            if answer is not None:
                assert answer.status_code in (200, 201, 404), answer.text
        left = await self._send("GET", f"/v1/organisations?external_id={mark}")
        for one in left["data"]:
            self._organisations[mark].add(one["id"])
            await self._erase_one(one["id"])
        for one in self._organisations[mark]:
            await self._send("GET", f"/v1/organisations/{one}", status=404)
        assert (await self._send("GET", f"/v1/assessments?external_id={mark}"))["data"] == []
        self._report.tried(1, "organisations erased while written to")

    async def _erase_one(self, organisation: str) -> None:
        """As a careful partner does it: read the state, erase that state, and look again if it was another one."""
        address = f"/v1/organisations/{organisation}"
        while True:
            seen = await self._client.get(address)
            assert seen.status_code == 200, seen.text
            gone = await self._client.delete(address, headers={"If-Match": seen.headers["etag"]})
            if gone.status_code == 204:
                return
            assert gone.status_code == 412, gone.text

    async def _erase_by_command(self, mark: str) -> None:
        listed = await asyncio.to_thread(self._server.command, "partner", "list")
        partner = listed.split()[0]
        for one in self._organisations[mark]:
            await asyncio.to_thread(self._server.command, "data", "erase", partner, one, "--yes")
        self._report.tried(1, "organisations erased by command")

    async def _look_for_remains(self, kept: Iterable[str], erased: Iterable[str]) -> None:
        found = await find_marks(FORM, self._url, self._server.log)
        for mark in kept:
            missing = PLACES - found.get(mark, set())
            assert not missing, f"An organisation that nobody erased has lost {sorted(missing)}."
        left = {mark: sorted(found[mark]) for mark in erased if mark in found}
        assert not left, f"{len(left)} of the erased organisations are still there: {json.dumps(left, indent=1)[:2000]}"
        gone = {ids.find_id("org", one) for mark in erased for one in self._organisations[mark]}
        named = {one.bytes for one in gone} | {str(one).encode() for one in gone}
        places = {place async for place, value in values(self._url) if value in named}
        assert not places, f"Rows of erased organisations are in {sorted(places)}."

    def _assessment(self, mark: str, chance: random.Random) -> dict[str, Any]:
        """An assessment of an organisation with the mark in every text that it takes."""
        body = samples.assessment(chance, complete=True)
        fields = ("name", "external_id", "domain", "industry", "size", "region")
        body["organisation"] = dict.fromkeys(fields, mark)
        body["metadata"] = {mark: mark}
        for response in body["responses"]:
            response["respondent"] = {"reference": mark, "seniority": "director"}
            first, second, *_ = sorted(response["answers"])
            response["answers"][first] = {"state": "not_applicable", "reason": mark}
            option = samples.rubric(body["rubric"]).by_id[second].option_ids[0]
            chosen = [option] if samples.rubric(body["rubric"]).by_id[second].multiple else option
            response["answers"][second] = {"option": chosen, "note": mark, "evidence": mark}
        return body

    async def _twice(self, address: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """What a request is answered that is sent again with its idempotency key."""
        answers = [await self._client.post(address, json=body, headers={"Idempotency-Key": key}) for _ in range(2)]
        first, second = answers
        assert first.status_code < 300, first.text
        assert second.content == first.content and second.headers.get("idempotency-replayed") == "true"
        made: dict[str, Any] = first.json()
        return made

    async def _send(
        self,
        method: str,
        address: str,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        match: str | None = None,
        status: int = 200,
    ) -> Any:
        headers = {name: value for name, value in (("Idempotency-Key", key), ("If-Match", match)) if value is not None}
        answer = await self._client.request(method, address, json=body, headers=headers)
        assert answer.status_code == status, f"{method} {address}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None


async def _each(marks: list[str], work: Callable[[str], Awaitable[None]]) -> None:
    """Do the work for all marks, some at a time."""
    for start in range(0, len(marks), AT_ONCE):
        await asyncio.gather(*(work(mark) for mark in marks[start : start + AT_ONCE]))
