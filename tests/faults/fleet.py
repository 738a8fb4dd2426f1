"""Several machines as processes: three servers behind a proxy, a primary with a replica, a store of limits, and
clients that go on until each of their requests is acknowledged."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx

from tests.faults.servers import Server, administer, serving
from tests.haproxy import Balancer, haproxy
from tests.postgres import Cluster, postgres_cluster, postgres_replica
from tests.redis import Store, redis_server

HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
DATABASE = "trial"
ANONYMOUS = 40
SETTINGS = {
    "ASSESSMENT_LOG_LEVEL": "warning",
    "ASSESSMENT_DRAIN_SECONDS": "2",
    "ASSESSMENT_RATE_LIMIT_SECRET": "10000000/day",
    "ASSESSMENT_RATE_LIMIT_ANONYMOUS": f"{ANONYMOUS}/day",
}
CLIENTS = 8
PAUSE_SECONDS = 0.05
MOST_SECONDS = 60
BODY = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Example Instruments"},
    "complete": True,
    "responses": [{"answers": {"kpi-set": "one-joint-target", "sla-agreement": "one-sided"}}],
}


@dataclass(frozen=True)
class Fleet:
    """Everything that can be killed."""

    primary: Cluster
    replica: Cluster
    store: Store
    servers: list[Server]
    proxy: Balancer


@contextmanager
def running_fleet() -> Iterator[Fleet]:
    """All of it, started. The servers know both databases by address and take whichever is the primary."""
    with ExitStack() as stack:
        primary = stack.enter_context(postgres_cluster())
        asyncio.run(administer(primary.url, f"CREATE DATABASE {DATABASE}"))
        replica = stack.enter_context(postgres_replica(primary))
        store = stack.enter_context(redis_server())
        hosts = f"host={primary.folder}:5432&host={replica.folder}:5432"
        url = f"postgresql+asyncpg://postgres@/{DATABASE}?{hosts}&target_session_attrs=primary"
        settings = SETTINGS | {
            "ASSESSMENT_READ_DATABASE_URL": at(replica),
            "ASSESSMENT_RATE_LIMIT_URL": store.url,
        }
        servers = [stack.enter_context(serving(url, settings=settings, host=host)) for host in HOSTS]
        proxy = stack.enter_context(haproxy([f"{server.host}:{server.port}" for server in servers]))
        yield Fleet(primary, replica, store, servers, proxy)


def at(cluster: Cluster) -> str:
    return f"postgresql+asyncpg://postgres@/{DATABASE}?host={cluster.folder}"


async def until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"{what}: not within {MOST_SECONDS} seconds"
        await asyncio.sleep(0.01)


async def readiness(server: Server) -> httpx.Response:
    async with server.client("") as client:
        return await client.get("/ready")


async def until_ready(server: Server, **fields: str) -> None:
    """Wait until a server says that it is ready, with these fields. Requests go on meanwhile."""
    deadline = time.monotonic() + MOST_SECONDS
    while True:
        found = await readiness(server)
        said = found.json()
        if found.status_code == 200 and all(said[name] == value for name, value in fields.items()):
            return
        assert time.monotonic() < deadline, f"{server.host} should be ready with {fields} and says {found.text}"
        await asyncio.sleep(0.02)


class Load:
    """Clients of the proxy that create assessments and read back what they were told, each with one under way."""

    def __init__(self, proxy: Balancer, key: str) -> None:
        self.acknowledged: dict[str, str] = {}
        """Id by idempotency key."""
        self.statuses: Counter[int] = Counter()
        self.broken = 0
        """Answers that broke off: their server was killed while it sent them."""
        self.wrong: list[str] = []
        self.away = False
        """Whether the primary is away, so that 503 is the right answer."""
        self._proxy = proxy
        self._key = key
        self._done: Counter[int] = Counter()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Load:
        self._client = httpx.AsyncClient(
            base_url=self._proxy.url,
            headers={"Authorization": f"Bearer {self._key}"},
            timeout=30,
            trust_env=False,
        )
        self._tasks = [asyncio.create_task(self._work(number)) for number in range(CLIENTS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def everybody(self, what: str) -> None:
        """Wait until each client has begun and ended a request from now on, or fail with what should not have been."""
        wanted = {number: self._done[number] + 2 for number in range(CLIENTS)}
        await until(lambda: self._spoilt() or all(self._done[one] >= least for one, least in wanted.items()), what)
        ended = [task.exception() for task in self._tasks if task.done()]
        assert not ended, f"{what}: {len(ended)} clients ended, with {ended[0]!r}"
        assert not self.wrong, f"{what}: {len(self.wrong)} answers that should not be, such as {self.wrong[0]}"

    def _spoilt(self) -> bool:
        return bool(self.wrong) or any(task.done() for task in self._tasks)

    async def _work(self, number: int) -> None:
        while True:
            key = str(uuid.uuid4())
            created = await self._send("POST", "/v1/assessments", key, 201)
            self.acknowledged[key] = created.json()["id"]
            # By whichever server, from whichever database.
            await self._send("GET", created.headers["location"], None, 200)
            self._done[number] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _send(self, method: str, path: str, key: str | None, wanted: int) -> httpx.Response:
        """Send it until it is answered as it should be."""
        while True:
            try:
                answer = await self._client.request(
                    method,
                    path,
                    json=BODY | {"metadata": {"key": key}} if key else None,
                    headers={"Idempotency-Key": key} if key else None,
                )
            except httpx.TransportError:
                self.broken += 1
                continue
            self.statuses[answer.status_code] += 1
            if answer.status_code == wanted:
                return answer
            if answer.status_code != 503 or not self.away:
                self.wrong.append(f"{answer.status_code} to {method} {path}: {answer.text[:300]}")
            await asyncio.sleep(0.05)
