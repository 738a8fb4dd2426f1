"""`assessment doctor` on installations that are well, and on ones with something wrong."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from assessment.cli.checks import _file_system, _room, examine
from assessment.rubric.catalog import default_directory
from assessment.settings import Settings
from tests.integration.cli.conftest import Run
from tests.integration.cli.test_serve import fresh


@pytest.fixture
def postgresql(postgres_url: str) -> dict[str, str]:
    """Settings for an empty PostgreSQL."""
    return {"ASSESSMENT_DATABASE_URL": fresh(postgres_url, "cli_doctor"), "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true"}


def examined(run: Run, code: int, **extra: str) -> dict[str, dict[str, Any]]:
    """Check → its finding."""
    done = run("doctor", "--json", **extra)
    assert (done.returncode, done.stderr) == (code, "")
    document = json.loads(done.stdout)
    assert document["healthy"] is (code == 0)
    return {finding["check"]: finding for finding in document["checks"]}


def test_an_installation_that_is_well(run: Run, tmp_path: Path) -> None:
    run("partner", "create", "Acme Agency")
    done = run("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-1] == "10 checks, all good."
    assert {line[0] for line in lines[:-1]} == {"✓"}
    assert re.search(r"^✓ keys +1 secret keys that are not revoked$", done.stdout, flags=re.M)
    assert re.search(r"^✓ rubrics +[0-9]+ published versions, as they were locked$", done.stdout, flags=re.M)


def test_before_the_first_start_it_says_what_makes_the_file_and_makes_none(run: Run, tmp_path: Path) -> None:
    found = examined(run, 0)
    assert found["database"]["state"] == "warning"
    assert found["database"]["mend"] == "The first start makes it: assessment serve"
    assert not (tmp_path / "data").exists()


def test_a_postgresql_that_is_well(run: Run, postgresql: dict[str, str]) -> None:
    run("migrate", **postgresql)
    found = examined(run, 0, **postgresql)
    states = {name: finding["state"] for name, finding in found.items()}
    assert {name for name, state in states.items() if state == "warning"} == {"settings", "login", "keys"}
    assert found["database"]["found"].startswith("PostgreSQL 1")
    assert found["connections"]["found"] == "this service uses up to 5 of 100"
    assert found["row level security"]["found"] == "holds for the roles that the service works as"
    assert found["clock"]["state"] == "ok"
    assert found["login"]["found"] == "postgres is a superuser"


def test_a_postgresql_without_its_tables(run: Run, postgresql: dict[str, str]) -> None:
    found = examined(run, 1, **postgresql)
    assert found["migrations"]["state"] == "failed"
    assert found["migrations"]["mend"] == "Run, with a login that may create tables: assessment migrate"


def test_a_postgresql_that_may_lose_writes(run: Run, postgresql: dict[str, str]) -> None:
    run("migrate", **postgresql)
    found = examined(run, 1, **postgresql | {"ASSESSMENT_ALLOW_LOSSY_DATABASE": "false"})
    assert found["durability"]["found"].startswith("PostgreSQL runs with fsync=off: it can lose writes")


def test_more_connections_than_the_server_has(run: Run, postgresql: dict[str, str]) -> None:
    run("migrate", **postgresql)
    found = examined(run, 1, **postgresql, ASSESSMENT_WORKERS="20")
    assert found["connections"]["found"] == "this service uses up to 100 of 100"
    assert found["connections"]["mend"].startswith("Raise max_connections")


@pytest.mark.parametrize(
    ("extra", "check", "said"),
    [
        ({"ASSESSMENT_DATABASE_URL": "postgresql+asyncpg://127.0.0.1:1/x"}, "database", "127.0.0.1"),
        ({"ASSESSMENT_DATABASE_URL": "mysql://localhost/x"}, "database", "allowed are postgresql+asyncpg"),
        ({"ASSESSMENT_DATA_DIR": "/proc/nowhere"}, "data folder", "/proc: "),
        ({"ASSESSMENT_RATE_LIMIT_URL": "redis://secret:hidden@127.0.0.1:1"}, "rate limits", "does not answer"),
    ],
)
def test_what_cannot_work_fails_and_is_mended(run: Run, extra: dict[str, str], check: str, said: str) -> None:
    found = examined(run, 1, **extra)
    assert found[check]["state"] == "failed"
    assert said in found[check]["found"]
    assert found[check]["mend"]
    assert "hidden" not in json.dumps(found)


def test_a_rubric_that_was_changed_after_it_was_published(run: Run, tmp_path: Path) -> None:
    shutil.copytree(default_directory(), tmp_path / "rubrics")
    path = tmp_path / "rubrics" / "alignment-quick" / "2026.1" / "rubric.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: Other ", 1), encoding="utf-8")
    found = examined(run, 1, ASSESSMENT_RUBRICS_DIR="rubrics")
    assert found["rubrics"]["state"] == "failed"
    assert "alignment-quick" in found["rubrics"]["found"]


def test_a_name_that_is_no_setting_is_said(run: Run) -> None:
    found = examined(run, 0, ASSESSMENT_DATABSE_URL="postgresql+asyncpg://localhost/x")
    assert found["settings"]["found"].startswith("ASSESSMENT_DATABSE_URL is no setting and does nothing")


def test_a_folder_that_every_account_can_look_into(run: Run, tmp_path: Path) -> None:
    run("migrate")
    (tmp_path / "data").chmod(0o755)
    assert examined(run, 0)["privacy"]["mend"] == f"Run: chmod o= {tmp_path / 'data'}"


def test_a_database_file_that_is_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "assessment.db").write_bytes(b"not a database, but long enough to look like one" * 100)
    found = examined(run, 1)
    assert (found["database"]["state"], found["database"]["found"]) == ("failed", "file is not a database")


async def test_it_changes_nothing_and_runs_beside_a_service_that_writes(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with sqlite3.connect(tmp_path / "assessment.db") as database:
        database.execute("CREATE TABLE other (id)")
    database.close()
    before = (tmp_path / "assessment.db").read_bytes()
    findings = [finding async for finding in examine(settings)]
    assert [finding.check for finding in findings if finding.state == "failed"] == ["migrations"]
    await asyncio.sleep(0)
    with sqlite3.connect(tmp_path / "assessment.db") as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("other",)]
    database.close()
    assert len((tmp_path / "assessment.db").read_bytes()) == len(before)


def test_the_kind_of_a_file_system_is_that_of_the_nearest_mount() -> None:
    assert _file_system(Path("/proc/self")) == "proc"
    assert _file_system(Path("/")) not in {None, "proc"}


def test_room_is_measured(tmp_path: Path) -> None:
    assert re.fullmatch(r"[\d,.]+ GiB free", _room(tmp_path).found)
