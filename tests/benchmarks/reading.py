"""Row 7: a rubric as it is read, and asked for again, against an ASGI application that sends constant bytes."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import sample
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.load import get
from tests.benchmarks.servers import Server, peer, service
from tests.benchmarks.serving import cpu_of

PATH = f"/v1/rubrics/{sample.REFERENCE.replace('@', '/')}"


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    with TemporaryDirectory(prefix="assessment-bench-") as name:
        folder = Path(name)
        with service(folder / "data") as ours:
            body, etag = rubric_of(ours)
            (folder / "answer.json").write_bytes(body)
            with peer("bare_bytes", {"PEER_ANSWER": str(folder / "answer.json")}) as bare:
                yield {
                    "rubric": cpu_of(ours, [get(PATH, ours.key)]),
                    "bare bytes": cpu_of(bare, [get("/")]),
                    "known": cpu_of(ours, [get(PATH, ours.key, etag)]),
                    "bare 304": cpu_of(bare, [get("/known")]),
                }


def rubric_of(server: Server) -> tuple[bytes, str]:
    """The rubric as the service sends it, and its ETag. Raises when asking with that does not answer 304."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Authorization": f"Bearer {server.key}"}
    connection.request("GET", PATH, headers=headers)
    with connection.getresponse() as first:
        body, etag = first.read(), first.headers["ETag"]
    connection.request("GET", PATH, headers=headers | {"If-None-Match": etag})
    with connection.getresponse() as second:
        second.read()
    connection.close()
    if (first.status, second.status) != (200, 304):
        raise RuntimeError(f"The service answered {first.status} and then {second.status} for {PATH}.")
    return body, etag


_LIMIT = (
    "The body and its ETag are ready in bytes when the service starts, so what is left is what every request owes: its "
    "key is looked up, its limits are counted and told in header fields, a line is logged and figures are counted. "
    "Bare bytes take so little that each of these shows."
)

GROUPS = (
    Group(
        "reading a rubric",
        (
            Comparison(
                "7",
                "GET of a rubric version",
                "bare constant bytes",
                Aim("at least", 0.5),
                "rubric",
                "bare bytes",
                "CPU time of the whole `assessment serve` process for a GET of a published version over 8 loopback "
                "connections, with key check and limits. Against it an ASGI app without a framework on the same "
                "uvicorn, uvloop and httptools sends the same bytes, whatever it is asked.",
                limit=_LIMIT,
            ),
            Comparison(
                "7",
                "the same, known by its ETag",
                "a bare 304",
                Aim("at least", 0.65),
                "known",
                "bare 304",
                "The same request with `If-None-Match`, which answers 304. Against it the same app answers 304 without "
                "looking at anything.",
                limit=_LIMIT,
            ),
        ),
        _contenders,
    ),
)
