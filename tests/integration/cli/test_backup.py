"""`assessment backup`: a copy beside a running service, restored and read back; what is no backup is refused."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from assessment.errors import DatabaseRefused
from assessment.service import assessments
from assessment.service.backup import make, verify
from assessment.service.context import open_services
from assessment.settings import Settings
from assessment.store.engine import Database
from assessment.store.migrate import downgrade
from tests.faults.servers import administer
from tests.integration.api.running import case_answers
from tests.integration.cli.conftest import Run, Serving
from tests.integration.cli.test_serve import fresh, get, secret_key_of
from tests.integration.service.helpers import new_assessment, new_principal
from tests.postgres import client_program, postgres_cluster

Serve = Callable[..., Serving]
BODY = {
    "rubric": "alignment-quick",
    "organisation": {"name": "Northwind"},
    "responses": [{"function": "sales", "answers": case_answers("alignment-quick", "level-3-shared-target")}],
    "complete": True,
}


def create(service: Serving, key: str) -> str:
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.post(f"{service.address}/v1/assessments", json=BODY, headers=headers, timeout=20)
    assert answer.status_code == 201, answer.text
    named: str = answer.json()["id"]
    return named


def flat(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_a_backup_beside_a_service_that_writes_is_restored_byte_for_byte(
    serve: Serve, run: Run, tmp_path: Path
) -> None:
    service = serve()
    key = secret_key_of(service.output)
    before = create(service, key)
    stored = get(service, f"/v1/assessments/{before}/result", key).content
    over = threading.Event()
    written: list[str] = []

    def write() -> None:
        while not over.is_set():
            written.append(create(service, key))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = run("backup", "kept.db")
    finally:
        over.set()
        writer.join()
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"kept\.db is a sound backup of revision \d{4}, [\d,]+ bytes\.\n", done.stdout)
    assert (tmp_path / "kept.db").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("kept.db*")] == ["kept.db"]
    assert written and {get(service, f"/v1/assessments/{one}", key).status_code for one in written} == {200}
    service.stop()

    (tmp_path / "elsewhere").mkdir()
    shutil.copy(tmp_path / "kept.db", tmp_path / "elsewhere" / "assessment.db")
    restored = serve("--data-dir", "elsewhere")
    assert get(restored, f"/v1/assessments/{before}/result", key).content == stored


def test_a_backup_is_verified_again_and_noted_in_the_log(serve: Serve, run: Run) -> None:
    service = serve()
    create(service, secret_key_of(service.output))
    made = run("backup", "kept.db")
    assert "It holds 1 partners, 1 organisations, 1 assessments, 1 responses, 1 results.\n" in made.stdout
    assert "1 results were read back byte for byte.\n" in made.stdout
    again = run("backup", "--verify", "kept.db")
    assert (again.returncode, again.stdout) == (0, made.stdout)
    partner = run("partner", "list").stdout.split()[0]
    logged = run("audit", partner, "--action", "backup.made", "--json").stdout
    entry = json.loads(logged)
    assert (entry["actor"], entry["target"], entry["mode"]) == ("assessment backup", partner, None)
    assert f"sha256 {entry['details']['sha256']}\n" in made.stdout


def test_a_backup_never_overwrites_a_file(run: Run, tmp_path: Path) -> None:
    run("migrate")
    (tmp_path / "kept.db").write_text("precious")
    done = run("backup", "kept.db")
    assert done.returncode == 1
    assert "kept.db exists already. A backup never overwrites a file" in flat(done.stderr)
    assert (tmp_path / "kept.db").read_text() == "precious"


def test_where_there_is_no_database_there_is_no_backup(run: Run, tmp_path: Path) -> None:
    done = run("backup", "kept.db", "--data-dir", "nowhere")
    assert done.returncode == 1
    assert "There is no database at" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_database_of_an_older_version_is_backed_up_as_it_is(run: Run, tmp_path: Path) -> None:
    run("migrate")

    async def age() -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'assessment.db'}")
        await downgrade(database, "0001")
        await database.aclose()

    asyncio.run(age())
    done = run("backup", "kept.db")
    assert "is a sound backup of revision 0001" in done.stdout
    with closing(sqlite3.connect(tmp_path / "data" / "assessment.db")) as source:
        assert source.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


@pytest.fixture(scope="module")
async def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with one result in it."""
    folder = tmp_path_factory.mktemp("sound")
    settings = Settings(data_dir=folder)
    async with open_services(settings) as services:
        await assessments.create(services, await new_principal(services), new_assessment(services))
        await make(settings.url, folder / "kept.db", lambda left, total: None)
    return folder / "kept.db"


def damage_page(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8192])


