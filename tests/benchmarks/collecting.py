"""Row 11: an assessment created, scored and stored in one call, against servers that collect answers on Node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tests.benchmarks import sample
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.load import post
from tests.benchmarks.postgres import create_database
from tests.benchmarks.servers import Server, node_peer, service
from tests.benchmarks.submitting import PATH, PEER_PATH, answer_of, require_result, submissions
from tests.postgres import postgres_server


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    bodies = sample.assessment_bodies()
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server(durable=True))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-")))
        ours = stack.enter_context(service(folder, create_database(server, "bench_service")))
        require_result(ours, bodies[0])
        scoring = {"PEER_QUESTIONNAIRE": str(sample.write_questionnaire(folder))}
        peers = {
            name: stack.enter_context(node_peer("submit.mjs", address_of(create_database(server, name)) | asked))
            for name, asked in {"storing": {}, "scoring": scoring}.items()
        }
        require_stored("Express with pg", peers["storing"], bodies[0])
        require_stored("Express with pg and survey-core", peers["scoring"], bodies[0], sums=True)
        yield {
            "service": submissions(ours, [post(PATH, body, ours.key) for body in bodies]),
            **{name: submissions(peers[name], [post(PEER_PATH, body) for body in bodies]) for name in peers},
        }


def address_of(database_url: str) -> dict[str, str]:
    """Where a peer finds its database, in the words of its driver."""
    return {"PEER_DATABASE_URL": database_url.replace("postgresql+asyncpg", "postgresql")}


def require_stored(who: str, server: Server, body: bytes, *, sums: bool = False) -> None:
    """Refuse to measure a peer that does less than is said of it."""
    found = msgspec.json.decode(answer_of(server, PEER_PATH, body))
    if sums:
        sample.require_sums(who, found["sums"])


_STORES = (
    "Express on one Node process parses the body and inserts it as one jsonb document through a pool of pg with "
    "prepared statements, as the example of SurveyJS for Node and PostgreSQL does"
)

_LIMIT = (
    "One Python worker makes, encodes, seals and stores a result of 50 kB in each call, which neither peer does: the "
    "scorer and the group commit decide this row. `make profile` says how its time is divided."
)

GROUPS = (
    Group(
        "collecting, PostgreSQL",
        (
            Comparison(
                "11",
                "POST /v1/assessments, complete and persisted",
                "Express + pg that only stores",
                Aim("at least", 3),
                "service",
                "storing",
                "One `assessment serve` worker takes the whole job in one call over 32 connections, as in row 4. "
                f"Against it {_STORES}; it checks nothing and scores nothing.",
                limit=_LIMIT,
            ),
            Comparison(
                "11",
                "the same",
                "Express + pg + survey-core that validates and scores",
                Aim("at least", 50),
                "service",
                "scoring",
                f"The same work as in the line above. Against it {_STORES}, and survey-core validates the answers and "
                "takes the weighted sums before, with one model kept for all respondents.",
                limit=_LIMIT,
            ),
        ),
        _contenders,
    ),
)
