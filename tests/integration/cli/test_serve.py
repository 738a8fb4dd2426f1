"""`assessment serve`, `partner` and `migrate` as real processes, on an empty folder and on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.integration.cli.conftest import Run, Serving

Serve = Callable[..., Serving]


def get(service: Serving, path: str, key: str) -> httpx.Response:
    return httpx.get(service.address + path, headers={"Authorization": f"Bearer {key}"}, timeout=30)


def secret_key_of(output: str) -> str:
    match = re.search(r"secret key +(alm_sk_live_\w+)", output)
    assert match is not None, output
    return match[1]


def test_the_first_start_prints_a_request_that_works_when_pasted(serve: Serve, tmp_path: Path) -> None:
    service = serve()
    curl = re.search(r"^curl .*?^}'$", service.output, flags=re.M | re.S)
    assert curl is not None, service.output
    done = subprocess.run(["bash", "-c", curl[0]], capture_output=True, text=True, timeout=20, check=True)
    result = json.loads(done.stdout)
    assert result["rubric"]["id"] == "alignment-quick"
    assert {question["state"] for question in result["questions"]} == {"answered"}
    assert result["rating"]["name"] in {"Undefined", "Defined", "Aligned", "Integrated"}
    assert f"data               {tmp_path / 'data' / 'assessment.db'}" in service.output
    assert (tmp_path / "data" / "assessment.db").is_file()
    assert f"API documentation  {service.address}/docs" in service.output
    assert httpx.get(f"{service.address}/docs", timeout=30).status_code == 200


def test_nothing_stands_beside_a_line_that_is_to_be_copied(serve: Serve) -> None:
    lines = serve().output.splitlines()
    assert lines[0] == "─" * 88
    assert not any(line.startswith(("│", "|", "╭")) for line in lines)


def test_a_later_start_prints_addresses_but_no_key_and_keeps_the_data(serve: Serve) -> None:
    first = serve()
    key = secret_key_of(first.output)
    assert first.stop() == "Stopped.\n"
    assert first.process.returncode == 0
    second = serve()
    assert "alm_" not in second.output
    assert second.output.splitlines()[0].startswith("Alignment Assessment listens on http://127.0.0.1:")
    assert get(second, "/v1/rubrics", key).status_code == 200


def test_a_service_told_to_end_closes_and_ends_with_0(serve: Serve) -> None:
    service = serve()
    assert service.stop(signal.SIGTERM) == "Stopped.\n"
    assert service.process.returncode == 0


def test_a_partner_can_be_created_while_the_service_runs(serve: Serve, run: Run) -> None:
    service = serve()
    done = run("partner", "create", "Acme Agency", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert list(made) == ["partner", "secret_key", "publishable_key"]
    assert made["partner"].startswith("ptnr_")
    assert made["publishable_key"].startswith("alm_pk_live_")
    assert get(service, "/v1/rubrics", made["secret_key"]).status_code == 200
    listed = run("partner", "list").stdout.splitlines()
    assert [line.split("  ")[2] for line in listed] == ["First partner", "Acme Agency"]
    assert listed[1].startswith(made["partner"])


def test_keys_of_test_mode_say_so(run: Run) -> None:
    done = run("partner", "create", "Acme Agency", "--mode", "test")
    assert "secret key       alm_sk_test_" in done.stdout
    assert "publishable key  alm_pk_test_" in done.stdout


def test_a_partner_without_a_name_is_refused(run: Run) -> None:
    done = run("partner", "create", "  ")
    assert done.returncode == 1
    assert "A partner's name has 1 to 200 characters." in done.stderr


def test_a_partner_made_before_the_first_start_is_the_first(run: Run, serve: Serve) -> None:
    made = json.loads(run("partner", "create", "Acme Agency", "--json").stdout)
    service = serve()
    assert "alm_" not in service.output
    assert get(service, "/v1/rubrics", made["secret_key"]).status_code == 200


def test_a_port_in_use_is_said_and_nothing_is_created(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: Port {port} on 127.0.0.1 is in use. Choose another one: assessment serve --port N\n"
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        ({"ASSESSMENT_PORT": "eighty"}, 2, "ASSESSMENT_PORT"),
        ({"ASSESSMENT_HOST": "no.such.host.invalid"}, 1, "Cannot listen on no.such.host.invalid"),
        ({"ASSESSMENT_DATABASE_URL": "mysql://localhost/x"}, 1, "allowed are postgresql+asyncpg"),
        ({"ASSESSMENT_DATABASE_URL": "postgresql+asyncpg://127.0.0.1:1/x"}, 1, "The database cannot be used"),
        ({"ASSESSMENT_DATA_DIR": "/proc/nowhere"}, 1, "The database cannot be used"),
        ({"ASSESSMENT_RUBRICS_DIR": "nowhere"}, 2, "nowhere"),
        ({"ASSESSMENT_WRITERS": "9"}, 2, "writers: Input should be less than or equal to 4"),
    ],
)
def test_a_setting_that_cannot_work_is_said_in_a_sentence(
    run: Run, extra: dict[str, str], code: int, said: str
) -> None:
    done = run("serve", "--port", extra.pop("ASSESSMENT_PORT", "0"), **extra) if code == 1 else run("serve", **extra)
    assert done.returncode == code, done.stderr
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def test_rubrics_with_a_mistake_stop_the_start_with_file_and_line(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "rubrics" / "mine" / "2026.1"
    folder.mkdir(parents=True)
    (folder / "rubric.yaml").write_text("id: Mine\n", encoding="utf-8")
    done = run("serve", "--port", "0", "--rubrics-dir", "rubrics")
    assert done.returncode == 1
    assert "rubrics/mine/2026.1/rubric.yaml:1: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_request_in_flight_is_answered_when_the_service_is_stopped(serve: Serve) -> None:
    service = serve()
    key = secret_key_of(service.output)
    host, port = service.address.removeprefix("http://").split(":")
    body = b'{"rubric": "alignment-quick", "answers": {"kpi-set": "separate"}}'
    head = (
        f"POST /v1/scores HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode() + body[:10])
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(body[10:])
        assert connection.recv(12) == b"HTTP/1.1 200"
    service.process.communicate(timeout=20)
    assert service.process.returncode == 0


def test_an_empty_postgresql_gets_its_tables_at_the_first_start(serve: Serve, postgres_url: str, run: Run) -> None:
    database = {"ASSESSMENT_DATABASE_URL": fresh(postgres_url, "cli_serve"), "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true"}
    service = serve(**database)
    assert get(service, "/v1/rubrics", secret_key_of(service.output)).status_code == 200
    assert "First partner" in run("partner", "list", **database).stdout


def test_migrate_brings_a_postgresql_to_the_current_revision(run: Run, postgres_url: str) -> None:
    database = {
        "ASSESSMENT_DATABASE_URL": fresh(postgres_url, "cli_migrate"),
        "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true",
    }
    before = run("partner", "list", **database)
    assert (before.returncode, "Run: assessment migrate" in before.stderr) == (1, True)
    done = run("migrate", **database)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("is at the current revision.\n")
    assert run("partner", "list", **database).returncode == 0


def test_migrate_makes_the_sqlite_file(run: Run, tmp_path: Path) -> None:
    done = run("migrate", "--data-dir", "elsewhere/data")
    assert done.stdout == f"{tmp_path / 'elsewhere' / 'data' / 'assessment.db'} is at the current revision.\n"
    assert (tmp_path / "elsewhere" / "data" / "assessment.db").is_file()


def fresh(server: str, name: str) -> str:
    """The address of a new database without tables."""

    async def create() -> None:
        engine = create_async_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        await engine.dispose()

    asyncio.run(create())
    return make_url(server).set(database=name).render_as_string(hide_password=False)
