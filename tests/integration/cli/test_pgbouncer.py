"""The service behind a PgBouncer in transaction mode: set up as README says, with fewer connections than it opens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.faults.servers import Server, administer, serving
from tests.integration.api.running import case_answers
from tests.pgbouncer import Pooler, pooler
from tests.postgres import postgres_cluster

pytestmark = pytest.mark.system

OWNER, LOGIN, DATABASE = "assessment_owner", "assessment", "assessment"
SIZE = 2
"""Connections to PostgreSQL, where two workers want ten."""
SETTINGS = {"ASSESSMENT_POOLER": "true"}


class Installation(NamedTuple):
    """`direct` is the address of PostgreSQL's superuser, past the pooler."""

    direct: str
    pooler: Pooler
    server: Server


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two workers on tables that were made through the pooler too, with a login that owns nothing."""
    with postgres_cluster() as cluster:
        asyncio.run(
            administer(
                cluster.url,
                f"CREATE ROLE {OWNER} LOGIN CREATEROLE",
                f"CREATE ROLE {LOGIN} LOGIN",
                f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
            )
        )
        with pooler(cluster.url, OWNER, LOGIN, size=SIZE) as started:
            url = started.url(OWNER, DATABASE)
            Server(tmp_path_factory.mktemp("owner"), url, (), SETTINGS).command("migrate")
            owner = make_url(cluster.url).set(username=OWNER, database=DATABASE).render_as_string()
            roles = "assessment_app, assessment_writer, assessment_keeper"
            asyncio.run(administer(owner, f"GRANT {roles} TO {LOGIN} WITH INHERIT FALSE, SET TRUE"))
            url = started.url(LOGIN, DATABASE)
            with serving(url, arguments=["--workers", "2"], settings=SETTINGS) as server:
                yield Installation(cluster.url, started, server)


def new(number: int) -> dict[str, Any]:
    return {
        "rubric": "alignment-quick",
        "organisation": {"name": "Example", "external_id": f"crm-{number}"},
        "responses": [{"answers": case_answers("alignment-quick", "level-3-shared-target")}],
        "complete": True,
    }


async def look(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a transaction of its own, prepared nowhere."""
    options = {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    engine = create_async_engine(url, poolclass=NullPool, connect_args=options)
    async with engine.connect() as connection:
        found = [tuple(row) for row in await connection.execute(text(query))]
    await engine.dispose()
    return found


async def test_partners_share_connections_and_see_no_row_of_each_other(installation: Installation) -> None:
    server = installation.server
    async with (
        server.client() as one,
        server.client(server.new_partner("Two").secret) as two,
        server.client(server.new_partner("Test", "test").secret) as three,
    ):
        clients = (one, two, three)

        async def work(number: int) -> tuple[int, str]:
            mine = clients[number % 3]
            created = await mine.post("/v1/assessments", json=new(number), headers={"Idempotency-Key": f"k{number}"})
            assert created.status_code == 201, created.text
            again = await mine.post("/v1/assessments", json=new(number), headers={"Idempotency-Key": f"k{number}"})
            assert again.content == created.content
            foreign = await clients[(number + 1) % 3].get(created.headers["location"])
            assert foreign.status_code == 404
            assert (await mine.get(created.headers["location"])).status_code == 200
            return number % 3, created.json()["id"]

        made = await asyncio.gather(*(work(number) for number in range(90)))
        for place, client in enumerate(clients):
            listed = (await client.get("/v1/assessments", params={"limit": 100})).json()["data"]
            assert {one["id"] for one in listed} == {found for owner, found in made if owner == place}
    [(connections,)] = await look(
        installation.direct, f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{LOGIN}'"
    )
    assert 1 <= connections <= SIZE


async def test_a_transaction_leaves_no_role_and_no_partner_on_its_connection(installation: Installation) -> None:
    url = installation.pooler.url(LOGIN, DATABASE)
    query = "SELECT current_user, coalesce(current_setting('assessment.partner', true), ''), count(*) FROM partners"
    async with installation.server.client() as client:
        for _ in range(20):
            assert (await client.get("/v1/assessments")).status_code == 200
            with pytest.raises(ProgrammingError, match="permission denied for table partners"):
                await look(url, query)
            assert await look(url, query.partition(", count")[0]) == [(LOGIN, "")]


async def test_racers_with_one_key_have_one_effect(installation: Installation) -> None:
    async with installation.server.client() as client:

        async def create() -> httpx.Response:
            return await client.post("/v1/assessments", json=new(1_000), headers={"Idempotency-Key": "race"})

        answers = await asyncio.gather(*(create() for _ in range(40)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
        found = await client.get("/v1/assessments", params={"external_id": "crm-1000"})
        assert len(found.json()["data"]) == 1


async def test_the_service_goes_on_when_the_pooler_was_away(installation: Installation) -> None:
    async with installation.server.client() as client:
        installation.pooler.stop()
        refused = await client.post("/v1/assessments", json=new(2_000))
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        installation.pooler.start()
        async with asyncio.timeout(10):
            answer = refused
            while answer.status_code == 503:
                await asyncio.sleep(0.05)
                answer = await client.post("/v1/assessments", json=new(2_000))
        assert answer.status_code == 201
        assert (await client.get("/ready")).status_code == 200


def test_commands_work_through_it_and_the_doctor_has_nothing_to_say_of_it(installation: Installation) -> None:
    told = json.loads(installation.server.command("doctor", "--json"))
    assert told["healthy"] is True
    assert {one["check"]: one["state"] for one in told["checks"]}["database"] == "ok"


def test_a_service_that_is_not_told_of_it_says_what_to_set(installation: Installation) -> None:
    url = installation.pooler.url(LOGIN, DATABASE)
    with pytest.raises(RuntimeError, match="set ASSESSMENT_POOLER=true"), serving(url):
        pass
