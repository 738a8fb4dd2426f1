"""What a partner can send to get at its neighbours: every id of theirs in every place of the contract, and chance."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlencode

from assessment.service import ids
from tests.faults.neighbours import (
    CANARY,
    ID,
    SHARED_EXTERNAL_ID,
    Answer,
    Ask,
    Headers,
    Operation,
    Sent,
    Victim,
    fill,
    operations,
    strings,
)
from tests.faults.samples import assessment

REFUSED = {401, 403, 404}
OWN = {"assessment_id": "asmt_", "organisation_id": "org_"}
"""Parameters of paths that the intruder has something of its own for, by how its ids begin."""
Tried = Callable[[int, str], None]


class Intruder:
    """Tries, and raises AssertionError at the first thing of a victim that comes back."""

    def __init__(self, ask: Ask, ways: dict[str, Headers], victims: Sequence[Victim], known: list[Operation]) -> None:
        self._ask = ask
        self._ways = ways
        self._victims = victims
        self._operations = known
        self._foreign = {one for victim in victims for one in victim.all_ids}
        self._written: set[str] = set()
        """Foreign ids that stand in rows of the intruder because it wrote them there."""

    @classmethod
    async def meet(cls, ask: Ask, ways: dict[str, Headers], victims: Sequence[Victim]) -> Intruder:
        return cls(ask, ways, victims, await operations(ask))

    def through(self, ask: Ask) -> Intruder:
        """The same intruder by another way to the service."""
        other = Intruder(ask, self._ways, self._victims, self._operations)
        other._written = self._written
        return other

    async def every_field(self, tried: Tried, share: slice = slice(None)) -> None:
        """Ids of every kind, cursors and tokens of every victim in every place of the contract, asked in every way.
        `share` leaves pairs of a way and a victim to somebody else."""
        pairs = [(way, victim) for way in self._ways for victim in self._victims][share]
        for way, victim in pairs:
            for operation in self._operations:
                if operation.holes:
                    tried(await self._path(operation, way, victim), "ids in paths")
                if operation.query and OWN.keys() >= set(operation.holes):
                    tried(await self._query(operation, way, victim), "ids in queries")
        # Last, because what is sent here stays in rows of the intruder.
        for way, victim in pairs:
            for operation in self._operations:
                if operation.body is not None and way == "secret":
                    tried(await self._body(operation, way, victim), "ids in bodies")
            tried(await self._keys(way, victim), "idempotency keys")

    async def at_random(self, count: int, chance: random.Random, tried: Tried) -> None:
        """So many requests by chance, most with something foreign in them."""
        own = await self._own_ids()
        for number in range(count):
            operation = chance.choice(self._operations)
            way = chance.choices(list(self._ways), weights=[6, 2, 2, 1][: len(self._ways)])[0]
            victim = chance.choice(self._victims)
            sent, foreign = self._random(operation, self._ways[way], victim, chance, own)
            answer = await self._send(sent)
            if foreign:
                allowed = {404} if way == "secret" else REFUSED
                assert answer.status in allowed, f"{sent} was answered {answer.status}: {answer.body[:500]!r}"
            if number % 100 == 99:
                tried(100, "random requests")
        tried(count % 100, "random requests")

    async def _path(self, operation: Operation, way: str, victim: Victim) -> int:
        count, headers = 0, self._ways[way]
        for foreign in victim.two_of_each:
            unknown = ids.to_text(foreign.partition("_")[0], ids.new_id())  # type: ignore[arg-type]  # one of ours
            for more in self._extras(victim):
                # In the first hole, which names what belongs to somebody, and then in all of them.
                said = []
                for value in (foreign, unknown):
                    sent = self._sent(operation, {**headers, **more}, [value] * len(operation.holes))
                    answer = await self._send(sent)
                    allowed = {404} if way == "secret" else REFUSED
                    assert answer.status in allowed, f"{sent} was answered {answer.status}: {answer.body[:500]!r}"
                    said.append(_anonymous(answer, value))
                assert said[0] == said[1], f"{sent}: what is foreign is told from what is unknown: {said}"
                count += 1
        return count

    async def _query(self, operation: Operation, way: str, victim: Victim) -> int:
        count, headers = 0, self._ways[way]
        values = await self._own_values(operation)
        for name in operation.query:
            for foreign in [*victim.two_of_each, *victim.cursors, f"{CANARY}-1"]:
                known = ID.fullmatch(foreign)
                unknown = ids.to_text(foreign.partition("_")[0], ids.new_id()) if known else _shuffled(foreign)  # type: ignore[arg-type]  # one of ours
                said = []
                for value in (foreign, unknown):
                    target = f"{fill(operation, values)}?{urlencode({name: value})}"
                    answer = await self._send(Sent(operation.method, target, headers, b""))
                    said.append(_anonymous(answer, value))
                assert said[0] == said[1], f"{name}={foreign} of {operation.id}: foreign is told from unknown: {said}"
                count += 1
        return count

    async def _body(self, operation: Operation, way: str, victim: Victim) -> int:
        count, headers = 0, self._ways[way]
        places = sum(1 for _ in strings(operation.body))
        for place in range(places):
            for foreign in [group[0] for group in victim.ids.values()]:
                body = copy.deepcopy(operation.body)
                container, key = list(strings(body))[place]
                container[key] = foreign
                self._written.add(foreign)
                holes = [victim.ids["asmt"][0]] * len(operation.holes)
                await self._send(self._sent(operation, headers, holes, body))
                count += 1
        return count

    async def _keys(self, way: str, victim: Victim) -> int:
        """A victim's idempotency keys are free for everybody else; so each is sent with another body."""
        headers = self._ways[way]
        for target, _, key in victim.posts:
            if target != "/v1/assessments" or "origin" in headers or way == "invited":
                continue
            body = {"rubric": "alignment", "organisation": {"name": "Own", "external_id": SHARED_EXTERNAL_ID}}
            sent = Sent("POST", target, {**headers, "idempotency-key": key}, json.dumps(body).encode())
            answer = await self._send(sent)
            assert answer.status == 201, f"{sent} was answered {answer.status}: {answer.body[:500]!r}"
        return len(victim.posts)

    def _random(
        self, operation: Operation, headers: Headers, victim: Victim, chance: random.Random, own: Sequence[str]
    ) -> tuple[Sent, bool]:
        """A request, and whether its path names something foreign."""
        headers = {**headers, **chance.choice(list(self._extras(victim)))}
        values = [chance.choice(victim.all_ids) for _ in operation.holes]
        manages_keys = "/v1/keys" in operation.path  # the intruder needs its own
        if values and chance.random() < 0.1 and not manages_keys:
            values = [chance.choice(own)] * len(values)
        if not values and chance.random() < 0.3:
            headers["idempotency-key"] = chance.choice(victim.posts)[2]
        body = operation.body
        if operation.id == "create_assessment":
            organisation = {"name": "Own", "external_id": chance.choice([SHARED_EXTERNAL_ID, None])}
            body = assessment(chance, organisation=organisation, complete=True)
            headers.pop("idempotency-key", None)
        sent = self._sent(operation, headers, values, body)
        if operation.query and not operation.holes and chance.random() < 0.7:
            name = chance.choice(operation.query)
            value = chance.choice([*victim.all_ids, *victim.cursors, *own, SHARED_EXTERNAL_ID, "open", "5"])
            sent = sent._replace(target=f"{sent.target}?{urlencode({name: value})}")
        return sent, bool(values) and values[0] in self._foreign

    def _extras(self, victim: Victim) -> Iterator[dict[str, str]]:
        """What else an intruder could have of its victim."""
        yield {"if-match": "*"}
        yield {"if-match": victim.etags[-1], "if-none-match": victim.etags[-1]}
        for token in victim.tokens:
            yield {"alignment-client-token": token}

    def _sent(self, operation: Operation, headers: Headers, values: Sequence[str], body: object = None) -> Sent:
        given = operation.body if body is None else body
        encoded = b"" if given is None else json.dumps(given).encode()
        return Sent(operation.method, fill(operation, values), headers, encoded)

    async def _send(self, sent: Sent) -> Answer:
        answer = await self._ask(*sent)
        assert answer.status < 500, f"{sent} was answered {answer.status}: {answer.body[:500]!r}"
        assert CANARY not in answer.all or CANARY in sent.all, f"A canary came back for {sent}: {answer.all[:3000]}"
        leaked = {
            one for one in ID.findall(answer.all) if one in self._foreign and one not in sent.all
        } - self._written  # fmt: skip
        assert not leaked, f"{leaked} of a neighbour came back for {sent}: {answer.all[:3000]}"
        return answer

    async def _own_values(self, operation: Operation) -> list[str]:
        """What of the intruder's own belongs into the path, so that a query is looked at at all."""
        own = await self._own_ids() if operation.holes else []
        return [next(one for one in own if one.startswith(OWN[hole])) for hole in operation.holes]

    async def _own_ids(self) -> list[str]:
        found: list[str] = []
        for target in ("/v1/assessments", "/v1/organisations"):
            answer = await self._send(Sent("GET", f"{target}?limit=100", self._ways["secret"], b""))
            found += ID.findall(answer.body.decode())
        return found


def _anonymous(answer: Answer, value: str) -> str:
    """An answer without what is different in every one."""
    text = answer.body.decode(errors="replace").replace(value, "<value>")
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        document = json.loads(text)
        document.pop("request_id")
        text = json.dumps(document)
    return f"{answer.status} {text}"


def _shuffled(cursor: str) -> str:
    """A cursor of the same length that nobody was given."""
    return cursor[::-1]
