"""Row 3: what a request costs the server process beyond scoring, against the least an ASGI application can do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from assessment.api.answers import read_responses, read_with_answers
from assessment.api.wire.scores import ScoreRequest
from assessment.scoring.encoded import assess_encoded
from tests.benchmarks import sample
from tests.benchmarks.harness import Aim, Comparison, Group, Slice, timed
from tests.benchmarks.load import drive, post
from tests.benchmarks.servers import Server, peer, service

CONNECTIONS = 8
SECONDS = 0.8


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    rubric, rubrics = sample.rubric(), sample.rubrics()
    bodies = [sample.score_body(given) for given in sample.answer_sets()]
    # What the service has once it has read a body: reading counts as the request's.
    read = cycle([read_responses(read_with_answers(body, ScoreRequest, rubrics), ()) for body in bodies])

    def score() -> bytes:
        return assess_encoded(rubric, next(read)).json

    with TemporaryDirectory(prefix="assessment-bench-") as name:
        folder = Path(name)
        (folder / "answer.json").write_bytes(score())
        with service(folder) as ours, peer("bare_asgi", {"PEER_ANSWER": str(folder / "answer.json")}) as bare:
            yield {
                "service": cpu_of(ours, [post("/v1/scores", body, ours.key) for body in bodies]),
                "scorer": timed(score, time.process_time, SECONDS / 2),
                "bare": cpu_of(bare, [post("/", body) for body in bodies]),
            }


def cpu_of(server: Server, requests: Sequence[bytes]) -> Slice:
    """A slice of requests in turn over CONNECTIONS; a unit is the CPU time of the server for one of them."""

    def run() -> float:
        load = drive(server.port, requests, connections=CONNECTIONS, seconds=SECONDS, pid=server.pid)
        return load.cpu_seconds / load.requests

    return run


GROUPS = (
    Group(
        "serving",
        (
            Comparison(
                "3",
                "POST /v1/scores: CPU of a request beyond the scoring",
                "a bare ASGI app",
                Aim("at most", 2),
                "service",
                "bare",
                "CPU time of the whole `assessment serve` process for a request over 8 loopback connections, with "
                "key check, limits and strict input, less the CPU time that scoring the answers and encoding the "
                "result take alone. Against it an ASGI app without a framework on the same uvicorn, uvloop and "
                "httptools decodes the body with msgspec and sends the same bytes, ready made.",
                limit="Without scoring a request takes 54 µs of this process: connection, HTTP and 52 kB into the "
                "socket 19, key, quotas with their header fields, request id and reply 20, counts and histogram 6, the "
                "body read and checked 4, the line of the log 3, from address to handler 2. They were 18, 30, 6, 11, "
                "14 and 16. In instructions that is 2.2 times the bare application, but its hundred lines stay in the "
                "first cache and ours do not. The rest of what is measured is scoring that takes longer between "
                "requests than in a loop. Tried and left: granian instead of uvicorn (2.4 to 3.9 times the processor "
                "time), no garbage collector (no difference), the class of uvicorn's cycle set afterwards.",
                less="scorer",
            ),
        ),
        _contenders,
    ),
)