def spoil_result(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE results SET sha256 = zeroblob(32)")
        connection.commit()


def orphan(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM organisations")
        connection.commit()


def from_the_future(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def other_database(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")


def in_use(file: Path) -> None:
    file.with_name(file.name + "-wal").touch()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (damage_page, "kept.db is "),
        (cut, "kept.db is "),
        (
            lambda file: file.write_bytes(b"not a database, but long enough to be looked at" * 100),
            "no sound SQLite file",
        ),
        (other_database, "an SQLite file, and not one of this service"),
        (spoil_result, "a result does not match its checksum"),
        (orphan, "a row of assessments points to one that is missing"),
        (from_the_future, "of revision 9999, which this version does not know"),
        (in_use, "a log beside it"),
        (Path.unlink, "There is no file"),
    ],
)
async def test_what_is_no_sound_backup_is_refused(
    sound: Path, tmp_path: Path, harm: Callable[[Path], Any], said: str
) -> None:
    shutil.copy(sound, tmp_path / "kept.db")
    assert (await verify(tmp_path / "kept.db")).results_read == 1
    harm(tmp_path / "kept.db")
    with pytest.raises(DatabaseRefused, match=said):
        await verify(tmp_path / "kept.db")


def test_the_command_says_why_a_file_is_no_backup(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept.db").write_bytes(b"not a database")
    done = run("backup", "--verify", "kept.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert "kept.db is no sound SQLite file" in flat(done.stderr)


def test_postgresql_is_backed_up_and_restored_with_the_commands_that_are_named(
    serve: Serve, run: Run, postgres_url: str, tmp_path: Path
) -> None:
    lossy = {"ASSESSMENT_ALLOW_LOSSY_DATABASE": "true"}
    first = {"ASSESSMENT_DATABASE_URL": fresh(postgres_url, "cli_backup")} | lossy
    service = serve(**first)
    key = secret_key_of(service.output)
    named = create(service, key)
    stored = get(service, f"/v1/assessments/{named}/result", key).content
    done = run("backup", "kept.dump", **first)
    assert done.returncode == 1
    assert "Nothing was backed up" in flat(done.stderr)
    commands = commands_of(done)
    assert [command[0] for command in commands] == ["pg_dump", "pg_restore"]
    perform(commands[0], tmp_path)

    second = {"ASSESSMENT_DATABASE_URL": fresh(postgres_url, "cli_restore")} | lossy
    restoring = [part.replace("/cli_backup", "/cli_restore") for part in commands[1]]
    perform(restoring, tmp_path)
    restored = serve(**second)
    assert "alm_sk" not in restored.output
    assert get(restored, f"/v1/assessments/{named}/result", key).content == stored
    stranger = json.loads(run("partner", "create", "Stranger", "--json", **second).stdout)["secret_key"]
    assert get(restored, f"/v1/assessments/{named}", stranger).status_code == 404


async def test_logins_without_any_privilege_of_the_server_back_up_and_restore(
    serve: Serve, run: Run, tmp_path: Path
) -> None:
    def at(login: str, name: str) -> dict[str, str]:
        url = make_url(cluster.url).set(username=login, database=name).render_as_string()
        return {"ASSESSMENT_DATABASE_URL": url, "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true"}

    with postgres_cluster() as cluster:
        await administer(
            cluster.url,
            "CREATE ROLE the_owner LOGIN CREATEROLE",
            "CREATE ROLE the_service LOGIN",
            *(f"CREATE DATABASE {name} OWNER the_owner" for name in ("kept", "restored")),
        )
        assert run("migrate", **at("the_owner", "kept")).returncode == 0
        roles = "assessment_app, assessment_writer, assessment_keeper"
        await administer(
            at("the_owner", "kept")["ASSESSMENT_DATABASE_URL"],
            f"GRANT {roles} TO the_service WITH INHERIT FALSE, SET TRUE",
        )
        service = serve(**at("the_service", "kept"))
        key = secret_key_of(service.output)
        named = create(service, key)
        stored = get(service, f"/v1/assessments/{named}/result", key).content
        dumping = commands_of(run("backup", "kept.dump", **at("the_service", "kept")))[0]
        perform(dumping, tmp_path)
        restoring = commands_of(run("backup", "kept.dump", **at("the_owner", "restored")))[1]
        perform(restoring, tmp_path)
        restored = serve(**at("the_service", "restored"))
        assert "alm_sk" not in restored.output
        assert get(restored, f"/v1/assessments/{named}/result", key).content == stored
        for one in (service, restored):
            one.stop()


def commands_of(done: subprocess.CompletedProcess[str]) -> list[list[str]]:
    """The commands that `assessment backup` names for a PostgreSQL."""
    return [shlex.split(line) for line in done.stdout.splitlines() if line.startswith("  pg_")]


def test_no_password_is_printed(run: Run) -> None:
    address = "postgresql+asyncpg://me:very-secret@db.example/assessment"
    done = run("backup", "kept.dump", "--database-url", address)
    assert "postgresql://me@db.example/assessment" in done.stdout
    assert "very-secret" not in done.stderr + done.stdout


def perform(command: list[str], folder: Path) -> None:
    """Run a command of PostgreSQL's own as it was named."""
    program, *arguments = command
    subprocess.run([client_program(program), *arguments], cwd=folder, check=True, capture_output=True, timeout=60)
