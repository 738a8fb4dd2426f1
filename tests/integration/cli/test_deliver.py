"""`assessment deliver`: events reach receivers without a server, and none that lies inside unless that is allowed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import httpx
from standardwebhooks.webhooks import Webhook

from assessment.service.context import open_services
from assessment.settings import Settings
from tests.integration.cli.conftest import Run, environment, read_until
from tests.integration.delivery.helpers import deliveries, happen, make_due, new_endpoint
from tests.integration.service.helpers import new_principal
from tests.receiver import OK, Received, receiving

ALLOWED = {"ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS": "true"}


def start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "assessment", "deliver"],
        cwd=folder, env=environment(ASSESSMENT_METRICS_PORT="0", **ALLOWED),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
    )  # fmt: skip


async def test_what_is_due_is_delivered_once_and_told(run: Run, tmp_path: Path) -> None:
    async with open_services(Settings(data_dir=tmp_path / "data")) as services, receiving() as receiver:
        who = await new_principal(services)
        endpoint = await new_endpoint(services, who, receiver.url)
        await happen(services, who)
        done = await asyncio.to_thread(run, "deliver", "--once")
        assert (done.returncode, done.stdout) == (0, "0 delivered, 1 failed and to be tried again, 0 given up.\n")
        assert "address_not_allowed" in done.stderr
        assert receiver.connections == 0
        await make_due(services)
        done = await asyncio.to_thread(run, "deliver", "--once", **ALLOWED)
        assert (done.returncode, done.stdout) == (0, "1 delivered, 0 failed and to be tried again, 0 given up.\n")
        assert "ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS is on" in done.stderr
        assert [(row.status, row.attempts) for row in await deliveries(services)] == [("delivered", 2)]
        done = await asyncio.to_thread(run, "deliver", "--once")
        assert (done.returncode, done.stdout) == (0, "Nothing was due.\n")
    (received,) = receiver.received
    assert Webhook(endpoint.secret).verify(received.body, received.headers)


async def test_it_delivers_what_another_process_stores_until_it_is_told_to_stop(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    async def note(_: Received) -> bytes:
        arrived.set()
        return OK

    async with open_services(Settings(data_dir=tmp_path / "data")) as services, receiving(note) as receiver:
        who = await new_principal(services)
        await new_endpoint(services, who, receiver.url)
        process = start(tmp_path)
        try:
            said = await asyncio.to_thread(read_until, process, "Press Ctrl-C")
            metrics, announced = said.splitlines()
            assert announced == f"Delivering what is in {tmp_path / 'data' / 'assessment.db'}. Press Ctrl-C to stop."
            await happen(services, who)
            async with asyncio.timeout(30):
                await arrived.wait()
            address = metrics.removeprefix("Metrics are at ").removesuffix(".")
            shown = await asyncio.to_thread(httpx.get, address, timeout=30, trust_env=False)
            assert "assessment_deliveries_due" in shown.text
            process.send_signal(signal.SIGTERM)
            rest, _ = await asyncio.to_thread(process.communicate, timeout=30)
            assert (process.returncode, rest) == (0, b"Stopped.\n")
        finally:
            process.kill()
            process.communicate()
        assert [row.status for row in await deliveries(services)] == ["delivered"]
