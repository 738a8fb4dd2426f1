"""Row 4: an assessment created, scored and stored in one call on PostgreSQL, against pgbench and two ORM stacks."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tests.benchmarks import sample
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.load import drive, post
from tests.benchmarks.postgres import CLIENTS, create_database, execute, pgbench
from tests.benchmarks.servers import Server, peer, service
from tests.postgres import postgres_server

SECONDS = 1.5
PATH = "/v1/assessments"
PEER_PATH = "/assessments"
TABLE = "CREATE TABLE documents (id uuid PRIMARY KEY, external_id text, created_at timestamptz, body jsonb)"
INSERT = "INSERT INTO documents VALUES (uuidv7(), 'crm-1', now(), :document);\n"


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    bodies = sample.assessment_bodies()
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server(durable=True))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-")))
        ours = stack.enter_context(service(folder, create_database(server, "bench_service")))
        environment = {"PEER_QUESTIONNAIRE": str(sample.write_questionnaire(folder))}
        peers = {
            name: stack.enter_context(
                peer(name, environment | {"PEER_DATABASE_URL": create_database(server, f"bench_{name}")})
            )
            for name in ("litestar_orm", "fastapi_orm")
        }
        plain = create_database(server, "bench_pgbench")
        asyncio.run(execute(plain, TABLE))
        script = folder / "insert.sql"
        script.write_text(INSERT)
        document = require_result(ours, bodies[0])
        for name, other in peers.items():
            require_peer(name, other, bodies[0])
        yield {
            "service": submissions(ours, [post(PATH, body, ours.key) for body in bodies]),
            "pgbench result": pgbench(plain, script, {"document": document}),
            "pgbench body": pgbench(plain, script, {"document": bodies[0].decode()}),
            **{name: submissions(peers[name], [post(PEER_PATH, body) for body in bodies]) for name in peers},
        }


def submissions(server: Server, requests: Sequence[bytes]) -> Slice:
    """A slice of requests over CLIENTS connections; a unit is one of them."""

    def run() -> float:
        load = drive(server.port, requests, connections=CLIENTS, seconds=SECONDS, pid=server.pid)
        return load.seconds / load.requests

    return run


def answer_of(server: Server, path: str, body: bytes) -> bytes:
    """The answer to one submission. Raises when it is none."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    connection.request("POST", path, body, headers)
    with connection.getresponse() as response:
        answer = response.read()
    connection.close()
    if response.status != 201:
        raise RuntimeError(f"The server answered {response.status}: {answer[:1000]!r}")
    return answer


def require_result(server: Server, body: bytes) -> str:
    """The service's answer, after making sure that it holds a result."""
    answer = answer_of(server, PATH, body)
    if msgspec.json.decode(answer)["result"]["score"] is None:
        raise RuntimeError(f"The service made no result: {answer[:1000]!r}")
    return answer.decode()


def require_peer(name: str, server: Server, body: bytes) -> None:
    """Refuse to measure a peer that computes something else."""
    found = msgspec.json.decode(answer_of(server, PEER_PATH, body))
    sample.require_sums(name, list(found["sums"].values()))


_OURS = (
    "One `assessment serve` worker takes the whole job in one call over 32 connections: key, strict input, 32 answers "
    "scored, assessment, response and result committed to a PostgreSQL with fsync on, and the complete result in the "
    "answer. "
)

_LIMIT = (
    "A whole result of 52 kB is made, packed, stored and sent, where the peer answers with sums and an id: of 656 µs "
    "under `make profile` scoring and encoding take 276 and sealing 79. Tried and kept: what rows 2, 3 and 5 tell of."
)

GROUPS = (
    Group(
        "submitting, PostgreSQL",
        (
            Comparison(
                "4",
                "POST /v1/assessments, complete and persisted",
                "pgbench inserting the result document",
                Aim("at least", 1),
                "service",
                "pgbench result",
                f"{_OURS}Against it pgbench inserts the same answer, as a jsonb document sent as a parameter of a "
                "prepared statement, a row and a commit each, over 32 connections; it scores nothing.",
            ),
            Comparison(
                "4",
                "the same",
                "pgbench inserting the request body",
                Aim("at least", 1),
                "service",
                "pgbench body",
                "The same work as in the line above. Against it pgbench inserts no more than the body that was sent, "
                "as jsonb.",
                judged=False,
            ),
            Comparison(
                "4",
                "the same",
                "Litestar + ORM that does less",
                Aim("at least", 5),
                "service",
                "litestar_orm",
                "The same work as in the lines above. Against it one Litestar worker with typed handlers and a "
                "SQLAlchemy session a request validates the same body and answers, takes the weighted sums and "
                "stores the body as one document; it asks for no key and makes no result.",
                limit=_LIMIT,
            ),
            Comparison(
                "4",
                "the same",
                "FastAPI + pydantic + ORM that does less",
                Aim("at least", 7),
                "service",
                "fastapi_orm",
                "The same work as in the lines above. Against it one FastAPI worker with pydantic models and a "
                "SQLAlchemy session a request does what the Litestar one does.",
                limit=_LIMIT,
            ),
        ),
        _contenders,
    ),
)
