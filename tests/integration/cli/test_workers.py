"""`assessment serve --workers`: several processes on one socket, and what becomes of them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.integration.cli.conftest import Run, Serving
from tests.integration.cli.test_serve import fresh, secret_key_of

Serve = Callable[..., Serving]
BODY = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Example Instruments"},
    "complete": True,
    "responses": [{"answers": {"kpi-set": "one-joint-target"}}],
}


@pytest.fixture
def database(postgres_url: str) -> dict[str, str]:
    return {"ASSESSMENT_DATABASE_URL": fresh(postgres_url, "cli_workers"), "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true"}


def worker_pids(service: Serving) -> list[int]:
    return [line["pid"] for line in service.logged("worker listens")]


def wait_for(happened: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return found


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def sample_of(address: str, name: str) -> float:
    page = httpx.get(address, timeout=30).text
    return sum(float(value) for value in re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", page, flags=re.M))


def test_a_killed_worker_is_replaced_and_the_service_goes_on(serve: Serve, database: dict[str, str]) -> None:
    service = serve("--workers", "2", ASSESSMENT_METRICS_PORT="0", **database)
    key = secret_key_of(service.output)
    metrics = re.search(r"metrics +(\S+)", service.output)
    assert metrics is not None
    first = worker_pids(service)
    assert len(set(first)) == 2
    os.kill(first[0], signal.SIGKILL)
    answered: Counter[int] = Counter()
    deadline = time.monotonic() + 20
    while len(worker_pids(service)) < 3:
        assert time.monotonic() < deadline
        # A connection of its own each: one that the dead worker held is gone with it.
        found = httpx.get(service.address + "/v1/rubrics", headers={"Authorization": f"Bearer {key}"}, timeout=30)
        answered[found.status_code] += 1
    assert set(answered) == {200}
    assert sum(answered.values()) > 0
    (died,) = service.logged("worker died; another one is started")
    assert (died["pid"], died["code"]) == (first[0], -9)
    # The place it had is filled again.
    assert [line["worker"] for line in service.logged("worker listens")][2] == died["worker"]
    assert sample_of(metrics[1], "assessment_worker_restarts_total") == 1
    # What all workers counted, the dead one's too, is in one place.
    assert sample_of(metrics[1], "assessment_requests_total") == sum(answered.values())
    assert service.stop(signal.SIGTERM) == "Stopped.\n"
    assert service.process.returncode == 0
    assert not any(runs(pid) for pid in worker_pids(service))


def test_workers_end_when_their_parent_was_killed(serve: Serve, database: dict[str, str]) -> None:
    service = serve("--workers", "2", **database)
    pids = worker_pids(service)
    service.process.kill()
    wait_for(lambda: not any(runs(pid) for pid in pids))


def test_ctrl_c_ends_every_worker(serve: Serve, database: dict[str, str]) -> None:
    service = serve("--workers", "2", **database)
    for pid in worker_pids(service):
        os.kill(pid, signal.SIGINT)  # as the terminal does with every process of the group
    assert service.stop(signal.SIGINT) == "Stopped.\n"
    assert service.process.returncode == 0


def test_several_workers_on_sqlite_are_refused_with_what_to_do(run: Run) -> None:
    done = run("serve", "--port", "0", "--workers", "2")
    assert done.returncode == 2
    said = " ".join(done.stderr.replace("│", " ").split())
    assert (
        "2 workers on SQLite: it has one writer, so one process serves it. Set ASSESSMENT_DATABASE_URL to a "
        "PostgreSQL, or leave ASSESSMENT_WORKERS at 1." in said
    )


def test_what_is_wrong_with_the_database_is_said_once_and_no_worker_is_started(run: Run) -> None:
    done = run("serve", "--port", "0", "--workers", "2", ASSESSMENT_DATABASE_URL="postgresql+asyncpg://127.0.0.1:1/x")
    assert done.returncode == 1
    assert done.stderr.count("The database cannot be used") == 1
    assert "worker" not in done.stderr


def test_counting_apart_is_cautioned_against(serve: Serve, database: dict[str, str]) -> None:
    service = serve("--workers", "2", **database)
    assert "Each of 2 workers counts requests for itself" in service.log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ending_under_load_loses_no_acknowledged_write(
    serve: Serve, run: Run, database: dict[str, str], workers: str
) -> None:
    extra = {} if workers == "1" else database
    service = serve("--workers", workers, **extra)
    key = secret_key_of(service.output)
    acknowledged, refused = asyncio.run(submit_until_it_ends(service, key))
    service.process.communicate(timeout=30)
    assert service.process.returncode == 0
    assert len(acknowledged) > 50
    assert refused <= {503}
    again = serve("--workers", workers, **extra)
    with httpx.Client(base_url=again.address, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        missing = [one for one in acknowledged if client.get(f"/v1/assessments/{one}").status_code != 200]
    assert missing == []


async def submit_until_it_ends(service: Serving, key: str) -> tuple[list[str], set[int]]:
    """Twenty clients that submit until the connection is refused; SIGTERM in their midst."""
    acknowledged: list[str] = []
    refused: set[int] = set()
    enough = asyncio.Event()

    async def submit() -> None:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=service.address, headers=headers, timeout=20) as client:
            while True:
                try:
                    answer = await client.post("/v1/assessments", json=BODY)
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    acknowledged.append(answer.json()["id"])
                    if len(acknowledged) == 100:
                        enough.set()
                else:
                    refused.add(answer.status_code)

    clients = [asyncio.create_task(submit()) for _ in range(20)]
    await enough.wait()
    service.process.send_signal(signal.SIGTERM)
    await asyncio.gather(*clients)
    return acknowledged, refused


def test_a_draining_service_is_not_ready_and_still_answers(serve: Serve) -> None:
    service = serve(ASSESSMENT_DRAIN_SECONDS="5")
    key = secret_key_of(service.output)
    with httpx.Client(base_url=service.address, timeout=30) as client:
        assert client.get("/ready").status_code == 200
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        lasting = client.get("/health")
        assert (lasting.status_code, lasting.headers["connection"]) == (200, "close")
    found = httpx.get(f"{service.address}/ready", timeout=30)
    assert (found.status_code, found.json()["code"]) == (503, "shutting_down")
    assert found.headers["retry-after"] == "1"
    assert httpx.get(f"{service.address}/health", timeout=30).status_code == 200
    headers = {"Authorization": f"Bearer {key}"}
    made = httpx.post(f"{service.address}/v1/assessments", json=BODY, headers=headers, timeout=30)
    assert made.status_code == 201
    assert service.process.poll() is None
    assert service.process.communicate(timeout=20)[0] == b"Stopped.\n"
    assert service.process.returncode == 0
