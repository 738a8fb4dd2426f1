"""The log of a running service: a line for each request, and nothing in it that anybody sent."""

from __future__ import annotations

import base64
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.integration.cli.conftest import Serving, environment, read_until
from tests.integration.cli.test_serve import secret_key_of

Serve = Callable[..., Serving]
CANARY = "ca4ary"  # no hexadecimal number and no id has it by chance: they lack y


def canary(place: str) -> str:
    return f"{CANARY}-{place}"


def send_canaries(address: str, key: str) -> int:
    """Requests with a canary in every place that a caller fills; how many there were."""
    body = {
        "rubric": "alignment-quick",
        "organisation": {"name": canary("name"), "domain": "ca4ary.example", "external_id": canary("external")},
        "complete": True,
        "metadata": {canary("key"): canary("value")},
        "responses": [
            {"answers": {"kpi-set": "one-joint-target"}, "respondent": {"reference": canary("person")}},
        ],
    }
    headers = {
        "Authorization": f"Bearer {key}",
        "Cookie": f"session={canary('cookie')}",
        "User-Agent": canary("agent"),
        "Referer": f"https://ca4ary.example/{canary('referer')}",
        "Idempotency-Key": canary("idempotency"),
        "X-Request-Id": f"{canary('request')} with blanks",
        "X-Forwarded-For": canary("address"),
    }
    other = key[:-1] + ("y" if key[-1] == "x" else "x")
    with httpx.Client(base_url=address, timeout=20) as client:
        sent = [
            client.post("/v1/assessments", json=body, headers=headers),
            client.post("/v1/assessments", json=body | {canary("field"): 1}, headers=headers),
            client.post("/v1/scores", json={"rubric": canary("rubric"), "answers": {}}, headers=headers),
            client.post("/v1/scores", content=f'{{"{CANARY}', headers=headers | {"Content-Type": "application/json"}),
            client.post("/v1/scores", content=CANARY, headers=headers | {"Content-Type": canary("type")}),
            client.get(f"/v1/assessments?cursor={CANARY}&{CANARY}=1", headers=headers),
            client.get(f"/v1/assessments/{CANARY}", headers=headers),
            client.get(f"/{CANARY}", headers=headers),
            client.request(CANARY.upper(), "/v1/assessments", headers=headers),
            client.get("/v1/rubrics", headers={"Authorization": f"Bearer {canary('bearer')}"}),
            client.get("/v1/rubrics", headers={"Authorization": f"Basic {base64.b64encode(CANARY.encode()).decode()}"}),
            client.get("/v1/rubrics", headers={"Authorization": f"Bearer {other}"}),
        ]
    assert sent[0].status_code == 201, sent[0].text
    assert all(400 <= answer.status_code < 500 for answer in sent[1:]), [answer.status_code for answer in sent]
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"{CANARY} is not HTTP\r\n\r\n".encode())
        connection.recv(1000)
    return len(sent)


def test_nothing_that_was_sent_is_in_the_log(serve: Serve, tmp_path: Path) -> None:
    service = serve(ASSESSMENT_LOG_LEVEL="debug")
    key = secret_key_of(service.output)
    count = send_canaries(service.address, key)
    # The same once more with a database that breaks under it, which is logged with a traceback.
    with sqlite3.connect(tmp_path / "data" / "assessment.db") as database:
        database.execute("ALTER TABLE organisations RENAME TO gone")
    database.close()
    broken = httpx.post(
        f"{service.address}/v1/assessments",
        json={"rubric": "alignment-quick", "organisation": {"name": canary("broken")}},
        headers={"Authorization": f"Bearer {key}", "X-Request-Id": "the-broken-one"},
        timeout=20,
    )
    assert broken.status_code == 500
    service.stop(signal.SIGTERM)
    written = service.log
    assert CANARY not in written.lower()
    assert base64.b64encode(CANARY.encode()).decode() not in written
    assert "alm_" not in written
    assert key[12:] not in written
    (failed,) = service.logged("request failed")
    assert (failed["level"], failed["request_id"], failed["route"]) == ("error", "the-broken-one", "/v1/assessments")
    assert "sqlite3.OperationalError" in failed["exception"]
    assert "assessment/service/" in failed["exception"]
    # All of them and the broken one, without the one whose method no parser of HTTP knows.
    assert len(service.logged("request")) == count + 1 - 1


def test_a_request_has_one_line_with_what_an_operator_asks_for(serve: Serve) -> None:
    service = serve()
    key = secret_key_of(service.output)
    headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "abc.1"}
    found = httpx.get(f"{service.address}/v1/rubrics/alignment?locale=en", headers=headers, timeout=30)
    service.stop()
    (line,) = service.logged("request")
    assert list(line)[:3] == ["time", "level", "event"]
    assert line["partner"].startswith("ptnr_") and line["partner"] in service.output
    assert line["key"].startswith("key_")
    assert line["bytes"] == len(found.content)
    assert 0 < line["ms"] < 5000
    assert {name: line[name] for name in ("level", "method", "route", "status", "request_id")} == {
        "level": "info",
        "method": "GET",
        "route": "/v1/rubrics/{rubric_id}",
        "status": 200,
        "request_id": "abc.1",
    }


def test_the_level_warning_leaves_requests_out(serve: Serve) -> None:
    service = serve(ASSESSMENT_LOG_LEVEL="warning")
    assert httpx.get(f"{service.address}/health", timeout=30).status_code == 200
    service.stop()
    assert service.log == ""


def test_the_form_console_is_for_people(serve: Serve) -> None:
    service = serve(ASSESSMENT_LOG_FORMAT="console")
    assert httpx.get(f"{service.address}/health", timeout=30).status_code == 200
    service.stop()
    (line,) = service.log.splitlines()
    assert "request" in line and "route=/health" in line and "status=200" in line
    with pytest.raises(json.JSONDecodeError):
        json.loads(line)


def test_a_service_whose_log_nobody_reads_any_more_answers_all_the_same(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "assessment", "serve", "--port", "0"],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        service = Serving(process, read_until(process, "  data "), tmp_path / "none")
        process.stderr.close()
        for _ in range(3):
            assert httpx.get(f"{service.address}/health", timeout=30).status_code == 200
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
