"""Sends random sequences of requests with keys, some of them again, and compares the answers to the byte."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.faults.harness import ENGINES, Report
from tests.faults.servers import database, serving

NUMBER = 4
PROMISE = "the same key and body get the same answer"
COUNTS = {"ci": 500, "full": 10_000}

STEPS = 8
"""Requests in a sequence, at most."""
KEYS = ("a", "b", "c")
ANSWERS = {"sla-agreement": "one-sided", "pipeline-review": "monthly"}
SCORE: dict[str, Any] = {"rubric": "alignment-quick", "answers": ANSWERS}
OPEN: dict[str, Any] = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Northwind"},
    "responses": [{"answers": ANSWERS, "function": "sales"}],
}
REQUESTS: tuple[tuple[str, Any], ...] = (
    ("/v1/scores", SCORE),
    ("/v1/scores", SCORE | {"target_level": 4}),
    ("/v1/scores/batch", {"items": [SCORE, {"rubric": "nothing", "answers": {}}]}),
    ("/v1/assessments", OPEN),
    ("/v1/assessments", OPEN | {"metadata": {"text": "é 🙂"}}),
    ("/v1/assessments", OPEN | {"complete": True}),
    ("/v1/assessments", OPEN | {"organisation": {"name": "Northwind", "external_id": "crm-1"}}),
    ("/v1/assessments", OPEN | {"rubric": "nothing"}),
    ("/v1/assessments", OPEN | {"unknown": 1}),
)
"""The last ones fail, which must not be remembered."""
TOLD = ("location", "etag", "content-type", "content-length")

_numbers = itertools.count(1)


def run(count: int, report: Report) -> None:
    for engine in ENGINES:
        with report.on(engine), database(engine) as url, serving(url) as server:
            headers = {"Authorization": f"Bearer {server.keys.secret}"}
            with httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=30) as client:

                class Engine(Sequence):
                    client_of_engine = client
                    report_of_trial = report

                run_state_machine_as_test(
                    Engine,
                    settings=settings(
                        max_examples=max(1, count // len(ENGINES)),
                        stateful_step_count=STEPS,
                        deadline=None,
                        database=None,
                        derandomize=True,
                        suppress_health_check=list(HealthCheck),
                    ),
                )


class Sequence(RuleBasedStateMachine):
    """What a client with three keys does, and what it must be told."""

    client_of_engine: ClassVar[httpx.Client]
    report_of_trial: ClassVar[Report]

    def __init__(self) -> None:
        super().__init__()
        self._name = f"sequence {next(_numbers)}"
        self._remembered: dict[str, tuple[str, bytes, httpx.Response]] = {}
        self._opened: list[str] = []
        self._created = 0

    @rule(key=st.sampled_from(KEYS), request=st.sampled_from(REQUESTS))
    def send(self, key: str, request: tuple[str, Any]) -> None:
        """With a key that may be new, or belong to this request or to another one."""
        path, body = request
        if path == "/v1/assessments":
            # By its name the sequence finds its own assessments at the end.
            body = body | {"organisation": {"external_id": self._name, **body["organisation"], "name": self._name}}
            body["organisation"]["external_id"] = self._name
        sent = httpx.Request("POST", "http://x", json=body).content
        self._check(key, path, sent, self._post(key, path, sent))

    @precondition(lambda self: bool(self._remembered))
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self._remembered)))
        path, sent, _ = self._remembered[key]
        self._check(key, path, sent, self._post(key, path, sent))

    @precondition(lambda self: bool(self._opened))
    @rule(key=st.sampled_from(KEYS), data=st.data(), body=st.sampled_from([b"", b"{}"]))
    def complete(self, key: str, data: st.DataObject, body: bytes) -> None:
        path = f"{data.draw(st.sampled_from(self._opened))}/complete"
        self._check(key, path, body, self._post(key, path, body))

    def teardown(self) -> None:
        """Every assessment of the sequence was created once."""
        found = self.client_of_engine.get("/v1/assessments", params={"external_id": self._name, "limit": 100})
        assert len(found.json()["data"]) == self._created, f"{len(found.json()['data'])} rows, {self._created} created"
        self.report_of_trial.tried(1, "sequences")

    def _post(self, key: str, path: str, body: bytes) -> httpx.Response:
        headers = {"Idempotency-Key": f"{self._name} {key}", "Content-Type": "application/json"}
        return self.client_of_engine.post(path, content=body, headers=headers)

    def _check(self, key: str, path: str, body: bytes, answer: httpx.Response) -> None:
        known = self._remembered.get(key)
        replayed = answer.headers.get("idempotency-replayed")
        if known is None:
            assert replayed is None, f"{path} was never answered with this key before"
            if answer.is_success:
                self._remembered[key] = (path, body, answer)
                if path == "/v1/assessments":
                    self._created += 1
                    self._opened.append(answer.headers["location"])
            else:
                assert answer.status_code in (404, 409, 422), answer.text
        elif known[:2] == (path, body):
            first = known[2]
            assert (answer.status_code, answer.content) == (first.status_code, first.content), f"{path}: {answer.text}"
            assert replayed == "true"
            for name in TOLD:
                assert answer.headers.get(name) == first.headers.get(name), f"{path}: {name} differs"
        else:
            assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused"), answer.text
