"""Scores every stored result again from its stored answers, and the samples of the golden digests, on every Python
of the machine."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import random
import subprocess
from typing import Any

import httpx
import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from assessment.scoring.answers import pack_answers
from assessment.service import ids
from assessment.store.tables import ASSESSMENTS, RESPONSES
from tests.faults import samples
from tests.faults.harness import ENGINES, Report
from tests.faults.interpreters import ROOT, Interpreter, usable
from tests.faults.servers import database, serving
from tests.unit.scoring.test_determinism import DIGESTS, five_hundred

NUMBER = 15
PROMISE = "the same answers give the same score, always"
COUNTS = {"ci": 200, "full": 10_000}

AT_ONCE = 16

Line = dict[str, Any]
"""What `tests.faults.rescoring` reads."""


async def run(count: int, report: Report) -> None:
    interpreters, refused = usable()
    report.note("on " + ", ".join(one.name for one in interpreters))
    for sentence in refused:
        report.note(sentence)
    # The running Python gives the golden digests in a test of the scorer; at the count of CI one other is enough.
    _golden(interpreters[-1:] if count <= COUNTS["ci"] else interpreters, report)
    for engine in ENGINES:
        with report.on(engine):
            await _stored(engine, count, interpreters, report)


def _golden(interpreters: list[Interpreter], report: Report) -> None:
    """The results that test_determinism takes its digests of."""
    for (rubric_id, version, _), golden in DIGESTS.items():
        rubric = samples.rubric(rubric_id, version)
        lines = [
            {
                "rubric": f"{rubric_id}@{version}",
                "digest": rubric.used.digest,
                "target_level": None,
                "responses": [
                    {"function": one.function, "answers": _text(pack_answers(rubric, one.answers))} for one in responses
                ],
            }
            for responses in five_hundred(rubric)
        ]
        for interpreter in interpreters:
            *_, whole = _rescored(interpreter, lines)
            assert whole == golden, f"{interpreter.name} does not give the golden digest of {rubric_id}: {whole}"
            report.tried(len(lines), "samples")


async def _stored(engine: str, count: int, interpreters: list[Interpreter], report: Report) -> None:
    with database(engine) as url, serving(url) as server:
        async with server.client() as client:
            made = await _create(client, count)
        # Nothing of the process that scored them is left when they are read.
        server.kill()
        server.restart()
        async with server.client() as client:
            digests = {one: await _digest(client, one) for one in made}
        lines = await _lines(url)
        assert lines.keys() == digests.keys(), "Not every completed assessment has its answers stored."
        for interpreter in interpreters:
            *found, _ = _rescored(interpreter, [lines[one] for one in digests])
            other = [one for one, again in zip(digests, found, strict=True) if again != digests[one]]
            assert not other, f"{interpreter.name} scores {len(other)} of {count} otherwise, the first is {other[0]}"
            report.tried(count, "results")


async def _create(client: httpx.AsyncClient, count: int) -> list[str]:
    """Assessments that were completed at once or by a request of its own."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def create(number: int) -> str:
        chance = random.Random(f"{NUMBER}.{number}")
        at_once = chance.random() < 0.7
        async with gate:
            made = await client.post("/v1/assessments", json=samples.assessment(chance, complete=at_once))
            assert made.status_code == 201, made.text
            one = str(made.json()["id"])
            if not at_once:
                done = await client.post(f"/v1/assessments/{one}/complete")
                assert done.status_code == 200, done.text
        return one

    return await asyncio.gather(*(create(number) for number in range(count)))


async def _digest(client: httpx.AsyncClient, one: str) -> str:
    found = await client.get(f"/v1/assessments/{one}/result")
    assert found.status_code == 200, found.text
    return hashlib.sha256(found.content).hexdigest()


async def _lines(url: str) -> dict[str, Line]:
    """What is stored of every completed assessment, by its id."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        responses: dict[Any, list[dict[str, Any]]] = {}
        submitted = select(RESPONSES).where(RESPONSES.c.submitted_at.is_not(None)).order_by(RESPONSES.c.id)
        for row in await connection.execute(submitted):
            given = {"function": row.function, "answers": _text(row.answers)}
            responses.setdefault(row.assessment_id, []).append(given)
        rows = await connection.execute(select(ASSESSMENTS).where(ASSESSMENTS.c.status == "completed"))
        lines = {
            ids.to_text("asmt", row.id): {
                "rubric": f"{row.rubric_id}@{row.rubric_version}",
                "digest": f"sha256:{row.rubric_digest.hex()}",
                "target_level": row.target_level,
                "responses": responses[row.id],
            }
            for row in rows
        }
    await engine.dispose()
    return lines


def _rescored(interpreter: Interpreter, lines: list[Line]) -> list[str]:
    """The digests that a fresh process of the interpreter gives, one for each line and one for all. It orders sets
    in its own way."""
    given = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    done = subprocess.run(
        [interpreter.program, "-m", "tests.faults.rescoring"],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "random", "PYTHONDONTWRITEBYTECODE": "1"},
        input=given, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{interpreter.name}: {done.stderr.decode()}"
    return done.stdout.decode().split()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
